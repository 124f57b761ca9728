"""Places for hours on devices: allotted, rewritten, let go of once no record names them."""

from collections.abc import Collection, Mapping
from typing import LiteralString

from django.db import connection
from django.utils.translation import gettext as _

from doorward.access.actions import capacity
from doorward.access.models import SEGMENT_FIELDS, ScheduleSlot
from doorward.access.segments import ScheduleSegment
from doorward.devices import findings
from doorward.devices.actions import shelf
from doorward.devices.models import Device
from doorward.kit.errors import Refused
from doorward.protocols import neutral
from doorward.tenancy.actor import Actor

# Devices hold about a hundred schedules (docs/protocols/akuvox.md [D]), some of them fewer.
SLOTS = 100

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
    JOIN devices_device own ON own.id = door.device_id AND own.release = ''
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
# Where a shelf is stale, records of people who have lost these hours may still name the place.
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
        AND EXISTS (
            SELECT FROM devices_shelfhead head
            WHERE head.device_id = slot.device_id AND head.stale_since IS NULL
        )
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

_COUNT: LiteralString = f"""
SELECT needed.device_id, count(*) FROM ({_NEEDED}) needed GROUP BY needed.device_id
"""

# Not where a shelf is stale: records of people may still name the place, and whoever got it next
# would open the door to them.
_RELEASE: LiteralString = f"""
DELETE FROM access_scheduleslot slot
USING devices_shelfhead head
WHERE slot.device_id = ANY(%(devices)s)
    AND head.device_id = slot.device_id AND head.stale_since IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM ({_NEEDED}) needed
        WHERE (needed.device_id,
                needed.days, needed.start, needed."end", needed.first_day, needed.last_day)
            = (slot.device_id, slot.days, slot.start, slot."end", slot.first_day, slot.last_day)
    )
"""


def allot(devices: Collection[int]) -> dict[int, int]:
    """Give hours that have none a place; return by device how many found no room.

    The caller holds the heads.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALLOT, {"devices": list(devices), "slots": SLOTS})
        return dict(cursor.fetchall())


def shelve(devices: Collection[int]) -> set[int]:
    """Let go of places that nothing needs, and bring hours on shelves to what the places say.

    Return the devices whose shelf changed. The caller holds the heads.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"devices": list(devices)})
    return shelf.shelve(neutral.Kind.SCHEDULE, _SCHEDULES, devices)


def rewrite(devices: Collection[int], had: Collection[ScheduleSegment]) -> None:
    """Put hours that have no place where some of those stand that a group had and has no more."""
    columns = {name: [getattr(one, name) for one in had] for name in SEGMENT_FIELDS}
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, {"devices": list(devices), **columns})


def places(devices: Collection[int], hours: Collection[ScheduleSegment]) -> set[tuple[int, int]]:
    """Return where these hours stand, each place by its device and its number.

    What a person's record names of a group: where they are the same, it says the same.
    """
    wanted = {tuple(getattr(one, name) for name in SEGMENT_FIELDS) for one in hours}
    rows = ScheduleSlot.objects.filter(device__in=devices)
    return {
        (device, number)
        for device, number, *segment in rows.values_list("device", "number", *SEGMENT_FIELDS)
        if tuple(segment) in wanted
    }


def no_room(actor: Actor, full: Mapping[int, int]) -> Refused:
    """Say which device lacks room, for how much, what is in the way and what to do about it."""
    device = Device.objects.filter(pk__in=full).order_by("name")[0]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"devices": [device.pk]})
        ((_device, needed),) = cursor.fetchall()
    slots = min(SLOTS, _room(device))
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


def _room(device: Device) -> int:
    profile = findings.profile_of(device.profile)
    return SLOTS if profile is None else profile.limits.schedules or SLOTS
