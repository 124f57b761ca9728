"""Whether doors were told of people: synced since when, pending, or failed and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from doorward.access.models import AccessGroup, Credential, Member
from doorward.devices.models import Device, Door, ShelfEntry
from doorward.people.models import Person


class Stand(StrEnum):
    """How far a change has come; the values are the words that pages have a badge for."""

    SYNCED = "synced"
    PENDING = "pending"
    FAILED = "failed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Told:
    """Where a person stands on a door's device. `leaving` is a removal that it has yet to do."""

    stand: Stand
    since: datetime | None = None
    why: str = ""
    leaving: bool = False


@dataclass(frozen=True)
class Summary:
    """The worst stand of a person, and at how many devices of all it is so."""

    stand: Stand
    count: int
    total: int


# What is told of somebody without a credential or without a right, or of somebody suspended: a
# device has nothing to hold.
NOTHING = Told(Stand.NOTHING)

_KNOWABLE = Exists(Credential.objects.filter(person=OuterRef("person")))
_WORST_FIRST = (Stand.FAILED, Stand.PENDING, Stand.SYNCED)


def told_of(people: Collection[int], doors: Iterable[Door]) -> dict[tuple[int, int], Told]:
    """Return by (person, device) what the devices of these doors know, in two queries.

    The device of each door is at hand with its connector, so that a pending one says what it
    waits for. Who ought to be on a device and stands on no shelf yet is pending. Where a device
    has nothing to hold, and nothing to forget any more, a pair is left out: it is `NOTHING`.
    """
    devices = {door.device_id: door.device for door in doors}
    known = {
        (person, device): _pending(devices[device]) for person, device in _entitled(people, devices)
    }
    for entry in on_shelves().filter(key__in=people, device__in=devices):
        known[entry.key, entry.device_id] = _told(entry, devices[entry.device_id])
    return known


def on_shelves() -> QuerySet[ShelfEntry]:
    """Return the entries of people; a removal that is done is left out."""
    people = ShelfEntry.objects.filter(kind=ShelfEntry.Kind.PERSON)
    return people.exclude(gone=True, synced_at__isnull=False)


def untold(people: QuerySet[Person], door: Door) -> QuerySet[Person]:
    """Return those who ought to be on a door's device, and are not on it as they should."""
    groups = AccessGroup.objects.filter(segments__isnull=False, doors__device=door.device_id)
    member = Member.objects.filter(
        _KNOWABLE,
        person=OuterRef("pk"),
        person__status=Person.Status.ACTIVE,
        accessgroup__in=set(groups.values_list("pk", flat=True)),
    )
    held = ShelfEntry.objects.filter(
        kind=ShelfEntry.Kind.PERSON,
        device=door.device_id,
        key=OuterRef("pk"),
        gone=False,
        failure="",
        synced_at__isnull=False,
    )
    return people.filter(Exists(member) & ~Exists(held))


def summaries(known: Mapping[tuple[int, int], Told], people: Iterable[int]) -> dict[int, Summary]:
    """Sum up for each person over devices; who is told nowhere is left out."""
    by_person: dict[int, list[Told]] = {person: [] for person in people}
    for (person, _device), one in known.items():
        by_person[person].append(one)
    return {person: _sum_up(ones) for person, ones in by_person.items() if ones}


def _sum_up(ones: list[Told]) -> Summary:
    stands = [one.stand for one in ones]
    worst = min(stands, key=_WORST_FIRST.index)
    return Summary(worst, stands.count(worst), len(stands))


def _entitled(people: Collection[int], devices: Collection[int]) -> QuerySet[Any, tuple[int, int]]:
    """Return (person, device) wherever a group lets somebody with a credential in at some time."""
    member = Member.objects.filter(
        _KNOWABLE,
        person__in=people,
        person__status=Person.Status.ACTIVE,
        accessgroup__segments__isnull=False,
        accessgroup__doors__device__in=devices,
    )
    return member.values_list("person", "accessgroup__doors__device").distinct()


def _told(entry: ShelfEntry, device: Device) -> Told:
    if entry.failure:
        return Told(Stand.FAILED, why=entry.failure, leaving=entry.gone)
    if entry.synced_at:
        return Told(Stand.SYNCED, since=entry.synced_at)
    return _pending(device, leaving=entry.gone)


def _pending(device: Device, *, leaving: bool = False) -> Told:
    why = "" if device.is_online else _("The device is offline; it is told when it is back.")
    return Told(Stand.PENDING, why=why, leaving=leaving)
