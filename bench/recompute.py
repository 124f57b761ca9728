"""A site of ten thousand people and two hundred doors whose rights change by the deeds themselves.

Imported by a process of the installation itself: see `Installation.shell`.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from doorward.access import facts
from doorward.access.actions import groups
from doorward.access.actions.shelf import FOLLOW
from doorward.access.models import AccessGroup, Credential
from doorward.access.rights import GroupFacts, judge
from doorward.access.windows import WeeklyWindow
from doorward.activity.reasons import Reason
from doorward.demo.sizes.filling import fill
from doorward.demo.sizes.size import Size
from doorward.devices.models import Door, ShelfEntry, ShelfHead
from doorward.kit import clock
from doorward.people.models import Person
from doorward.protocols.neutral import EVERY_DAY
from doorward.tenancy.actor import Actor

BENCH = Actor.system("bench")
JOB_SECONDS = 1800.0
_SAMPLED_PEOPLE, _SAMPLED_DOORS = 200, 20
# As wide as an entry, with the same keys and indexes, and of nobody.
_ROWS = """
CREATE UNLOGGED TABLE bench_rows AS
SELECT device.id AS device_id, 'person'::varchar(10) AS kind, person.id AS key,
    1::bigint AS revision, decode(md5(person.id::text), 'hex') AS digest, FALSE AS gone,
    ''::varchar(200) AS failure
FROM (SELECT id FROM devices_device WHERE site_id = %s ORDER BY id) device
CROSS JOIN (SELECT id FROM people_person WHERE site_id = %s ORDER BY id) person
"""
_YARDSTICK = """
INSERT INTO bench_shelf (device_id, kind, key, revision, digest, gone, failure)
SELECT device_id, kind, key, revision, digest, gone, failure FROM bench_rows LIMIT %s
"""


def run(people: int, doors: int, rounds: int) -> str:
    """Return as JSON what each deed took, in seconds, beside as many raw rows, and the checks."""
    _say(f"filling {people} people and {doors} doors")
    place = _prepare(people, doors)
    took: dict[str, list[tuple[float, float]]] = {"all": [], "hours": [], "door": []}
    whole, waited = Door.objects.filter(site=place.site).order_by("pk"), []
    for _ in range(max(1, rounds // 2)):
        _empty(place)
        # Once more, since the first rows after a filling also pay for reading it.
        raw = _raw(people * doors)
        begun = time.perf_counter()
        waited.append(_timed(partial(_change, place, doors=list(whole))))
        _await_jobs()
        took["all"].append((time.perf_counter() - begun, raw))
        _say(f"all doors to all people {took['all'][-1]}")
        _tidy()
    count = _count(place)
    before = _revisions(place)
    apart = _differences(place)
    for minute in range(1, rounds + 1):
        windows = [WeeklyWindow(EVERY_DAY, 0, 1440 - minute)]
        took["hours"].append((_timed(partial(_change, place, windows=windows)), _raw(doors)))
    for _ in range(rounds):
        _change(place, doors=list(whole[: doors - 1]))
        _tidy()
        took["door"].append((_timed(partial(_change, place, doors=list(whole))), _raw(people)))
    after = _revisions(place)
    return json.dumps(
        {
            "took": took,
            "asked": waited,
            "entries": (count, _count(place), _expected(place) * doors),
            "monotone": all(old < new for old, new in zip(before, after, strict=True)),
            "apart": [*apart, *_differences(place)],
        }
    )


def _prepare(people: int, doors: int) -> AccessGroup:
    """Fill a site where there is one access group, with all people and no doors, at all times."""
    site = fill(Size(people=people, doors=doors, companies=1)).first_site
    AccessGroup.objects.filter(site=site).delete()
    windows = [WeeklyWindow(EVERY_DAY, 0, 1440)]
    form = groups.GroupForm(name="All", doors=[], windows=windows)
    group = groups.create_group(BENCH, site, form)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_accessgroup_people (accessgroup_id, person_id)"
            " SELECT %s, id FROM people_person WHERE site_id = %s",
            [group.pk, site.pk],
        )
        cursor.execute("CREATE TABLE bench_shelf (LIKE devices_shelfentry INCLUDING ALL)")
        cursor.execute(_ROWS, [site.pk, site.pk])
    _tidy()
    return group


def _empty(group: AccessGroup) -> None:
    """Clear the shelves of people, as if the group never had doors."""
    group.doors.clear()
    ShelfEntry.objects.filter(device__site=group.site_id, kind="person").delete()
    _tidy()


def _raw(count: int) -> float:
    """Insert as many rows of the same shape at once into a table of the same indexes."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_shelf")
        begun = time.perf_counter()
        cursor.execute(_YARDSTICK, [count])
        return time.perf_counter() - begun


def _await_jobs() -> None:
    """Wait until the worker has done what was left to it."""
    end = time.monotonic() + JOB_SECONDS
    while time.monotonic() < end:
        left = ProcrastinateJob.objects.filter(task_name=FOLLOW, status__in=("todo", "doing"))
        if not left.exists():
            return
        time.sleep(0.05)
    raise TimeoutError("the worker did not bring the doors up to date")


def _count(group: AccessGroup) -> int:
    people = ShelfEntry.objects.filter(kind="person", gone=False)
    return people.filter(device__site=group.site_id).count()


def _expected(group: AccessGroup) -> int:
    """Return how many people of the site can stand on a shelf at all."""
    holders = Credential.objects.filter(person__site=group.site_id, person__status="active")
    return holders.values("person").distinct().count()


def _revisions(group: AccessGroup) -> list[int]:
    heads = ShelfHead.objects.filter(device__site=group.site_id).order_by("device")
    return list(heads.values_list("revision", flat=True))


def _differences(group: AccessGroup) -> list[str]:
    """Return the pairs of a sample of people × doors where shelf and judgement are apart."""
    everybody = Person.objects.filter(site=group.site_id).order_by("pk")
    people = list(everybody[:: max(1, everybody.count() // _SAMPLED_PEOPLE)])
    opened = list(Door.objects.filter(site=group.site_id).select_related("site").order_by("pk"))
    opened = opened[:: max(1, len(opened) // _SAMPLED_DOORS)]
    keys = [person.pk for person in people]
    holders = set(Credential.objects.filter(person__in=keys).values_list("person", flat=True))
    shelves = ShelfEntry.objects.filter(device__in=[door.device_id for door in opened])
    shelved = shelves.filter(kind="person", gone=False, key__in=keys)
    told = set(shelved.values_list("device", "key"))
    rights = facts.groups_joining(keys, [door.pk for door in opened])
    at = clock.now()
    return [
        f"{person.pk} at {door.pk}"
        for person in people
        for door in opened
        if ((door.device_id, person.pk) in told)
        != (person.pk in holders and _has_a_right(person, door, at, rights))
    ]


def _has_a_right(person: Person, door: Door, at: datetime, rights: list[GroupFacts]) -> bool:
    """Say whether a device is to know the person: validity and hours travel in the record."""
    decision = judge(facts.person_facts(person), facts.door_facts(door), at, groups=rights)
    return decision.reason not in {Reason.SUSPENDED, Reason.NO_RIGHT}


def _change(group: AccessGroup, **changes: Any) -> None:
    now: dict[str, Any] = {
        "name": group.name,
        "doors": list(group.doors.all()),
        "windows": list(facts.windows_of(group)),
    }
    groups.change_group(BENCH, group, groups.GroupForm(**{**now, **changes}))


def _timed(deed: Callable[[], None]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE devices_shelfentry")
        cursor.execute("ANALYZE")


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
