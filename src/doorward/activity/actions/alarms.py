"""Alarms: raised by what devices tell, acknowledged and closed by people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from doorward.activity import alarms
from doorward.activity.actions import log
from doorward.activity.alarms import Place, Terminal
from doorward.activity.events import AlarmsBegan
from doorward.activity.models import Alarm, DoorEvent
from doorward.activity.reasons import Reason
from doorward.devices.actions import timeline
from doorward.devices.actions.reboots import note_restart
from doorward.devices.models import Device, Door, Moment
from doorward.kit import clock, live
from doorward.kit.events import announce
from doorward.protocols import neutral
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

KEPT = timedelta(days=365)
_WRITTEN = (
    *("last_at", "count", "over_at", "acknowledged_at", "account", "acknowledged_by", "note"),
    "closed_at",
)
# What a device has no more of than these, as an input's number.
_INPUTS = range(1, 33)


def record_signals(device: Device, signals: Sequence[neutral.Signal]) -> None:
    """Take a burst of what one device told: alarms begin, repeat and end, doors open and shut.

    Raise `ValueError` for an input that no device has.
    """
    # The row is the lock: two bursts of a device come one after the other.
    row = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    book = _Book(row)
    for signal in signals:
        book.take(signal)
    book.write()


@transaction.atomic
def acknowledge_alarms(actor: Actor, rows: QuerySet[Alarm], *, note: str = "") -> list[Alarm]:
    """Note who has seen alarms; those that are over are closed by it."""
    actor.require_all(Can.CHANGE_ALARM, rows)
    found = list(rows.open().filter(acknowledged_at=None).select_for_update())  # type: ignore[attr-defined]
    now = clock.now()
    for alarm in found:
        _acknowledge(alarm, actor, now, note)
        alarm.closed_at = now if alarm.over_at else None
    _write(actor, "acknowledge", found)
    return found


@transaction.atomic
def close_alarms(actor: Actor, rows: QuerySet[Alarm], *, note: str = "") -> list[Alarm]:
    """Close alarms whose end no device tells; whoever closes one has seen it."""
    actor.require_all(Can.CHANGE_ALARM, rows)
    found = list(rows.open().select_for_update())  # type: ignore[attr-defined]
    now = clock.now()
    for alarm in found:
        if alarm.acknowledged_at is None or note:
            _acknowledge(alarm, actor, now, note)
        alarm.over_at = alarm.over_at or now
        alarm.closed_at = now
    _write(actor, "close", found)
    return found


def forget() -> None:
    """Delete what was closed so long ago that nobody asks for it."""
    Alarm.objects.filter(closed_at__lt=clock.now() - KEPT).delete()


def topics_of(found: Iterable[Alarm]) -> set[str]:
    """Return what pages listen to that show these alarms."""
    topics = set()
    for alarm in found:
        topics |= {f"alarm:{alarm.pk}", f"site:{alarm.site_id}:alarms"}
        topics |= {f"device:{alarm.device_id}"} if alarm.device_id else set()
        topics |= {f"door:{alarm.door_id}"} if alarm.door_id else set()
    return topics


def _acknowledge(alarm: Alarm, actor: Actor, at: datetime, note: str) -> None:
    alarm.acknowledged_at, alarm.account = at, actor.account
    alarm.acknowledged_by = actor.full_name[:150]
    alarm.note = note or alarm.note


def _write(actor: Actor, verb: str, found: Sequence[Alarm]) -> None:
    Alarm.objects.bulk_update(found, _WRITTEN)
    audit.record_many(
        actor,
        verb,
        [audit.Deed(alarm, alarm.node, after={"note": alarm.note}) for alarm in found],
    )
    live.publish(topics_of(found))


@dataclass
class _Book:
    """What is known of one device while a burst is taken in; written once, in the end."""

    device: Device
    doors: dict[int, Door] = field(init=False)
    lasting: dict[tuple[str, Place], Alarm] = field(init=False)
    lines: list[DoorEvent] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    touched: dict[int, Alarm] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.doors = {door.pk: door for door in self.device.doors.select_related("site")}
        self.wires = alarms.wiring(
            [(door.pk, door.exit_input, door.contact_input) for door in self.doors.values()]
        )
        self.on = {int(number): str(since) for number, since in self.device.inputs.items()}
        rows = Alarm.objects.open().filter(device=self.device).select_for_update()
        self.lasting = {(row.kind, Place(row.door_id, row.input)): row for row in rows}

    def take(self, signal: neutral.Signal) -> None:
        match signal:
            case neutral.InputChanged():
                self._turn(signal)
            case neutral.AlarmRaised():
                self._alarm(signal)
            case neutral.AlarmsOver():
                own = [Alarm.Kind.FORCED, Alarm.Kind.HELD, Alarm.Kind.TAMPER]
                self._end(signal.at, [key for key in self.lasting if key[0] in own])
            case neutral.DeviceRestarted():
                facts = {"uptime": max(0, signal.uptime)}
                kind = Moment.Kind.RESTARTED
                self.moments.append(timeline.moment(self.device, kind, signal.at, **facts))
                note_restart(self.device, signal.at, signal.uptime)

    def write(self) -> None:
        found = list(self.touched.values())
        begun = [alarm for alarm in found if alarm.pk is None]
        Alarm.objects.bulk_update([alarm for alarm in found if alarm.pk is not None], _WRITTEN)
        if begun:
            Alarm.objects.bulk_create(begun)
            announce(AlarmsBegan(alarms=[alarm.pk for alarm in begun]))
        inputs = {str(number): since for number, since in sorted(self.on.items())}
        if inputs != self.device.inputs:
            self.device.inputs = inputs
            self.device.save(update_fields=["inputs"])
        timeline.record(self.moments)
        if self.lines:
            log.record(self.lines)
        live.publish(topics_of(found) | {f"door:{door}" for door in self.moved})

    def _turn(self, signal: neutral.InputChanged) -> None:
        if signal.input not in _INPUTS:
            raise ValueError(f"a device has no input {signal.input}")
        wire = self.wires.get(signal.input)
        was_on = signal.input in self.on
        if signal.on:
            self.on[signal.input] = signal.at.isoformat()
        else:
            self.on.pop(signal.input, None)
        if wire is not None and wire.door is not None:
            self.moved.add(wire.door)
            if wire.kind is Terminal.EXIT:
                if signal.on:
                    self._let_out(self.doors[wire.door], signal)
                return
            if not signal.on:
                shut = [key for key in self.lasting if key[1].door == wire.door]
                self._end(signal.at, [key for key in shut if key[0] != Alarm.Kind.TAMPER])
            return
        place = Place(None, signal.input)
        if signal.on:
            self._begin(Alarm.Kind.INPUT, place, signal.at)
        elif was_on or (Alarm.Kind.INPUT, place) in self.lasting:
            # An alarm about a door whose contact nobody has named ends with its input, too.
            self._end(signal.at, [key for key in self.lasting if key[1].input == signal.input])

    def _alarm(self, signal: neutral.AlarmRaised) -> None:
        if signal.kind is neutral.AlarmKind.TAMPER:
            self._begin(Alarm.Kind.TAMPER, Place(), signal.at)
            return
        kind = Alarm.Kind(signal.kind.value)
        alarmed = [
            place
            for (one, place), row in self.lasting.items()
            if one == kind and row.over_at is None
        ]
        place = alarms.place_of_door_alarm(
            [number for number in signal.inputs if number in _INPUTS],
            self.on,
            self.wires,
            doors=self.doors,
            alarmed=alarmed,
        )
        self._begin(kind, place, signal.at)

    def _begin(self, kind: str, place: Place, at: datetime) -> None:
        row = self.lasting.get((kind, place))
        if row is None:
            door = self.doors.get(place.door) if place.door else None
            row = Alarm(
                node_id=self.device.node_id,
                site_id=self.device.site_id,
                device=self.device,
                door=door,
                device_name=self.device.name,
                door_name=door.name if door else "",
                kind=kind,
                input=place.input,
                at=at,
                last_at=at,
            )
            self.lasting[kind, place] = row
        else:
            row.count, row.last_at, row.over_at = row.count + 1, max(row.last_at, at), None
        self._touch(row)
        self._tell(Moment.Kind.ALARM, row, at)

    def _end(self, at: datetime, keys: Iterable[tuple[str, Place]]) -> None:
        for key in keys:
            row = self.lasting[key]
            if row.over_at is not None:
                continue
            row.over_at = max(at, row.last_at)
            if row.acknowledged_at is not None:
                row.closed_at = row.over_at
                del self.lasting[key]
            self._touch(row)
            self._tell(Moment.Kind.ALARM_OVER, row, at)

    def _touch(self, row: Alarm) -> None:
        self.touched[id(row)] = row

    def _tell(self, kind: str, row: Alarm, at: datetime) -> None:
        facts = {"alarm": row.kind, "door": row.door_name, "input": row.input}
        self.moments.append(timeline.moment(self.device, kind, at, **facts))

    def _let_out(self, door: Door, signal: neutral.InputChanged) -> None:
        """Add the line of somebody who left by the exit button."""
        self.lines.append(
            DoorEvent(
                at=signal.at,
                node_id=door.node_id,
                site_id=door.site_id,
                device=self.device,
                door=door,
                door_name=door.name,
                person_name="",
                card_tail="",
                method=DoorEvent.Method.EXIT,
                accepted=True,
                reason=Reason.EXIT,
                relay=door.relay,
                local_id=f"input-{signal.input}",
            )
        )
