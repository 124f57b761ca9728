"""A deleted office: its device forgets everybody once its connector is back, and gets them back."""

from pathlib import Path

import pytest
from bench.installation import Installation

from tests.journeys.on_site import Panel, bind, connector, eventually, make
from tests.journeys.test_groups_of_people import CARD, in_step, known

pytestmark = pytest.mark.process

ALWAYS = [{"repeat": "daily", "start": "00:00", "end": "24:00"}]


def test_a_device_forgets_a_deleted_office_and_learns_a_restored_one(
    empty: Installation, lobby: Panel, tmp_path: Path
) -> None:
    site = make(empty, "/sites", name="Birch House", zone="Europe/Berlin")
    make(empty, "/macs", mac="0c:11:05:aa:bb:01")
    added = make(empty, "/connectors", site=site["id"], name="Cellar")
    folder = tmp_path / "connector"
    with connector(empty.base, folder, added["code"]):
        device = bind(empty, lobby, site["id"], added["id"])
        door = make(empty, "/doors", site=site["id"], device=device["id"], name="Front door")
        company = make(empty, "/companies", site=site["id"], name="Acme")
        rita = make(empty, "/people", company=company["id"], first_name="Rita", last_name="Roberts")
        make(empty, "/credentials", person=rita["id"], kind="card", number=CARD)
        make(
            empty,
            "/access-groups",
            site=site["id"],
            name="Always",
            doors=[door["id"]],
            people=[rita["id"]],
            windows=ALWAYS,
        )
        eventually(lambda: known(lobby) == [f"DW{rita['id']}"], "the device knows her")
        eventually(lambda: in_step(empty, device["id"]), "the device is in sync")
    # Deleted while nobody is there to tell it.
    status, told = empty.call("DELETE", f"/sites/{site['id']}")
    assert (status, told["code"]) == (409, "site.bound")
    assert empty.call("DELETE", f"/sites/{site['id']}?unbind=true")[0] == 204
    eventually(lambda: free_macs(empty) == ["0C1105AABB01"], "its MAC is free")
    assert opens(lobby)
    with connector(empty.base, folder, added["code"]):
        eventually(lambda: known(lobby) == [], "the device has forgotten her")
        assert not opens(lobby)
        assert empty.call("POST", f"/sites/{site['id']}/restore")[0] == 200
        eventually(lambda: known(lobby) == [f"DW{rita['id']}"], "the device knows her again")
        eventually(lambda: in_step(empty, device["id"]), "the device is in sync again")
        assert opens(lobby)
        assert free_macs(empty) == []


def opens(lobby: Panel) -> bool:
    """Swipe her card: the device decides by itself."""
    return bool(lobby.play("/swipe", {"card": CARD})["accepted"])


def free_macs(installation: Installation) -> list[str]:
    items = installation.call("GET", "/macs?state=free")[1]["items"]
    return [item["mac"] for item in items]
