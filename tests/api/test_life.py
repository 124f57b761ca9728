"""The life of each kind of thing over the API."""

import pytest

from tests.api.conftest import Caller, CallerOf, faults
from tests.cast import FREE_MAC, Cast


def test_a_site_is_created_changed_and_deleted(installer: Caller) -> None:
    made = installer.post("/sites", {"name": "Elm", "zone": "Europe/Berlin", "city": "Bonn"})
    assert made.status_code == 201
    address = made["Location"].removeprefix("/api/v1")
    assert installer.get(address).json() == made.json()
    changed = installer.patch(address, {"city": "Köln"}).json()
    assert changed == {**made.json(), "city": "Köln"}
    assert installer.delete(address).status_code == 204
    assert installer.get(address).status_code == 404


def test_a_company_is_created_changed_and_deleted(installer: Caller, cast: Cast) -> None:
    made = installer.post("/companies", {"site": cast.maple.pk, "name": "Cedar"})
    assert made.status_code == 201
    address = f"/companies/{made.json()['id']}"
    assert installer.patch(address, {"name": "Cedars"}).json()["name"] == "Cedars"
    assert installer.delete(address).status_code == 204
    assert installer.get(address).status_code == 404


def test_a_person_is_created_changed_and_deleted(installer: Caller, cast: Cast) -> None:
    body = {
        "company": str(cast.acme.pk),
        "first_name": "Nora",
        "last_name": "North",
        "valid_until": "2030-01-01T00:00:00+01:00",
    }
    made = installer.post("/people", body)
    assert made.status_code == 201
    assert made.json()["valid_until"] == "2029-12-31T23:00:00Z"
    address = f"/people/{made.json()['id']}"
    changed = installer.patch(address, {"company": cast.birch.pk, "valid_until": None}).json()
    assert (changed["company"], changed["valid_until"]) == (str(cast.birch.pk), None)
    assert changed["first_name"] == "Nora"
    assert installer.delete(address).status_code == 204
    assert installer.get(address).status_code == 404


def test_a_card_is_given_told_by_its_tail_and_taken(installer: Caller, cast: Cast) -> None:
    rita = cast.person("Rita")
    made = installer.post("/credentials", {"person": rita.pk, "number": "04:A1:B2:C9"})
    assert made.status_code == 201
    assert made.json()["tail"] == "B2C9"
    assert "04A1" not in made.content.decode()
    listed = installer.get("/credentials", person=rita.pk).json()["items"]
    assert [one["tail"] for one in listed] == ["2C3D", "B2C9"]
    assert installer.delete(f"/credentials/{made.json()['id']}").status_code == 204


def test_a_mac_is_registered_and_removed(installer: Caller) -> None:
    made = installer.post("/macs", {"mac": "0c:11:05:aa:bb:99"})
    assert made.status_code == 201
    assert (made.json()["mac"], made.json()["device"]) == ("0C1105AABB99", None)
    assert installer.delete(f"/macs/{made.json()['id']}").status_code == 204


def test_a_distributor_registers_for_an_installer_below(caller: CallerOf, cast: Cast) -> None:
    made = caller("dora").post(
        "/macs", {"mac": "0C1105AABB99", "installer": cast.maple.installer_id}
    )
    assert made.status_code == 201
    assert made.json()["installer"] == str(cast.maple.installer_id)


def test_a_connector_tells_its_code_once(installer: Caller, cast: Cast) -> None:
    made = installer.post("/connectors", {"site": cast.maple.pk, "name": "Roof"})
    assert made.status_code == 201
    assert len(made.json()["code"]) == 23
    address = f"/connectors/{made.json()['id']}"
    assert "code" not in installer.get(address).json()
    assert installer.patch(address, {"name": "Top"}).json()["name"] == "Top"
    renewed = installer.post(f"{address}/code")
    assert renewed.status_code == 200
    assert renewed.json()["code"] not in ("", made.json()["code"])
    assert installer.post(f"{address}/revoke").json()["state"] == "revoked"
    assert installer.delete(address).status_code == 204


def test_a_device_is_added_changed_and_deleted(installer: Caller, cast: Cast) -> None:
    body = {
        "site": cast.maple.pk,
        "connector": cast.connector("Basement").pk,
        "name": "Side",
        "mac": FREE_MAC,
        "address": "10.0.0.9:8080",
        "user": "admin",
        "password": "a-secret",
    }
    made = installer.post("/devices", body)
    assert made.status_code == 201
    assert (made.json()["binding"], made.json()["state"]) == ("waiting", "never")
    assert "a-secret" not in made.content.decode()
    address = f"/devices/{made.json()['id']}"
    changed = installer.patch(address, {"name": "Side gate"}).json()
    assert (changed["name"], changed["mac"]) == ("Side gate", FREE_MAC)
    assert cast.device("Side gate").password == "a-secret"
    elsewhere = {"address": "10.0.0.10"}
    refused = installer.patch(address, elsewhere)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")
    moved = installer.patch(address, {**elsewhere, "password": "told-again"}).json()
    assert moved["address"] == "10.0.0.10"
    assert installer.delete(address).status_code == 204


def test_a_resync_begins_a_new_epoch(installer: Caller, cast: Cast) -> None:
    address = f"/devices/{cast.device('Lobby').pk}"
    before = installer.get(address).json()["sync"]
    resynced = installer.post(f"{address}/resync")
    assert resynced.status_code == 202
    after = resynced.json()["sync"]
    assert after["epoch"] == before["epoch"] + 1
    assert (after["in_sync"], after["pending"]) == (False, after["revision"])


def test_a_reboot_is_an_order_with_an_address(installer: Caller, cast: Cast) -> None:
    cast.power_on("Lobby")
    ordered = installer.post(f"/devices/{cast.device('Lobby').pk}/reboot")
    assert ordered.status_code == 202
    assert (ordered.json()["status"], ordered.json()["back_at"]) == ("queued", None)
    address = ordered["Location"].removeprefix("/api/v1")
    assert installer.get(address).json() == ordered.json()


def test_a_device_is_rebooted_once_for_a_key_and_by_nobody_else_meanwhile(
    caller: CallerOf, installer: Caller, cast: Cast
) -> None:
    cast.power_on("Lobby")
    path = f"/devices/{cast.device('Lobby').pk}/reboot"
    first = installer.post(path, Idempotency_Key="k1")
    assert installer.post(path, Idempotency_Key="k1").json() == first.json()
    other = caller("mona").post(path)
    assert (other.status_code, other.json()["code"]) == (409, "device.rebooting")


def test_a_device_that_is_away_is_not_rebooted(installer: Caller, cast: Cast) -> None:
    refused = installer.post(f"/devices/{cast.device('Lobby').pk}/reboot")
    assert (refused.status_code, refused.json()["code"]) == (409, "device.offline")


def test_an_opening_is_no_reboot(installer: Caller, cast: Cast) -> None:
    cast.power_on("Lobby")
    opening = installer.post(f"/doors/{cast.door('Front door').pk}/unlock").json()["id"]
    lobby = cast.device("Lobby").pk
    assert installer.get(f"/devices/{lobby}/commands/{opening}").status_code == 404


def test_a_door_is_named_changed_and_deleted(installer: Caller, cast: Cast) -> None:
    body = {
        "site": cast.maple.pk,
        "device": cast.device("Lobby").pk,
        "name": "Side door",
        "relay": 2,
        "companies": [cast.acme.pk],
    }
    made = installer.post("/doors", body)
    assert made.status_code == 201
    address = f"/doors/{made.json()['id']}"
    changed = installer.patch(address, {"hold_seconds": 7}).json()
    assert changed == {**made.json(), "hold_seconds": 7}
    assert installer.delete(address).status_code == 204


def test_an_unlock_is_an_order_with_an_address(installer: Caller, cast: Cast) -> None:
    cast.power_on("Lobby")
    ordered = installer.post(f"/doors/{cast.door('Front door').pk}/unlock")
    assert ordered.status_code == 202
    assert ordered.json()["status"] == "queued"
    address = ordered["Location"].removeprefix("/api/v1")
    assert installer.get(address).json() == ordered.json()


def test_an_offline_door_refuses_with_a_sentence(installer: Caller, cast: Cast) -> None:
    refused = installer.post(f"/doors/{cast.door('Front door').pk}/unlock")
    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "door.offline"
    assert "Lobby" in refused.json()["detail"]


def test_an_access_group_is_created_changed_and_deleted(installer: Caller, cast: Cast) -> None:
    front, rita = cast.door("Front door"), cast.person("Rita")
    body = {
        "site": cast.maple.pk,
        "name": "Weekends",
        "doors": [front.pk],
        "people": [str(rita.pk)],
        "windows": [{"repeat": "weekly", "days": [5, 6], "start": "08:00", "end": "24:00"}],
    }
    made = installer.post("/access-groups", body)
    assert made.status_code == 201
    assert made.json()["windows"] == body["windows"]
    assert (made.json()["doors"], made.json()["company"]) == ([str(front.pk)], None)
    address = f"/access-groups/{made.json()['id']}"
    changed = installer.patch(address, {"windows": []}).json()
    assert changed == {**made.json(), "windows": []}
    assert installer.delete(address).status_code == 204


def test_a_company_group_belongs_to_the_company(caller: CallerOf, cast: Cast) -> None:
    ada = caller("ada")
    body = {"site": cast.maple.pk, "name": "Ada's", "company": cast.acme.pk}
    made = ada.post("/access-groups", body)
    assert made.status_code == 201
    assert made.json()["company"] == str(cast.acme.pk)
    own = ada.get("/access-groups", company=cast.acme.pk).json()["items"]
    assert [group["name"] for group in own] == ["Acme nights", "Ada's"]


def test_a_wrong_window_is_named(installer: Caller, cast: Cast) -> None:
    windows = [
        {"days": [0], "start": "08:00", "end": "18:00"},
        {"days": [0], "start": "25:00", "end": "18:00"},
    ]
    body = {"site": cast.maple.pk, "name": "Odd", "windows": windows}
    assert faults(installer.post("/access-groups", body)) == {
        "windows[1].start": "Write a start from 00:00 to 23:59."
    }


def test_the_log_is_told_newest_first(installer: Caller, cast: Cast) -> None:
    lines = installer.get("/door-events", site=cast.maple.pk).json()["items"]
    times = [line["at"] for line in lines]
    assert times == sorted(times, reverse=True)
    rita = cast.person("Rita")
    (line,) = installer.get("/door-events", person=rita.pk).json()["items"]
    assert (line["person_name"], line["door"]) == ("Rita Rowe", str(cast.door("Front door").pk))
    assert installer.get(f"/door-events/{line['id']}").json() == line


def test_the_log_is_cut_by_time(installer: Caller) -> None:
    lines = installer.get("/door-events").json()["items"]
    middle = lines[1]["at"]
    since = installer.get("/door-events", since=middle).json()["items"]
    until = installer.get("/door-events", until=middle).json()["items"]
    assert since + until == lines
    assert lines[1] in since


def test_a_person_and_a_door_tell_the_same_right(installer: Caller, cast: Cast) -> None:
    rita, front = cast.person("Rita"), cast.door("Front door")
    doors = installer.get(f"/people/{rita.pk}/doors").json()["items"]
    people = installer.get(f"/doors/{front.pk}/people").json()["items"]
    assert [right["door_name"] for right in doors] == ["Front door", "Ramp", "Store"]
    assert [right["person_name"] for right in people] == ["Rita Rowe", "Bob Bell"]
    assert doors[0]["state"] == people[0]["state"] == "pending"
    assert (doors[1]["may_open"], doors[1]["reason"]) == (False, "no_right")


def test_why_is_answered_for_any_time(installer: Caller, cast: Cast) -> None:
    rita, front = cast.person("Rita"), cast.door("Front door")
    noon = {"door": front.pk, "at": "2026-03-02T12:00:00+01:00"}
    answer = installer.get(f"/people/{rita.pk}/why", **noon).json()
    assert (answer["may_open"], answer["reason"]) == (True, "ok")
    assert answer["group"] == str(cast.group("Office hours").pk)
    assert answer["window"] == "Weekdays 08:00–18:00"
    assert answer["until"] == "2026-03-02T17:00:00Z"
    sunday = {"door": front.pk, "at": "2026-03-01T12:00:00+01:00"}
    answer = installer.get(f"/people/{rita.pk}/why", **sunday).json()
    assert (answer["may_open"], answer["reason"]) == (False, "out_of_schedule")
    assert "hours" in answer["sentence"]


@pytest.mark.parametrize("part", ["0C:11", "0c-11-05", "0C1105"])
@pytest.mark.parametrize("route", ["/devices", "/macs"])
def test_a_mac_is_found_by_a_part_in_any_notation(installer: Caller, route: str, part: str) -> None:
    assert installer.get(route, q=part).json()["items"]


def test_separators_alone_find_no_mac(installer: Caller) -> None:
    assert installer.get("/macs", q="::").json()["items"] == []
