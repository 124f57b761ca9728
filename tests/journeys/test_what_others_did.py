"""What others do to a device is found, shown and put right: real processes, from end to end."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bench.installation import Installation

from tests.journeys.on_site import MAC, Panel, bind, connector, eventually, made_so, make

pytestmark = pytest.mark.process

RITAS, BOBS, NEW = "0A1B2C3D", "0A1B2C3E", "0A1B2C3F"
NEW_MAC = "0C1105AABB99"
EVERY_DAY = list(range(7))
# Nights of a busy machine: what is found within a poll is waited for with patience.
PATIENCE = 60


@dataclass
class House:
    """A house with a panel at its door, and how its people are called there."""

    installation: Installation
    panel: Panel
    site: str
    company: str
    device: str
    door: str
    group: str
    people: dict[str, str]
    swipes: int = 0

    # Any: what the API's JSON says.
    def get(self, path: str) -> Any:
        status, answer = self.installation.call("GET", path)
        assert status == 200, answer
        return answer

    def drifts(self) -> list[Any]:
        rows: list[Any] = self.get(f"/devices/{self.device}/drifts")["items"]
        return sorted(rows, key=lambda row: int(row["id"]))

    def in_sync(self) -> bool:
        sync = self.get(f"/devices/{self.device}")["sync"]
        return bool(sync["in_sync"]) and not sync["failures"]

    def await_sync(self) -> None:
        eventually(self.in_sync, "the panel holds what it should", seconds=PATIENCE)

    def await_mended(self, count: int) -> Any:
        """Wait for so many drifts in all, the last of them over, and return that."""
        return eventually(
            lambda: (
                (found := self.drifts())
                and len(found) >= count
                and found[-1]["mended_at"]
                and self.in_sync()
                and found[-1]
            ),
            "it was found and put right",
            seconds=PATIENCE,
        )

    def users(self) -> dict[str, dict[str, str]]:
        return {row["UserID"]: row for row in self.panel.play("/holds")["users"]}

    def opens_for(self, card: str) -> bool:
        self.swipes += 1
        return bool(self.panel.play("/swipe", {"card": card})["accepted"])

    def await_power(self) -> None:
        def is_up() -> bool:
            state = self.panel.play("/state")
            return bool(state["power"]) and not state["booting"]

        eventually(is_up, "the panel is up")

    def await_log(self) -> list[Any]:
        """Wait until every swipe is in the log; return its rows, each swipe once."""
        rows: list[Any] = eventually(
            lambda: found if len(found := self.log()) >= self.swipes else None,
            "all swipes are in the log",
            seconds=PATIENCE,
        )
        assert len(rows) == self.swipes, "a swipe is there twice"
        return rows

    def log(self) -> list[Any]:
        rows: list[Any] = self.get("/door-events?limit=100")["items"]
        return [row for row in rows if row["method"] == "card"]


@pytest.fixture(scope="module")
def house(
    empty: Installation, lobby: Panel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    site = make(empty, "/sites", name="Elm House", zone="Europe/Berlin")
    make(empty, "/macs", mac=MAC)
    added = make(empty, "/connectors", site=site["id"], name="Cellar")
    company = make(empty, "/companies", site=site["id"], name="Acme")
    folder: Path = tmp_path_factory.mktemp("connector")
    with connector(empty.base, folder, added["code"]):
        device = bind(empty, lobby, site["id"], added["id"])
        door = make(empty, "/doors", site=site["id"], device=device["id"], name="Front door")
        people = {}
        for name, card in (("Rita", RITAS), ("Bob", BOBS)):
            person = make(
                empty, "/people", company=company["id"], first_name=name, last_name="Roberts"
            )
            make(empty, "/credentials", person=person["id"], kind="card", number=card)
            people[name] = person["id"]
        group = make(
            empty,
            "/access-groups",
            site=site["id"],
            name="Always",
            doors=[door["id"]],
            people=[*people.values()],
            windows=[{"days": EVERY_DAY, "start": "00:00", "end": "24:00"}],
        )
        facts = (site["id"], company["id"], device["id"], door["id"], group["id"])
        house = House(empty, lobby, *facts, people)
        house.await_sync()
        assert (house.opens_for(RITAS), house.opens_for(BOBS)) == (True, True)
        yield house


def test_what_somebody_changes_at_the_panel_is_found_and_put_back(house: House) -> None:
    count, rita = len(house.drifts()), house.people["Rita"]
    before = house.users()[f"DW{rita}"]
    house.panel.play(
        "/edit_locally",
        {"deed": "change", "user_id": f"DW{rita}", "fields": {"CardCode": "DEADBEEF"}},
    )
    assert not house.opens_for(RITAS)
    found = house.await_mended(count + 1)
    assert (found["nature"], found["count"]) == ("edited", 1)
    (difference,) = found["differences"]
    assert (difference["key"], difference["fields"]) == (rita, ["cards"])
    assert "DEADBEEF" not in str(found)
    assert house.users()[f"DW{rita}"]["CardCode"] == before["CardCode"]
    assert (house.opens_for(RITAS), house.opens_for("DEADBEEF")) == (True, False)

    house.panel.play("/edit_locally", {"deed": "remove", "user_id": f"DW{rita}"})
    found = house.await_mended(count + 2)
    assert [one["oddity"] for one in found["differences"]] == ["missing"]
    assert house.opens_for(RITAS)


def test_somebody_who_was_added_at_the_panel_stays_until_they_are_removed(house: House) -> None:
    fields = {"UserID": "9", "Name": "Janitor", "CardCode": "57A40001"}
    house.panel.play("/edit_locally", {"deed": "add", "fields": fields})
    path = f"/devices/{house.device}/strangers"
    (janitor,) = eventually(lambda: house.get(path)["items"], "the janitor is told")
    assert (janitor["name"], janitor["cards"], janitor["kept_at"]) == ("Janitor", 1, None)
    status, kept = house.installation.call("POST", f"{path}/keep", {"ids": [janitor["id"]]})
    assert (status, kept) == (200, {"count": 1})
    status, _ = house.installation.call("POST", f"/devices/{house.device}/resync")
    assert status == 202
    house.await_sync()
    assert house.users()["9"]["CardCode"] == "57A40001"
    (kept,) = house.get(path)["items"]
    assert kept["kept_at"]
    status, gone = house.installation.call("POST", f"{path}/remove", {"ids": [kept["id"]]})
    assert (status, gone) == (200, {"count": 1})
    eventually(lambda: not house.get(path)["items"], "the janitor is gone", seconds=PATIENCE)
    assert "9" not in house.users()
    house.await_sync()


def test_an_old_backup_gives_nobody_back_what_was_taken(house: House) -> None:
    count, bob = len(house.drifts()), house.people["Bob"]
    house.panel.play("/back_up", {})
    status, _ = house.installation.call("DELETE", f"/people/{bob}")
    assert status == 204
    nina = make(
        house.installation, "/people", company=house.company, first_name="Nina", last_name="New"
    )
    make(house.installation, "/credentials", person=nina["id"], kind="card", number=NEW)
    people = f"/access-groups/{house.group}/people/add"
    status, _ = house.installation.call("POST", people, {"ids": [nina["id"]]})
    assert status == 200
    house.await_sync()
    assert (house.opens_for(NEW), house.opens_for(BOBS)) == (True, False)

    house.panel.play("/restore", {})
    assert house.opens_for(BOBS)
    found = house.await_mended(count + 1)
    assert found["nature"] == "restored"
    told = {one["key"]: one["oddity"] for one in found["differences"]}
    assert (told[bob], told[nina["id"]]) == ("added", "missing")
    assert (house.opens_for(NEW), house.opens_for(BOBS)) == (True, False)


def test_a_factory_reset_is_found_and_everything_comes_back(house: House) -> None:
    count, before = len(house.drifts()), house.await_log()
    house.panel.play("/factory_reset", {})
    found = house.await_mended(count + 1)
    assert found["nature"] == "reset"
    house.await_power()
    house.await_sync()
    assert house.opens_for(RITAS)
    assert not house.opens_for("DEADBEEF")
    after = house.await_log()
    assert {row["id"] for row in before} < {row["id"] for row in after}


def test_another_unit_of_the_model_needs_nothing_but_its_mac(house: House) -> None:
    path = f"/devices/{house.device}"
    before = house.await_log()
    house.panel.play("/replace", {"mac": NEW_MAC})
    house.await_power()
    refused = eventually(
        lambda: made_so(house.get(path), binding="refused"),
        "another unit is found there",
        seconds=PATIENCE,
    )
    assert refused["stated_mac"] == NEW_MAC
    assert house.users() == {}
    # What happens at a unit that is not ours yet is its own affair.
    assert not house.panel.play("/swipe", {"card": RITAS})["accepted"]

    make(house.installation, "/macs", mac=NEW_MAC)
    status, answer = house.installation.call("PATCH", path, {"mac": NEW_MAC})
    assert status == 200, answer
    eventually(
        lambda: made_so(house.get(path), binding="bound", state="online"),
        "the new unit is bound",
        seconds=PATIENCE,
    )
    house.await_sync()
    assert f"DW{house.people['Rita']}" in house.users()
    assert house.opens_for(RITAS)
    assert not house.opens_for("DEADBEEF")
    after = house.await_log()
    assert {row["id"] for row in before} < {row["id"] for row in after}, "the log is kept"
    macs = {row["mac"]: row for row in house.get("/macs?limit=100")["items"]}
    assert macs[MAC]["device"] is None
    assert macs[NEW_MAC]["device"] == house.device
    assert house.get(f"{path}/strangers")["items"] == []
