"""Fetching the facts that the judgement of rights asks for."""

from collections.abc import Collection, Iterable

from doorward.access.models import AccessGroup, Member
from doorward.access.rights import DoorFacts, GroupFacts, PersonFacts
from doorward.access.windows import WeeklyWindow
from doorward.devices.models import Door
from doorward.people.models import Person


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


def windows_of(group: AccessGroup) -> tuple[WeeklyWindow, ...]:
    """Return a group's windows as the judgement knows them."""
    return tuple(WeeklyWindow(w.days, w.start, w.end) for w in group.windows.all())


def _links(rows: Iterable[object], column: str) -> dict[int, list[int]]:
    links: dict[int, list[int]] = {}
    for row in rows:
        links.setdefault(row.accessgroup_id, []).append(getattr(row, column))  # type: ignore[attr-defined]
    return links
