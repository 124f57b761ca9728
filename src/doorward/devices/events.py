"""What can be announced about devices."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class DeviceBound(Event):
    """A device stated its registered MAC: it may now be told what it should hold."""

    device: int


@dataclass(frozen=True)
class DoorsChanged(Event):
    """Doors of these devices were changed or deleted."""

    devices: list[int]


@dataclass(frozen=True)
class BindingsChanged(Event):
    """Devices of a site were unbound, or bound again."""

    site: int


@dataclass(frozen=True)
class MacsRegistered(Event):
    """Somebody put so many MACs into an installer's library; `by` is the account."""

    installer: int
    count: int
    by: int
