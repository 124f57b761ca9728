"""Bodies of shelf entries about people and schedules, rendered when they are delivered."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, cast

from django.db import connection

from doorward.access.models import Credential, ScheduleSlot
from doorward.devices.records import Place, Wanted
from doorward.kit.rows import any_of
from doorward.people.models import Person
from doorward.protocols.neutral import Grant, PersonRecord, ScheduleRecord
from doorward.sites.models import Site

CARD, PIN = Credential.Kind.CARD, Credential.Kind.PIN

_OF_A_PERSON = ("pk", "first_name", "last_name", "valid_from", "valid_until")

# One statement, so that whoever joins a group has what it opens at the same moment.
_GRANTS = """
SELECT TRUE, door.device_id, opened.accessgroup_id, door.relay, slot.number
FROM devices_door door
JOIN access_accessgroup_doors opened ON opened.door_id = door.id
JOIN access_accesssegment segment ON segment.group_id = opened.accessgroup_id
JOIN access_scheduleslot slot ON slot.device_id = door.device_id
    AND (slot.days, slot.start, slot."end", slot.first_day, slot.last_day)
        = (segment.days, segment.start, segment."end", segment.first_day, segment.last_day)
WHERE door.device_id = ANY(%(devices)s)
UNION ALL
SELECT FALSE, holder.person_id, holder.accessgroup_id, 0, 0
FROM access_member holder
WHERE holder.person_id = ANY(%(people)s)
"""


def schedule_records(wanted: Mapping[Place, Collection[int]]) -> dict[Wanted, ScheduleRecord]:
    """Return the records of these slots; one that is no longer in use is left out."""
    if not wanted:
        return {}
    asked = {(device.pk, number) for device, numbers in wanted.items() for number in numbers}
    slots = ScheduleSlot.objects.filter(
        device__in=[device.pk for device in wanted], number__in={number for _, number in asked}
    )
    return {
        (slot.device_id, slot.number): ScheduleRecord(
            slot.number, slot.days, slot.start, slot.end, slot.first_day, slot.last_day
        )
        for slot in slots
        if (slot.device_id, slot.number) in asked
    }


def person_records(wanted: Mapping[Place, Collection[int]]) -> dict[Wanted, PersonRecord]:
    """Return the records of these people on each device; who may open nothing there is left out.

    What is asked grows with people and devices, and not with both: the same person at a thousand
    devices is looked up once.
    """
    if not wanted:
        return {}
    grants = _grants(wanted)
    held = _credentials({person for _, person in grants})
    # Columns alone: rows of twenty thousand people are most of the work of a whole list.
    rows = Person.objects.filter(any_of("pk", held)).values_list(*_OF_A_PERSON)
    known = {key: facts for key, *facts in rows}
    orders = {device.pk: device.site.contact_order for device in wanted}
    return {
        (device, person): _record(known[person], orders[device], held[person], opened)
        for (device, person), opened in grants.items()
        if person in known
    }


# Any: columns of a person.
def _record(
    facts: Sequence[Any], order: str, held: Sequence[tuple[str, str]], grants: tuple[Grant, ...]
) -> PersonRecord:
    first, last, begin, end = facts
    return PersonRecord(
        name=name_in_order(first, last, order),
        cards=tuple(secret for kind, secret in held if kind == CARD),
        pin=next((secret for kind, secret in held if kind == PIN), ""),
        grants=grants,
        valid_from=begin,
        valid_until=end,
    )


def name_in_order(first: str, last: str, order: str) -> str:
    """Return a name in a contact display order."""
    return f"{last} {first}" if order == Site.ContactOrder.LAST_FIRST else f"{first} {last}"


def _grants(wanted: Mapping[Place, Collection[int]]) -> dict[Wanted, tuple[Grant, ...]]:
    people = {person for keys in wanted.values() for person in keys}
    opened: dict[tuple[int, int], set[Grant]] = defaultdict(set)
    groups: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _GRANTS, {"devices": [device.pk for device in wanted], "people": list(people)}
        )
        for opens, key, group, relay, slot in cursor.fetchall():
            if opens:
                opened[key, group].add(Grant(relay=relay, slot=slot))
            else:
                groups[key].append(group)

    @cache
    def together(device: int, groups: tuple[int, ...]) -> tuple[Grant, ...]:
        found = set[Grant]().union(*(opened.get((device, group), ()) for group in groups))
        return tuple(sorted(found, key=lambda grant: (grant.relay, grant.slot)))

    member_of = {person: tuple(sorted(of_one)) for person, of_one in groups.items()}
    return {
        (device.pk, person): grants
        for device, keys in wanted.items()
        for person in keys
        if (grants := together(device.pk, member_of.get(person, ())))
    }


def _credentials(people: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return by person the kinds and secrets held, oldest first."""
    held: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Credential.objects.filter(any_of("person", people)).order_by("pk")
    for person, kind, secret in rows.values_list("person", "kind", "secret"):
        # Unsealed as it is read, whatever the column holds.
        held[person].append((kind, cast(str, secret)))
    return held
