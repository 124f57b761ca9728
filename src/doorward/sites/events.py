"""What can be announced about sites."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class SiteChanged(Event):
    """Zone, formats or the order of names changed."""

    site: int
