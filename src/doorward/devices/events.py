"""What can be announced about devices."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class DeviceBound(Event):
    """A device stated its registered MAC; from now on its shelf is kept."""

    device: int


@dataclass(frozen=True)
class DoorsChanged(Event):
    """Doors were added, moved to another relay or device, or renamed on these devices."""

    devices: list[int]
