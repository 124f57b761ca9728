"""From a device's log row to a judged line of the door log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from doorward.access import cards, facts
from doorward.access.actions.credentials import match_of, pin_match
from doorward.access.models import Credential
from doorward.access.rights import GroupFacts, may_open
from doorward.activity.actions import log as activity
from doorward.activity.models import DoorEvent
from doorward.activity.reasons import Reason
from doorward.devices.models import Command, Device, Door, ShelfEntry
from doorward.kit import clock
from doorward.kit.rows import key_of
from doorward.people.models import Person
from doorward.protocols import neutral


@dataclass(frozen=True)
class _Lookups:
    """What a burst of one device's rows needs, fetched at once."""

    doors: dict[int, Door]
    credentials: dict[bytes, Credential]
    people: dict[int, Person]
    groups: list[GroupFacts]
    told: set[int]


@dataclass(frozen=True)
class _Question:
    """Who asked at which door when, as far as that could be found out."""

    person: Person | None
    door: Door | None
    at: datetime


def record_badges(device: Device, badges: Collection[neutral.BadgeScanned]) -> None:
    """Add a burst of one device's rows to the door log, each with the reason as we judge it.

    The person is found by the keyed hash of card or PIN, then by our own key, never by name. Of
    a PIN nothing is kept.
    """
    lookups = _look_up(device, badges)
    events = [line for badge in badges for line in _lines(device, badge, lookups)]
    if device.term:
        events = activity.not_yet_recorded(device, events)
    activity.record(events)


def record_unlock(command: Command) -> None:
    """Add the line of a door that was opened by an order."""
    if command.settled_at is None:
        raise ValueError("an order is recorded once it is settled")
    door = command.door
    event = DoorEvent(
        at=command.settled_at,
        node_id=command.node_id,
        site_id=door.site_id,
        device_id=command.device_id,
        door=door,
        account=command.account,
        door_name=door.name,
        person_name=_who(command),
        method=DoorEvent.Method.REMOTE,
        accepted=True,
        reason=Reason.OK,
        relay=door.relay,
        local_id=f"command-{command.pk}",
    )
    activity.record([event])


def _who(command: Command) -> str:
    return command.account.get_full_name() if command.account else command.actor


def _look_up(device: Device, badges: Collection[neutral.BadgeScanned]) -> _Lookups:
    doors = {door.relay: door for door in device.doors.select_related("site")}
    hashes = {_match(device, badge) for badge in badges if badge.code}
    # Each kind by itself: only so is it found by the index that keeps it unique.
    held = Credential.objects.filter(site=device.site_id, match__in=hashes)
    several = [held.cards(), held.pins()]
    found = {
        bytes(one.match): one for held in several for one in held.select_related("person__company")
    }
    named = {key for badge in badges if (key := key_of(badge.person)) is not None}
    people = Person.objects.filter(site=device.site_id, pk__in=named).select_related("company")
    known = {person.pk: person for person in people}
    holders = known.keys() | {one.person_id for one in found.values()}
    told = ShelfEntry.objects.filter(
        device=device, kind=ShelfEntry.Kind.PERSON, key__in=holders, gone=False
    ).exclude(synced_at=None)
    return _Lookups(
        doors=doors,
        credentials=found,
        people=known,
        groups=facts.groups_joining(list(holders), [door.pk for door in doors.values()]),
        told=set(told.values_list("key", flat=True)),
    )


def _lines(device: Device, badge: neutral.BadgeScanned, lookups: _Lookups) -> list[DoorEvent]:
    """Return a line for each relay that moved; a refusal, which moves none, is one line."""
    first, *others = badge.relays or (None,)
    return [
        _event(device, badge, first, badge.local_id, lookups=lookups),
        *(
            _event(device, badge, relay, f"{badge.local_id}/{relay}", lookups=lookups)
            for relay in others
        ),
    ]


def _event(
    device: Device,
    badge: neutral.BadgeScanned,
    relay: int | None,
    local_id: str,
    *,
    lookups: _Lookups,
) -> DoorEvent:
    held = lookups.credentials.get(_match(device, badge)) if badge.code else None
    person = held.person if held else _named(badge, lookups)
    door = _door(relay, lookups)
    device_at = _device_time(badge, device)
    question = _Question(person, door, device_at or badge.at)
    reason, disputed = _judge(question, badge.accepted, lookups)
    return DoorEvent(
        # A connector whose clock is ahead must not put a line above all that follow.
        at=min(badge.at, clock.now()),
        device_at=device_at,
        node_id=device.node_id,
        site_id=device.site_id,
        device=device,
        door=door,
        company_id=person.company_id if person else None,
        person=person,
        door_name=door.name if door else device.name,
        person_name=str(person) if person else "",
        card_tail="" if badge.method is neutral.Method.PIN else cards.tail(badge.code),
        method=DoorEvent.Method(badge.method.value),
        accepted=badge.accepted,
        reason=reason,
        disputed=disputed,
        relay=relay,
        generation=badge.generation,
        local_id=local_id[:32],
    )


def _match(device: Device, badge: neutral.BadgeScanned) -> bytes:
    if badge.method is neutral.Method.PIN:
        return pin_match(device.site_id, badge.code)
    return match_of(badge.code)


def _named(badge: neutral.BadgeScanned, lookups: _Lookups) -> Person | None:
    key = key_of(badge.person)
    return None if key is None else lookups.people.get(key)


def _door(relay: int | None, lookups: _Lookups) -> Door | None:
    """Return the door of a relay. A refusal moves none: a sole door is then meant."""
    if relay is not None and relay in lookups.doors:
        return lookups.doors[relay]
    return next(iter(lookups.doors.values())) if len(lookups.doors) == 1 else None


def _device_time(badge: neutral.BadgeScanned, device: Device) -> datetime | None:
    """Return what the device's clock said, None where it could not be read."""
    try:
        wall = datetime.fromisoformat(badge.device_time)
        return wall.replace(tzinfo=device.site.zone_info).astimezone(UTC)
    except (ValueError, OverflowError):
        # Also the first and the last days there are, which no zone can shift.
        return None


def _judge(question: _Question, accepted: bool, lookups: _Lookups) -> tuple[Reason, bool]:
    """Return the reason, and whether device and facts disagree."""
    person = question.person
    if person is None:
        return Reason.UNKNOWN_CREDENTIAL, accepted
    doors = [question.door] if question.door else list(lookups.doors.values())
    asked = facts.person_facts(person)
    decisions = [
        may_open(asked, facts.door_facts(one), question.at, groups=lookups.groups) for one in doors
    ]
    decision = next((d for d in decisions if d.allowed), decisions[0] if decisions else None)
    if decision is None:
        return Reason.NO_RIGHT, accepted
    if decision.allowed and not accepted:
        told = person.pk in lookups.told
        return (decision.reason, True) if told else (Reason.NOT_SYNCED, False)
    return decision.reason, decision.allowed != accepted
