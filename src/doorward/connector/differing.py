"""What on a device is otherwise than it was read back to be; pure, rows in, differences out."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import fields, replace

from doorward.connector.driver import HeldPerson, HeldSchedule
from doorward.connector.reconcile import Wanted
from doorward.protocols.neutral import (
    Difference,
    Kind,
    Oddity,
    PersonRecord,
    ScheduleRecord,
    Stranger,
)

Name = tuple[Kind, str]
# A device holds no validity: it is told of people while they are valid.
_UNHELD = frozenset({"valid_from", "valid_until", "slot", "relay"})


def differences(
    wanted: Wanted,
    schedules: Iterable[HeldSchedule],
    people: Iterable[HeldPerson],
    *,
    steady: Collection[Name],
    was_whole: bool,
) -> tuple[Difference, ...]:
    """Return what differs from what was read back before, in the order in which it is mended.

    `steady` names what is wanted and was read back so; about the rest there is work to do, which
    is no difference. Only where the device `was_whole` is a row that nobody wants another's doing.
    """
    held_slots, spare_slots = _by_slot(schedules)
    held, spare = _by_key(people)
    found = [
        one
        for slot in sorted({*held_slots, *wanted.schedules})
        if (one := _schedule(slot, wanted, held_slots.get(slot), steady, was_whole=was_whole))
    ]
    found += [
        one
        for key in sorted({*held, *wanted.people})
        if (one := _person(key, wanted, held.get(key), steady, was_whole=was_whole))
    ]
    if was_whole:
        doubles = [(Kind.SCHEDULE, str(one.slot), str(one.slot)) for one in spare_slots]
        doubles += [(Kind.PERSON, str(one.key), one.record.name) for one in spare]
        found += [Difference(kind, key, Oddity.ADDED, (), name) for kind, key, name in doubles]
    return tuple(found)


def strangers(people: Iterable[HeldPerson], mark: Callable[[str], bytes]) -> tuple[Stranger, ...]:
    """Return the people who are none of ours, by keys that tell nothing of cards and PINs."""
    seen = {key_of(one, mark): one for one in people if one.foreign}
    return tuple(
        Stranger(
            key=key,
            name=one.record.name,
            cards=len(one.record.cards),
            pin=bool(one.record.pin),
            relays=tuple(sorted({grant.relay for grant in one.record.grants})),
            elsewhere=one.elsewhere,
        )
        for key, one in sorted(seen.items())
    )


def key_of(one: HeldPerson, mark: Callable[[str], bytes]) -> str:
    """Return what tells a stranger's row from all others, and from itself once it was changed."""
    record = one.record
    rights = ",".join(f"{grant.relay}@{grant.slot}" for grant in record.grants)
    facts = ("stranger", one.handle, record.name, *record.cards, record.pin, rights)
    # A device may print halves of letters, which nobody can encode.
    told = "\x1f".join(facts).encode(errors="replace").decode()
    return mark(told).hex()[:32]


def as_wanted(
    people: Iterable[HeldPerson],
    wanted: Callable[[str], PersonRecord | None],
    same_name: Callable[[str, str], bool],
) -> list[HeldPerson]:
    """Return people with their names as we spell them, where the device means the same."""
    return [_renamed(one, wanted(one.key or ""), same_name) for one in people]


def _renamed(
    one: HeldPerson, target: PersonRecord | None, same_name: Callable[[str, str], bool]
) -> HeldPerson:
    if one.foreign or target is None or one.record.name == target.name:
        return one
    if not same_name(one.record.name, target.name):
        return one
    return replace(one, record=replace(one.record, name=target.name))


def _by_slot(
    schedules: Iterable[HeldSchedule],
) -> tuple[dict[int, HeldSchedule], list[HeldSchedule]]:
    held: dict[int, HeldSchedule] = {}
    spare: list[HeldSchedule] = []
    for one in schedules:
        if one.slot is not None and held.setdefault(one.slot, one) is not one:
            spare.append(one)
    return held, spare


def _by_key(people: Iterable[HeldPerson]) -> tuple[dict[str, HeldPerson], list[HeldPerson]]:
    held: dict[str, HeldPerson] = {}
    spare: list[HeldPerson] = []
    for one in people:
        if not one.foreign and one.key is not None and held.setdefault(one.key, one) is not one:
            spare.append(one)
    return held, spare


def _schedule(
    slot: int,
    wanted: Wanted,
    held: HeldSchedule | None,
    steady: Collection[Name],
    *,
    was_whole: bool,
) -> Difference | None:
    name = (Kind.SCHEDULE, str(slot))
    if not (name in steady if slot in wanted.schedules else was_whole):
        return None
    record = held.record if held else None
    if held is not None and record is None:
        # It stands there, in words that nobody understands.
        return Difference(*name, Oddity.CHANGED, ("days", "start", "end"), str(slot))
    return _difference(name, wanted.schedules.get(slot), record, str(slot))


def _person(
    key: str,
    wanted: Wanted,
    held: HeldPerson | None,
    steady: Collection[Name],
    *,
    was_whole: bool,
) -> Difference | None:
    name = (Kind.PERSON, key)
    if not (name in steady if key in wanted.people else was_whole):
        return None
    target = wanted.people.get(key)
    if target is not None and not target.grants:
        # Nobody without rights is told: see `reconcile`.
        target = None
    return _difference(
        name, target, held.record if held else None, held.record.name if held else ""
    )


def _difference(
    name: Name,
    target: PersonRecord | ScheduleRecord | None,
    held: PersonRecord | ScheduleRecord | None,
    shown: str,
) -> Difference | None:
    if held == target:
        return None
    if held is None:
        return Difference(*name, Oddity.MISSING)
    if target is None:
        return Difference(*name, Oddity.ADDED, (), shown)
    other = tuple(
        one.name
        for one in fields(target)
        if one.name not in _UNHELD and getattr(held, one.name) != getattr(target, one.name)
    )
    return Difference(*name, Oddity.CHANGED, other, shown)
