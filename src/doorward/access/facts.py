"""Fetching the facts that the judgement of rights asks for."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from doorward.access.models import AccessGroup, AccessWindow, Member
from doorward.access.rights import DoorFacts, GroupFacts, PersonFacts
from doorward.access.windows import OneOff, WeeklyWindow, Window, midnight, within
from doorward.access.wording import Spelling, describe
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.sites.words import calendar_of, clock_of


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
    found = list(
        AccessGroup.objects.filter(members__person__in=people, doors__in=doors)
        .distinct()
        .prefetch_related("windows")
    )
    members = _links(Member.objects.filter(person__in=people), "person_id")
    opened = _links(AccessGroup.doors.through.objects.filter(door__in=doors), "door_id")
    return [
        GroupFacts(
            id=group.pk,
            people=frozenset(members.get(group.pk, ())),
            doors=frozenset(opened.get(group.pk, ())),
            windows=windows_of(group),
        )
        for group in found
    ]


def groups_opening(doors: Collection[int]) -> list[GroupFacts]:
    """Return the groups that have any of these doors, cut to these; who is in them is left out."""
    found = AccessGroup.objects.filter(doors__in=doors).distinct().prefetch_related("windows")
    opened = _links(AccessGroup.doors.through.objects.filter(door__in=doors), "door_id")
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
    return tuple(_window(row) for row in sorted(group.windows.all(), key=lambda row: row.pk))


def today_at(site: Site) -> date:
    return clock.now().astimezone(site.zone_info).date()


def hours_words(windows: Iterable[Window], site: Site) -> str:
    """Say windows as their site writes times and dates."""
    return describe(windows, Spelling(_, clock_of(site), calendar_of(site)))


def _window(row: AccessWindow) -> Window:
    if row.first_day is None or row.last_day is None:
        return WeeklyWindow(row.days, row.start, row.end)
    return OneOff(
        midnight(row.first_day) + timedelta(minutes=row.start),
        midnight(row.last_day) + timedelta(minutes=row.end),
    )


def _links(rows: Iterable[object], column: str) -> dict[int, list[int]]:
    links: dict[int, list[int]] = {}
    for row in rows:
        links.setdefault(row.accessgroup_id, []).append(getattr(row, column))  # type: ignore[attr-defined]
    return links
