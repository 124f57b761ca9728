"""What every route has in common: who may call, pages, problems, bad input."""

import json

import pytest
from django.test import Client

from doorward.people.actions import PersonForm, create_person
from doorward.tenancy.actions import revoke_token
from doorward.tenancy.models import ApiToken, AuditEntry
from tests.api.conftest import BASE, Caller, CallerOf, faults
from tests.cast import BUILDER, PASSWORD, Cast

LISTS = (
    *("/sites", "/companies", "/people", "/credentials", "/macs"),
    *("/connectors", "/devices", "/doors", "/access-groups", "/door-events"),
)
STRANGE_IDS = ("0", "-1", "9" * 30, "1" * 5000, "x", "1.0", "1_0", "１", "%00", " 1", "01")


# --- Who calls --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*LISTS, "/nothing", "/sites/1/nothing"])
def test_nobody_is_asked_for_a_token(path: str, db: None) -> None:
    answer = Caller().get(path)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "authentication.missing"


def test_the_document_is_public_and_says_openapi_3_1(db: None) -> None:
    answer = Caller().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


def test_the_interactive_pages_ask_one_to_sign_in(cast: Cast) -> None:
    assert "/sign-in/" in Client().get(f"{BASE}/docs")["Location"]
    assert cast.client("ivan").get(f"{BASE}/docs").status_code == 200


@pytest.mark.parametrize("path", ["/", "/sites/", "/nothing/at/all"])
def test_an_address_that_is_no_route_gets_404(installer: Caller, path: str) -> None:
    answer = installer.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_revoked_token_lets_nobody_in(cast: Cast) -> None:
    token = cast.token("ivan")
    revoke_token(BUILDER, ApiToken.objects.get(account__username="ivan"))
    assert Caller(token).get("/sites").status_code == 401


def test_a_bad_token_is_not_made_good_by_a_session(cast: Cast) -> None:
    client = cast.client("ivan")
    answer = client.get(f"{BASE}/sites", headers={"Authorization": "Bearer dw_wrong"})
    assert answer.status_code == 401


def test_a_session_reads_and_needs_the_page_token_for_deeds(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.login(username="ivan", password=PASSWORD)
    assert client.get(f"{BASE}/sites").status_code == 200
    body = {"name": "Elm", "zone": "Europe/Berlin"}
    bare = client.post(f"{BASE}/sites", body, content_type="application/json")
    assert (bare.status_code, bare.json()["code"]) == (403, "csrf.missing")
    client.get("/sign-in/")
    client.cookies["csrftoken"] = "a" * 32
    named = client.post(
        f"{BASE}/sites", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert named.status_code == 201


def test_a_token_needs_no_page_token(cast: Cast) -> None:
    caller = Caller(cast.token("ivan"), enforce_csrf_checks=True)
    assert caller.post("/sites", {"name": "Elm", "zone": "Europe/Berlin"}).status_code == 201


def test_a_role_that_may_not_is_refused_with_403(caller: CallerOf, cast: Cast) -> None:
    refused = caller("mona").patch(f"/sites/{cast.maple.pk}", {"name": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")


def test_the_audit_trail_names_the_account_behind_a_token(installer: Caller) -> None:
    made = installer.post("/sites", {"name": "Elm", "zone": "Europe/Berlin"}).json()
    entry = AuditEntry.objects.get(subject="site", subject_id=made["id"])
    assert (entry.actor, entry.verb, entry.address) == ("ivan", "create", "127.0.0.1")


# --- Pages ------------------------------------------------------------------------------------


def _walk(caller: Caller, path: str, limit: int) -> list[str]:
    seen: list[str] = []
    query: dict[str, object] = {"limit": limit}
    while True:
        page = caller.get(path, **query).json()
        assert len(page["items"]) <= limit
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return seen
        query["cursor"] = page["next_cursor"]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_show_each_person_once(installer: Caller, cast: Cast, limit: int) -> None:
    for number in range(5):
        form = PersonForm(first_name=f"P{number}", last_name="Page")
        create_person(BUILDER, cast.acme, form)
    whole = [one["id"] for one in installer.get("/people").json()["items"]]
    assert _walk(installer, "/people", limit) == whole
    assert len(whole) == 7


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_show_each_door_event_once(installer: Caller, limit: int) -> None:
    whole = [one["id"] for one in installer.get("/door-events").json()["items"]]
    assert _walk(installer, "/door-events", limit) == whole
    assert len(whole) >= 3


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", "9" * 30])
def test_a_page_has_1_to_100_lines(installer: Caller, limit: str) -> None:
    assert set(faults(installer.get("/people", limit=limit))) == {"limit"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40, "\x00", "1-1-1", "²", "9999999-x"])
def test_a_strange_cursor_is_named(installer: Caller, path: str, cursor: str) -> None:
    assert set(faults(installer.get(path, cursor=cursor))) == {"cursor"}


@pytest.mark.parametrize("path", LISTS)
def test_a_filter_that_does_not_exist_is_named(installer: Caller, path: str) -> None:
    assert set(faults(installer.get(path, colour="red"))) == {"colour"}


def test_people_are_found_by_every_word(installer: Caller) -> None:
    found = installer.get("/people", q="rowe rit").json()["items"]
    assert [one["first_name"] for one in found] == ["Rita"]
    assert installer.get("/people", q="rowe bob").json()["items"] == []


# --- Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b'{"name": NaN}', b"[" * 200_000, b'{"a": ' + b"9" * 5000 + b"}", b"nul"],
)
def test_malformed_json_gets_400(installer: Caller, body: bytes) -> None:
    answer = installer.raw("/sites", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "json.malformed")


def test_malformed_json_is_told_where(installer: Caller) -> None:
    answer = installer.raw("/sites", b'{\n "name": }')
    assert "line 2, column 10" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"text"', b""])
def test_a_body_that_is_no_object_gets_422(installer: Caller, body: bytes) -> None:
    assert set(faults(installer.raw("/sites", body))) == {"body"}


def test_a_body_of_another_type_gets_415(installer: Caller) -> None:
    answer = installer.raw("/sites", b"name=Elm", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "body.type")


def test_a_huge_body_gets_413(installer: Caller) -> None:
    answer = installer.raw("/sites", json.dumps({"name": "x" * 1_000_001}).encode())
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")


def test_a_method_that_is_not_there_gets_405(installer: Caller) -> None:
    answer = installer.patch("/macs/1", {})
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer["Allow"].split(", ")) == {"GET", "DELETE"}


def test_every_faulty_field_is_named_at_once(installer: Caller) -> None:
    body = {"name": 7, "zone": "Europe/Berlin", "colour": "red", "time_format": "25"}
    assert set(faults(installer.post("/sites", body))) == {"name", "colour", "time_format"}


def test_a_missing_field_is_named(installer: Caller) -> None:
    assert faults(installer.post("/sites", {"name": "Elm"})) == {"zone": "This field is required."}


def test_what_the_deed_objects_to_is_named(installer: Caller) -> None:
    body = {"name": "Maple Court", "zone": "Europe/Berlin"}
    assert "name" in faults(installer.post("/sites", body))
    assert "zone" in faults(installer.post("/sites", {"name": "Elm", "zone": "Mars/Olympus"}))
    assert "mac" in faults(installer.post("/macs", {"mac": "0C11"}))


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\udfff tail", ""])
def test_text_that_cannot_be_kept_is_named(installer: Caller, cast: Cast, text: str) -> None:
    body = {"company": cast.acme.pk, "first_name": text, "last_name": "North"}
    assert set(faults(installer.post("/people", body))) == {"first_name"}


def test_a_nul_in_a_search_is_named(installer: Caller) -> None:
    assert set(faults(installer.get("/people", q="a\x00b"))) == {"q"}


@pytest.mark.parametrize("moment", ["now", "2026-01-01", "1767225600", "2026-01-01T00:00:00"])
def test_a_time_without_a_zone_is_named(installer: Caller, moment: str) -> None:
    assert set(faults(installer.get("/door-events", since=moment))) == {"since"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_the_calendar_is_named(installer: Caller, moment: str) -> None:
    assert set(faults(installer.get("/door-events", until=moment))) == {"until"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("key", STRANGE_IDS)
def test_a_strange_id_is_not_there(installer: Caller, path: str, key: str) -> None:
    answer = installer.get(f"{path}/{key}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("key", [0, -1, 10**30, True, 1.5, None, [], "x", "1" * 30, "１"])
def test_a_strange_id_in_a_body_is_named(installer: Caller, key: object) -> None:
    assert set(faults(installer.post("/companies", {"site": key, "name": "Elm"}))) == {"site"}


def test_a_patch_changes_nothing_where_one_field_is_wrong(installer: Caller, cast: Cast) -> None:
    address = f"/sites/{cast.maple.pk}"
    before = installer.get(address).json()
    assert faults(installer.patch(address, {"city": "Bonn", "zone": "Nowhere"}))
    assert installer.get(address).json() == before


def test_null_empties_no_field_that_must_stand(installer: Caller, cast: Cast) -> None:
    answer = installer.patch(f"/sites/{cast.maple.pk}", {"name": None})
    assert set(faults(answer)) == {"name"}
