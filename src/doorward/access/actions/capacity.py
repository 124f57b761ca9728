"""Whether devices have room for what a deed brings to them, and what is in the way if not."""

from collections.abc import Collection, Iterable, Mapping
from typing import LiteralString

from django.db import connection
from django.utils.translation import gettext as _

from doorward.access.models import AccessGroup
from doorward.devices.models import Device
from doorward.kit.errors import Refused
from doorward.people.events import PeopleChanged
from doorward.tenancy.actor import Actor

# Groups that are named; the rest is a number.
_NAMED = 5

_HELD: LiteralString = """
SELECT device_id, count(*) FROM devices_shelfentry
WHERE device_id = ANY(%(devices)s) AND kind = 'person' AND NOT gone
GROUP BY device_id
"""

# Devices of which it is known how many people they hold.
_ROOM: LiteralString = """
SELECT id, (profile -> 'limits' ->> 'people')::bigint FROM devices_device
WHERE id = ANY(%(devices)s) AND profile -> 'limits' ->> 'people' IS NOT NULL
"""

# By device of which it is known how many people it holds: how many it should hold now, and how many
# more it would by what just changed of these people. The jobs that tell it come later.
_COMING: LiteralString = """
WITH entitled AS (
    SELECT DISTINCT door.device_id, holder.person_id
    FROM access_member holder
    JOIN people_person person ON person.id = holder.person_id AND person.status = 'active'
    JOIN access_accessgroup_doors opened ON opened.accessgroup_id = holder.accessgroup_id
    JOIN devices_door door ON door.id = opened.door_id
    WHERE holder.person_id = ANY(%(people)s)
        AND EXISTS (SELECT FROM access_credential held WHERE held.person_id = holder.person_id)
        AND EXISTS (
            SELECT FROM access_accesssegment segment
            WHERE segment.group_id = holder.accessgroup_id
        )
), known AS (
    SELECT device_id, key AS person_id FROM devices_shelfentry
    WHERE kind = 'person' AND NOT gone AND key = ANY(%(people)s)
        AND device_id = ANY(ARRAY(SELECT id FROM devices_device WHERE site_id = ANY(%(sites)s)))
), moved AS (
    SELECT device_id,
        count(*) FILTER (WHERE known IS NULL) - count(*) FILTER (WHERE entitled IS NULL) AS more
    FROM entitled FULL JOIN known USING (device_id, person_id)
    GROUP BY device_id
)
SELECT device.id, (device.profile -> 'limits' ->> 'people')::bigint, (
    SELECT count(*) FROM devices_shelfentry entry
    WHERE entry.device_id = device.id AND entry.kind = 'person' AND NOT entry.gone
) + moved.more
FROM moved JOIN devices_device device ON device.id = moved.device_id
WHERE moved.more > 0 AND device.profile -> 'limits' ->> 'people' IS NOT NULL
"""

_GROUPS_OF_PEOPLE: LiteralString = """
SELECT holder.accessgroup_id, count(DISTINCT holder.person_id)
FROM access_member holder
WHERE holder.accessgroup_id = ANY(ARRAY(
    SELECT opened.accessgroup_id
    FROM access_accessgroup_doors opened JOIN devices_door door ON door.id = opened.door_id
    WHERE door.device_id = %(device)s
))
GROUP BY holder.accessgroup_id
"""

_GROUPS_OF_HOURS: LiteralString = """
SELECT segment.group_id, count(DISTINCT
    (segment.days, segment.start, segment."end", segment.first_day, segment.last_day))
FROM access_accesssegment segment
WHERE segment.group_id = ANY(ARRAY(
    SELECT opened.accessgroup_id
    FROM access_accessgroup_doors opened JOIN devices_door door ON door.id = opened.door_id
    WHERE door.device_id = %(device)s
))
GROUP BY segment.group_id
"""


def people_held(devices: Collection[int]) -> dict[int, int]:
    """Return by device how many people stand on its shelf."""
    return _asked(_HELD, devices)


def require_room(actor: Actor, after: Mapping[int, int], before: Mapping[int, int]) -> None:
    """Raise `Refused` where a device is to hold more people than it can, and more than before.

    Both are counts of people by device.
    """
    full = {}
    for device, room in _asked(_ROOM, after.keys()).items():
        if after[device] > room and after[device] > before.get(device, 0):
            full[device] = (room, after[device])
    _refuse_full(actor, full)


def _asked(query: LiteralString, devices: Collection[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"devices": list(devices)})
        return dict(cursor.fetchall())


def object_to_people(actor: Actor, event: PeopleChanged) -> None:
    """Raise `Refused` where a device has no room for people by what became of them.

    They may reach its doors by a group of people that they were put in, or count once more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COMING, {"people": event.people, "sites": event.sites})
        coming = {device: (room, held) for device, room, held in cursor.fetchall()}
    _refuse_full(actor, {key: (room, held) for key, (room, held) in coming.items() if held > room})


def _refuse_full(actor: Actor, full: Mapping[int, tuple[int, int]]) -> None:
    if not full:
        return
    device = Device.objects.filter(pk__in=full).order_by("name")[0]
    room, held = full[device.pk]
    message = _(
        "%(device)s holds %(room)d people, and this would make %(needed)d. They come by these "
        "access groups: %(groups)s. Take people out of them, or its doors."
    )
    names = {
        "device": device.name,
        "room": room,
        "needed": held,
        "groups": named(actor, _counted(_GROUPS_OF_PEOPLE, device.pk)),
    }
    raise Refused("people.capacity", message % names)


def groups_of_hours(actor: Actor, device: int) -> str:
    """Name the access groups whose hours a device holds, each with how many."""
    return named(actor, _counted(_GROUPS_OF_HOURS, device))


def named(actor: Actor, counts: Mapping[int, int]) -> str:
    """Name the groups that the actor sees, the largest first; of others only the sum is told."""
    seen = AccessGroup.objects.visible_to(actor).filter(pk__in=counts)
    largest = sorted(seen, key=lambda group: (-counts[group.pk], group.name))[:_NAMED]
    told = [f"{group.name} ({counts[group.pk]})" for group in largest]
    rest = _sum(counts, but={group.pk for group in largest})
    return ", ".join([*told, *([_("others (%(count)d)") % {"count": rest}] if rest else [])])


def _sum(counts: Mapping[int, int], *, but: Iterable[int]) -> int:
    return sum(counts.values()) - sum(counts[one] for one in but)


def _counted(query: LiteralString, device: int) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"device": device})
        return dict(cursor.fetchall())
