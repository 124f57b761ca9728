"""A group of people in an access group: whoever comes into it opens the door, until they leave."""

from pathlib import Path
from typing import Any

import pytest
from bench.installation import Installation

from tests.journeys.on_site import Panel, bind, connector, eventually, make

pytestmark = pytest.mark.process

CARD = "0A1B2C3D"
ALWAYS = [{"repeat": "daily", "start": "00:00", "end": "24:00"}]


def test_who_comes_into_a_group_of_people_opens_the_door_until_they_leave(
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
        company = make(empty, "/companies", site=site["id"], name="Acme")
        workshop = make(empty, "/people-groups", company=company["id"], name="Workshop")
        nights = make(
            empty, "/people-groups", company=company["id"], name="Nights", parent=workshop["id"]
        )
        make(
            empty,
            "/access-groups",
            site=site["id"],
            name="At the bench",
            doors=[door["id"]],
            people_groups=[workshop["id"]],
            windows=ALWAYS,
        )
        rita = make(empty, "/people", company=company["id"], first_name="Rita", last_name="Roberts")
        make(empty, "/credentials", person=rita["id"], kind="card", number=CARD)
        # What a device logged before it was first read is another house's.
        eventually(lambda: in_step(empty, device["id"]), "the device is online and in sync")
        swiped(empty, lobby, accepted=False)
        # Below the group that is named, she is in it as well.
        put(empty, rita, nights["id"])
        eventually(lambda: known(lobby) == [f"DW{rita['id']}"], "the device knows her")
        swiped(empty, lobby, accepted=True)
        put(empty, rita, None)
        eventually(lambda: known(lobby) == [], "the device has forgotten her")
        swiped(empty, lobby, accepted=False)


def in_step(installation: Installation, device: str) -> bool:
    told = installation.call("GET", f"/devices/{device}")[1]
    return bool(told["state"] == "online" and told["sync"]["in_sync"])


def put(installation: Installation, person: Any, group: str | None) -> None:
    status, changed = installation.call("PATCH", f"/people/{person['id']}", {"group": group})
    assert (status, changed["group"]) == (200, group)


def known(lobby: Panel) -> list[str]:
    return [user["UserID"] for user in lobby.play("/holds")["users"]]


def swiped(installation: Installation, lobby: Panel, *, accepted: bool) -> None:
    """Swipe the card: the device decides by itself, and the log comes to say the same."""
    before = len(events(installation))
    assert lobby.play("/swipe", {"card": CARD})["accepted"] is accepted
    told = eventually(lambda: events(installation)[: -before or None], "the swipe is in the log")
    assert [event["accepted"] for event in told] == [accepted]


def events(installation: Installation) -> list[Any]:
    items: list[Any] = installation.call("GET", "/door-events")[1]["items"]
    return items
