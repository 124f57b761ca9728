"""What is wired to a device's inputs, its tamper switch, and the alarms they make."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from doorward.emulator.relays import Relays, letter_of

# How long a finger stays on an exit button.
PRESS_SECONDS = 0.5


class Terminal(StrEnum):
    EXIT = "exit"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True)
class Wire:
    """What hangs on one input, and at which door."""

    kind: Terminal = Terminal.OTHER
    door: int = 0


class Alarm(StrEnum):
    FORCED = "forced"
    HELD = "held"
    TAMPER = "tamper"


# The action URL key that an alarm is told by [G]; a model without the key tells nobody.
ALARM_EVENTS = {
    Alarm.FORCED: "InputBreakIn",
    Alarm.HELD: "InputAlarm",
    Alarm.TAMPER: "AlarmTriggered",
}


def wired_as(words: Sequence[str], inputs: int, doors: int) -> tuple[Wire, ...]:
    """Read what hangs on each input, such as "exit 1" or "contact 2"; raise ValueError.

    Without words an exit button and a contact for each door, as long as there are inputs.
    """
    usual = [f"{kind} {door}" for door in range(1, doors + 1) for kind in ("exit", "contact")]
    spelled = [*(words or usual)][:inputs]
    spelled += ["other"] * (inputs - len(spelled))
    return tuple(_wire(word, doors) for word in spelled)


def _wire(word: str, doors: int) -> Wire:
    kind, _, door = word.partition(" ")
    if kind == Terminal.OTHER and not door:
        return Wire()
    if kind == Terminal.OTHER or not door.isdecimal() or not 1 <= int(door) <= doors:
        raise ValueError(f"{word!r} names no door")
    return Wire(Terminal(kind), int(door))


class Sensors:
    """Inputs numbered from 1. `tell` hears the name of an event and what it is about."""

    def __init__(
        self,
        wires: Sequence[Wire],
        relays: Relays,
        tell: Callable[[str], None],
        held_seconds: float,
    ) -> None:
        self.wires = tuple(wires)
        self.held_seconds = held_seconds
        self._relays = relays
        self._tell = tell
        self._on = dict.fromkeys(range(1, len(self.wires) + 1), False)
        self._alarms: dict[tuple[Alarm, int], None] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self.tampered = False

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self._on)

    def is_on(self, number: int) -> bool:
        return self._on[number]

    def alarms(self) -> list[tuple[Alarm, int]]:
        """Return the alarms that last, each with its door, 0 for the device itself."""
        return list(self._alarms)

    def input_of(self, kind: Terminal, door: int) -> int | None:
        """Return the input on which the exit button or the contact of a door hangs."""
        wire = Wire(kind, door)
        return self.wires.index(wire) + 1 if wire in self.wires else None

    def door_open(self, door: int) -> bool | None:
        """Tell whether a door stands open; None where it has no contact."""
        number = self.input_of(Terminal.CONTACT, door)
        return None if number is None else self._on[number]

    def turn(self, number: int, on: bool) -> None:
        """Let an input change; one that is so already says nothing."""
        if self._on[number] is on:
            return
        self._on[number] = on
        self._tell(f"Input{letter_of(number)}{'Triggered' if on else 'Closed'}")
        wire = self.wires[number - 1]
        if wire.kind is Terminal.CONTACT:
            (self._opened if on else self._shut)(wire.door)

    def hold_for(self, door: int, seconds: float) -> None:
        """Have the alarm of a door held open come so long from now, instead of its usual time."""
        self._stop_timer(door)
        loop = asyncio.get_running_loop()
        self._timers[door] = loop.call_later(seconds, self._raise, Alarm.HELD, door)

    def tamper(self, on: bool) -> None:
        self.tampered = on
        if on:
            self._raise(Alarm.TAMPER, 0)
        else:
            self._alarms.pop((Alarm.TAMPER, 0), None)

    def drop(self) -> None:
        """Forget alarms and timers, as without power; doors stand as they stand."""
        for door in list(self._timers):
            self._stop_timer(door)
        self._alarms.clear()

    def _opened(self, door: int) -> None:
        if not self._relays.is_open(door):
            self._raise(Alarm.FORCED, door)
        self.hold_for(door, self.held_seconds)

    def _shut(self, door: int) -> None:
        self._stop_timer(door)
        for kind in (Alarm.FORCED, Alarm.HELD):
            self._alarms.pop((kind, door), None)

    def _raise(self, kind: Alarm, door: int) -> None:
        self._alarms[(kind, door)] = None
        self._tell(ALARM_EVENTS[kind])
        self._tell("AlarmLog")

    def _stop_timer(self, door: int) -> None:
        timer = self._timers.pop(door, None)
        if timer is not None:
            timer.cancel()
