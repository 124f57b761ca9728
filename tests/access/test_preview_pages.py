"""What a change of access does is seen before it is done, and what was seen is done."""

import re

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from doorward.access.models import AccessGroup
from doorward.people.actions import PersonForm, create_people
from doorward.people.models import Person
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

OFFICE = '[{"days": [0, 1, 2, 3, 4], "start": "08:00", "end": "18:00"}]'
LOOK = {"look": "yes"}


@pytest.fixture
def crew(cast: Cast) -> list[Person]:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(7)]
    return create_people(BUILDER, told)


def address(cast: Cast, page: str = "group-edit", name: str = "Office hours") -> str:
    return reverse(page, args=[cast.maple.pk, cast.group(name).pk])


def save(browser: Client, cast: Cast, **typed: object) -> HttpResponseBase:
    """Send the form of Office hours as it stands, but for what is typed."""
    known = {
        "name": "Office hours",
        "doors": [cast.door("Front door").pk],
        "windows": OFFICE,
    }
    return browser.post(address(cast), {**known, **typed})


def mark_in(response: HttpResponseBase) -> str:
    (mark,) = re.findall(r'name="looked" value="(\w+)"', response.content.decode())
    return str(mark)


def doors_in(cast: Cast) -> set[str]:
    return set(cast.group("Office hours").doors.values_list("name", flat=True))


def test_the_panel_tells_what_the_form_would_change_and_saves_nothing(cast: Cast) -> None:
    text = save(cast.client("mona"), cast, doors=[], **LOOK).content.decode()
    assert "1 person loses Front door" in text
    assert "Bob Bell" in text
    assert "<html" not in text
    assert doors_in(cast) == {"Front door"}


def test_a_look_that_comes_in_after_the_form_was_saved_is_still_a_look(cast: Cast) -> None:
    browser = cast.client("mona")
    save(browser, cast, once="the same form")
    late = save(browser, cast, once="the same form", **LOOK)
    assert late.status_code == 200
    assert b"<html" not in late.content


def test_a_form_that_is_sent_again_with_other_words_is_refused_and_says_so(cast: Cast) -> None:
    browser = cast.client("mona")
    save(browser, cast, once="the same form")
    again = save(browser, cast, once="the same form", name="Day")
    assert "Open it anew" in again.content.decode()
    assert AccessGroup.objects.filter(name="Office hours").exists()


def test_the_panel_of_a_form_that_is_not_complete_asks_to_fill_it_in(cast: Cast) -> None:
    text = save(cast.client("mona"), cast, windows="[]", **LOOK).content.decode()
    assert "Fill in the form" in text


def test_who_loses_a_door_is_shown_once_more_and_then_saved(cast: Cast) -> None:
    mona = cast.client("mona")
    question = save(mona, cast, doors=[], name="Kept as typed")
    text = question.content.decode()
    assert "Before this is saved" in text
    assert "1 person loses Front door" in text
    assert 'value="Kept as typed"' in text
    assert doors_in(cast) == {"Front door"}
    assert save(mona, cast, doors=[], looked=mark_in(question)).status_code == 302
    assert doors_in(cast) == set()


def test_a_handful_that_gain_are_saved_without_a_question(cast: Cast, crew: list[Person]) -> None:
    Person.objects.filter(pk__in=[one.pk for one in crew[:5]]).update(group=cast.crew("Workshop"))
    mona, workshop = cast.client("mona"), [cast.crew("Workshop").pk]
    assert save(mona, cast, people_groups=workshop).status_code == 302
    assert cast.group("Office hours").people_groups.get() == cast.crew("Workshop")


def test_more_than_a_handful_that_gain_are_asked_about(cast: Cast, crew: list[Person]) -> None:
    Person.objects.filter(last_name="Crew").update(group=cast.crew("Workshop"))
    response = save(cast.client("mona"), cast, people_groups=[cast.crew("Workshop").pk])
    assert "7 people gain Front door" in response.content.decode()
    assert not cast.group("Office hours").people_groups.exists()


def test_where_the_facts_have_changed_the_new_preview_is_shown(
    cast: Cast, crew: list[Person]
) -> None:
    mona = cast.client("mona")
    mark = mark_in(save(mona, cast, doors=[]))
    # Bob keeps the door by this, and loses it no more.
    AccessGroup.objects.get(name="Birch parking").doors.add(cast.door("Front door"))
    cast.group("Office hours").people.add(crew[0])
    again = save(mona, cast, doors=[], looked=mark)
    assert "1 person loses Front door" in again.content.decode()
    assert "P0 Crew" in again.content.decode()
    assert doors_in(cast) == {"Front door"}


def test_a_new_group_tells_what_it_gives(cast: Cast) -> None:
    typed = {
        "name": "Store",
        "doors": [cast.door("Store").pk],
        "people_groups": [cast.crew("Workshop").pk],
        "windows": OFFICE,
    }
    Person.objects.filter(first_name="Rita").update(group=cast.crew("Workshop"))
    page = reverse("group-new", args=[cast.maple.pk])
    text = cast.client("mona").post(page, {**typed, **LOOK}).content.decode()
    assert "1 person gains Store" in text


def test_a_deletion_tells_what_goes_and_is_done_once_that_was_seen(cast: Cast) -> None:
    mona, page = cast.client("mona"), address(cast, "group-delete")
    shown = mona.get(page)
    assert "1 person loses Front door" in shown.content.decode()
    blind = mona.post(page)
    assert "Nothing was done" in blind.content.decode()
    assert AccessGroup.objects.filter(name="Office hours").exists()
    assert mona.post(page, {"looked": mark_in(shown)}).status_code == 302
    assert not AccessGroup.objects.filter(name="Office hours").exists()


def test_a_page_s_script_gets_the_question_of_a_deletion_alone(cast: Cast) -> None:
    page = address(cast, "group-delete")
    text = cast.client("mona").get(page, headers={"HX-Request": "true"}).content.decode()
    assert text.strip().startswith("<dialog")


def test_an_administrator_is_not_told_of_others_people(cast: Cast) -> None:
    group = cast.group("Acme nights")
    # As it may stand in a group that is older than the rule.
    group.people.add(cast.person("Bob"))
    ada, page = cast.client("ada"), address(cast, "group-delete", "Acme nights")
    text = ada.get(page).content.decode()
    assert "1 person" in text
    assert "Bob" not in text
    assert cast.client("mona").get(page).content.decode().count("Bob Bell") == 1


@pytest.mark.parametrize("who", ["otto", "ada"])
def test_who_may_not_change_a_group_is_shown_no_preview_of_it(cast: Cast, who: str) -> None:
    assert save(cast.client(who), cast, **LOOK).status_code == 403
