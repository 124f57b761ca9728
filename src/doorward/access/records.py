"""Bodies of shelf entries about people and schedules, rendered when they are delivered."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection

from doorward.access.models import Credential, ScheduleSlot
from doorward.devices.models import Device
from doorward.people.models import Person
from doorward.protocols.neutral import Grant, PersonRecord, ScheduleRecord
from doorward.sites.models import Site

CARD, PIN = Credential.Kind.CARD, Credential.Kind.PIN

_GRANTS = """
SELECT DISTINCT holder.person_id, door.relay, slot.number
FROM access_member holder
JOIN access_accessgroup_doors opened ON opened.accessgroup_id = holder.accessgroup_id
JOIN devices_door door ON door.id = opened.door_id AND door.device_id = %(device)s
JOIN access_accesssegment segment ON segment.group_id = holder.accessgroup_id
JOIN access_scheduleslot slot ON slot.device_id = door.device_id
    AND (slot.days, slot.start, slot."end", slot.first_day, slot.last_day)
        = (segment.days, segment.start, segment."end", segment.first_day, segment.last_day)
WHERE holder.person_id = ANY(%(people)s)
ORDER BY holder.person_id, door.relay, slot.number
"""


def schedule_records(device: Device, slots: Collection[int]) -> dict[int, ScheduleRecord]:
    """Return the records of these slots; one that is no longer in use is left out."""
    return {
        slot.number: ScheduleRecord(
            slot.number, slot.days, slot.start, slot.end, slot.first_day, slot.last_day
        )
        for slot in ScheduleSlot.objects.filter(device=device, number__in=slots)
    }


def person_records(device: Device, people: Collection[int]) -> dict[int, PersonRecord]:
    """Return the records of these people on a device; who may open nothing there is left out."""
    grants = _grants(device, people)
    held = _credentials(grants)
    found = Person.objects.filter(pk__in=grants).select_related("site")
    return {
        person.pk: PersonRecord(
            name=name_on_device(person, person.site),
            cards=tuple(one.secret for one in held[person.pk] if one.kind == CARD),
            pin=next((one.secret for one in held[person.pk] if one.kind == PIN), ""),
            grants=tuple(grants[person.pk]),
            valid_from=person.valid_from,
            valid_until=person.valid_until,
        )
        for person in found
        if person.pk in held
    }


def name_on_device(person: Person, site: Site) -> str:
    """Return the name in the site's contact display order."""
    if site.contact_order == Site.ContactOrder.LAST_FIRST:
        return f"{person.last_name} {person.first_name}"
    return f"{person.first_name} {person.last_name}"


def _grants(device: Device, people: Collection[int]) -> dict[int, list[Grant]]:
    grants: dict[int, list[Grant]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, {"device": device.pk, "people": list(people)})
        for person, relay, slot in cursor.fetchall():
            grants[person].append(Grant(relay=relay, slot=slot))
    return grants


def _credentials(people: Iterable[int]) -> dict[int, list[Credential]]:
    held: dict[int, list[Credential]] = defaultdict(list)
    for one in Credential.objects.filter(person__in=list(people)).order_by("pk"):
        held[one.person_id].append(one)
    return held
