"""Whether doors were told of people: synced since when, pending, or failed and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doorward.access.models import AccessGroup, Credential
from doorward.access.openable import members
from doorward.devices.models import Device, Door, ShelfEntry
from doorward.kit.rows import among_those, array_of
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

_WORST_FIRST = (Stand.FAILED, Stand.PENDING, Stand.SYNCED)

# Person and device wherever a group lets somebody with a credential in at some time, or the device
# has them on its shelf, with how they stand there. Whoever draws a page of people asks this.
_ABOUT = """
WITH entitled AS (
    SELECT DISTINCT member.person_id AS person, door.device_id AS device
    FROM access_member AS member
    JOIN people_person AS person ON person.id = member.person_id
    JOIN access_accessgroup_doors AS opened ON opened.accessgroup_id = member.accessgroup_id
    JOIN devices_door AS door ON door.id = opened.door_id
    WHERE member.person_id = ANY(%(people)s::bigint[]) AND person.status = 'active'
    AND door.device_id = ANY(%(devices)s::bigint[])
    AND EXISTS (SELECT FROM access_credential AS held WHERE held.person_id = member.person_id)
    AND EXISTS (
        SELECT FROM access_accesssegment AS hours WHERE hours.group_id = member.accessgroup_id
    )
), shelved AS (
    SELECT key AS person, device_id AS device, synced_at, failure, gone
    FROM devices_shelfentry
    WHERE kind = 'person' AND key = ANY(%(people)s::bigint[])
    AND device_id = ANY(%(devices)s::bigint[]) AND NOT (gone AND synced_at IS NOT NULL)
)
SELECT person, device, synced_at, failure, gone, EXISTS (
    SELECT FROM devices_shelfhead AS head
    WHERE head.device_id = device AND head.stale_since IS NOT NULL
)
FROM entitled FULL JOIN shelved USING (person, device)
"""


def told_of(people: Collection[int], doors: Iterable[Door]) -> dict[tuple[int, int], Told]:
    """Return by (person, device) what the devices of these doors know, in one query.

    The device of each door is at hand with its connector, so that a pending one says what it
    waits for. Who ought to be on a device and stands on no shelf yet is pending, and so is
    everybody while it is being worked out who may open. Where a device has nothing to hold, and
    nothing to forget any more, a pair is left out: it is `NOTHING`.
    """
    devices = {door.device_id: door.device for door in doors}
    with connection.cursor() as cursor:
        asked = {"people": array_of(people), "devices": array_of(devices)}
        cursor.execute(_ABOUT, asked)
        return {
            (person, device): _told(devices[device], known)
            for person, device, *known in cursor.fetchall()
        }


def on_shelves() -> QuerySet[ShelfEntry]:
    """Return the entries of people; a removal that is done is left out."""
    people = ShelfEntry.objects.filter(kind=ShelfEntry.Kind.PERSON)
    return people.exclude(gone=True, synced_at__isnull=False)


def untold(people: QuerySet[Person], door: Door) -> QuerySet[Person]:
    """Return those who ought to be on a door's device, and are not on it as they should.

    Who holds something and who is on it are two tables that the database makes once: it would look
    for each person in both otherwise.
    """
    groups = AccessGroup.objects.filter(segments__isnull=False, doors__device=door.device_id)
    held = ShelfEntry.objects.filter(
        kind=ShelfEntry.Kind.PERSON,
        device=door.device_id,
        gone=False,
        failure="",
        synced_at__isnull=False,
        device__shelf__stale_since=None,
    )
    knowable = Credential.objects.filter(site=door.site_id).values("person")
    entitled = members(people.filter(site=door.site_id), set(groups.values_list("pk", flat=True)))
    ought = entitled.filter(among_those("pk", knowable), status=Person.Status.ACTIVE)
    return ought.exclude(pk__in=held.values("key"))


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


def _told(device: Device, known: Sequence[Any]) -> Told:
    since, failure, gone, stale = known
    if failure:
        return Told(Stand.FAILED, why=failure, leaving=bool(gone))
    if since and not stale:
        return Told(Stand.SYNCED, since=since)
    return Told(Stand.PENDING, why=_waits_for(device, stale=stale), leaving=bool(gone))


def _waits_for(device: Device, *, stale: bool) -> str:
    if stale:
        return _("It is being worked out who may open.")
    return "" if device.is_online else _("The device is offline; it is told when it is back.")
