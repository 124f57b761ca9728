"""Deeds on many people over the API: all of them or none, and of a stranger's none."""

import pytest

from doorward.people.actions import PersonForm, create_people
from doorward.people.models import Person
from doorward.tenancy import api
from doorward.tenancy.models import AuditEntry
from tests.api.conftest import Caller, faults
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

ABSENT = 987_654_321


@pytest.fixture
def crew(cast: Cast) -> list[int]:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(5)]
    return [person.pk for person in create_people(BUILDER, told)]


def suspended() -> set[int]:
    return set(Person.objects.filter(status=Person.Status.SUSPENDED).values_list("pk", flat=True))


def test_people_named_are_suspended_and_resumed(installer: Caller, crew: list[int]) -> None:
    answer = installer.post("/people/bulk", {"operation": "suspend", "ids": crew[:3]})
    assert (answer.status_code, answer.json()) == (200, {"count": 3})
    assert suspended() == set(crew[:3])
    again = installer.post("/people/bulk", {"operation": "resume", "ids": crew})
    assert again.json() == {"count": 3}
    assert suspended() == set()


def test_all_that_a_filter_leaves_are_deleted(installer: Caller, crew: list[int]) -> None:
    body = {"operation": "delete", "filter": {"q": "Crew"}}
    assert installer.post("/people/bulk", body).json() == {"count": 5}
    assert set(Person.objects.values_list("first_name", flat=True)) == {"Rita", "Bob", "Olga"}


def test_people_are_moved_to_a_company(installer: Caller, cast: Cast, crew: list[int]) -> None:
    body = {"operation": "move", "ids": crew, "company": cast.birch.pk}
    assert installer.post("/people/bulk", body).json() == {"count": 5}
    assert set(Person.objects.filter(pk__in=crew).values_list("company", flat=True)) == {
        cast.birch.pk
    }


@pytest.mark.parametrize("strange", ["foreign", "absent"])
def test_one_strange_id_stops_them_all(
    installer: Caller, cast: Cast, crew: list[int], strange: str
) -> None:
    key = cast.person("Olga").pk if strange == "foreign" else ABSENT
    answer = installer.post("/people/bulk", {"operation": "delete", "ids": [*crew, key]})
    assert set(faults(answer)) == {"ids[5]"}
    assert Person.objects.filter(pk__in=crew).count() == 5


def test_a_filter_reaches_nobody_elses_people(
    installer: Caller, stranger: Caller, cast: Cast, crew: list[int]
) -> None:
    whole = {"operation": "suspend", "filter": {}}
    assert stranger.post("/people/bulk", whole).json() == {"count": 1}
    assert suspended() == {cast.person("Olga").pk}
    foreign = {"operation": "suspend", "filter": {"site": cast.maple.pk}}
    absent = {"operation": "suspend", "filter": {"site": ABSENT}}
    answers = [stranger.post("/people/bulk", body).content for body in (foreign, absent)]
    assert answers[0] == answers[1] == b'{"count": 0}'


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"operation": "suspend"}, {"ids", "filter"}),
        ({"operation": "suspend", "ids": [1], "filter": {}}, {"ids", "filter"}),
        ({"operation": "suspend", "ids": []}, {"ids"}),
        ({"operation": "forget", "ids": [1]}, {"operation"}),
        ({"operation": "suspend", "filter": {"colour": "red"}}, {"filter.colour"}),
        ({"operation": "move", "filter": {}}, {"company"}),
        ({"operation": "suspend", "filter": {}, "company": 1}, {"company"}),
    ],
)
def test_what_makes_no_sense_is_named(
    installer: Caller, cast: Cast, body: dict, fields: set[str]
) -> None:
    before = AuditEntry.objects.count()
    assert set(faults(installer.post("/people/bulk", body))) == fields
    assert AuditEntry.objects.count() == before


def test_more_than_one_answer_holds_are_refused(
    installer: Caller, crew: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_AT_ONCE", 3)
    answer = installer.post("/people/bulk", {"operation": "suspend", "filter": {"q": "Crew"}})
    assert (answer.status_code, answer.json()["code"]) == (409, "bulk.too_many")
    assert suspended() == set()


def test_a_key_lets_it_be_asked_for_twice(installer: Caller, crew: list[int]) -> None:
    body = {"operation": "delete", "ids": crew}
    first, second = (installer.post("/people/bulk", body, Idempotency_Key="k1") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second["Idempotency-Replayed"] == "true"
