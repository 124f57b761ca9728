"""Fetching the facts that the judgement of rights asks for."""

import json
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from doorward.access.models import AccessGroup
from doorward.access.rights import DoorFacts, GroupFacts, PersonFacts
from doorward.access.windows import OneOff, WeeklyWindow, Window, midnight, within
from doorward.access.wording import Spelling, describe
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.kit.rows import array_of
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.sites.words import calendar_of, clock_of

# Groups with who of these people and which of these doors they have, and the rows of their windows:
# whoever draws a page of people asks this, so it is one statement.
_JOINING = """
WITH member AS (
    SELECT accessgroup_id AS id, array_agg(person_id) AS people
    FROM access_member WHERE person_id = ANY(%s::bigint[]) GROUP BY 1
), opened AS (
    SELECT accessgroup_id AS id, array_agg(door_id) AS doors
    FROM access_accessgroup_doors WHERE door_id = ANY(%s::bigint[]) GROUP BY 1
)
SELECT id, first_day, last_day, people, doors, ARRAY(
    SELECT jsonb_build_array(days, start, "end", first_day, last_day)
    FROM access_accesswindow WHERE group_id = joining.id ORDER BY access_accesswindow.id
)
FROM access_accessgroup AS joining JOIN member USING (id) JOIN opened USING (id)
ORDER BY id
"""


def person_facts(person: Person) -> PersonFacts:
    return PersonFacts(
        id=person.pk,
        suspended=person.status == Person.Status.SUSPENDED,
        valid_from=person.valid_from,
        valid_until=person.valid_until,
    )


def door_facts(door: Door) -> DoorFacts:
    return DoorFacts(id=door.pk, zone=door.site.zone_info)


def groups_joining(people: Collection[int], doors: Collection[int]) -> list[GroupFacts]:
    """Return the groups that have any of these people and any of these doors, cut to these."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINING, [array_of(people), array_of(doors)])
        return [
            GroupFacts(
                id=group,
                people=frozenset(members),
                doors=frozenset(opened),
                windows=within(tuple(_told(window) for window in windows), first_day, last_day),
            )
            for group, first_day, last_day, members, opened, windows in cursor.fetchall()
        ]


def groups_opening(doors: Collection[int]) -> list[GroupFacts]:
    """Return the groups that have any of these doors, cut to these; who is in them is left out."""
    found = AccessGroup.objects.filter(doors__in=doors).distinct().prefetch_related("windows")
    opened: dict[int, set[int]] = {}
    links = AccessGroup.doors.through.objects.filter(door__in=doors)
    for group, door in links.values_list("accessgroup", "door"):
        opened.setdefault(group, set()).add(door)
    return [
        GroupFacts(
            id=group.pk,
            people=frozenset(),
            doors=frozenset(opened.get(group.pk, ())),
            windows=windows_of(group),
        )
        for group in found
    ]


def windows_of(group: AccessGroup) -> tuple[Window, ...]:
    """Return a group's windows as the judgement knows them: on the days on which it counts."""
    return within(drawn_of(group), group.first_day, group.last_day)


def drawn_of(group: AccessGroup) -> tuple[Window, ...]:
    """Return a group's windows as they were drawn, whatever its days."""
    rows = sorted(group.windows.all(), key=lambda row: row.pk)
    return tuple(_window(r.days, r.start, r.end, r.first_day, r.last_day) for r in rows)


def today_at(site: Site) -> date:
    return clock.now().astimezone(site.zone_info).date()


def hours_words(windows: Iterable[Window], site: Site) -> str:
    """Say windows as their site writes times and dates."""
    return describe(windows, Spelling(_, clock_of(site), calendar_of(site)))


def _told(window: str) -> Window:
    """Return a window from the JSON of its row."""
    days, start, end, first_day, last_day = json.loads(window)
    first, last = (date.fromisoformat(day) if day else None for day in (first_day, last_day))
    return _window(days, start, end, first, last)


def _window(days: int, start: int, end: int, first: date | None, last: date | None) -> Window:
    if first is None or last is None:
        return WeeklyWindow(days, start, end)
    begin, finish = timedelta(minutes=start), timedelta(minutes=end)
    return OneOff(midnight(first) + begin, midnight(last) + finish)
