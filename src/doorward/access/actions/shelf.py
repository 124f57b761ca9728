"""What devices should hold of people and schedules, computed set by set in SQL."""

import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from procrastinate.types import JSONValue

from doorward.access.actions import capacity
from doorward.access.models import SEGMENT_FIELDS, ScheduleSlot
from doorward.access.segments import ScheduleSegment
from doorward.devices import findings
from doorward.devices.actions import shelf
from doorward.devices.models import Device, Door, ShelfEntry
from doorward.kit.errors import Refused
from doorward.kit.jobs import app as jobs
from doorward.people.models import Person
from doorward.protocols import neutral
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

logger = logging.getLogger(__name__)

# Devices hold about a hundred schedules (docs/protocols/akuvox.md [D]), some of them fewer.
SLOTS = 100
# Entries of people that one transaction brings up to date.
AT_ONCE = 60_000
FOLLOW = "access.follow_devices"

# What each device's groups let open there, said once for all people who are in the same groups:
# those are few, however many people there are.
_ENTITLED: LiteralString = """
    opened AS MATERIALIZED (
        SELECT door.device_id, link.accessgroup_id, door.relay || ':' || slot.number AS right_there
        FROM devices_door door
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

_SCHEDULES: LiteralString = """
SELECT slot.device_id, slot.number::bigint AS key,
    decode(md5(
        jsonb_build_array(slot.days, slot.start, slot."end", slot.first_day, slot.last_day)::text
    ), 'hex') AS digest
FROM access_scheduleslot slot
WHERE slot.device_id = ANY(%(devices)s)
"""

_NEEDED: LiteralString = """
    SELECT DISTINCT door.device_id,
        segment.days, segment.start, segment."end", segment.first_day, segment.last_day
    FROM devices_door door
    JOIN access_accessgroup_doors opened ON opened.door_id = door.id
    JOIN access_accesssegment segment ON segment.group_id = opened.accessgroup_id
    WHERE door.device_id = ANY(%(devices)s)
"""
_IN_ORDER: LiteralString = (
    'needed.days, needed.start, needed."end", needed.first_day, needed.last_day'
)

# A number is free once no slot has it and the device has confirmed to have let it go: a person
# must never open by a window that a number meant for somebody else.
# What a device misses and what is free there are lists side by side: joined by their places, all
# numbers of all devices were compared with each other, minutes for a thousand.
_ALLOT: LiteralString = f"""
WITH missing AS (
    SELECT needed.device_id, count(*) AS hours,
        array_agg(needed.days ORDER BY {_IN_ORDER}) AS days,
        array_agg(needed.start ORDER BY {_IN_ORDER}) AS starts,
        array_agg(needed."end" ORDER BY {_IN_ORDER}) AS ends,
        array_agg(needed.first_day ORDER BY {_IN_ORDER}) AS first_days,
        array_agg(needed.last_day ORDER BY {_IN_ORDER}) AS last_days
    FROM ({_NEEDED}) needed
    LEFT JOIN access_scheduleslot slot
        USING (device_id, days, start, "end", first_day, last_day)
    WHERE slot.id IS NULL
    GROUP BY needed.device_id
),
free AS MATERIALIZED (
    SELECT missing.*, ARRAY(
        SELECT place.number
        FROM generate_series(
            1, least(%(slots)s, (device.profile -> 'limits' ->> 'schedules')::bigint)
        ) AS place (number)
        WHERE NOT EXISTS (
            SELECT FROM access_scheduleslot slot
            WHERE slot.device_id = device.id AND slot.number = place.number
        ) AND NOT EXISTS (
            SELECT FROM devices_shelfentry held
            WHERE held.device_id = device.id
                AND held.kind = 'schedule' AND held.key = place.number AND held.synced_at IS NULL
                -- What was never seen was never told anything, and need not let go of it.
                AND device.seen_at IS NOT NULL
        )
        ORDER BY place.number
        LIMIT missing.hours
    ) AS numbers
    FROM missing JOIN devices_device device ON device.id = missing.device_id
),
allotted AS (
    INSERT INTO access_scheduleslot
        (device_id, number, days, start, "end", first_day, last_day)
    SELECT free.device_id, pair.*
    FROM free, unnest(
        free.numbers, free.days, free.starts, free.ends, free.first_days, free.last_days
    ) AS pair (number, days, start, "end", first_day, last_day)
    WHERE pair.number IS NOT NULL
)
SELECT device_id, hours - cardinality(numbers) FROM free WHERE cardinality(numbers) < hours
"""

# Hours that a group no longer has are rewritten to those it has now, in the same place: who is in
# it keeps their record. Only what the group alone had is neither needed now nor has a place yet.
_REWRITE: LiteralString = f"""
WITH needed AS ({_NEEDED}),
spare AS (
    SELECT slot.id, slot.device_id, row_number() OVER (
        PARTITION BY slot.device_id
        ORDER BY slot.days, slot.start, slot."end", slot.first_day, slot.last_day
    ) AS place
    FROM access_scheduleslot slot
    JOIN unnest(
        %(days)s::int[], %(start)s::int[], %(end)s::int[], %(first_day)s::date[],
        %(last_day)s::date[]
    ) AS had (days, start, "end", first_day, last_day)
        USING (days, start, "end", first_day, last_day)
    LEFT JOIN needed USING (device_id, days, start, "end", first_day, last_day)
    WHERE slot.device_id = ANY(%(devices)s) AND needed.device_id IS NULL
),
missing AS (
    SELECT needed.*, row_number() OVER (
        PARTITION BY needed.device_id
        ORDER BY needed.days, needed.start, needed."end", needed.first_day, needed.last_day
    ) AS place
    FROM needed
    LEFT JOIN access_scheduleslot slot
        USING (device_id, days, start, "end", first_day, last_day)
    WHERE slot.id IS NULL
)
UPDATE access_scheduleslot slot
SET (days, start, "end", first_day, last_day)
    = (missing.days, missing.start, missing."end", missing.first_day, missing.last_day)
FROM spare JOIN missing USING (device_id, place)
WHERE slot.id = spare.id
"""

_COMING: LiteralString = f"""
WITH {_ENTITLED},
crowd AS (SELECT groups, count(*) AS people FROM known GROUP BY groups)
SELECT granted.device_id, sum(crowd.people)::bigint
FROM granted JOIN crowd USING (groups)
GROUP BY granted.device_id
"""

_COUNT: LiteralString = f"""
SELECT needed.device_id, count(*) FROM ({_NEEDED}) needed GROUP BY needed.device_id
"""

_RELEASE: LiteralString = f"""
DELETE FROM access_scheduleslot slot
WHERE slot.device_id = ANY(%(devices)s) AND NOT EXISTS (
    SELECT 1 FROM ({_NEEDED}) needed
    WHERE (needed.device_id,
            needed.days, needed.start, needed."end", needed.first_day, needed.last_day)
        = (slot.device_id, slot.days, slot.start, slot."end", slot.first_day, slot.last_day)
)
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
    _refresh_schedules(actor, devices)
    coming, before = _coming(devices), capacity.people_held(devices)
    capacity.require_room(actor, coming, before)
    parts = list(_parts({key: coming.get(key, 0) + before.get(key, 0) for key in devices}))
    if len(parts) > 1:
        _leave_to_jobs(parts)
    else:
        shelf.tell(shelf.shelve(neutral.Kind.PERSON, _PEOPLE, devices))


@transaction.atomic
def rewrite_hours(actor: Actor, devices: Collection[int], had: Collection[ScheduleSegment]) -> None:
    """Follow a group of which nothing but the hours has changed, from those that it had.

    Where each has a place of its own in which another can stand, nobody's record changes.
    """
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    shelf.lock_heads(devices)
    slots = ScheduleSlot.objects.filter(device__in=devices).values_list("device", "number")
    before = set(slots.all())
    columns = {name: [getattr(one, name) for one in had] for name in SEGMENT_FIELDS}
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, {"devices": list(devices), **columns})
    _refresh_schedules(actor, devices)
    if set(slots.all()) != before:
        refresh_devices(actor, devices)


def _refresh_schedules(actor: Actor, devices: Collection[int]) -> None:
    shelf.lock_heads(devices)
    if full := _allot_slots(devices):
        raise _no_room(actor, full)
    shelf.tell(shelf.shelve(neutral.Kind.SCHEDULE, _SCHEDULES, devices))


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
    not committed is done once more.
    """
    for part in parts:
        site = Device.objects.values_list("site", flat=True).get(pk=part[0])
        lock = f"rights of site {site}"
        told: list[JSONValue] = [*part]
        jobs.configure_task(FOLLOW, lock=lock).defer(devices=told)


def _no_room(actor: Actor, full: dict[int, int]) -> Refused:
    """Say which device lacks room, for how much, what is in the way and what to do about it."""
    device = Device.objects.filter(pk__in=full).order_by("name")[0]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"devices": [device.pk]})
        ((_device, needed),) = cursor.fetchall()
    slots = min(SLOTS, _slots(device))
    names = {
        "device": device.name,
        "slots": slots,
        "needed": needed,
        "missing": full[device.pk],
        "groups": capacity.groups_of_hours(actor, device.pk),
    }
    if needed > slots:
        message = _(
            "%(device)s holds %(slots)d different hours, and this would take %(needed)d. Let "
            "access groups share the same hours, or take away hours that are no longer needed. "
            "They come by these: %(groups)s."
        )
        return Refused("schedule.capacity", message % names)
    message = _(
        "%(device)s has no room for %(missing)d more hours until it has forgotten some that are no "
        "longer used. Try again when it is in sync."
    )
    return Refused("schedule.pending", message % names)


@transaction.atomic
def follow(devices: Collection[int]) -> None:
    """Bring these devices up to date after a deed that is done and cannot be refused any more.

    What finds no room stays untold and so pending; what is taken away is told all the same.
    """
    for device, missing in _refresh(devices).items():
        logger.warning("device %s has no room for %s schedules", device, missing)


@transaction.atomic
def refresh_people(people: Collection[int], actor: Actor | None = None) -> None:
    """Bring these people's entries up to date on every device that knows or should know them.

    For an `actor`, whose deed can still be refused, raise `Refused` where a device would hold
    more people than it has room for.
    """
    take_turns(Person.objects.filter(pk__in=people).values("site"))
    devices = devices_of(people)
    if not devices:
        return
    shelf.lock_heads(devices)
    before = capacity.people_held(devices) if actor else {}
    shelf.tell(shelf.shelve(neutral.Kind.PERSON, _PEOPLE, devices, keys=people))
    if actor:
        capacity.require_room(actor, capacity.people_held(devices), before)


def _slots(device: Device) -> int:
    profile = findings.profile_of(device.profile)
    return SLOTS if profile is None else profile.limits.schedules or SLOTS


def devices_of(people: Collection[int]) -> set[int]:
    """Return the devices that hold these people, or that move a door they may open."""
    held = ShelfEntry.objects.filter(kind=ShelfEntry.Kind.PERSON, key__in=people, gone=False)
    opened = Door.objects.filter(accessgroups__members__person__in=people)
    return set(held.values_list("device", flat=True)) | set(opened.values_list("device", flat=True))


def take_turns(sites: QuerySet[Any] | Collection[int]) -> None:
    """Let changes of rights at a site wait for each other.

    Two at once would not see each other's facts: a card given to a person while they join a
    group would stand on no shelf. The lock leaves foreign keys to the site alone.
    """
    held = Site.objects.select_for_update(no_key=True).filter(pk__in=sites).order_by("pk")
    list(held.values_list("pk"))


def _refresh(devices: Collection[int]) -> dict[int, int]:
    """Bring entries up to date; return by device how many schedules have no room there."""
    if not devices:
        return {}
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    shelf.lock_heads(devices)
    full = _allot_slots(devices)
    changed = shelf.shelve(neutral.Kind.SCHEDULE, _SCHEDULES, devices)
    changed |= shelf.shelve(neutral.Kind.PERSON, _PEOPLE, devices)
    shelf.tell(changed)
    return full


def _allot_slots(devices: Collection[int]) -> dict[int, int]:
    # Any: a list and a number.
    facts: dict[str, Any] = {"devices": list(devices), "slots": SLOTS}
    with connection.cursor() as cursor:
        cursor.execute(_ALLOT, facts)
        full = dict(cursor.fetchall())
        cursor.execute(_RELEASE, facts)
    return full


@transaction.atomic
def follow_site(site: int) -> None:
    """Bring every device of a site up to date, as after a change of the order of names.

    What is more than one transaction should take is left to further jobs.
    """
    devices = list(Device.objects.filter(site=site).values_list("pk", flat=True))
    take_turns([site])
    parts = list(_parts(_sizes(devices)))
    if len(parts) > 1:
        _leave_to_jobs(parts)
    else:
        follow(devices)


def _sizes(devices: Collection[int]) -> dict[int, int]:
    """Return by device how many entries of people it has and is to have, both of them counted."""
    coming, held = _coming(devices), capacity.people_held(devices)
    return {device: coming.get(device, 0) + held.get(device, 0) for device in devices}
