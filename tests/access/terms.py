"""Access groups in small, and what people may open at all, for claims about any change."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as some

from doorward.access import openable
from doorward.access.actions import groups
from doorward.access.consequences import Preview
from doorward.access.preview import Kind
from doorward.access.windows import WeeklyWindow
from doorward.devices.models import Door
from doorward.people.models import Group, Person

quarters = some.sampled_from([0, 360, 720, 1080])
windows = some.builds(WeeklyWindow, days=some.integers(1, 127), start=quarters, end=quarters)


@dataclass(frozen=True)
class Terms:
    """A group in small: places of people and of doors, groups of people, and its week."""

    people: frozenset[int]
    crews: frozenset[str]
    doors: frozenset[int]
    week: tuple[WeeklyWindow, ...]


terms = some.builds(
    Terms,
    people=some.frozensets(some.integers(0, 4)),
    crews=some.frozensets(some.sampled_from(["Workshop", "Night shift"]), max_size=1),
    doors=some.frozensets(some.integers(0, 2)),
    week=some.lists(windows, max_size=2).map(tuple),
)


def form_of(
    name: str, terms: Terms, crew: Sequence[Person], doors: Sequence[Door]
) -> groups.GroupForm:
    return groups.GroupForm(
        name=name,
        doors=[doors[place] for place in sorted(terms.doors)],
        people=[crew[place] for place in sorted(terms.people)],
        people_groups=list(Group.objects.filter(name__in=terms.crews)),
        windows=terms.week,
    )


Rights = dict[tuple[int, int], frozenset[datetime]]


def rights(people: Collection[Person], doors: Collection[Door]) -> Rights:
    """Return by person and door when the one may open the other, as pages say it."""
    zone = next(iter(doors)).site.zone_info
    # A moment in each stretch between edges, here and among the cast's, of a week without a clock
    # change: multiples of six hours, office hours from 8 to 18, nights from 22.
    begin = datetime(2026, 6, 1, tzinfo=zone)
    hours = [timedelta(days=day, hours=hour) for day in range(7) for hour in (3, 7, 10, 15, 20, 23)]
    found: dict[tuple[int, int], set[datetime]] = defaultdict(set)
    for at in (begin + ahead for ahead in hours):
        for person, opened in openable.open_now(people, doors, at).items():
            for door in opened:
                found[person, door].add(at)
    return {pair: frozenset(moments) for pair, moments in found.items()}


def difference(before: Rights, after: Rights) -> dict[tuple[Kind, int], int]:
    found: dict[tuple[Kind, int], int] = defaultdict(int)
    for pair in before.keys() | after.keys():
        was, will = before.get(pair), after.get(pair)
        if was != will:
            kind = Kind.GAINS if not was else Kind.HOURS if will else Kind.LOSES
            found[kind, pair[1]] += 1
    return found


def counts(preview: Preview) -> dict[tuple[Kind, int], int]:
    return {(line.kind, door.pk): line.count for line in preview.lines for door in line.doors}
