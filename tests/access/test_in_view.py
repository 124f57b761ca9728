"""What is in access groups, as far as somebody sees it, and what is not looked up for that."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorward.access import in_view
from doorward.access.actions import groups
from doorward.access.models import AccessGroup
from doorward.devices.models import Door
from doorward.people.models import Group, Person
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, OFFICE_HOURS, Cast

pytestmark = pytest.mark.django_db


# Whose rows tell what somebody sees of them.
LOOKED_UP = ('"people_person"', '"people_group"', '"devices_door"')


@pytest.fixture
def shared(cast: Cast, crew: list[Person], doors: list[Door]) -> AccessGroup:
    """An access group of the site that names people, groups and doors of both companies."""
    form = groups.GroupForm(
        name="Everybody",
        doors=doors,
        people=[cast.person("Rita"), cast.person("Bob")],
        people_groups=[cast.crew("Workshop"), cast.crew("Studio")],
        windows=[OFFICE_HOURS],
    )
    return groups.create_group(BUILDER, cast.maple, form)


def told(actor: Actor, group: AccessGroup) -> tuple[set[str], list[str], list[str]]:
    """Return by name the members, doors and groups of people of an access group."""
    everything = list(AccessGroup.objects.select_related("site__node"))
    people = Person.objects.in_bulk(in_view.members(actor, group.site, [group.pk]))
    doors, named = (in_view.linked(actor, everything, kind)[group.pk] for kind in (Door, Group))
    assert (doors, named) == (sorted(doors), sorted(named))
    return (
        {person.first_name for person in people.values()},
        [Door.objects.get(pk=key).name for key in doors],
        [Group.objects.get(pk=key).name for key in named],
    )


@pytest.mark.parametrize("who", ["otto", "ivan", "mona"])
def test_whoever_sees_all_of_a_site_is_told_all(who: str, cast: Cast, shared: AccessGroup) -> None:
    people, doors, named = told(cast.actor(who), shared)
    # Al and Bo are in the workshop.
    assert people == {"Rita", "Bob", "Al", "Bo"}
    assert sorted(doors) == ["Front door", "Ramp", "Store"]
    assert sorted(named) == ["Studio", "Workshop"]


def test_an_administrator_is_told_what_is_in_view(cast: Cast, shared: AccessGroup) -> None:
    people, doors, named = told(cast.actor("ada"), shared)
    assert (people, doors, named) == ({"Rita", "Al", "Bo"}, ["Front door"], ["Workshop"])


def test_whoever_looks_after_another_site_is_told_nothing(cast: Cast, shared: AccessGroup) -> None:
    assert told(cast.actor("oscar"), shared) == (set(), [], [])


@pytest.mark.parametrize("who", ["otto", "ivan"])
def test_of_what_is_all_in_view_the_links_alone_are_read(
    who: str, cast: Cast, shared: AccessGroup
) -> None:
    actor, everything = cast.actor(who), list(AccessGroup.objects.select_related("site__node"))
    mine = [one for one in everything if one.site_id == shared.site_id]
    with CaptureQueriesContext(connection) as asked:
        in_view.members(actor, shared.site, [shared.pk])
        in_view.linked(actor, mine, Door)
        in_view.linked(actor, mine, Group)
    assert len(asked) == 3
    read = [table for table in LOOKED_UP for one in asked if table in one["sql"]]
    assert read == []
