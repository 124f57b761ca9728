"""What becomes of a device: resets, swaps, backups, hands at its page, a clock that drifts."""

import asyncio
from datetime import timedelta

import pytest

from .conftest import MAC, NOON, Site, Start

OTHER_MAC = "0C1105C0FFEE"


async def test_a_replaced_device_is_fresh_and_has_another_mac(lobby: Site) -> None:
    await lobby.user()
    await lobby.settings(DoorSetting__RELAY__NameA="Door")
    lobby.device.swipe("04A1B2C3")
    state = await lobby.scenario("replace", {"mac": OTHER_MAC.lower()})
    assert (state["mac"], state["place"], state["users"]) == (OTHER_MAC, MAC, 0)
    await asyncio.sleep(0.5)
    status = (await lobby.get("system/info"))["data"]["Status"]
    assert status["MAC"] == "0C:11:05:C0:FF:EE"
    assert status["Model"] == "X916"
    state = await lobby.state()
    assert (state["relays"][0]["name"], state["relays"][0]["pulses"]) == ("RelayA", 0)


async def test_a_new_mac_is_chosen_and_outlives_the_process(start: Start) -> None:
    lobby = await start()
    chosen = (await lobby.scenario("replace"))["mac"]
    assert chosen.startswith("0C1105")
    assert chosen != MAC
    assert (await (await start()).state())["mac"] == chosen


async def test_a_device_is_found_by_its_place_and_by_its_mac(lobby: Site) -> None:
    await lobby.scenario("replace", {"mac": OTHER_MAC})
    for mac in (MAC, OTHER_MAC):
        assert (await lobby.scenario(f"d/{mac}/clock", {"offset_seconds": 0}))["place"] == MAC


async def test_out_of_its_box_a_device_lets_nobody_in(lobby: Site) -> None:
    await lobby.scenario("factory_reset", {"locked": True})
    await asyncio.sleep(0.5)
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert response.status == 403
    assert lobby.device.account.password == "httpapi"


async def test_an_old_backup_of_people_can_be_put_back(lobby: Site) -> None:
    await lobby.user()
    assert await lobby.scenario("back_up") == {"people": 1}
    await lobby.post("user", "clear")
    await lobby.user(UserID="u2", CardCode="04A1B2C3")
    await lobby.user(UserID="u3", CardCode="")
    assert await lobby.scenario("restore") == {"people": 1}
    assert [(row["ID"], row["UserID"]) for row in await lobby.rows("user")] == [("1", "u1")]
    assert lobby.device.swipe("04A1B2C3").accepted
    await lobby.user(UserID="u4", CardCode="")
    assert [row["ID"] for row in await lobby.rows("user")] == ["1", "4"]


async def test_without_a_backup_there_is_nothing_to_restore(lobby: Site) -> None:
    assert (await lobby.scenario("restore", status=409))["field"] == "backup"


async def test_somebody_at_the_web_page_adds_changes_and_removes(lobby: Site) -> None:
    await lobby.user()
    added = await lobby.scenario("edit_locally", {"deed": "add", "fields": {"Name": "Eve"}})
    assert [row["Name"] for row in await lobby.rows("user")] == ["Rita", "Eve"]
    assert added["row"]["Source"] == "1"
    assert lobby.device.swipe(added["row"]["CardCode"]).accepted
    changed = {"deed": "change", "user_id": "u1", "fields": {"CardCode": "BEEF"}}
    assert (await lobby.scenario("edit_locally", changed))["row"]["CardCode"] == "BEEF"
    await lobby.scenario("edit_locally", {"deed": "change"})
    assert (await lobby.rows("user"))[0]["Name"] == "Rita (changed)"
    await lobby.scenario("edit_locally", {"deed": "remove"})
    assert [row["Name"] for row in await lobby.rows("user")] == ["Eve"]


@pytest.mark.parametrize(
    ("body", "field", "status"),
    [
        ({}, "deed", 400),
        ({"deed": "dance"}, "deed", 400),
        ({"deed": "add", "fields": []}, "fields", 400),
        ({"deed": "add", "fields": {"Name": 7}}, "Name", 400),
        ({"deed": "add", "fields": {"CardCode": "XYZ"}}, "fields", 409),
        ({"deed": "change", "user_id": "nobody"}, "fields", 409),
        ({"deed": "remove"}, "fields", 409),
    ],
)
async def test_a_slip_at_the_web_page_is_named(
    lobby: Site, body: object, field: str, status: int
) -> None:
    assert (await lobby.scenario("edit_locally", body, status=status))["field"] == field
    assert await lobby.rows("user") == []


async def test_somebody_at_the_web_page_changes_a_setting(lobby: Site) -> None:
    key = "Config.DoorSetting.CONNECT.ServerMode"
    await lobby.scenario("set_locally", {"key": key, "value": "1"})
    assert (await lobby.post("config", "get", {"item": [key]}))["data"] == {key: "1"}
    strange = {"key": "Config.No.Such", "value": "1"}
    assert (await lobby.scenario("set_locally", strange, status=400))["field"] == "key"


async def test_a_clock_drifts_from_where_it_is(lobby: Site) -> None:
    now = NOON
    lobby.device.own_clock.true = lambda: now
    await lobby.scenario("clock", {"offset_seconds": 10})
    state = await lobby.scenario("drift_clock", {"seconds_a_day": -4})
    assert (state["clock_offset_seconds"], state["drift_seconds_a_day"]) == (10, -4)
    now = NOON + timedelta(days=3)
    assert (await lobby.state())["clock_offset_seconds"] == -2
    await lobby.scenario("drift_clock", {"seconds_a_day": 0})
    now = NOON + timedelta(days=30)
    assert (await lobby.state())["clock"] == "2026-02-13T09:59:58+00:00"


async def test_a_spec_can_start_with_a_clock_that_drifts(start: Start) -> None:
    lobby = await start(drift_seconds_a_day=60.0)
    now = NOON + timedelta(days=2)
    lobby.device.own_clock.true = lambda: now
    assert lobby.device.own_clock.skew == timedelta(seconds=120)
