"""What hangs on a device's inputs, and which of them are on."""

from dataclasses import dataclass
from datetime import datetime

from doorward.devices.models import Device, Door


@dataclass(frozen=True)
class Input:
    """One input: its letter, its door and what hangs there, and since when it is on."""

    letter: str
    door: Door | None
    is_exit: bool
    since: datetime | None


def inputs_of(device: Device) -> list[Input]:
    """Return the inputs that are named at a door or are on, in order."""
    named: dict[int, tuple[Door, bool]] = {}
    for door in device.doors.all():
        for number, is_exit in ((door.exit_input, True), (door.contact_input, False)):
            if number is not None:
                named[number] = (door, is_exit)
    on = {int(number): datetime.fromisoformat(since) for number, since in device.inputs.items()}
    found = []
    for number in sorted({*named, *on}):
        at, is_exit = named.get(number, (None, False))
        found.append(Input(_letter(number), at, is_exit, on.get(number)))
    return found


def _letter(number: int) -> str:
    return dict(Door.Input.choices).get(number, str(number))
