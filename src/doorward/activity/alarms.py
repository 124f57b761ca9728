"""Which alarm a signal of a device begins, repeats or ends; pure: facts in, a verdict out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Terminal(StrEnum):
    """What hangs on an input."""

    EXIT = "exit"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True)
class Wire:
    """What hangs on an input, and at which door; None for what is no door's."""

    kind: Terminal
    door: int | None = None


def wiring(doors: Collection[tuple[int, int | None, int | None]]) -> dict[int, Wire]:
    """Return what hangs on which input, from (door, exit input, contact input)."""
    wires: dict[int, Wire] = {}
    for door, exit_input, contact_input in doors:
        if exit_input is not None:
            wires[exit_input] = Wire(Terminal.EXIT, door)
        if contact_input is not None:
            wires[contact_input] = Wire(Terminal.CONTACT, door)
    return wires


@dataclass(frozen=True)
class Place:
    """Where an alarm is: a door, or an input, or neither where that is not known."""

    door: int | None = None
    input: int | None = None


def place_of_door_alarm(
    told: Collection[int],
    known: Mapping[int, str],
    wires: Mapping[int, Wire],
    *,
    doors: Collection[int],
    alarmed: Collection[Place],
) -> Place:
    """Say which door was forced or is held: the one whose contact is on, best one of late.

    `told` are the inputs that the device said were on, `known` those that we know to be on and
    since when. A door that is alarmed already is the second choice.
    """
    contacts = {number for number, wire in wires.items() if wire.kind is Terminal.CONTACT}
    on = {*told, *known}
    places = [
        Place(wires[number].door, number)
        for number in sorted(contacts & on, key=lambda one: known.get(one, "~"), reverse=True)
    ]
    fresh = [place for place in places if place not in alarmed]
    if fresh or places:
        return (fresh or places)[0]
    others = sorted(on - wires.keys(), key=lambda one: known.get(one, "~"), reverse=True)
    only = next(iter(doors)) if len(doors) == 1 else None
    return Place(only, others[0] if others else None)
