"""What can be announced about sites."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class SiteChanged(Event):
    """Zone, formats or the order of names changed."""

    site: int


@dataclass(frozen=True)
class SiteDeleted(Event):
    """A site went out of everybody's sight; its devices, if it has any, are to be unbound."""

    site: int
    unbind: bool


@dataclass(frozen=True)
class SiteRestored(Event):
    """A deleted site is back."""

    site: int
