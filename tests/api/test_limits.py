"""How much one may ask in a minute, and what is told when something breaks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from doorward.kit.api.limits import Bucket
from doorward.sites.models import Site
from doorward.tenancy import callers
from doorward.tenancy.actions import issue_token
from doorward.tenancy.callers import Caller as Whose
from doorward.tenancy.models import Account
from tests.api.conftest import BASE, Caller, CallerOf
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, 15, tzinfo=UTC)
ALL = Bucket("", 600)


@pytest.fixture(autouse=True)
def few() -> Iterator[None]:
    with override_settings(API_REQUESTS_A_MINUTE=3, API_BULK_A_MINUTE=1):
        yield


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as now:
        yield now


def test_an_answer_says_what_is_left(installer: Caller, at_noon: object) -> None:
    left = [installer.get("/sites") for _ in range(3)]
    assert [answer["RateLimit-Remaining"] for answer in left] == ["2", "1", "0"]
    assert {answer["RateLimit-Limit"] for answer in left} == {"3"}
    assert {answer["RateLimit-Reset"] for answer in left} == {"45"}


def test_too_much_is_refused_until_the_next_minute(
    installer: Caller, at_noon: time_machine.Traveller
) -> None:
    for _ in range(3):
        assert installer.get("/sites").status_code == 200
    refusal = installer.get("/sites")
    assert (refusal.status_code, refusal.json()["code"]) == (429, "rate.limit")
    assert refusal["Content-Type"] == "application/problem+json"
    assert (refusal["Retry-After"], refusal["RateLimit-Remaining"]) == ("45", "0")
    at_noon.shift(timedelta(seconds=45))
    assert installer.get("/sites").status_code == 200


def test_what_is_refused_does_nothing(installer: Caller, at_noon: object) -> None:
    for _ in range(3):
        installer.get("/sites")
    assert installer.post("/sites", {"name": "Elm", "zone": "Europe/Berlin"}).status_code == 429
    assert not Site.objects.filter(name="Elm").exists()


def test_each_token_has_its_own_allowance(caller: CallerOf, at_noon: object) -> None:
    another = issue_token(BUILDER, Account.objects.get(username="ivan"), "another")
    first, second = caller("ivan"), Caller(another)
    for _ in range(4):
        last = first.get("/sites")
    assert last.status_code == 429
    assert second.get("/sites").status_code == 200


def test_all_sessions_of_an_account_share_one(cast: Cast, at_noon: object) -> None:
    browsers = [cast.client("ivan") for _ in range(2)]
    answers = [browsers[place % 2].get(f"{BASE}/sites").status_code for place in range(4)]
    assert answers == [200, 200, 200, 429]
    assert cast.client("iris").get(f"{BASE}/sites").status_code == 200


def test_deeds_on_many_count_apart(installer: Caller, at_noon: object) -> None:
    for _ in range(3):
        installer.get("/sites")
    answers = [installer.post("/nothing/bulk").status_code for _ in range(2)]
    assert answers == [404, 429]


def test_whoever_is_not_known_is_not_counted(db: None) -> None:
    answer = Caller("dw_wrong").get("/sites")
    assert answer.status_code == 401
    assert "RateLimit-Limit" not in answer
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_api_use")
        assert cursor.fetchone() == (0,)


def test_a_caller_is_who_the_token_says_with_every_place(cast: Cast) -> None:
    found = callers.of_token(cast.token("ivan"), ALL, NOON, "10.0.0.1")
    assert found is not None
    assert found.actor.places == cast.actor("ivan").places
    assert (found.actor.name, found.actor.address) == ("ivan", "10.0.0.1")
    known = Account.objects.filter(username="ivan")
    assert known.values().get() == {
        field.attname: getattr(found.actor.account, field.attname)
        for field in Account._meta.concrete_fields
    }


def test_whoever_calls_is_asked_for_no_second_time(
    installer: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        installer.get("/nothing")


def test_an_old_count_is_forgotten(cast: Cast) -> None:
    token = cast.token("ivan")
    callers.of_token(token, ALL, NOON, "")
    assert callers.forget_counts(NOON + timedelta(hours=23)) == 0
    assert callers.forget_counts(NOON + timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_none_is_lost_of_many_at_once(cast: Cast) -> None:
    token = cast.token("ivan")

    def ask(_: int) -> int:
        try:
            found: Whose | None = callers.of_token(token, ALL, NOON, "")
            return found.asked if found else 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(ask, range(40))) == list(range(1, 41))


def test_a_bug_is_told_as_a_problem_without_a_trace(cast: Cast, monkeypatch: object) -> None:
    client = Client(
        raise_request_exception=False, headers={"Authorization": f"Bearer {cast.token('ivan')}"}
    )

    def break_down(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("doorward.sites.api.SiteOut.of", break_down)  # type: ignore[attr-defined]
    answer = client.get(f"{BASE}/sites/{cast.maple.pk}")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "broken"
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/api/", "/api/v2/sites"])
def test_an_address_beside_the_api_is_told_as_a_problem(path: str, db: None) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
