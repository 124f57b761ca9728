"""What is wrong with people before they are written: for many, in a handful of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from doorward.kit.errors import InvalidRows, Text
from doorward.kit.rows import faults_of
from doorward.people.actions import numbers
from doorward.people.models import BACKWARDS, BEYOND, EARLIEST, ID_TAKEN, LATEST, Group, Person
from doorward.sites.models import Site
from doorward.tenancy import limits
from doorward.tenancy.limits import Limit
from doorward.tenancy.models import Node

Faults = dict[int, dict[str, Text]]

# Asking for each of these would be a query for each person; the places are given as rows.
_ROWS = frozenset({"node", "site", "company", "group", "account"})
# A group that is named cannot go away until the deed is done.
_HOLD = "SELECT id, company_id FROM people_group WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def check(people: Sequence[Person]) -> None:
    """Raise `InvalidRows` for fields of a wrong shape and personnel IDs that are not free."""
    faults = {place: _faults(person) for place, person in enumerate(people)}
    for place, message in _ids_taken(people).items():
        faults[place].setdefault("personnel_id", message)
    _refuse(faults)


def check_ids(people: Sequence[Person]) -> None:
    """Raise `InvalidRows` for personnel IDs that others have, or that are given twice."""
    _refuse({place: {"personnel_id": text} for place, text in _ids_taken(people).items()})


def check_groups(people: Sequence[Person]) -> None:
    """Raise `InvalidRows` where a group is not one of the company's."""
    companies = hold_groups(person.group for person in people)
    message = _("Choose a group of this company.")
    _refuse(
        {
            place: {"group": message}
            for place, person in enumerate(people)
            if person.group_id and companies.get(person.group_id) != person.company_id
        }
    )


def refuse_beyond(people: Sequence[Person]) -> None:
    """Raise `Refused` where sites would have more people than they may have, with these."""
    nodes = {person.site_id: person.node for person in people}
    for key, more in sorted(Counter(person.site_id for person in people).items()):
        refuse_more(key, nodes[key], more)


def refuse_more(site: int, node: Node, more: int) -> None:
    """Raise `Refused` where a site would have more people than it may have, with so many more.

    Where that is bounded the site is held, so that two who add at once are counted in turn.
    """
    most = limits.most_of(Limit.PEOPLE, node)
    if most is not None:
        held = Site.objects.select_for_update(no_key=True).get(pk=site)
        count = Person.objects.filter(site=held).count() + more
        limits.refuse_beyond(Limit.PEOPLE, most, count, held)


def hold_groups(groups: Iterable[Group | None]) -> dict[int, int]:
    """Keep groups from being deleted meanwhile; return the company of each that there is.

    Before people are locked: whoever deletes a group locks it first and then its people.
    """
    keys = sorted({group.pk for group in groups if group is not None})
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [keys])
        return dict(cursor.fetchall())


def _faults(person: Person) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    try:
        person.clean_fields(exclude=_ROWS)
    except ValidationError as error:
        faults = faults_of(error)
    for field in person._meta.concrete_fields:
        value = person.__dict__.get(field.attname, "")
        # Numbers and times have none, and a telephone number takes long to spell.
        if isinstance(value, str | list) and "\x00" in str(value):
            faults[field.name] = _("Leave out the NUL character.")
    for name in ("valid_from", "valid_until"):
        limit = getattr(person, name)
        if limit is not None and not EARLIEST <= limit < LATEST:
            faults[name] = BEYOND
    begin, end = person.valid_from, person.valid_until
    if not faults and begin is not None and end is not None and begin >= end:
        faults["valid_until"] = BACKWARDS
    return faults


def _ids_taken(people: Sequence[Person]) -> dict[int, Text]:
    """Return by place who has an ID that is somebody else's at the site."""
    at_site: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, person in enumerate(people):
        at_site[person.site_id][person.personnel_id.lower()].append(place)
    found: dict[int, Text] = {}
    for site, wanted in at_site.items():
        holders = _holders(site, wanted, {person.pk for person in people})
        for number, places in wanted.items():
            if number in holders:
                found.update(dict.fromkeys(places, ID_TAKEN))
            # The first keeps it; the others are told.
            found.update({place: _given_twice(people, places) for place in places[1:]})
    return found


def _holders(site: int, wanted: Collection[str], people: Collection[int | None]) -> set[str]:
    """Return which IDs belong to somebody who is not being changed here."""
    return {number for number, key in numbers.taken(site, wanted).items() if key not in people}


def _given_twice(people: Sequence[Person], places: Sequence[int]) -> Text:
    return _("Somebody else here has this personnel ID too: %(person)s. Give each their own.") % {
        "person": people[places[0]]
    }


def _refuse(faults: Faults) -> None:
    if wrong := {place: some for place, some in faults.items() if some}:
        raise InvalidRows(wrong, name="people")
