"""Many people into an access group and out of it, from a list, with what it changes."""

import re

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from doorward.people.actions import PersonForm, create_people
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(cast: Cast) -> list[int]:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(3)]
    return [person.pk for person in create_people(BUILDER, told)]


def send(browser: Client, cast: Cast, **body: object) -> HttpResponseBase:
    return browser.post(reverse("people", args=[cast.maple.pk]), body)


def looked(response: HttpResponseBase) -> str:
    (mark,) = re.findall(r'name="looked" value="(\w+)"', response.content.decode())
    return str(mark)


def undo_in(browser: Client, address: str) -> tuple[str, dict[str, object]]:
    """Return where the offer to take it back leads, and what it sends."""
    text = browser.get(address).content.decode()
    form = text[text.index("toast-undo") :]
    form = form[: form.index("</form>")]
    found = re.findall(r'name="([\w-]+)" value="([^"]*)"', form)
    sent = {name: value for name, value in found if name not in ("ids", "csrfmiddlewaretoken")}
    sent["ids"] = [value for name, value in found if name == "ids"]
    return re.findall(r'action="([^"]+)"', form)[0], sent


def names_in(cast: Cast, name: str = "Office hours") -> set[str]:
    return set(cast.group(name).people.values_list("first_name", flat=True))


def test_who_is_added_is_seen_first_added_and_taken_back(cast: Cast, crew: list[int]) -> None:
    mona = cast.client("mona")
    chosen = {"deed": "join", "ids": [*crew, cast.person("Rita").pk]}
    assert "Add 4 people to an access group" in send(mona, cast, **chosen).content.decode()
    chosen |= {"confirmed": 4, "group": cast.group("Office hours").pk}
    shown = send(mona, cast, **chosen)
    assert "3 people gain Front door: P0 Crew, P1 Crew and P2 Crew." in shown.content.decode()
    assert names_in(cast) == {"Rita", "Bob"}
    send(mona, cast, **chosen, looked=looked(shown))
    assert names_in(cast) == {"Rita", "Bob", "P0", "P1", "P2"}
    path, sent = undo_in(mona, reverse("people", args=[cast.maple.pk]))
    mona.post(path, sent)
    # Rita was in it before, and stays.
    assert names_in(cast) == {"Rita", "Bob"}


def test_what_was_not_seen_is_not_done(cast: Cast, crew: list[int]) -> None:
    mona = cast.client("mona")
    body = {"deed": "leave", "ids": [cast.person("Bob").pk], "confirmed": 1}
    shown = send(mona, cast, **body, group=cast.group("Birch parking").pk)
    other = send(mona, cast, **body, group=cast.group("Office hours").pk, looked=looked(shown))
    assert "1 person loses Front door" in other.content.decode()
    assert "Bob" in names_in(cast)


def test_people_of_another_company_are_refused_at_the_field(cast: Cast) -> None:
    body = {"deed": "join", "ids": [cast.person("Bob").pk], "confirmed": 1}
    body["group"] = cast.group("Acme nights").pk
    mona = cast.client("mona")
    answer = send(mona, cast, **body, looked=looked(send(mona, cast, **body)))
    assert "Choose people of the company whose group this is" in answer.content.decode()
    assert names_in(cast, "Acme nights") == {"Rita"}


def test_an_administrator_is_offered_own_groups_only(cast: Cast) -> None:
    text = send(cast.client("ada"), cast, deed="join", ids=[cast.person("Rita").pk])
    assert "Acme nights" in text.content.decode()
    assert "Office hours" not in text.content.decode()
    assert "Birch parking" not in text.content.decode()


def test_from_the_group_s_page_people_are_removed_and_put_back(cast: Cast) -> None:
    mona = cast.client("mona")
    page = reverse("group", args=[cast.maple.pk, cast.group("Office hours").pk])
    body = {"deed": "remove", "ids": [cast.person("Bob").pk]}
    shown = mona.post(page, body)
    assert "1 person loses Front door: Bob Bell." in shown.content.decode()
    mona.post(page, {**body, "confirmed": 1, "looked": looked(shown)})
    assert names_in(cast) == {"Rita"}
    path, sent = undo_in(mona, page)
    assert mona.post(path, sent).headers["Location"] == page
    assert names_in(cast) == {"Rita", "Bob"}


def test_on_the_group_s_page_people_are_added_seen_first_and_taken_back(
    cast: Cast, crew: list[int]
) -> None:
    mona, args = cast.client("mona"), [cast.maple.pk, cast.group("Office hours").pk]
    adding, page = reverse("group-people", args=args), reverse("group", args=args)
    body = {"deed": "add", "ids": crew[:2]}
    shown = mona.post(adding, body)
    assert "2 people gain Front door: P0 Crew and P1 Crew." in shown.content.decode()
    assert names_in(cast) == {"Rita", "Bob"}
    done = mona.post(adding, {**body, "confirmed": 2, "looked": looked(shown)})
    assert done.headers["Location"] == page
    assert names_in(cast) == {"Rita", "Bob", "P0", "P1"}
    path, sent = undo_in(mona, page)
    assert mona.post(path, sent).headers["Location"] == page
    assert names_in(cast) == {"Rita", "Bob"}


def test_who_is_in_it_by_a_group_of_people_is_said_to_stay(cast: Cast, crew: list[int]) -> None:
    group, workshop = cast.group("Office hours"), cast.crew("Workshop")
    group.people_groups.add(workshop)
    workshop.people.set([cast.person("Rita")])
    group.people.remove(cast.person("Rita"))
    mona = cast.client("mona")
    page = reverse("group", args=[cast.maple.pk, group.pk])
    text = mona.post(page, {"deed": "remove", "ids": [cast.person("Rita").pk]}).content.decode()
    assert "1 of them is in it by a group of people alone, and stays." in text
    assert "Nobody gains or loses a door by this." in text


@pytest.mark.parametrize("who", ["otto", "rita"])
def test_who_may_not_change_access_is_offered_neither(cast: Cast, who: str) -> None:
    page = reverse("people", args=[cast.maple.pk])
    text = cast.client(who).get(page).content.decode()
    assert 'value="join"' not in text
    answer = send(cast.client(who), cast, deed="join", ids=[cast.person("Rita").pk])
    assert answer.status_code in {403, 404}


def test_an_administrator_is_not_offered_to_empty_a_group_of_the_site(cast: Cast) -> None:
    page = reverse("group", args=[cast.maple.pk, cast.group("Office hours").pk])
    assert 'value="remove"' in cast.client("mona").get(page).content.decode()
    assert 'value="remove"' not in cast.client("ada").get(page).content.decode()


def test_the_button_says_that_one_looks_first_and_then_what_is_done(
    cast: Cast, crew: list[int]
) -> None:
    mona = cast.client("mona")
    chosen = {"deed": "join", "ids": crew}
    assert button_of(send(mona, cast, **chosen)) == "See what it changes"
    chosen |= {"confirmed": 3, "group": cast.group("Office hours").pk}
    assert button_of(send(mona, cast, **chosen)) == "Add 3 people to an access group"


def button_of(response: HttpResponseBase) -> str:
    (label,) = re.findall(
        r'<button class="btn btn-primary" type="submit">(.*?)</button>', response.content.decode()
    )
    return str(label)
