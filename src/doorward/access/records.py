"""Bodies of shelf entries about people and schedules, rendered when they are delivered."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import cast

from django.db import connection

from doorward.access.models import Credential, ScheduleSlot
from doorward.devices.models import Device
from doorward.people.models import Person
from doorward.protocols.neutral import Grant, PersonRecord, ScheduleRecord
from doorward.sites.models import Site

CARD, PIN = Credential.Kind.CARD, Credential.Kind.PIN

_OF_A_PERSON = ("pk", "first_name", "last_name", "valid_from", "valid_until")

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
    # Columns alone: rows of twenty thousand people are most of the work of a whole list.
    found = Person.objects.filter(pk__in=list(held)).values_list(*_OF_A_PERSON)
    order = device.site.contact_order
    return {
        key: PersonRecord(
            name=name_in_order(first, last, order),
            cards=tuple(secret for kind, secret in held[key] if kind == CARD),
            pin=next((secret for kind, secret in held[key] if kind == PIN), ""),
            grants=tuple(grants[key]),
            valid_from=begin,
            valid_until=end,
        )
        for key, first, last, begin, end in found
    }


def name_in_order(first: str, last: str, order: str) -> str:
    """Return a name in a contact display order."""
    return f"{last} {first}" if order == Site.ContactOrder.LAST_FIRST else f"{first} {last}"


def _grants(device: Device, people: Collection[int]) -> dict[int, list[Grant]]:
    grants: dict[int, list[Grant]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_GRANTS, {"device": device.pk, "people": list(people)})
        for person, relay, slot in cursor.fetchall():
            grants[person].append(Grant(relay=relay, slot=slot))
    return grants


def _credentials(people: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return by person the kinds and secrets held, oldest first."""
    held: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Credential.objects.filter(person__in=list(people)).order_by("pk")
    for person, kind, secret in rows.values_list("person", "kind", "secret"):
        # Unsealed as it is read, whatever the column holds.
        held[person].append((kind, cast(str, secret)))
    return held
