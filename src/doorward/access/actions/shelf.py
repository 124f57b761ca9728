"""What devices should hold of people and schedules, computed set by set in SQL."""

import logging
from collections.abc import Collection
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doorward.access.actions import capacity
from doorward.devices import findings
from doorward.devices.actions import shelf
from doorward.devices.models import Device, Door, ShelfEntry
from doorward.kit.errors import Refused
from doorward.people.models import Person
from doorward.protocols import neutral
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

logger = logging.getLogger(__name__)

# Devices hold about a hundred schedules (docs/protocols/akuvox.md [D]), some of them fewer.
SLOTS = 100

# Every (device, person) with what the person may open there and when.
_GRANTS: LiteralString = """
    SELECT door.device_id, holder.person_id,
        string_agg(
            DISTINCT door.relay || ':' || slot.number, ',' ORDER BY door.relay || ':' || slot.number
        ) AS grants
    FROM access_member holder
    JOIN access_accessgroup_doors opened ON opened.accessgroup_id = holder.accessgroup_id
    JOIN devices_door door ON door.id = opened.door_id
    JOIN access_accesssegment segment ON segment.group_id = holder.accessgroup_id
    JOIN access_scheduleslot slot ON slot.device_id = door.device_id
        AND (slot.days, slot.start, slot."end", slot.first_day, slot.last_day)
            = (segment.days, segment.start, segment."end", segment.first_day, segment.last_day)
    WHERE door.device_id = ANY(%(devices)s)
        -- Said of the holders too, or the view would be built in whole.
        AND holder.accessgroup_id = ANY(ARRAY(
            SELECT concerned.accessgroup_id
            FROM access_accessgroup_doors concerned
            JOIN devices_door moved ON moved.id = concerned.door_id
            WHERE moved.device_id = ANY(%(devices)s)
        ))
        AND (%(keys)s::bigint[] IS NULL OR holder.person_id = ANY(%(keys)s))
    GROUP BY door.device_id, holder.person_id
"""

# A person without a credential has nothing a device could know them by; one who is suspended is
# not to be known at all.
_PEOPLE: LiteralString = f"""
SELECT granted.device_id, granted.person_id AS key,
    decode(md5(jsonb_build_array(person.first_name, person.last_name, site.contact_order,
        person.valid_from, person.valid_until, granted.grants, held.credentials
    )::text), 'hex') AS digest
FROM ({_GRANTS}) granted
JOIN people_person person ON person.id = granted.person_id AND person.status = 'active'
JOIN sites_site site ON site.id = person.site_id
JOIN (
    SELECT person_id, string_agg(encode(match, 'hex'), ',' ORDER BY id) AS credentials
    FROM access_credential
    WHERE %(keys)s::bigint[] IS NULL OR person_id = ANY(%(keys)s)
    GROUP BY person_id
) held ON held.person_id = granted.person_id
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

# A number is free once no slot has it and the device has confirmed to have let it go: a person
# must never open by a window that a number meant for somebody else.
_ALLOT: LiteralString = f"""
WITH missing AS (
    SELECT needed.*, row_number() OVER (
        PARTITION BY needed.device_id
        ORDER BY needed.days, needed.start, needed."end", needed.first_day, needed.last_day
    ) AS place
    FROM ({_NEEDED}) needed
    LEFT JOIN access_scheduleslot slot
        USING (device_id, days, start, "end", first_day, last_day)
    WHERE slot.id IS NULL
),
free AS (
    SELECT device.id AS device_id, place.number, row_number() OVER (
        PARTITION BY device.id ORDER BY place.number
    ) AS place
    FROM devices_device device
    CROSS JOIN LATERAL generate_series(
        1, least(%(slots)s, (device.profile -> 'limits' ->> 'schedules')::bigint)
    ) AS place (number)
    LEFT JOIN access_scheduleslot slot
        ON slot.device_id = device.id AND slot.number = place.number
    LEFT JOIN devices_shelfentry held ON held.device_id = device.id
        AND held.kind = 'schedule' AND held.key = place.number AND held.synced_at IS NULL
        -- What was never seen was never told anything, and need not let go of it.
        AND device.seen_at IS NOT NULL
    WHERE device.id = ANY(%(devices)s) AND slot.id IS NULL AND held.id IS NULL
),
allotted AS (
    INSERT INTO access_scheduleslot
        (device_id, number, days, start, "end", first_day, last_day)
    SELECT missing.device_id, free.number, missing.days, missing.start, missing."end",
        missing.first_day, missing.last_day
    FROM missing JOIN free USING (device_id, place)
)
SELECT missing.device_id, count(*) FROM missing LEFT JOIN free USING (device_id, place)
WHERE free.number IS NULL
GROUP BY missing.device_id
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

    Raise `Refused` where a device would need more schedules, or hold more people, than it has
    room for.
    """
    take_turns(Device.objects.filter(pk__in=devices).values("site"))
    before = capacity.people_on(devices)
    if full := _refresh(devices):
        raise _no_room(actor, full)
    capacity.require_room(actor, devices, before)


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
    before = capacity.people_on(devices) if actor else {}
    shelf.tell(shelf.shelve(neutral.Kind.PERSON, _PEOPLE, devices, keys=people))
    if actor:
        capacity.require_room(actor, devices, before)


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


def follow_site(site: int) -> None:
    """Bring every device of a site up to date, as after a change of the order of names."""
    follow(list(Device.objects.filter(site=site).values_list("pk", flat=True)))
