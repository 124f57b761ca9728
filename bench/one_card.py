"""Rows for who changes one card: people at one pretend device, one person at a thousand.

Imported by a process of the installation itself: see `Installation.shell`.
"""

import json

from django.db import connection

from bench.crowd import people_here
from doorward.access.actions import shelf
from doorward.access.models import AccessGroup, Credential
from doorward.devices.models import Device, Door, ShelfEntry
from doorward.people.models import Person

_HOLDERS = 0.8 * 0.98


def crowd_at(connector: int, people: int) -> str:
    """Let about so many people of the demo's site in at the device of a connector.

    Return as JSON the device, how many people stand on its shelf, and the last ten of them.
    """
    people_here(int(people / _HOLDERS) + 1)
    door = Door.objects.get(device__connector=connector)
    group = AccessGroup.objects.filter(company=None, site=door.site_id).order_by("pk")[0]
    group.doors.add(door)
    shelf.follow([door.device_id])
    entries = ShelfEntry.objects.filter(device=door.device_id, kind="person", gone=False)
    newest = list(entries.order_by("-key").values_list("key", flat=True)[:10])
    return json.dumps({"device": door.device_id, "people": entries.count(), "newest": newest})


def guest_of(connectors: list[int], name: str) -> str:
    """Let one person, who has no card yet, in at all doors of connectors; return the person's key.

    The person is a copy of the demo's first one.
    """
    person = Person.objects.filter(account=None).order_by("pk")[0]
    person.pk, person.personnel_id, person.last_name = None, name, name
    person.save()
    group = AccessGroup.objects.filter(company=None, site=person.site_id).order_by("pk")[0]
    segments = list(group.segments.all())
    group.pk, group.name = None, name
    group.save()
    for segment in segments:
        segment.pk, segment.group = None, group
        segment.save()
    group.people.add(person)
    doors = Door.objects.filter(device__connector__in=connectors)
    group.doors.add(*doors)
    devices = list(Device.objects.filter(connector__in=connectors).values_list("pk", flat=True))
    shelf.follow(devices)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return json.dumps({"person": person.pk, "devices": len(devices)})


def cards_of(person: int) -> int:
    return Credential.objects.filter(person=person).count()
