"""People and their groups over the API, whole."""

from datetime import timedelta

import pytest

from doorward.kit import clock
from doorward.people.actions import move_people, suspend_people
from doorward.people.models import Group, Person
from doorward.sites.models import Company
from tests.api.conftest import Caller
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona_calls(cast: Cast) -> Caller:
    return Caller(cast.token("mona"))


def names(answer: object) -> set[str]:
    return {row["first_name"] for row in answer.json()["items"]}  # type: ignore[attr-defined]


def test_a_person_is_told_whole(mona_calls: Caller, cast: Cast, acme: Company) -> None:
    crew = cast.crew("Workshop")
    told = {
        "company": str(acme.pk),
        "group": str(crew.pk),
        "first_name": "Nils",
        "last_name": "New",
        "personnel_id": "N-1",
        "email": "nils@acme.example",
        "mobile": "+4915123456789",
        "landline": "+4930901820",
        "language": "en",
        "floors": ["1", "B1"],
        "remark": "New here.",
        "valid_until": "2036-01-01T00:00:00Z",
    }
    answer = mona_calls.post("/people", told)
    assert answer.status_code == 201
    found = answer.json()
    assert {name: found[name] for name in told} == told
    assert (found["status"], found["state"]) == ("active", "active")


def test_an_id_comes_by_itself(mona_calls: Caller, acme: Company) -> None:
    told = {"company": acme.pk, "first_name": "Nils", "last_name": "New"}
    assert mona_calls.post("/people", told).json()["personnel_id"].isdigit()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("personnel_id", "no spaces"),
        ("email", "nobody"),
        ("mobile", "12"),
        ("language", "xx"),
        ("floors", ["x" * 17]),
        ("floors", [str(n) for n in range(11)]),
        ("group", "987654321"),
    ],
)
def test_a_fault_is_named(mona_calls: Caller, acme: Company, field: str, value: object) -> None:
    told = {"company": acme.pk, "first_name": "Nils", "last_name": "New", field: value}
    answer = mona_calls.post("/people", told)
    assert answer.status_code == 422
    assert any(field in str(fault) for fault in answer.json()["errors"])
    assert not Person.objects.filter(first_name="Nils").exists()


def test_filters_are_those_of_the_page(
    mona_calls: Caller, cast: Cast, acme: Company, rita: Person, bob: Person
) -> None:
    move_people(BUILDER, [rita], acme, cast.crew("Night shift"))
    suspend_people(BUILDER, [bob])
    assert names(mona_calls.get("/people", group=cast.crew("Workshop").pk)) == {"Rita"}
    assert names(mona_calls.get("/people", group="none")) == {"Bob"}
    assert names(mona_calls.get("/people", status="suspended")) == {"Bob"}
    assert names(mona_calls.get("/people", personnel_id=rita.personnel_id)) == {"Rita"}
    soon = (clock.now() + timedelta(days=1)).isoformat()
    assert names(mona_calls.get("/people", valid_at=soon)) == {"Rita"}


def test_status_is_changed_by_patch(mona_calls: Caller, rita: Person) -> None:
    answer = mona_calls.patch(f"/people/{rita.pk}", {"status": "suspended"})
    assert (answer.json()["status"], answer.json()["state"]) == ("suspended", "suspended")
    assert mona_calls.patch(f"/people/{rita.pk}", {"status": "active"}).json()["state"] == "active"


def test_who_changes_company_leaves_the_group(
    mona_calls: Caller, cast: Cast, acme: Company, birch: Company, rita: Person
) -> None:
    move_people(BUILDER, [rita], acme, cast.crew("Workshop"))
    answer = mona_calls.patch(f"/people/{rita.pk}", {"company": birch.pk})
    assert (answer.json()["company"], answer.json()["group"]) == (str(birch.pk), None)


def test_many_are_moved_to_a_group(mona_calls: Caller, cast: Cast, rita: Person) -> None:
    studio = cast.crew("Studio")
    told = {"operation": "move", "ids": [rita.pk], "group": studio.pk}
    assert mona_calls.post("/people/bulk", told).json() == {"count": 1}
    rita.refresh_from_db()
    assert (rita.company_id, rita.group) == (studio.company_id, studio)


def test_a_group_is_made_moved_and_deleted(mona_calls: Caller, cast: Cast, acme: Company) -> None:
    nights = cast.crew("Night shift")
    made = mona_calls.post(
        "/people-groups", {"company": acme.pk, "name": "Welders", "parent": nights.pk}
    ).json()
    assert len(made["ancestors"]) == 3
    moved = mona_calls.patch(f"/people-groups/{made['id']}", {"parent": None, "name": "W"}).json()
    assert (moved["parent"], moved["name"], moved["ancestors"]) == (None, "W", [made["id"]])
    assert mona_calls.delete(f"/people-groups/{made['id']}").status_code == 204
    assert not Group.objects.filter(name="W").exists()


def test_a_branch_is_listed(mona_calls: Caller, cast: Cast) -> None:
    answer = mona_calls.get("/people-groups", within=cast.crew("Workshop").pk, sort="name")
    assert [row["name"] for row in answer.json()["items"]] == ["Night shift", "Workshop"]


def test_a_circle_is_refused(mona_calls: Caller, cast: Cast) -> None:
    workshop, nights = cast.crew("Workshop"), cast.crew("Night shift")
    answer = mona_calls.patch(f"/people-groups/{workshop.pk}", {"parent": nights.pk})
    assert answer.status_code == 422
    assert "within itself" in str(answer.json()["errors"])
