"""The pages of an access group say who is in it and why, and begin another one like it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.access.actions import groups
from doorward.access.facts import drawn_of
from doorward.access.models import AccessGroup
from doorward.people.actions import PersonForm, create_people, move_people
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


def told_of(cast: Cast, group: AccessGroup, page: str) -> dict[str, str]:
    """Return whom the page lists, and how each is in the group."""
    response = cast.client("mona").get(reverse(page, args=[cast.maple.pk, group.pk]))
    shown = response.context["table"].paginated_rows
    return {str(row.record): row.get_cell("ways") for row in shown}


def text_of(cast: Cast, group: AccessGroup, page: str, query: str = "") -> str:
    address = reverse(page, args=[cast.maple.pk, group.pk])
    return cast.client("mona").get(address + query).content.decode()


def test_the_page_says_by_what_each_person_is_in_the_group(cast: Cast, ramp: AccessGroup) -> None:
    rita, bob = str(cast.person("Rita")), str(cast.person("Bob"))
    assert told_of(cast, ramp, "group") == {bob: "Named", rita: "In Workshop"}


def test_the_page_that_adds_has_everybody_who_is_not_named(cast: Cast, ramp: AccessGroup) -> None:
    assert told_of(cast, ramp, "group-people") == {str(cast.person("Rita")): "In Workshop"}


def test_in_a_company_s_own_group_its_people_alone_are_offered(cast: Cast) -> None:
    own = cast.group("Acme nights")
    own.people.clear()
    assert list(told_of(cast, own, "group-people")) == [str(cast.person("Rita"))]


def test_the_form_of_a_big_group_carries_none_of_its_people(cast: Cast, ramp: AccessGroup) -> None:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(60)]
    before = len(text_of(cast, ramp, "group-edit"))
    ramp.people.add(*create_people(BUILDER, told))
    text = text_of(cast, ramp, "group-edit")
    assert "Crew" not in text
    assert abs(len(text) - before) < 100


@pytest.mark.parametrize("page", ["group", "group-people", "group-edit"])
def test_a_page_asks_as_much_for_many_people_as_for_few(
    cast: Cast, ramp: AccessGroup, page: str
) -> None:
    address, mona = reverse(page, args=[cast.maple.pk, ramp.pk]), cast.client("mona")
    mona.get(address)
    with CaptureQueriesContext(connection) as few:
        mona.get(address)
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(20)]
    ramp.people.add(*create_people(BUILDER, told)[:10])
    with CaptureQueriesContext(connection) as many:
        mona.get(address)
    assert len(many) == len(few)


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
    assert not form["along"].value()


def test_a_duplicate_takes_people_along_where_asked(cast: Cast, ramp: AccessGroup) -> None:
    address = reverse("group-copy", args=[cast.maple.pk, ramp.pk])
    form = cast.client("mona").get(f"{address}?people=yes").context["form"]
    assert form["along"].value()


def test_saving_a_duplicate_adds_a_group_and_leaves_the_first(
    cast: Cast, ramp: AccessGroup, maple: Site
) -> None:
    mona, address = cast.client("mona"), reverse("group-copy", args=[maple.pk, ramp.pk])
    form = mona.get(f"{address}?people=yes").context["form"]
    typed = {
        "name": form["name"].value(),
        "windows": form["windows"].value(),
        "doors": [cast.door("Ramp").pk],
        "along": "on",
        "people_groups": form["people_groups"].value(),
    }
    assert mona.post(address, typed).status_code == 302
    copy = AccessGroup.objects.get(name="Copy of At the ramp")
    assert drawn_of(copy) == drawn_of(ramp)
    members = Person.objects.filter(memberships__accessgroup=copy)
    assert {one.first_name for one in members} == {"Bob", "Rita"}
    assert AccessGroup.objects.filter(name="At the ramp").exists()
