"""What a stranger learns over the API: nothing, in paths, in bodies and in lists."""

import json

import pytest

from tests.api.conftest import Caller, CallerOf, faults
from tests.api.test_conventions import LISTS
from tests.cast import Cast

ABSENT = 987_654_321


def _things(cast: Cast) -> dict[str, int]:
    """Return an address of Maple Court for each kind of thing."""
    rita = cast.person("Rita")
    return {
        "sites": cast.maple.pk,
        "companies": cast.acme.pk,
        "people": rita.pk,
        "credentials": rita.credentials.get().pk,
        "macs": cast.device("Lobby").mac_entry_id,
        "connectors": cast.connector("Basement").pk,
        "devices": cast.device("Lobby").pk,
        "doors": cast.door("Front door").pk,
        "access-groups": cast.group("Office hours").pk,
    }


KINDS = (
    *("sites", "companies", "people", "credentials", "macs"),
    *("connectors", "devices", "doors", "access-groups"),
)
PATCHED = tuple(kind for kind in KINDS if kind not in ("credentials", "macs"))
DEEDS = (
    *(("connectors", "code"), ("connectors", "revoke")),
    *(("devices", "resync"), ("devices", "reboot"), ("doors", "unlock")),
)
BENEATH = (("people", "doors"), ("people", "why?door=1"), ("doors", "people"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_finds_what_an_insider_finds_no_more_than_nothing(
    installer: Caller, stranger: Caller, cast: Cast, kind: str
) -> None:
    key = _things(cast)[kind]
    assert installer.get(f"/{kind}/{key}").status_code == 200
    theirs, nothing = stranger.get(f"/{kind}/{key}"), stranger.get(f"/{kind}/{ABSENT}")
    assert theirs.status_code == 404
    assert theirs.content == nothing.content


@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_deletes_nothing(
    installer: Caller, stranger: Caller, cast: Cast, kind: str
) -> None:
    key = _things(cast)[kind]
    assert stranger.delete(f"/{kind}/{key}").status_code == 404
    assert installer.get(f"/{kind}/{key}").status_code == 200


@pytest.mark.parametrize("kind", PATCHED)
def test_a_stranger_changes_nothing(stranger: Caller, cast: Cast, kind: str) -> None:
    assert stranger.patch(f"/{kind}/{_things(cast)[kind]}", {}).status_code == 404


@pytest.mark.parametrize(("kind", "deed"), DEEDS)
def test_a_stranger_does_no_deed(stranger: Caller, cast: Cast, kind: str, deed: str) -> None:
    cast.power_on("Lobby")
    assert stranger.post(f"/{kind}/{_things(cast)[kind]}/{deed}").status_code == 404


@pytest.mark.parametrize(("kind", "view"), BENEATH)
def test_a_stranger_looks_beneath_nothing(
    stranger: Caller, cast: Cast, kind: str, view: str
) -> None:
    assert stranger.get(f"/{kind}/{_things(cast)[kind]}/{view}").status_code == 404


def test_a_strangers_order_is_not_found_under_ones_own_door(
    installer: Caller, stranger: Caller, cast: Cast
) -> None:
    cast.power_on("Lobby")
    front, gate = cast.door("Front door").pk, cast.door("Oak gate").pk
    order = installer.post(f"/doors/{front}/unlock").json()["id"]
    assert stranger.get(f"/doors/{gate}/commands/{order}").status_code == 404
    assert stranger.get(f"/doors/{front}/commands/{order}").status_code == 404


def test_a_strangers_door_event_is_not_found(installer: Caller, stranger: Caller) -> None:
    event = installer.get("/door-events").json()["items"][0]["id"]
    assert stranger.get(f"/door-events/{event}").status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_lists_hold_nothing_of_a_stranger(installer: Caller, stranger: Caller, path: str) -> None:
    ours = {item["id"] for item in installer.get(path).json()["items"]}
    theirs = {item["id"] for item in stranger.get(path).json()["items"]}
    assert ours
    assert theirs
    assert ours & theirs == set()


def _bodies(mine: dict[str, int], alien: dict[str, int]) -> list[tuple[str, dict, str]]:
    """Return paths, bodies of a stranger with one foreign id in each, and the field of that."""
    group = {"site": mine["sites"], "name": "Odd"}
    door = {"site": mine["sites"], "device": mine["devices"], "name": "Odd", "relay": 3}
    device = {
        "site": mine["sites"],
        "connector": mine["connectors"],
        "name": "Odd",
        "mac": "0C1105AABB09",
        "address": "10.0.0.9",
    }
    person = {"company": alien["companies"], "first_name": "Odd", "last_name": "One"}
    card = {"person": alien["people"], "number": "01020304"}
    place = {"name": "Odd", "zone": "Europe/London", "installer": alien["installer"]}
    return [
        ("/sites", place, "installer"),
        ("/macs", {"mac": "0C1105AABB09", "installer": alien["installer"]}, "installer"),
        ("/companies", {"site": alien["sites"], "name": "Odd"}, "site"),
        ("/connectors", {"site": alien["sites"], "name": "Odd"}, "site"),
        ("/people", person, "company"),
        ("/credentials", card, "person"),
        ("/devices", {**device, "site": alien["sites"]}, "site"),
        ("/devices", {**device, "connector": alien["connectors"]}, "connector"),
        ("/doors", {**door, "site": alien["sites"]}, "site"),
        ("/doors", {**door, "device": alien["devices"]}, "device"),
        ("/doors", {**door, "companies": [mine["companies"], alien["companies"]]}, "companies[1]"),
        ("/access-groups", {**group, "site": alien["sites"]}, "site"),
        ("/access-groups", {**group, "company": alien["companies"]}, "company"),
        ("/access-groups", {**group, "doors": [mine["doors"], alien["doors"]]}, "doors[1]"),
        ("/access-groups", {**group, "people": [alien["people"]]}, "people[0]"),
    ]


def test_a_foreign_id_in_a_body_is_invalid_like_one_that_nobody_has(
    stranger: Caller, cast: Cast
) -> None:
    mine = {
        "sites": cast.oak.pk,
        "companies": cast.oak.companies.get().pk,
        "connectors": cast.connector("Shed").pk,
        "devices": cast.device("Oak").pk,
        "doors": cast.door("Oak gate").pk,
    }
    foreign = {**_things(cast), "installer": cast.maple.installer_id}
    absent = dict.fromkeys(foreign, ABSENT)
    pairs = zip(_bodies(mine, foreign), _bodies(mine, absent), strict=True)
    for (path, body, field), (_path, other, _field) in pairs:
        answer = stranger.post(path, body)
        assert set(faults(answer)) == {field}, (path, answer.content)
        assert answer.content == stranger.post(path, other).content


def test_a_foreign_id_in_a_patch_is_invalid(stranger: Caller, cast: Cast) -> None:
    gate, olga = cast.door("Oak gate").pk, cast.person("Olga").pk
    foreign = _things(cast)
    assert set(faults(stranger.patch(f"/doors/{gate}", {"device": foreign["devices"]}))) == {
        "device"
    }
    assert set(faults(stranger.patch(f"/people/{olga}", {"company": foreign["companies"]}))) == {
        "company"
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/companies?site=", "sites"),
        ("/people?company=", "companies"),
        ("/credentials?person=", "people"),
        ("/devices?connector=", "connectors"),
        ("/doors?company=", "companies"),
        ("/access-groups?door=", "doors"),
        ("/access-groups?person=", "people"),
        ("/door-events?person=", "people"),
        ("/door-events?door=", "doors"),
    ],
)
def test_a_foreign_id_in_a_filter_finds_nothing(
    installer: Caller, stranger: Caller, cast: Cast, path: str, kind: str
) -> None:
    asked = f"{path}{_things(cast)[kind]}"
    assert installer.get(asked).json()["items"]
    assert stranger.get(asked).json()["items"] == []


def test_an_administrator_sees_no_other_company(caller: CallerOf, cast: Cast) -> None:
    ada, birch = caller("ada"), str(cast.birch.pk)
    for path in LISTS:
        told = json.dumps(ada.get(path).json())
        assert "Bob" not in told
        assert f'"company": "{birch}"' not in told
    office = ada.get(f"/access-groups/{cast.group('Office hours').pk}").json()
    assert (office["named_count"], office["people_count"]) == (1, 1)
    within = ada.get(f"/access-groups/{office['id']}/people").json()["items"]
    assert [person["first_name"] for person in within] == ["Rita"]
    door = ada.get(f"/doors/{cast.door('Front door').pk}").json()
    assert door["companies"] == [str(cast.acme.pk)]
    people = ada.get(f"/doors/{door['id']}/people").json()["items"]
    assert [right["person_name"] for right in people] == ["Rita Rowe"]


def test_a_person_sees_themselves_alone(caller: CallerOf, cast: Cast) -> None:
    rita = caller("rita")
    (self_,) = rita.get("/people").json()["items"]
    assert self_["first_name"] == "Rita"
    assert [event["person_name"] for event in rita.get("/door-events").json()["items"]] == [
        "Rita Rowe"
    ]
    for path in ("/sites", "/companies", "/doors", "/devices", "/connectors", "/macs"):
        assert rita.get(path).json()["items"] == []
