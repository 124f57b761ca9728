"""What people may open, for pages: sets of people and doors in a handful of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import MD5, Cast

from doorward.access import facts
from doorward.access.models import AccessGroup
from doorward.access.rights import GroupFacts
from doorward.access.windows import Window, contains
from doorward.devices.models import Door
from doorward.kit.rows import array_of
from doorward.people.models import Person
from doorward.tenancy.actor import Actor

# The groups of people that are named in access groups, and all beneath them.
_BENEATH = """
    SELECT beneath.id FROM access_accessgroup_people_groups held
    JOIN people_group beneath ON beneath.ancestors @> ARRAY[held.group_id]
    WHERE held.accessgroup_id = ANY(%s::bigint[])
"""


@dataclass(frozen=True)
class Way:
    """How a person gets through a door: by these groups, in the union of their windows."""

    door: Door
    groups: tuple[AccessGroup, ...]
    windows: tuple[Window, ...]
    open_now: bool


def ways_of(person: Person, doors: Collection[Door], at: datetime, actor: Actor) -> list[Way]:
    """Return the person's ways, one a door, in the order of the doors.

    A group that the actor cannot see counts, but is not named.
    """
    groups = facts.groups_joining([person.pk], [door.pk for door in doors])
    named = {
        group.pk: group
        for group in AccessGroup.objects.visible_to(actor).filter(
            pk__in=[group.id for group in groups]
        )
    }
    counts = facts.person_facts(person).objection(at) is None
    found = []
    for door in doors:
        joining = [group for group in groups if door.pk in group.doors]
        if joining:
            windows = tuple(window for group in joining for window in group.windows)
            is_open = counts and contains(windows, at.astimezone(door.site.zone_info))
            names = tuple(named[group.id] for group in joining if group.id in named)
            found.append(Way(door, names, windows, is_open))
    return found


def doors_of(person: Person) -> list[Door]:
    """Return the doors that a person may open at some time: what they themselves see of doors."""
    opened = Door.objects.filter(accessgroups__members__person=person).distinct()
    return list(opened.select_related("site").order_by("name", "pk"))


def open_now(
    people: Collection[Person], doors: Collection[Door], at: datetime
) -> dict[int, set[int]]:
    """Return for each person the ids of the doors that they may open at a moment."""
    groups = facts.groups_joining([person.pk for person in people], [door.pk for door in doors])
    valid = {person.pk for person in people if not facts.person_facts(person).objection(at)}
    opened: dict[int, set[int]] = {person.pk: set() for person in people}
    for group in groups:
        within = _doors_within(group, {door.pk: door for door in doors}, at)
        for person in group.people & valid:
            opened[person] |= within
    return opened


def members(people: QuerySet[Person], groups: Collection[int]) -> QuerySet[Person]:
    """Return those of these people who are in any of these access groups.

    It says of people what the view says of pairs, which is put together in whole where it is
    joined. Here the database makes two small tables of names and groups and goes through the
    people once: give it those of a site.
    """
    keys = list(groups)
    named = AccessGroup.people.through.objects.filter(accessgroup__in=keys).values("person")
    beneath = RawSQL(_BENEATH, [array_of(keys)])  # noqa: S611 - words of our own
    return people.filter(Q(pk__in=named) | Q(group__in=beneath))


def openers(people: QuerySet[Person], door: Door) -> QuerySet[Person]:
    """Return those of these people whom an access group lets open a door at some time."""
    groups = list(AccessGroup.objects.filter(doors=door).values_list("pk", flat=True))
    return members(people.filter(site=door.site_id), groups)


def openers_at(people: QuerySet[Person], door: Door, at: datetime) -> QuerySet[Person]:
    """Return those of these people who may open a door at a moment, by hours and validity."""
    wall = at.astimezone(door.site.zone_info)
    groups = AccessGroup.objects.filter(doors=door).prefetch_related("windows")
    within = [group.pk for group in groups if contains(facts.windows_of(group), wall)]
    return members(people.filter(site=door.site_id), within).filter(_valid(at))


def named_among(group: AccessGroup, people: Collection[int]) -> set[int]:
    """Return who of these people is named in an access group."""
    named = AccessGroup.people.through.objects.filter(accessgroup=group, person__in=people)
    return set(named.values_list("person", flat=True))


def unnamed(people: QuerySet[Person], group: AccessGroup) -> QuerySet[Person]:
    """Return those of these people who are not named in an access group."""
    named = AccessGroup.people.through.objects.filter(accessgroup=group, person=OuterRef("pk"))
    return people.exclude(Exists(named))


def named_mark(group: AccessGroup, people: QuerySet[Person]) -> str:
    """Return a text that differs where others of these people are named in an access group."""
    named = AccessGroup.people.through.objects.filter(accessgroup=group, person__in=people)
    keys = StringAgg(Cast("person", TextField()), ",", order_by="person")
    return str(named.aggregate(mark=MD5(keys))["mark"])


def _valid(at: datetime) -> Q:
    """Say in SQL what `PersonFacts.objection` says of one person."""
    begun = Q(valid_from=None) | Q(valid_from__lte=at)
    ended = Q(valid_until__lte=at)
    return Q(status=Person.Status.ACTIVE) & begun & (Q(valid_until=None) | ~ended)


def _doors_within(group: GroupFacts, doors: Mapping[int, Door], at: datetime) -> set[int]:
    return {
        door
        for door in group.doors
        if contains(group.windows, at.astimezone(doors[door].site.zone_info))
    }
