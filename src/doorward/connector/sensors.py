"""What hangs on a device's inputs, and its alarms: heard in its calls, checked by asking it."""

import json
from collections.abc import Mapping

from doorward.connector.clock import CloudClock
from doorward.connector.driver import Call
from doorward.connector.spool import Spool
from doorward.protocols.neutral import AlarmKind, AlarmRaised, AlarmsOver, InputChanged, Report

_NOTE = "sensors"
# The same call within so many seconds is one that the device makes twice.
DOUBLE_SECONDS = 2.0


class Sensors:
    """Of one device. What is known outlives a restart, and is written together with its report."""

    def __init__(self, device: str, spool: Spool, clock: CloudClock) -> None:
        self._device = device
        self._spool = spool
        self._clock = clock
        kept = json.loads(spool.note(device, _NOTE) or "{}")
        self._on = {int(number) for number in kept.get("on", ())}
        self._alarmed = bool(kept.get("alarmed"))
        self._heard: dict[object, float] = {}
        self._raised_at = -DOUBLE_SECONDS
        self._anew = False
        # Counts what was heard, so that an answer that is older than a call is not believed.
        self.version = 0

    def hear(self, call: Call) -> None:
        """Report what a call says, once; raise `sqlite3.Error` where the disk refuses."""
        self.version += 1
        if call.alarm is not None:
            inputs = tuple(sorted(number for number, on in call.inputs.items() if on))
            if self._is_new((call.alarm, inputs)):
                self._raise(call.alarm, inputs)
        elif call.changed:
            is_new = self._is_new((call.changed, call.on))
            if is_new or (call.changed in self._on) is not call.on:
                self._turn({call.changed: call.on}, again=is_new and call.on)
        if call.alarmed is False and self._alarmed and not self._was_just_raised():
            self._keep(AlarmsOver(self._device, self._clock.now()), on=self._on, alarmed=False)

    def compare(self, inputs: Mapping[int, bool], version: int) -> None:
        """Report what an answer of the device says otherwise, unless a call came meanwhile."""
        if version == self.version and inputs:
            anew, self._anew = self._anew, False
            self._turn(inputs, again=anew)

    def tell_anew(self) -> None:
        """Report with the next answer how every input stands, as to a cloud that knows nothing."""
        self._anew = True

    def _turn(self, inputs: Mapping[int, bool], *, again: bool = False) -> None:
        for number, on in sorted(inputs.items()):
            if again or on is not (number in self._on):
                after = self._on | {number} if on else self._on - {number}
                told = InputChanged(self._device, self._clock.now(), number, on)
                self._keep(told, on=after, alarmed=self._alarmed)

    def _raise(self, kind: AlarmKind, inputs: tuple[int, ...]) -> None:
        self._raised_at = self._steady()
        told = AlarmRaised(self._device, self._clock.now(), kind, inputs)
        self._keep(told, on=self._on, alarmed=True)

    def _keep(self, report: Report, *, on: set[int], alarmed: bool) -> None:
        with self._spool.transaction():
            self._spool.add(report)
            note = json.dumps({"on": sorted(on), "alarmed": alarmed})
            self._spool.set_note(self._device, _NOTE, note)
        self._on, self._alarmed = on, alarmed

    def _is_new(self, what: object) -> bool:
        now = self._steady()
        self._heard = {one: at for one, at in self._heard.items() if now - at < DOUBLE_SECONDS}
        if what in self._heard:
            return False
        self._heard[what] = now
        return True

    def _was_just_raised(self) -> bool:
        """True where a call may have been made before the alarm, and have come after it."""
        return self._steady() - self._raised_at < DOUBLE_SECONDS

    def _steady(self) -> float:
        return self._clock.steady_ms() / 1000


def let_go(spool: Spool, device: str) -> None:
    """Forget the inputs of a device that is no longer the same."""
    spool.set_note(device, _NOTE, "")
