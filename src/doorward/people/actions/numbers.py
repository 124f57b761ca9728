"""Personnel IDs for those who were given none: one more than the last of their site."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import connection
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Lower

from doorward.people.models import Person

# Five digits from the start sort well, and no spreadsheet drops a leading zero.
_FIRST = 10_001
# The row's lock lets those who number people of a site at once wait for each other.
_TAKE = """
INSERT INTO people_personnelcounter AS counter (site_id, last) VALUES (%(site)s, %(first)s)
ON CONFLICT (site_id) DO UPDATE SET last = counter.last + %(count)s
RETURNING last
"""


def fill(people: Iterable[Person]) -> None:
    """Give each of these without a personnel ID the next that is free at their site."""
    nameless: dict[int, list[Person]] = defaultdict(list)
    told: dict[int, set[str]] = defaultdict(set)
    for person in people:
        if person.personnel_id:
            told[person.site_id].add(person.personnel_id.lower())
        else:
            nameless[person.site_id].append(person)
    for site, some in sorted(nameless.items()):
        for person, number in zip(some, _free(site, len(some), told[site]), strict=True):
            person.personnel_id = number


def taken(site: int, wanted: Collection[str]) -> dict[str, int]:
    """Return which of these IDs, in lower case, people of a site have: with the people's keys."""
    rows = Person.objects.filter(site=site).annotate(lower_id=Lower("personnel_id"))
    return dict(rows.filter(lower_id__in=wanted).values_list("lower_id", "pk"))


def set_aside(people: Collection[Person], before: Mapping[int, str]) -> None:
    """Let go of IDs that others among these people take over: the database asks row by row."""
    holders = {number.lower(): key for key, number in before.items()}
    handed_on = [
        holder
        for person in people
        if (holder := holders.get(person.personnel_id.lower(), person.pk)) != person.pk
    ]
    if handed_on:
        # No ID has such a form.
        aside = Concat(Value("~"), Cast("pk", CharField()))
        Person.objects.filter(pk__in=handed_on).update(personnel_id=aside)


def _free(site: int, count: int, told: set[str]) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        numbers = _next(site, count - len(found))
        known = taken(site, numbers).keys() | told
        found += [number for number in numbers if number not in known]
    return found


def _next(site: int, count: int) -> list[str]:
    with connection.cursor() as cursor:
        first = _FIRST + count - 1
        cursor.execute(_TAKE, {"site": site, "first": first, "count": count})
        last = cursor.fetchone()[0]
    return [str(number) for number in range(last - count + 1, last + 1)]
