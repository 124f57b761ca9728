"""Who may open a door, and whether its device has been told: set by set, never row by row."""

from collections.abc import Collection
from dataclasses import dataclass

from doorward.access import facts, headcount
from doorward.access.models import AccessGroup
from doorward.access.told import NOTHING, Told, told_of
from doorward.devices.models import Door
from doorward.people.models import Person
from doorward.tenancy.actor import Actor


@dataclass(frozen=True)
class Hours:
    """An access group that opens a door: when, and for how many people in view."""

    group: AccessGroup
    words: str
    people: int


@dataclass(frozen=True)
class Opener:
    """A person who may open a door, whether now, and how far the door's device was told."""

    person: Person
    now: bool
    told: Told


def hours(actor: Actor, door: Door) -> list[Hours]:
    """Return the access groups of a door in view, with their hours in the site's clock."""
    groups = AccessGroup.objects.visible_to(actor).filter(doors=door)
    known = list(groups.prefetch_related("windows").order_by("name"))
    seen = headcount.counted_for(actor, door.site)
    counts = headcount.members([group.pk for group in known], seen)
    return [
        Hours(
            group,
            facts.hours_words(facts.windows_of(group), door.site),
            counts.get(group.pk, 0),
        )
        for group in known
    ]


def told(people: Collection[Person], door: Door, now: Collection[int]) -> list[Opener]:
    """Say of each person how far the door's device was told; `now` are those let in now."""
    known = told_of([person.pk for person in people], [door])
    return [
        Opener(person, person.pk in now, known.get((person.pk, door.device_id), NOTHING))
        for person in people
    ]
