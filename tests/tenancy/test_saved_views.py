"""A list's address is kept by a name: its owner's alone, one default, and honest when stale."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.kit.errors import Refused
from doorward.tenancy.actions import saved_views
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, SavedView
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.client("mona")


@pytest.fixture
def people(cast: Cast) -> str:
    return reverse("people", args=[cast.maple.pk])


def save(browser: Client, address: str, name: str) -> HttpResponse:
    return browser.post(address, {"view": "save", "name": name})


def do(browser: Client, address: str, deed: str, **fields: object) -> HttpResponse:
    key = SavedView.objects.get().pk
    return browser.post(address, {"view": deed, "key": key, **fields})


def text_of(browser: Client, address: str) -> str:
    page = browser.get(address, follow=True).content.decode()
    return re.sub(r"\s+", " ", page)


def test_a_view_keeps_all_of_the_address_but_the_page(browser: Client, people: str) -> None:
    answer = save(browser, f"{people}?sort=-name&q=row&company=&columns=company&page=2", "Rows")
    assert answer.url == f"{people}?columns=company&q=row&sort=-name"
    text = text_of(browser, people)
    assert 'href="?columns=company&amp;q=row&amp;sort=-name"' in text
    assert AuditEntry.objects.filter(verb="create", subject="savedview", label="Rows").exists()


def test_what_is_searched_for_stands_nowhere_in_clear(browser: Client, people: str) -> None:
    save(browser, f"{people}?q=C0FFEE99AA", "That card")
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM tenancy_savedview")
        assert b"C0FFEE" not in bytes(cursor.fetchone()[0])
    assert SavedView.objects.get().query == "q=C0FFEE99AA"


def test_a_second_view_of_a_name_takes_the_place_of_the_first(browser: Client, people: str) -> None:
    save(browser, f"{people}?q=a", "Mine")
    save(browser, f"{people}?q=b", "mine")
    assert [view.query for view in SavedView.objects.all()] == ["q=b"]


def test_the_list_opens_with_its_default_and_can_still_be_seen_whole(
    browser: Client, people: str
) -> None:
    save(browser, f"{people}?q=rita", "Rita")
    do(browser, people, "prefer")
    assert browser.get(people).url == f"{people}?q=rita"
    assert "Bob" in text_of(browser, f"{people}?page=1")
    do(browser, people, "no-longer")
    assert browser.get(people).status_code == 200


def test_there_is_one_default(cast: Cast, mona: Actor) -> None:
    node = cast.maple.node
    first, second = (
        saved_views.save_view(mona, "people", node, name=name, query=f"q={name}") for name in "ab"
    )
    for view in (first, second):
        saved_views.open_by_default(mona, view, wanted=True)
    assert [v.name for v in SavedView.objects.filter(is_default=True)] == ["b"]


def test_a_default_that_shows_everything_opens_the_list_once(
    browser: Client, people: str, cast: Cast, mona: Actor
) -> None:
    view = saved_views.save_view(mona, "people", cast.maple.node, name="All", query="")
    saved_views.open_by_default(mona, view, wanted=True)
    assert browser.get(people).status_code == 200


def test_a_view_is_renamed_and_deleted(browser: Client, people: str) -> None:
    save(browser, f"{people}?q=rita", "Rita")
    do(browser, people, "rename", name="  Only   Rita ")
    assert "Only Rita" in text_of(browser, people)
    do(browser, people, "delete")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name(browser: Client, people: str, name: str) -> None:
    save(browser, f"{people}?q=rita", name)
    assert not SavedView.objects.exists()
    assert "Give the view a name" in text_of(browser, people)


def test_two_views_of_a_list_have_two_names(cast: Cast, mona: Actor) -> None:
    for name in ("One", "Two"):
        saved_views.save_view(mona, "people", cast.maple.node, name=name, query="")
    with pytest.raises(Refused) as refusal:
        saved_views.rename_view(mona, SavedView.objects.get(name="Two"), "ONE")
    assert refusal.value.code == "view.name_taken"


def test_a_list_has_so_many_views_and_no_more(cast: Cast, mona: Actor) -> None:
    for number in range(saved_views.MOST):
        saved_views.save_view(mona, "people", cast.maple.node, name=f"{number}", query="")
    with pytest.raises(Refused) as refusal:
        saved_views.save_view(mona, "people", cast.maple.node, name="More", query="")
    assert refusal.value.code == "view.limit"
    saved_views.save_view(mona, "doors", cast.maple.node, name="More", query="")


def test_nobody_meets_the_views_of_others(cast: Cast, browser: Client, people: str) -> None:
    save(browser, f"{people}?q=rita", "Rita, once")
    ivan = cast.client("ivan")
    assert "Rita, once" not in text_of(ivan, people)
    for deed in ("rename", "delete", "prefer", "no-longer"):
        assert do(ivan, people, deed, name="x").status_code == 404
    assert SavedView.objects.get().name == "Rita, once"


def test_views_of_one_list_are_not_those_of_another(browser: Client, people: str) -> None:
    save(browser, f"{people}?q=rita", "Rita, once")
    assert "Rita, once" in text_of(browser, people)
    assert "Rita, once" not in text_of(browser, people.replace("people", "doors"))


@pytest.mark.parametrize("deed", ["paint", ""])
def test_a_deed_that_there_is_not_is_not_there(browser: Client, people: str, deed: str) -> None:
    save(browser, f"{people}?q=rita", "Rita")
    assert do(browser, people, deed).status_code == 404


@pytest.mark.parametrize("page", ["people", "door-log"])
def test_what_a_list_has_no_longer_is_named_in_the_menu(
    cast: Cast, browser: Client, mona: Actor, page: str
) -> None:
    query = "shoes=42"
    saved_views.save_view(mona, page, cast.maple.node, name="Old", query=query)
    address = reverse(page, args=[cast.maple.pk])
    assert "This list has no filter “shoes”." in text_of(browser, address)
    assert "Leave it out" in text_of(browser, f"{address}?{query}")


def test_the_door_log_keeps_views_too(cast: Cast, browser: Client) -> None:
    log = reverse("door-log", args=[cast.maple.pk])
    save(browser, f"{log}?result=refused&before=1", "Refused")
    do(browser, log, "prefer")
    assert browser.get(log).url == f"{log}?result=refused"


def test_the_log_shows_nothing_for_a_filter_that_means_nothing(cast: Cast, browser: Client) -> None:
    log = reverse("door-log", args=[cast.maple.pk])
    text = text_of(browser, f"{log}?result=painted")
    assert "Result: Select a valid choice" in text
    assert "Rita Rowe" not in text


def test_twenty_views_cost_no_more_questions_than_one(
    cast: Cast, browser: Client, people: str, mona: Actor
) -> None:
    asked = []
    for names in (["0"], map(str, range(1, saved_views.MOST))):
        for name in names:
            saved_views.save_view(mona, "people", cast.maple.node, name=name, query=f"q={name}")
        browser.get(people)
        with CaptureQueriesContext(connection) as questions:
            browser.get(people)
        asked.append(len(questions))
    assert asked[0] == asked[1]
