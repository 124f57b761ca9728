"""Lists over the API: filters and sorts as on their pages, cursors that belong to a question."""

import inspect
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from doorward.access.actions.credentials import add_card
from doorward.access.models import Credential
from doorward.api import api
from doorward.kit import clock
from doorward.kit.api.paging import BY_AGE, Filters
from doorward.kit.pages import ListPage
from doorward.people.actions import PersonForm, create_person, move_people
from doorward.people.models import Person
from tests.api.conftest import Caller, CallerOf, faults
from tests.cast import BUILDER, Cast
from tests.house.routes import PREFIX

pytestmark = pytest.mark.django_db

# The page of each list that the API has as well.
PAGES = {
    "/sites": "sites",
    "/sites/deleted": "sites-deleted",
    "/companies": "companies",
    "/people": "people",
    "/macs": "macs",
    "/connectors": "connectors",
    "/devices": "all-devices",
    "/doors": "doors",
    "/access-groups": "groups",
    "/door-events": "door-log",
    "/alarms": "alarms",
    "/accounts": "users",
    "/organisations": "organisations",
    "/works": "works",
    "/tickets": "tickets",
    "/notices": "notices",
    "/messages": "messages",
    "/messages/written": "messages-written",
    "/support-access": "support",
}
# Their pages are no lists: a tree, a panel of another page, parts of a person.
WITHOUT_PAGE = {"/people-groups", "/invitations", "/credentials"}
# What people hold is not known where they are listed; `/credentials` takes a person. Nor is what is
# amiss at a site: devices, connectors and alarms have lists of their own, with their states.
BEYOND = {"/people": {"holds"}, "/sites": {"attention"}}
# What a page counts for each row is not in the API's rows, and cannot be walked by a cursor.
COUNTED = "_count"


def lists() -> dict[str, type[Filters]]:
    """Return what each list of the API takes in its address, by its route."""
    found = {}
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for one in inspect.signature(operation.view_func).parameters.values():
                    kind = getattr(one.annotation, "__args__", [one.annotation])[0]
                    if isinstance(kind, type) and issubclass(kind, Filters):
                        found[prefix + path] = kind
    return found


def within(path: str, name: str, cast: Cast) -> dict[str, object]:
    """Return the site that a sort takes where no index gives it across all sites."""
    across = lists()[path].across
    return {} if across is None or name in (*across, BY_AGE) else {"site": cast.maple.pk}


SORTS = [(path, name) for path, kind in lists().items() for name in (*kind.sorts, BY_AGE)]
WAYS = ("validity", "-validity")
PLAIN = [(path, name) for path, name in SORTS if "{" not in path]


def page_of(path: str) -> type[ListPage]:
    (pattern,) = [p for p in get_resolver().url_patterns if getattr(p, "name", "") == PAGES[path]]
    return pattern.callback.view_class


def walk(caller: Caller, path: str, **query: object) -> Iterator[dict]:
    while True:
        page = caller.get(path, **query).json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


@pytest.mark.parametrize("path", PAGES)
def test_a_list_takes_what_its_page_takes(path: str) -> None:
    page = page_of(path)
    filters = getattr(page, "filters", None)
    wanted = set(filters.base_filters) if filters else set()
    assert wanted - BEYOND.get(path, set()) <= set(lists()[path].model_fields)
    columns = page.table.base_columns if hasattr(page, "table") else {}
    sortable = {
        name
        for name, column in columns.items()
        if column.orderable is not False and not name.endswith(COUNTED)
    }
    assert sortable <= set(lists()[path].sorts)


def test_every_list_is_known() -> None:
    assert {path for path in lists() if "{" not in path} == set(PAGES) | WITHOUT_PAGE


@pytest.mark.parametrize(("path", "name"), PLAIN)
@pytest.mark.parametrize("way", ["", "-"])
def test_a_sorted_list_shows_everything_once(
    installer: Caller, cast: Cast, path: str, name: str, way: str
) -> None:
    for number in range(4):
        create_person(BUILDER, cast.acme, PersonForm(first_name=f"P{number}", last_name="Same"))
    query = {"sort": f"{way}{name}", **within(path, name, cast)}
    whole = [one["id"] for one in installer.get(path, **query).json()["items"]]
    assert len(whole) == len(set(whole))
    for limit in (1, 2):
        walked = walk(installer, path, **query, limit=limit)
        assert [one["id"] for one in walked] == whole


def test_people_are_sorted_by_several_names_at_once(installer: Caller, cast: Cast) -> None:
    for first, last in (("B", "Zed"), ("A", "Zed"), ("C", "Abe")):
        create_person(BUILDER, cast.birch, PersonForm(first_name=first, last_name=last))
    site = cast.maple.pk
    found = walk(installer, "/people", site=site, sort="-last_name,first_name", limit=1)
    names = [f"{one['first_name']} {one['last_name']}" for one in found]
    assert names == ["A Zed", "B Zed", "Rita Rowe", "Bob Bell", "C Abe"]


def test_people_are_walked_by_their_mobiles(installer: Caller, cast: Cast) -> None:
    for last in ("902", "901"):
        form = PersonForm(first_name="Mo", last_name=last, mobile=f"+4930901{last}")
        create_person(BUILDER, cast.acme, form)
    found = [one["mobile"] for one in walk(installer, "/people", sort="-mobile", limit=1)]
    assert found == ["+4930901902", "+4930901901", "", ""]


def test_cards_of_several_companies_are_walked_in_one_order(installer: Caller, cast: Cast) -> None:
    """Each company is read by itself; a page is the first of all of them."""
    for company in (cast.birch, cast.acme, cast.birch):
        person = create_person(BUILDER, company, PersonForm(first_name="P", last_name="Card"))
        add_card(BUILDER, person, number=f"0A{person.pk:06X}")
    found = [int(one["id"]) for one in walk(installer, "/credentials", sort="-id", limit=2)]
    assert found == sorted(found, reverse=True)
    assert len(found) == Credential.objects.filter(site=cast.maple).count()


@pytest.mark.parametrize("who", ["otto", "ivan", "mona", "ada"])
def test_cards_of_a_company_are_found_without_its_people(
    caller: CallerOf, cast: Cast, who: str
) -> None:
    person = create_person(BUILDER, cast.acme, PersonForm(first_name="P", last_name="Card"))
    held = add_card(BUILDER, person, number=f"0A{person.pk:06X}")
    asked = {"company": cast.acme.pk, "limit": 1}
    mine = {str(one.pk) for one in Credential.objects.filter(person__company=cast.acme)}
    with CaptureQueriesContext(connection) as questions:
        assert {one["id"] for one in walk(caller(who), "/credentials", **asked)} == mine
    assert str(held.pk) in mine
    assert [one["sql"] for one in questions if 'JOIN "people_person"' in one["sql"]] == []
    move_people(BUILDER, [person], cast.birch, None)
    mine.remove(str(held.pk))
    assert {one["id"] for one in walk(caller(who), "/credentials", **asked)} == mine


def test_cards_of_a_strange_company_are_none(stranger: Caller, cast: Cast) -> None:
    for company in (cast.acme.pk, 987_654_321):
        assert list(walk(stranger, "/credentials", company=company)) == []


def test_what_has_no_value_comes_last_upwards_and_first_downwards(
    installer: Caller, cast: Cast
) -> None:
    soon = clock.now() + timedelta(days=1)
    Person.objects.filter(pk=cast.person("Bob").pk).update(valid_until=soon)
    site = cast.maple.pk
    walked = [walk(installer, "/people", site=site, sort=way, limit=1) for way in WAYS]
    up, down = ([one["first_name"] for one in people] for people in walked)
    assert (up, down) == (["Bob", "Rita"], ["Rita", "Bob"])


def test_a_sort_that_reads_all_sites_takes_a_site(installer: Caller, cast: Cast) -> None:
    message = faults(installer.get("/devices", sort="name,-seen_at"))["sort"]
    assert "site" in message
    assert "seen_at" in message
    for place in ({"site": cast.maple.pk}, {"connector": cast.device("Lobby").connector_id}):
        assert installer.get("/devices", sort="name,-seen_at", **place).status_code == 200


def test_what_is_alike_in_what_is_sorted_by_runs_the_same_way(
    installer: Caller, cast: Cast
) -> None:
    for number in range(3):
        create_person(BUILDER, cast.acme, PersonForm(first_name=f"P{number}", last_name="Same"))
    query = {"site": cast.maple.pk, "q": "Same"}
    up = [one["id"] for one in walk(installer, "/people", sort="last_name", limit=1, **query)]
    down = [one["id"] for one in walk(installer, "/people", sort="-last_name", limit=1, **query)]
    assert len(up) == 3
    assert down == up[::-1]


@pytest.mark.parametrize("path", [path for path in lists() if "{" not in path])
@pytest.mark.parametrize("sort", ["colour", "-colour", "id,colour", "pk", "--id"])
def test_a_sort_that_does_not_exist_is_named(installer: Caller, path: str, sort: str) -> None:
    message = faults(installer.get(path, sort=sort))["sort"]
    assert sort.rsplit(",", maxsplit=1)[-1] in message
    assert BY_AGE in message


@pytest.mark.parametrize(
    "other", [{"sort": "-id"}, {"q": "r"}, {"company": 1}, {"status": "active"}]
)
def test_a_cursor_of_another_question_is_named(installer: Caller, other: dict) -> None:
    cursor = installer.get("/people", limit=1).json()["next_cursor"]
    assert installer.get("/people", limit=2, cursor=cursor).status_code == 200
    assert set(faults(installer.get("/people", cursor=cursor, **other))) == {"cursor"}


def test_a_cursor_of_another_list_is_named(installer: Caller) -> None:
    cursor = installer.get("/people", limit=1).json()["next_cursor"]
    assert set(faults(installer.get("/doors", cursor=cursor))) == {"cursor"}


def test_a_cursor_that_was_changed_is_named(installer: Caller) -> None:
    cursor = installer.get("/people", limit=1).json()["next_cursor"]
    assert set(faults(installer.get("/people", cursor=f"A{cursor[1:]}"))) == {"cursor"}


def test_a_row_that_came_in_between_is_shown_once_or_not_at_all(
    installer: Caller, cast: Cast
) -> None:
    query = {"site": cast.maple.pk, "sort": "last_name"}
    first = installer.get("/people", **query, limit=1).json()
    create_person(BUILDER, cast.acme, PersonForm(first_name="Aaron", last_name="Aaron"))
    rest = installer.get("/people", **query, cursor=first["next_cursor"]).json()
    assert [one["last_name"] for one in rest["items"]] == ["Rowe"]


@pytest.mark.parametrize(
    ("path", "field", "values"),
    [
        ("/devices", "state", ["online", "offline", "never"]),
        ("/devices", "binding", ["refused", "waiting", "bound"]),
        ("/macs", "state", ["free", "bound"]),
        ("/door-events", "result", ["allowed", "refused"]),
    ],
)
def test_a_choice_parts_a_list(
    installer: Caller, cast: Cast, path: str, field: str, values: list[str]
) -> None:
    cast.power_on("Lobby")
    whole = {one["id"] for one in installer.get(path).json()["items"]}
    parts = [
        {one["id"] for one in installer.get(path, **{field: value}).json()["items"]}
        for value in values
    ]
    assert set().union(*parts) == whole
    assert sum(map(len, parts)) == len(whole)
    assert set(faults(installer.get(path, **{field: "colour"}))) == {field}


def test_the_document_names_the_sorts(db: None) -> None:
    document = Caller().get("/openapi.json").json()
    for path, name in PLAIN:
        (sort,) = [
            one
            for one in document["paths"][f"{PREFIX}{path}"]["get"]["parameters"]
            if one["name"] == "sort"
        ]
        assert f"`{name}`" in sort["description"]
