"""Who may open a door, and whether its device has been told: set by set, never row by row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from doorward.access.actions.groups import weekly_windows
from doorward.access.models import AccessGroup, Credential
from doorward.access.told import NOTHING, Stand, Told, told_of
from doorward.access.windows import WeeklyWindow, contains, describe
from doorward.devices.models import Door, ShelfEntry
from doorward.people.models import Person
from doorward.sites import words
from doorward.tenancy.actor import Actor

# What is told of somebody whom the device's shelf does not name yet.
_UNTOLD = Told(Stand.PENDING)


@dataclass(frozen=True)
class Hours:
    """An access group that opens a door: when, and for how many people in view."""

    group: AccessGroup
    windows: list[WeeklyWindow]
    words: str
    people: int


@dataclass(frozen=True)
class Opener:
    """A person who may open a door, whether now, and how far the door's device was told."""

    person: Person
    now: bool
    told: Told


def hours(actor: Actor, door: Door) -> list[Hours]:
    """Return the access groups of a door with their hours in the site's clock."""
    groups = AccessGroup.objects.visible_to(actor).filter(doors=door)
    seen = Person.objects.visible_to(actor)
    counted = groups.annotate(
        people_count=Count("people", filter=Q(people__in=seen), distinct=True)
    )
    told = []
    for group in counted.prefetch_related("windows").order_by("name"):
        windows = weekly_windows(group)
        said = describe(windows, _, words.clock_of(door.site))
        count: int = group.people_count  # type: ignore[attr-defined]
        told.append(Hours(group, windows, said, count))
    return told


def openers(actor: Actor, door: Door) -> QuerySet[Person]:
    """Return the people in view whom any access group lets open a door at some time."""
    joined = AccessGroup.people.through.objects.filter(
        person=OuterRef("pk"), accessgroup__doors=door
    )
    return Person.objects.visible_to(actor).filter(Exists(joined))


def openers_at(
    people: QuerySet[Person], door: Door, groups: Collection[Hours], at: datetime
) -> QuerySet[Person]:
    """Return those who may open the door at a moment, by hours and validity."""
    wall = at.astimezone(door.site.zone_info)
    open_now = [entry.group.pk for entry in groups if contains(entry.windows, wall)]
    joined = AccessGroup.people.through.objects.filter(
        person=OuterRef("pk"), accessgroup__in=open_now
    )
    return people.filter(
        Exists(joined),
        Q(valid_from=None) | Q(valid_from__lte=at),
        Q(valid_until=None) | Q(valid_until__gt=at),
    )


def untold(people: QuerySet[Person], door: Door) -> QuerySet[Person]:
    """Return those with a card whom the door's device does not hold yet."""
    held = ShelfEntry.objects.filter(
        device=door.device_id, kind=ShelfEntry.Kind.PERSON, key=OuterRef("pk"), gone=False
    )
    cards = Credential.objects.filter(person=OuterRef("pk"))
    return people.filter(Exists(cards)).exclude(Exists(held.exclude(synced_at=None)))


def told(people: Collection[Person], door: Door, now: Collection[int]) -> list[Opener]:
    """Say of each person how far the door's device was told; `now` are those let in now."""
    keys = [person.pk for person in people]
    known = told_of(keys, [door])
    cards = Credential.objects.filter(person__in=keys)
    with_card = set(cards.values_list("person", flat=True))
    return [
        Opener(
            person,
            person.pk in now,
            known.get((person.pk, door.device_id), _UNTOLD) if person.pk in with_card else NOTHING,
        )
        for person in people
    ]
