"""What devices should hold of people and schedules, computed set by set in SQL."""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.types import JSONValue

from doorward.access.actions import capacity, slots
from doorward.access.segments import ScheduleSegment
from doorward.devices.actions import shelf
from doorward.devices.models import Device, Door, ShelfEntry, ShelfHead
from doorward.kit.jobs import app as jobs
from doorward.people.models import Person
from doorward.protocols import neutral
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

logger = logging.getLogger(__name__)

# Entries of people that one transaction brings up to date.
AT_ONCE = 60_000
# For much longer than the queue tries it again by itself.
PATIENCE = timedelta(minutes=30)
FOLLOW, FOLLOW_SITE = "access.follow_devices", "access.refresh_site"

# What each device's groups let open there, said once for all people who are in the same groups:
# those are few, however many people there are. A device that is unbound opens to nobody.
_ENTITLED: LiteralString = """
    opened AS MATERIALIZED (
        SELECT door.device_id, link.accessgroup_id, door.relay || ':' || slot.number AS right_there
        FROM devices_door door
        JOIN devices_device device ON device.id = door.device_id AND device.release = ''
        JOIN access_accessgroup_doors link ON link.door_id = door.id
        JOIN access_accesssegment segment ON segment.group_id = link.accessgroup_id
        JOIN access_scheduleslot slot ON slot.device_id = door.device_id
            AND (slot.days, slot.start, slot."end", slot.first_day, slot.last_day)
                = (segment.days, segment.start, segment."end", segment.first_day, segment.last_day)
        WHERE door.device_id = ANY(%(devices)s)
    ),
    holder AS MATERIALIZED (
        SELECT held.person_id, array_agg(held.accessgroup_id ORDER BY held.accessgroup_id) AS groups
        FROM access_member held
        WHERE held.accessgroup_id = ANY(ARRAY(SELECT DISTINCT accessgroup_id FROM opened))
            AND (%(keys)s::bigint[] IS NULL OR held.person_id = ANY(%(keys)s))
        GROUP BY held.person_id
    ),
    granted AS MATERIALIZED (
        SELECT opened.device_id, alike.groups,
            string_agg(DISTINCT opened.right_there, ',' ORDER BY opened.right_there) AS grants
        FROM (SELECT DISTINCT groups FROM holder) alike
        CROSS JOIN LATERAL unnest(alike.groups) AS one (accessgroup_id)
        JOIN opened USING (accessgroup_id)
        GROUP BY opened.device_id, alike.groups
    ),
    -- A person without a credential has nothing a device could know them by; one who is suspended
    -- is not to be known at all.
    known AS MATERIALIZED (
        SELECT holder.person_id, holder.groups,
            md5(jsonb_build_array(person.first_name, person.last_name, site.contact_order,
                person.valid_from, person.valid_until, held.credentials)::text) AS facts
        FROM holder
        JOIN people_person person ON person.id = holder.person_id AND person.status = 'active'
        JOIN sites_site site ON site.id = person.site_id
        CROSS JOIN LATERAL (
            SELECT string_agg(encode(own.match, 'hex'), ',' ORDER BY own.id) AS credentials
            FROM access_credential own WHERE own.person_id = holder.person_id
        ) held
        WHERE held.credentials IS NOT NULL
    )
"""

_PEOPLE: LiteralString = f"""
WITH {_ENTITLED}
SELECT granted.device_id, known.person_id AS key,
    decode(md5(known.facts || granted.grants), 'hex') AS digest
FROM known JOIN granted USING (groups)
"""

_COMING: LiteralString = f"""
WITH {_ENTITLED},
crowd AS (SELECT groups, count(*) AS people FROM known GROUP BY groups)
SELECT granted.device_id, sum(crowd.people)::bigint
FROM granted JOIN crowd USING (groups)
GROUP BY granted.device_id
"""


@transaction.atomic
def refresh_devices(actor: Actor, devices: Collection[int]) -> None:
    """Bring everything these devices should hold of rights to what the facts say.

    What is more than one waits for is left to jobs, a few devices in each. Raise `Refused` where a
    device would need more schedules, or hold more people, than it has room for.
    """
    if not devices:
        return
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    shelf.lock_heads(devices)
    if full := slots.allot(devices):
        raise slots.no_room(actor, full)
    coming, before = _coming(devices), capacity.people_held(devices)
    capacity.require_room(actor, coming, before)
    parts = list(_parts(_sizes(devices, coming, before)))
    if len(parts) > 1:
        _leave_to_jobs(parts)
        shelf.tell(slots.shelve(devices))
    else:
        _shelve(devices)


@transaction.atomic
def rewrite_hours(
    actor: Actor,
    devices: Collection[int],
    had: Collection[ScheduleSegment],
    has: Collection[ScheduleSegment],
) -> None:
    """Follow a group of which nothing but the hours has changed, from those that it had.

    Where each has a place of its own in which another can stand, nobody's record changes.
    """
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    shelf.lock_heads(devices)
    before = slots.places(devices, had)
    slots.rewrite(devices, had)
    if full := slots.allot(devices):
        raise slots.no_room(actor, full)
    if slots.places(devices, has) != before:
        # People's records change, which may be left to jobs: no place is let go of before that.
        refresh_devices(actor, devices)
    else:
        shelf.tell(slots.shelve(devices))


def _shelve(devices: Collection[int]) -> None:
    """Bring hours and people on these shelves to what the facts say; the heads are held."""
    shelf.mark_fresh(devices)
    shelf.tell(slots.shelve(devices) | shelf.shelve(neutral.Kind.PERSON, _PEOPLE, devices))


def _coming(devices: Collection[int]) -> dict[int, int]:
    """Return by device how many people it should hold."""
    with connection.cursor() as cursor:
        cursor.execute(_COMING, {"devices": list(devices), "keys": None})
        return dict(cursor.fetchall())


def _parts(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Cut devices into parts of so many entries as one transaction may take, or of one device."""
    part, count = list[int](), 0
    for device in sorted(sizes):
        if part and count + sizes[device] > AT_ONCE:
            yield part
            part, count = [], 0
        part.append(device)
        count += sizes[device]
    if part:
        yield part


def _leave_to_jobs(parts: Collection[list[int]]) -> None:
    """Let the worker follow, one part of a site after the other, once this is committed.

    Each is a transaction of its own, so that other deeds go on between; what a killed worker has
    not committed is done once more. Until then the shelves are stale. The caller holds the heads.
    """
    devices = [device for part in parts for device in part]
    shelf.mark_stale(devices)
    sites = dict(Device.objects.filter(pk__in=devices).values_list("pk", "site"))
    for part in parts:
        lock = _lock_of(sites[part[0]])
        told: list[JSONValue] = [*part]
        jobs.configure_task(FOLLOW, lock=lock).defer(devices=told)


def _lock_of(site: int) -> str:
    return f"rights of site {site}"


@transaction.atomic
def follow(devices: Collection[int]) -> None:
    """Bring these devices up to date after a deed that is done and cannot be refused any more.

    What finds no room stays untold and so pending; what is taken away is told all the same.
    """
    if not devices:
        return
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    shelf.lock_heads(devices)
    for device, missing in slots.allot(devices).items():
        logger.warning("device %s has no room for %s schedules", device, missing)
    _shelve(devices)


@transaction.atomic
def refresh_people(
    people: Collection[int], actor: Actor | None = None, *, sites: Collection[int] = ()
) -> None:
    """Bring these people's entries up to date on every device that knows or should know them.

    `sites` are theirs, to be named where people may be gone by now.
    For an `actor`, whose deed can still be refused, raise `Refused` where a device would hold
    more people than it has room for.
    """
    places = take_turns(sites or Person.objects.filter(pk__in=people).values("site"))
    devices = devices_of(people, places)
    if not devices:
        return
    if len(people) * len(devices) > AT_ONCE:
        _refresh_whole(devices, actor)
        return
    shelf.lock_heads(devices)
    before = capacity.people_held(devices) if actor else {}
    shelf.tell(shelf.shelve(neutral.Kind.PERSON, _PEOPLE, devices, keys=people))
    if actor:
        capacity.require_room(actor, capacity.people_held(devices), before)


def _refresh_whole(devices: Collection[int], actor: Actor | None) -> None:
    """Follow what became of so many people that their devices are to be worked out in whole."""
    shelf.lock_heads(devices)
    coming, before = _coming(devices), capacity.people_held(devices)
    if actor:
        capacity.require_room(actor, coming, before)
    _leave_to_jobs(list(_parts(_sizes(devices, coming, before))))


def sites_of(people: Collection[int]) -> set[int]:
    """Return the sites of people, and of devices that hold them: some may be gone by now."""
    held = ShelfEntry.objects.filter(
        device=OuterRef("pk"), kind=ShelfEntry.Kind.PERSON, key__in=people
    )
    found = Person.objects.filter(pk__in=people).values_list("site", flat=True)
    if len(found) == len(people):
        return set(found)
    return {*found, *Device.objects.filter(Exists(held)).values_list("site", flat=True)}


def devices_of(people: Collection[int], sites: Collection[int]) -> set[int]:
    """Return the devices of these sites that hold some of these people or are to hold them."""
    held = ShelfEntry.objects.filter(
        device=OuterRef("pk"), kind=ShelfEntry.Kind.PERSON, key__in=people, gone=False
    )
    holding = Device.objects.filter(Exists(held), site__in=sites)
    opened = Door.objects.filter(accessgroups__members__person__in=people)
    return set(holding.values_list("pk", flat=True)) | set(opened.values_list("device", flat=True))


def take_turns(sites: QuerySet[Any] | Collection[int]) -> list[int]:
    """Let changes of rights at a site wait for each other; return the sites.

    Two at once would not see each other's facts: a card given to a person while they join a
    group would stand on no shelf. The lock leaves foreign keys to the site alone.
    """
    held = Site.objects.select_for_update(no_key=True).filter(pk__in=sites).order_by("pk")
    return list(held.values_list("pk", flat=True))


@transaction.atomic
def revive_stale(at: datetime) -> int:
    """Leave to jobs once more what has been stale for long; return how many devices.

    A part is tried for minutes, and then no more. Where one still waits at a site, its others
    wait behind it and are not asked for again. To follow twice changes nothing.
    """
    waiting = ProcrastinateJob.objects.filter(task_name=FOLLOW, status="todo")
    locks = set(waiting.values_list("lock", flat=True))
    late = ShelfHead.objects.filter(stale_since__lt=at - PATIENCE)
    devices = sorted(
        device
        for device, site in late.values_list("device", "device__site")
        if _lock_of(site) not in locks
    )
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    shelf.lock_heads(devices)
    _leave_to_jobs(list(_parts(_sizes(devices, _coming(devices), capacity.people_held(devices)))))
    return len(devices)


@transaction.atomic
def follow_site(site: int) -> None:
    """Bring every device of a site up to date, as after a change of the order of names.

    What is more than one transaction should take is left to further jobs.
    """
    devices = list(Device.objects.filter(site=site).values_list("pk", flat=True))
    take_turns([site])
    shelf.lock_heads(devices)
    sizes = _sizes(devices, _coming(devices), capacity.people_held(devices))
    parts = list(_parts(sizes))
    if len(parts) > 1:
        _leave_to_jobs(parts)
    else:
        follow(devices)


def _sizes(
    devices: Collection[int], coming: Mapping[int, int], held: Mapping[int, int]
) -> dict[int, int]:
    """Return by device how many entries of people it has and is to have, both of them counted."""
    return {device: coming.get(device, 0) + held.get(device, 0) for device in devices}
