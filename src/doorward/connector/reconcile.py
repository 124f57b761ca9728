"""What to change on a device so that it holds what it should; pure, a plan comes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from doorward.connector.driver import HeldPerson, HeldSchedule, PersonWrite, ScheduleWrite
from doorward.protocols.neutral import EntryFailure, Kind, PersonRecord, ScheduleRecord


@dataclass(frozen=True)
class Wanted:
    """What a device should hold, None where it should not; with `sweep`, what is missing too."""

    schedules: Mapping[int, ScheduleRecord | None]
    people: Mapping[str, PersonRecord | None]
    sweep: bool


@dataclass(frozen=True)
class Plan:
    """Steps in the order of their fields: rights go before others come.

    A card or PIN that moves between our people is released by `removals` and `shrinks`; a shrink
    gives at once what nobody else holds up.
    """

    removals: tuple[HeldPerson, ...] = ()
    shrinks: tuple[PersonWrite, ...] = ()
    schedules: tuple[ScheduleWrite, ...] = ()
    people: tuple[PersonWrite, ...] = ()
    schedule_removals: tuple[HeldSchedule, ...] = ()
    failures: tuple[EntryFailure, ...] = ()


@dataclass
class _Draft:
    # Who of us holds which card or PIN, and the schedules that stand as they are wanted.
    holders: dict[str, set[str]] = field(default_factory=dict)
    steady_slots: set[int] = field(default_factory=set)
    removals: list[HeldPerson] = field(default_factory=list)
    shrinks: list[PersonWrite] = field(default_factory=list)
    people: list[PersonWrite] = field(default_factory=list)
    failures: list[EntryFailure] = field(default_factory=list)


def plan(wanted: Wanted, schedules: Iterable[HeldSchedule], people: Iterable[HeldPerson]) -> Plan:
    """Return the steps from what is held to what is wanted; rows that are not ours stay."""
    listed, rows = list(people), list(schedules)
    schedule_writes, schedule_removals = _plan_schedules(wanted, rows)
    ours, spare, taken = _sort(listed)
    draft = _Draft(
        holders=_holders(listed),
        steady_slots={one.slot for one in rows if one.slot is not None}
        - {one.record.slot for one in schedule_writes},
    )
    draft.removals.extend(spare)
    strange = {mark for one in listed if one.foreign for mark in _marks(one.record)}
    for key in sorted(set(ours) | set(wanted.people) if wanted.sweep else wanted.people):
        target = wanted.people.get(key)
        if target is not None and key in taken:
            draft.failures.append(_failure(key, "another system's row has this person's id"))
        elif target is not None and strange.intersection(_marks(target)):
            draft.failures.append(_failure(key, _objection(target, strange)))
            _plan_person(draft, key, _without(target, strange), ours.get(key))
        else:
            _plan_person(draft, key, target, ours.get(key))
    return Plan(
        removals=tuple(draft.removals),
        shrinks=tuple(draft.shrinks),
        schedules=schedule_writes,
        people=tuple(draft.people),
        schedule_removals=schedule_removals,
        failures=tuple(draft.failures),
    )


def within_slots(record: PersonRecord, slots: Iterable[int]) -> PersonRecord:
    """Return the record with only those grants whose schedule the device has."""
    there = set(slots)
    return replace(record, grants=tuple(grant for grant in record.grants if grant.slot in there))


def _sort(
    people: Iterable[HeldPerson],
) -> tuple[dict[str, HeldPerson], list[HeldPerson], set[str]]:
    """Return our rows by key, our doubles, and the keys under which a foreign row stands."""
    ours: dict[str, HeldPerson] = {}
    spare: list[HeldPerson] = []
    taken: set[str] = set()
    for one in people:
        if one.foreign or one.key is None:
            taken.update([one.key] if one.key is not None else [])
        elif one.key in ours:
            spare.append(one)
        else:
            ours[one.key] = one
    return ours, spare, taken


def _plan_person(
    draft: _Draft, key: str, target: PersonRecord | None, held: HeldPerson | None
) -> None:
    # An empty list of rights could mean "always" to a device: no rights, no row.
    if target is None or not target.grants:
        draft.removals.extend([held] if held else [])
        return
    if held is None:
        draft.people.append(PersonWrite(key, target))
        return
    if held.record == target:
        return
    kept = _common(held.record, target)
    if (kept.cards, kept.pin, kept.grants) == (
        held.record.cards,
        held.record.pin,
        held.record.grants,
    ):
        draft.people.append(PersonWrite(key, target, held))
    elif not kept.grants:
        draft.removals.append(held)
        draft.people.append(PersonWrite(key, target))
    elif _is_free(draft, key, target):
        draft.shrinks.append(PersonWrite(key, target, held))
    else:
        draft.shrinks.append(PersonWrite(key, kept, held))
        draft.people.extend([PersonWrite(key, target, held)] if kept != target else [])


def _is_free(draft: _Draft, key: str, target: PersonRecord) -> bool:
    """True where a record waits for nothing that somebody else holds, nor for a schedule."""
    return all(draft.holders.get(mark, {key}) == {key} for mark in _marks(target)) and all(
        grant.slot in draft.steady_slots for grant in target.grants
    )


def _holders(people: Iterable[HeldPerson]) -> dict[str, set[str]]:
    holders: dict[str, set[str]] = {}
    for one in people:
        if one.key is not None and not one.foreign:
            for mark in _marks(one.record):
                holders.setdefault(mark, set()).add(one.key)
    return holders


def _marks(record: PersonRecord) -> tuple[str, ...]:
    """Return what only one person on a device may have. No card looks like a PIN's mark."""
    return (*record.cards, f"pin {record.pin}") if record.pin else record.cards


def _common(held: PersonRecord, target: PersonRecord) -> PersonRecord:
    """Return the target with no more credentials and rights than are held already."""
    return replace(
        target,
        cards=tuple(card for card in held.cards if card in target.cards),
        pin=target.pin if held.pin == target.pin else "",
        grants=tuple(grant for grant in held.grants if grant in target.grants),
    )


def _objection(target: PersonRecord, strange: set[str]) -> str:
    if strange.intersection(target.cards):
        return "a card belongs to a person who is not ours"
    return "the PIN belongs to a person who is not ours"


def _without(target: PersonRecord, strange: set[str]) -> PersonRecord:
    return replace(
        target,
        cards=tuple(card for card in target.cards if card not in strange),
        pin="" if f"pin {target.pin}" in strange else target.pin,
    )


def _plan_schedules(
    wanted: Wanted, schedules: Iterable[HeldSchedule]
) -> tuple[tuple[ScheduleWrite, ...], tuple[HeldSchedule, ...]]:
    ours: dict[int, HeldSchedule] = {}
    removals: list[HeldSchedule] = []
    for one in schedules:
        if one.slot is None:
            continue
        if one.slot in ours:
            removals.extend([one] if wanted.sweep else [])
        else:
            ours[one.slot] = one
    writes: list[ScheduleWrite] = []
    for slot in sorted(set(ours) | set(wanted.schedules) if wanted.sweep else wanted.schedules):
        target, held = wanted.schedules.get(slot), ours.get(slot)
        if target is None:
            removals.extend([held] if held else [])
        elif held is None or held.record != target:
            writes.append(ScheduleWrite(target, held))
    return tuple(writes), tuple(removals)


def _failure(key: str, why: str) -> EntryFailure:
    return EntryFailure(kind=Kind.PERSON, key=key, why=why)
