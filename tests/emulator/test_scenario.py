"""The scenario API, the wall and the life of a device."""

import asyncio
import re

import aiohttp
import pytest

from .conftest import MAC, OTHER, Site, Start


async def answers(site: Site) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{site.base}/system/info") as r:
            return r.status == 200
    except aiohttp.ClientError:
        return False


async def test_a_state_says_what_one_sees_of_a_door(lobby: Site) -> None:
    await lobby.user()
    state = await lobby.state()
    assert state["name"] == "Lobby"
    assert state["power"] is True
    assert state["clock"] == "2026-01-14T10:00:00+00:00"
    assert state["users"] == 1
    assert state["relays"][0] == {
        "relay": 1,
        "letter": "A",
        "name": "RelayA",
        "open": False,
        "door_open": False,
        "pulses": 0,
        "last_pulse_at": None,
    }
    assert state["cards"] == [{"card": "04A1B2C3", "holder": "Rita"}]
    assert state["api"] == f"{lobby.base}/"


async def test_holds_lists_everything_foreign_rows_included(start: Start) -> None:
    lobby = await start(foreign_users=1)
    async with lobby.session.get(f"{lobby.wall}/holds") as response:
        held = await response.json()
    assert [row["SourceType"] for row in held["users"]] == ["2", "1"]
    assert [row["DisplayID"] for row in held["schedules"]] == ["1001", "1002"]


async def test_every_port_shows_every_device(lobby: Site) -> None:
    async with lobby.session.get(f"{lobby.wall}/devices") as response:
        devices = (await response.json())["devices"]
    assert [device["mac"] for device in devices] == [MAC, OTHER]
    await lobby.scenario(f"d/{OTHER.lower()}/swipe", {"card": "AABB"})
    assert await lobby.rows("doorlog") == []
    assert len(lobby.emulator.devices[OTHER].device.log.newest_first()) == 1


async def test_an_unknown_device_is_not_found(lobby: Site) -> None:
    answer = await lobby.scenario("d/FFFFFFFFFFFF/swipe", {"card": "AABB"}, status=404)
    assert answer["field"] == "mac"


@pytest.mark.parametrize(
    ("deed", "body", "field"),
    [
        ("swipe", {}, "card"),
        ("swipe", {"card": 1}, "card"),
        ("swipe", {"card": "ABC"}, "card"),
        ("swipe", {"card": "no card"}, "card"),
        ("swipe", [], "body"),
        ("enter_pin", {}, "pin"),
        ("enter_pin", {"pin": 1234}, "pin"),
        ("enter_pin", {"pin": "1"}, "pin"),
        ("enter_pin", {"pin": "123456789"}, "pin"),
        ("clock", {}, "offset_seconds"),
        ("clock", {"offset_seconds": "1"}, "offset_seconds"),
        ("clock", {"offset_seconds": True}, "offset_seconds"),
        ("clock", {"offset_seconds": 1e300}, "offset_seconds"),
        ("clock", {"set": "yesterday"}, "set"),
        ("clock", {"set": "2026-03-29T01:59:00+01:00"}, "set"),
        ("fault", {"mode": "fire"}, "mode"),
        ("fault", {"mode": "slow", "seconds": -1e9}, "seconds"),
        ("fault", {"mode": "other_mac", "mac": "x"}, "mac"),
        ("fault", {"mode": "hang", "times": 0}, "times"),
    ],
)
async def test_a_mistake_is_named_with_its_mend(
    lobby: Site, deed: str, body: object, field: str
) -> None:
    answer = await lobby.scenario(deed, body, status=400)
    assert answer["field"] == field
    assert answer["mend"]


async def test_a_body_that_is_no_json_is_named_too(lobby: Site) -> None:
    async with lobby.session.post(f"{lobby.wall}/swipe", data=b"\xff{") as response:
        assert response.status == 400
        assert (await response.json())["field"] == "body"


async def test_another_web_site_pushes_no_buttons(lobby: Site) -> None:
    headers = {"Origin": "http://evil.example"}
    url = f"{lobby.wall}/swipe"
    async with lobby.session.post(url, json={"card": "AABB"}, headers=headers) as response:
        assert response.status == 403
    assert lobby.device.log.newest_first() == []


async def test_without_power_a_door_is_dark_and_stays_on_its_port(lobby: Site) -> None:
    await lobby.user()
    await lobby.post("relay", "trig", {"num": 1, "mode": 0, "delay": 60})
    await lobby.scenario("power_off")
    state = await lobby.state()
    assert (state["power"], state["relays"][0]["open"]) == (False, False)
    assert not await answers(lobby)
    await lobby.scenario("swipe", {"card": "04A1B2C3"}, status=409)
    await lobby.scenario("power_on")
    assert await answers(lobby)
    assert (await lobby.scenario("swipe", {"card": "04A1B2C3"}))["accepted"]


async def test_a_pin_on_the_keypad_is_answered_and_logged_like_a_card(lobby: Site) -> None:
    await lobby.user(PrivatePIN="583914")
    assert (await lobby.scenario("enter_pin", {"pin": "583914"}))["relay"] == [1]
    assert not (await lobby.scenario("enter_pin", {"pin": "583915"}))["accepted"]
    refused, opened = lobby.device.log.newest_first()
    told = ("Type", "Code", "Status", "Relay")
    assert [opened[name] for name in told] == ["PIN", "583914", "Succ", "1"]
    assert (refused["Name"], refused["Status"], refused["Relay"]) == ("Unknown", "Failed", "")
    assert (await lobby.state())["pins"] == [{"pin": "583914", "holder": opened["Name"]}]


async def test_a_reboot_by_api_answers_first_and_comes_back(lobby: Site) -> None:
    assert (await lobby.post("system", "reboot"))["retcode"] == 0
    assert (await lobby.state())["booting"] is True
    await asyncio.sleep(0.2)
    assert not await answers(lobby)
    await asyncio.sleep(0.3)
    assert await answers(lobby)
    assert (await lobby.state())["booting"] is False


async def test_a_power_cut_in_a_reboot_wins(lobby: Site) -> None:
    await lobby.scenario("reboot")
    await lobby.scenario("power_off")
    await asyncio.sleep(0.5)
    assert not await answers(lobby)
    await lobby.scenario("power_on")
    assert await answers(lobby)


async def test_a_factory_reset_forgets_people_settings_and_ids(lobby: Site) -> None:
    await lobby.user()
    await lobby.settings(DoorSetting__RELAY__NameA="Door")
    lobby.device.swipe("04A1B2C3")
    await lobby.scenario("factory_reset")
    await asyncio.sleep(0.5)
    state = await lobby.state()
    assert (state["users"], state["log"], state["relays"][0]["name"]) == (0, [], "RelayA")
    assert state["relays"][0]["pulses"] == 1
    await lobby.user()
    assert (await lobby.rows("user"))[0]["ID"] == "1"


async def test_a_device_that_hangs_goes_on_when_it_is_cured(lobby: Site) -> None:
    await lobby.scenario("fault", {"mode": "hang"})
    waiting = asyncio.create_task(lobby.get("system/info"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await lobby.scenario("fault", {"mode": "none"})
    assert (await waiting)["retcode"] == 0


async def test_a_fault_can_strike_a_number_of_times(lobby: Site) -> None:
    await lobby.scenario("fault", {"mode": "http_500", "times": 2})
    seen = []
    for _ in range(3):
        async with lobby.session.get(f"{lobby.base}/system/info") as response:
            seen.append(response.status)
    assert seen == [500, 500, 200]
    assert (await lobby.state())["fault"] == "none"


async def test_garbage_is_no_text_at_all(lobby: Site) -> None:
    await lobby.scenario("fault", {"mode": "garbage"})
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert response.status == 200
        with pytest.raises(UnicodeDecodeError):
            (await response.read()).decode("utf-8")


async def test_another_device_may_sit_at_the_address(lobby: Site) -> None:
    await lobby.scenario("fault", {"mode": "other_mac", "mac": "0c1105000000"})
    assert (await lobby.get("system/info"))["data"]["Status"]["MAC"] == "0C:11:05:00:00:00"


async def test_a_slow_device_takes_its_time(lobby: Site) -> None:
    await lobby.scenario("fault", {"mode": "slow", "seconds": 0.3})
    began = asyncio.get_running_loop().time()
    await lobby.get("system/info")
    assert asyncio.get_running_loop().time() - began >= 0.3


async def test_log_rows_can_come_twice(lobby: Site) -> None:
    for _ in range(2):
        lobby.device.swipe("DEADBEEF")
    await lobby.scenario("fault", {"mode": "repeat_log"})
    assert [row["ID"] for row in await lobby.rows("doorlog")] == ["2", "2", "1", "1"]


async def test_log_ids_can_start_again_unasked(lobby: Site) -> None:
    for _ in range(2):
        lobby.device.swipe("DEADBEEF")
    await lobby.scenario("lose_log")
    assert lobby.device.swipe("DEADBEEF").log_id == "1"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html"),
        ("/wall.css", "text/css"),
        ("/wall.js", "text/javascript"),
        ("/wall.svg", "image/svg+xml"),
    ],
)
async def test_the_wall_is_served_with_a_policy_of_its_own(
    lobby: Site, path: str, content_type: str
) -> None:
    async with lobby.session.get(f"{lobby.wall}{path}") as response:
        assert response.status == 200
        assert response.content_type == content_type
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]


async def test_the_wall_has_no_inline_script_or_style(lobby: Site) -> None:
    async with lobby.session.get(f"{lobby.wall}/") as response:
        page = await response.text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) == []
