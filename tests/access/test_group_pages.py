"""The pages of an access group say who is in it and why, and begin another one like it."""

import pytest
from django.urls import reverse

from doorward.access.actions import groups
from doorward.access.facts import drawn_of
from doorward.access.models import AccessGroup
from doorward.people.actions import move_people
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ramp(mona: Actor, maple: Site, cast: Cast) -> AccessGroup:
    """An access group that names Bob, and Acme's workshop, in whose night shift Rita is."""
    rita = cast.person("Rita")
    move_people(BUILDER, [rita], rita.company, cast.crew("Night shift"))
    form = groups.GroupForm(
        name="At the ramp",
        doors=[cast.door("Ramp")],
        windows=drawn_of(cast.group("Office hours")),
        people=[cast.person("Bob")],
        people_groups=[cast.crew("Workshop")],
    )
    return groups.create_group(mona, maple, form)


def text_of(cast: Cast, group: AccessGroup, page: str, query: str = "") -> str:
    address = reverse(page, args=[cast.maple.pk, group.pk])
    return cast.client("mona").get(address + query).content.decode()


def test_the_page_says_by_what_each_person_is_in_the_group(cast: Cast, ramp: AccessGroup) -> None:
    response = cast.client("mona").get(reverse("group", args=[cast.maple.pk, ramp.pk]))
    shown = response.context["table"].paginated_rows
    rows = {str(row.record): row.get_cell("ways") for row in shown}
    assert rows == {str(cast.person("Bob")): "Named", str(cast.person("Rita")): "In Workshop"}


def test_the_page_lists_the_groups_of_people_that_are_named(cast: Cast, ramp: AccessGroup) -> None:
    people = reverse("people", args=[cast.maple.pk])
    assert f'href="{people}?group={cast.crew("Workshop").pk}"' in text_of(cast, ramp, "group")


def test_a_duplicate_begins_as_the_group_stands(cast: Cast, ramp: AccessGroup) -> None:
    response = cast.client("mona").get(reverse("group-copy", args=[cast.maple.pk, ramp.pk]))
    form = response.context["form"]
    assert form["name"].value() == "Copy of At the ramp"
    assert form["doors"].value() == [cast.door("Ramp").pk]
    assert form["people_groups"].value() == [cast.crew("Workshop").pk]
    assert '"08:00"' in form["windows"].value()
    assert not form["people"].value()


def test_a_duplicate_takes_people_along_where_asked(cast: Cast, ramp: AccessGroup) -> None:
    address = reverse("group-copy", args=[cast.maple.pk, ramp.pk])
    form = cast.client("mona").get(f"{address}?people=yes").context["form"]
    assert form["people"].value() == [cast.person("Bob").pk]


def test_saving_a_duplicate_adds_a_group_and_leaves_the_first(
    cast: Cast, ramp: AccessGroup, maple: Site
) -> None:
    mona, address = cast.client("mona"), reverse("group-copy", args=[maple.pk, ramp.pk])
    form = mona.get(f"{address}?people=yes").context["form"]
    typed = {
        "name": form["name"].value(),
        "windows": form["windows"].value(),
        "doors": [cast.door("Ramp").pk],
        "people": form["people"].value(),
        "people_groups": form["people_groups"].value(),
    }
    assert mona.post(address, typed).status_code == 302
    copy = AccessGroup.objects.get(name="Copy of At the ramp")
    assert drawn_of(copy) == drawn_of(ramp)
    members = Person.objects.filter(memberships__accessgroup=copy)
    assert {one.first_name for one in members} == {"Bob", "Rita"}
    assert AccessGroup.objects.filter(name="At the ramp").exists()
