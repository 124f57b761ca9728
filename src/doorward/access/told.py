"""Whether doors were told of people: synced since when, pending, or failed and why."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from doorward.devices.models import Door, ShelfEntry


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


# What is told of somebody without a card: a device would have nothing to know them by.
NOTHING = Told(Stand.NOTHING)

_WORST_FIRST = (Stand.FAILED, Stand.PENDING, Stand.SYNCED)


def told_of(people: Collection[int], doors: Iterable[Door]) -> dict[tuple[int, int], Told]:
    """Return by (person, device) what the devices of these doors know, in one query.

    The device of each door is at hand with its connector, so that a pending one says what it
    waits for. A removal that is done is left out.
    """
    devices = {door.device_id: door.device for door in doors}
    entries = ShelfEntry.objects.filter(
        kind=ShelfEntry.Kind.PERSON, key__in=people, device__in=devices
    ).exclude(gone=True, synced_at__isnull=False)
    return {
        (entry.key, entry.device_id): _told(entry, online=devices[entry.device_id].is_online)
        for entry in entries
    }


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


def _told(entry: ShelfEntry, *, online: bool) -> Told:
    if entry.failure:
        return Told(Stand.FAILED, why=entry.failure, leaving=entry.gone)
    if entry.synced_at:
        return Told(Stand.SYNCED, since=entry.synced_at)
    why = "" if online else _("The device is offline; it is told when it is back.")
    return Told(Stand.PENDING, why=why, leaving=entry.gone)
