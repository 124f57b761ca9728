"""The main job through the API alone: from an empty installation to a door event."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bench.installation import Installation

from tests.journeys.on_site import Panel, bind, connector, eventually, made_so, make

pytestmark = pytest.mark.process

CARD, STRANGER = "0A1B2C3D", "DEADBEEF"
WEEKDAYS = [0, 1, 2, 3, 4]
# A Tuesday and a Saturday, as the panel's clock shows them.
AT_WORK, AT_HOME = "2026-11-24T10:00:00", "2026-11-28T10:00:00"


def test_an_empty_installation_comes_to_its_first_door_event(
    empty: Installation, lobby: Panel, tmp_path: Path
) -> None:
    site = make(empty, "/sites", name="Birch House", zone="Europe/Berlin")
    make(empty, "/macs", mac="0c:11:05:aa:bb:01")
    added = make(empty, "/connectors", site=site["id"], name="Cellar")
    with connector(empty.base, tmp_path / "connector", added["code"]):
        device = bind(empty, lobby, site["id"], added["id"])
        door = make(
            empty, "/doors", site=site["id"], device=device["id"], name="Front door", hold_seconds=3
        )
        person = give_rights(empty, site["id"], door["id"])
        await_sync(empty, person["id"], door["id"])
        holds_exactly(lobby, person["id"])
        decides_by_itself(empty, lobby, door["id"])
        opens_when_asked(empty, lobby, door["id"])


def give_rights(installation: Installation, site: str, door: str) -> Any:
    company = make(installation, "/companies", site=site, name="Acme")
    person = make(
        installation, "/people", company=company["id"], first_name="Rita", last_name="Roberts"
    )
    make(installation, "/credentials", person=person["id"], kind="card", number=CARD)
    make(
        installation,
        "/access-groups",
        site=site,
        name="Office hours",
        doors=[door],
        people=[person["id"]],
        windows=[{"days": WEEKDAYS, "start": "08:00", "end": "18:00"}],
    )
    return person


def await_sync(installation: Installation, person: str, door: str) -> None:
    def synced() -> bool:
        _, told = installation.call("GET", f"/people/{person}/doors")
        return any(row["door"] == door and row["state"] == "synced" for row in told["items"])

    eventually(synced, "the door knows the person")


def holds_exactly(lobby: Panel, person: str) -> None:
    held = lobby.play("/holds")
    (user,) = held["users"]
    assert user["UserID"] == f"DW{person}"
    assert user["CardCode"].strip(";") == CARD
    ours = [row for row in held["schedules"] if row["Name"].startswith("DW")]
    (hours,) = ours
    assert (hours["TimeStart"], hours["TimeEnd"]) == ("08:00", "18:00")
    # Never the device's own "Always".
    assert user["ScheduleRelay"].strip(";") == f"{hours['DisplayID']}-1"


def decides_by_itself(installation: Installation, lobby: Panel, door: str) -> None:
    lobby.play("/clock", {"set": AT_WORK})
    assert lobby.play("/swipe", {"card": CARD})["accepted"] is True
    lobby.play("/clock", {"set": AT_HOME})
    assert lobby.play("/swipe", {"card": CARD})["accepted"] is False
    assert lobby.play("/swipe", {"card": STRANGER})["accepted"] is False
    lobby.play("/clock", {"offset_seconds": 0})

    def told() -> list[Any]:
        _, log = installation.call("GET", "/door-events")
        return log["items"] if len(log["items"]) == 3 else []

    stranger, weekend, weekday = eventually(told, "the three swipes are in the log")
    assert (weekday["accepted"], weekday["reason"], weekday["door"]) == (True, "ok", door)
    assert (weekend["accepted"], weekend["reason"]) == (False, "out_of_schedule")
    assert (stranger["accepted"], stranger["reason"]) == (False, "unknown_credential")
    assert stranger["person"] is None


def opens_when_asked(installation: Installation, lobby: Panel, door: str) -> None:
    before = lobby.play("/state")["relays"][0]["pulses"]
    headers = {"Idempotency-Key": "first-opening"}
    status, order = installation.call("POST", f"/doors/{door}/unlock", headers=headers)
    assert status == 202, order
    _, again = installation.call("POST", f"/doors/{door}/unlock", headers=headers)
    assert again["id"] == order["id"]
    path = f"/doors/{door}/commands/{order['id']}"
    done = eventually(
        lambda: made_so(installation.call("GET", path)[1], status="done"), "the door has opened"
    )
    took = datetime.fromisoformat(done["settled_at"]) - datetime.fromisoformat(done["created_at"])
    assert timedelta(0) < took < timedelta(seconds=5)
    assert lobby.play("/state")["relays"][0]["pulses"] == before + 1
