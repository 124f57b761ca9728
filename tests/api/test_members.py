"""Who is in an access group over the API, and what a change of it would do."""

import pytest

from doorward.people.actions import PersonForm, create_people
from doorward.sites.actions import SiteForm, create_company, create_site
from doorward.tenancy.models import AuditEntry
from tests.api.conftest import Caller, faults
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(cast: Cast) -> list[int]:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(5)]
    return [person.pk for person in create_people(BUILDER, told)]


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/access-groups/{cast.group('Office hours').pk}"


def names_in(cast: Cast) -> set[str]:
    return set(cast.group("Office hours").people.values_list("first_name", flat=True))


def test_people_are_added_and_removed_by_ids_and_by_filter(
    installer: Caller, cast: Cast, crew: list[int], path: str
) -> None:
    added = installer.post(f"{path}/people/add", {"ids": [*crew[:2], cast.person("Rita").pk]})
    assert (added.status_code, added.json()) == (200, {"count": 2})
    assert names_in(cast) == {"Rita", "Bob", "P0", "P1"}
    removed = installer.post(f"{path}/people/remove", {"filter": {"q": "Crew"}})
    assert removed.json() == {"count": 2}
    assert names_in(cast) == {"Rita", "Bob"}
    assert AuditEntry.objects.filter(subject="accessgroup", verb="change").count() == 2


def test_somebody_of_another_site_is_invalid_like_nobody(
    installer: Caller, cast: Cast, crew: list[int], path: str
) -> None:
    for key in (cast.person("Olga").pk, 987_654_321):
        answer = installer.post(f"{path}/people/add", {"ids": [crew[0], key]})
        assert set(faults(answer)) == {"ids[1]"}
    assert names_in(cast) == {"Rita", "Bob"}


def test_a_preview_says_who_gains_and_loses_and_changes_nothing(
    installer: Caller, cast: Cast, crew: list[int], path: str
) -> None:
    gains = installer.post(f"{path}/preview", {"operation": "add", "ids": crew}).json()
    assert (gains["gains"], gains["loses"], gains["hours"]) == (5, 0, 0)
    (change,) = gains["changes"]
    assert [door["name"] for door in change["doors"]] == ["Front door"]
    assert [person["name"] for person in change["people"]][:2] == ["P0 Crew", "P1 Crew"]
    body = {"operation": "change", "change": {"people": [cast.person("Rita").pk]}}
    loses = installer.post(f"{path}/preview", body).json()["changes"]
    assert [(one["kind"], one["people"][0]["name"]) for one in loses] == [("loses", "Bob Bell")]
    assert names_in(cast) == {"Rita", "Bob"}


def test_a_preview_of_a_change_wants_the_change(installer: Caller, path: str) -> None:
    answer = installer.post(f"{path}/preview", {"operation": "change"})
    assert set(faults(answer)) == {"change"}


def test_an_administrator_is_told_of_own_people_only(cast: Cast) -> None:
    group = cast.group("Acme nights")
    # As it may stand in a group that is older than the rule.
    group.people.add(cast.person("Bob"))
    ada = Caller(cast.token("ada"))
    answer = ada.post(f"/access-groups/{group.pk}/preview", {"operation": "delete"})
    assert [one["count"] for one in answer.json()["changes"]] == [1]
    assert b"Bob" not in answer.content


def test_a_move_of_people_is_previewed_by_the_body_that_would_do_it(
    installer: Caller, cast: Cast, crew: list[int]
) -> None:
    cast.group("Office hours").people_groups.add(cast.crew("Workshop"))
    body = {"operation": "move", "ids": crew, "group": cast.crew("Workshop").pk}
    told = installer.post("/people/bulk/preview", body).json()
    assert (told["gains"], told["loses"]) == (5, 0)
    assert names_in(cast) == {"Rita", "Bob"}
    assert installer.post("/people/bulk", body).json() == {"count": 5}
    body = {"operation": "delete", "filter": {"q": "Crew"}}
    told = installer.post("/people/bulk/preview", body).json()
    assert (told["gains"], told["loses"]) == (0, 5)


def test_a_preview_is_about_people_of_one_site(installer: Caller, cast: Cast) -> None:
    elm = create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    told = PersonForm(first_name="Else", last_name="Where")
    (other,) = create_people(BUILDER, [(create_company(BUILDER, elm, name="Fir"), told)])
    body = {"operation": "delete", "ids": [cast.person("Rita").pk, other.pk]}
    assert set(faults(installer.post("/people/bulk/preview", body))) == {"ids"}
    body = {"operation": "move", "ids": [other.pk], "company": cast.acme.pk}
    assert set(faults(installer.post("/people/bulk/preview", body))) == {"company"}
