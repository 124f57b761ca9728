"""From a device's log row to a judged line of the door log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from doorward.access import cards, facts
from doorward.access.actions.credentials import match_of, pin_match
from doorward.access.models import Credential
from doorward.access.rights import DoorFacts, GroupFacts, judge
from doorward.activity.actions import log as activity
from doorward.activity.actions.log import Line
from doorward.activity.models import DoorEvent
from doorward.activity.reasons import Reason
from doorward.devices.models import Command, Device, Door, ShelfEntry
from doorward.kit import clock
from doorward.kit.rows import key_of
from doorward.people.models import Person
from doorward.protocols import neutral
from doorward.sites.models import Company
from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Role

# The rows that were read of the logs of some devices.
Bursts = Mapping[Device, Collection[neutral.BadgeScanned]]


@dataclass(frozen=True)
class _Lookups:
    """What bursts of rows need, fetched at once: doors by device and relay, cards by site."""

    doors: Mapping[int, Mapping[int, Door]]
    holders: Mapping[tuple[int, bytes], int]
    people: Mapping[int, Person]
    groups: Mapping[int, Sequence[GroupFacts]]


@dataclass(frozen=True)
class _Question:
    """Who asked at which door when, as far as that could be found out."""

    person: Person | None
    door: Door | None
    at: datetime


def record_badges(device: Device, badges: Collection[neutral.BadgeScanned]) -> None:
    """Add a burst of one device's rows to the door log; see `record_bursts`."""
    record_bursts({device: badges})


def record_bursts(bursts: Bursts) -> None:
    """Add rows of devices to the door log, each with the reason as we judge it.

    The person is found by the keyed hash of card or PIN, then by our own key, never by name. Of
    a PIN nothing is kept.
    """
    matches = {
        device.pk: [_match(device, badge) if badge.code else b"" for badge in badges]
        for device, badges in bursts.items()
    }
    lookups = _look_up(bursts, matches)
    events: list[Line] = []
    for device, badges in bursts.items():
        lines = [
            line
            for badge, match in zip(badges, matches[device.pk], strict=True)
            for line in _lines(device, badge, match, lookups)
        ]
        events += activity.not_yet_recorded(device, lines) if device.term else lines
    _excuse_what_was_not_told(events)
    activity.record(events)


def record_unlock(command: Command) -> None:
    """Add the line of a door that was opened by an order."""
    door = command.door
    if command.settled_at is None or door is None:
        raise ValueError("an order to open a door is recorded once it is settled")
    event = DoorEvent(
        at=command.settled_at,
        node_id=command.node_id,
        site_id=door.site_id,
        device_id=command.device_id,
        door=door,
        account=command.account,
        company=_company_of(command.account, door.site_id),
        door_name=door.name,
        person_name=command.ordered_by,
        method=DoorEvent.Method.REMOTE,
        accepted=True,
        reason=Reason.OK,
        relay=door.relay,
        local_id=f"command-{command.pk}",
    )
    activity.record([event])


def _company_of(account: Account | None, site: int) -> Company | None:
    """Return whose opening it is where an account stands for one company of a site, and no more."""
    held = list(account.standings.all()) if account else []
    if {Role(one.role) for one in held} - {Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL}:
        return None
    companies = Company.objects.filter(site=site, node__in=[one.node_id for one in held])[:2]
    return companies[0] if len(companies) == 1 else None


def _look_up(bursts: Bursts, matches: Mapping[int, Sequence[bytes]]) -> _Lookups:
    doors: dict[int, dict[int, Door]] = {device.pk: {} for device in bursts}
    for door in Door.objects.filter(device__in=doors).order_by("pk"):
        doors[door.device_id][door.relay] = door
    hashes = {match for several in matches.values() for match in several}
    sites = {device.site_id for device in bursts}
    # Each kind by itself: only so is it found by the index that keeps it unique.
    held = Credential.objects.filter(site__in=sites, match__in=hashes)
    holders = {
        (site, bytes(match)): person
        for some in (held.cards(), held.pins())
        for site, match, person in some.values_list("site", "match", "person")
    }
    rows = (badge for badges in bursts.values() for badge in badges)
    named = {key for badge in rows if (key := key_of(badge.person)) is not None}
    known = Person.objects.filter(site__in=sites, pk__in=named.union(holders.values()))
    people = {person.pk: person for person in known}
    groups: dict[int, list[GroupFacts]] = {key: [] for key in people}
    moved = [door.pk for several in doors.values() for door in several.values()]
    for group in facts.groups_joining(people, moved):
        for key in group.people:
            groups[key].append(group)
    return _Lookups(doors, holders, people, groups)


def _lines(
    device: Device, badge: neutral.BadgeScanned, match: bytes, lookups: _Lookups
) -> list[Line]:
    """Return a line for each relay that moved; a refusal, which moves none, is one line."""
    person = _holder(device, badge, match, lookups)
    first, *others = badge.relays or (None,)
    event = partial(_event, device, badge, person=person, lookups=lookups)
    return [
        event(first, badge.local_id),
        *(event(relay, f"{badge.local_id}/{relay}") for relay in others),
    ]


def _event(
    device: Device,
    badge: neutral.BadgeScanned,
    relay: int | None,
    local_id: str,
    *,
    person: Person | None,
    lookups: _Lookups,
) -> Line:
    door = _door(relay, lookups.doors[device.pk])
    device_at = _device_time(badge, device)
    question = _Question(person, door, device_at or badge.at)
    reason, disputed = _judge(device, question, badge.accepted, lookups)
    return Line(
        # A connector whose clock is ahead must not put a line above all that follow.
        at=min(badge.at, clock.now()),
        device_at=device_at,
        node_id=device.node_id,
        site_id=device.site_id,
        device_id=device.pk,
        door_id=door.pk if door else None,
        company_id=person.company_id if person else None,
        person_id=person.pk if person else None,
        door_name=door.name if door else device.name,
        person_name=str(person) if person else "",
        card_tail="" if badge.method is neutral.Method.PIN else cards.tail(badge.code),
        method=badge.method.value,
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


def _holder(
    device: Device, badge: neutral.BadgeScanned, match: bytes, lookups: _Lookups
) -> Person | None:
    key = lookups.holders.get((device.site_id, match)) if match else None
    person = lookups.people.get(key_of(badge.person) or 0 if key is None else key)
    # Another site's people are looked up beside ours.
    return person if person is not None and person.site_id == device.site_id else None


def _door(relay: int | None, doors: Mapping[int, Door]) -> Door | None:
    """Return the door of a relay. A refusal moves none: a sole door is then meant."""
    if relay is not None and relay in doors:
        return doors[relay]
    return next(iter(doors.values())) if len(doors) == 1 else None


def _device_time(badge: neutral.BadgeScanned, device: Device) -> datetime | None:
    """Return what the device's clock said, None where it could not be read."""
    try:
        wall = datetime.fromisoformat(badge.device_time)
        return wall.replace(tzinfo=device.site.zone_info).astimezone(UTC)
    except (ValueError, OverflowError):
        # Also the first and the last days there are, which no zone can shift.
        return None


def _judge(
    device: Device, question: _Question, accepted: bool, lookups: _Lookups
) -> tuple[Reason, bool]:
    """Return the reason, and whether device and facts disagree."""
    person = question.person
    if person is None:
        return Reason.UNKNOWN_CREDENTIAL, accepted
    doors = [question.door] if question.door else list(lookups.doors[device.pk].values())
    asked, groups = facts.person_facts(person), lookups.groups[person.pk]
    zone = device.site.zone_info
    decisions = [
        judge(asked, DoorFacts(id=one.pk, zone=zone), question.at, groups=groups) for one in doors
    ]
    decision = next((d for d in decisions if d.allowed), decisions[0] if decisions else None)
    if decision is None:
        return Reason.NO_RIGHT, accepted
    return decision.reason, decision.allowed != accepted


def _excuse_what_was_not_told(events: Collection[Line]) -> None:
    """Say of refusals against the facts whether the device had not been told these yet."""
    refused = [
        event
        for event in events
        if event.disputed and not event.accepted and event.person_id is not None
    ]
    if not refused:
        return
    held = ShelfEntry.objects.filter(
        device__in={event.device_id for event in refused},
        kind=ShelfEntry.Kind.PERSON,
        key__in={event.person_id for event in refused},
        gone=False,
        # Of one that is still being worked out, nobody knows what it lacks.
        device__shelf__stale_since=None,
    ).exclude(synced_at=None)
    told = set(held.values_list("device", "key"))
    for event in refused:
        if (event.device_id, event.person_id) not in told:
            event.reason, event.disputed = Reason.NOT_SYNCED, False
