"""Whoever only opens doors sees their own page, and nobody else on it."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.access.actions import pins
from doorward.people.actions import create_group, suspend_people
from doorward.people.models import Person
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

PAGE = reverse("person-own")


def text(browser: Client) -> str:
    answer = browser.get(PAGE)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.client("rita")


def test_somebody_sees_who_they_are_and_what_opens_to_them(
    browser: Client, rita: Person, cast: Cast
) -> None:
    crew = create_group(BUILDER, cast.acme, name="Movers", parent=cast.crew("Workshop"))
    Person.objects.filter(pk=rita.pk).update(group=crew)
    shown = text(browser)
    for words in ("Rita Rowe", "Acme", "Workshop › Movers", "Maple Court", "Front door"):
        assert words in shown
    assert "Mon–Fri 08:00–18:00" in shown or "Weekdays 08:00–18:00" in shown
    assert "Ramp" not in shown


def test_what_is_held_is_masked_and_a_pin_is_not_told(browser: Client, rita: Person) -> None:
    pins.replace_pin(BUILDER, rita, "83511947")
    shown = text(browser)
    assert "2C3D" in shown
    assert "0A1B2C3D" not in shown
    assert "83511947" not in shown


def test_only_one_s_own_events_are_there(browser: Client) -> None:
    answer = browser.get(PAGE)
    assert [event.person_name for event in answer.context["events"]] == ["Rita Rowe"]
    assert "Bob" not in answer.content.decode()


def test_nothing_there_can_be_done_or_leads_to_what_one_may_not_see(browser: Client) -> None:
    shown = text(browser)
    main = shown[shown.index("<main") : shown.index("</main>")]
    assert "<form" not in main
    assert "/sites/" not in main
    assert browser.post(PAGE).status_code == 405


def test_who_is_suspended_is_told_whom_to_ask(browser: Client, rita: Person) -> None:
    suspend_people(BUILDER, [rita])
    shown = text(browser)
    assert "Suspended" in shown
    assert "You may open 0 doors now" in shown


def test_one_lands_there_and_the_menu_leads_there(browser: Client) -> None:
    assert browser.get(reverse("dashboard")).headers["Location"] == PAGE
    assert "My access" in text(browser)


def test_who_is_nobody_s_personnel_has_no_such_page(cast: Cast) -> None:
    assert cast.client("mona").get(PAGE).status_code == 404


def test_whose_person_is_gone_learns_whom_to_ask(browser: Client) -> None:
    Person.objects.update(account=None)
    assert browser.get(PAGE).headers["Location"] == reverse("dashboard")
    assert "ask your company" in browser.get(reverse("dashboard")).content.decode()
