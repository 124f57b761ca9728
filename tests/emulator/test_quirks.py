"""Dirt on the protocol and habits of firmware: each alone, and switched while it runs."""

import asyncio
import json

import pytest

from doorward.emulator.dirt import printed
from doorward.emulator.envelope import Reply
from doorward.emulator.quirks import Quirk

from .conftest import Site, Start

REPLY = Reply("get", data={"num": 1, "item": [{"ID": "7", "Name": "Jörg", "CardCode": "0012"}]})


def dirty(*quirks: Quirk) -> bytes:
    return printed(REPLY, set(quirks))


def test_a_clean_reply_is_json_and_nothing_else() -> None:
    assert json.loads(dirty()) == {
        "retcode": 0,
        "action": "get",
        "message": "OK",
        "data": REPLY.data,
    }


def test_numbers_can_be_texts_and_texts_numbers() -> None:
    assert json.loads(dirty(Quirk.NUMBERS_AS_TEXTS))["retcode"] == "0"
    assert json.loads(dirty(Quirk.NUMBERS_AS_TEXTS))["data"]["num"] == "1"
    (row,) = json.loads(dirty(Quirk.TEXTS_AS_NUMBERS))["data"]["item"]
    assert (row["ID"], row["CardCode"], row["Name"]) == (7, "0012", "Jörg")


def test_a_success_can_be_any_positive_number_and_a_failure_stays_one() -> None:
    assert json.loads(dirty(Quirk.POSITIVE_RETCODES))["retcode"] == 1
    assert json.loads(printed(Reply("x", -1, "no"), {Quirk.POSITIVE_RETCODES}))["retcode"] == -1
    unsupported = printed(Reply("x", 0, "Api unsupported"), {Quirk.POSITIVE_RETCODES})
    assert json.loads(unsupported)["retcode"] == 0


def test_nothing_can_stand_between_rows() -> None:
    assert json.loads(dirty(Quirk.NULL_ITEMS))["data"]["item"] == [None, *REPLY.data["item"], None]


def test_names_can_come_in_an_encoding_of_the_factory_s() -> None:
    raw = dirty(Quirk.FOREIGN_BYTES)
    with pytest.raises(UnicodeDecodeError):
        raw.decode()
    assert json.loads(raw.decode("gb18030"))["data"] == REPLY.data


@pytest.mark.parametrize(
    ("quirks", "content_type"),
    [((), "application/json"), (("text_plain",), "text/plain"), (("text_html",), "text/html")],
)
async def test_json_goes_by_several_names(
    start: Start, quirks: tuple[str, ...], content_type: str
) -> None:
    lobby = await start(quirks=quirks)
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert response.content_type == content_type


async def test_some_firmware_does_not_know_pages(start: Start) -> None:
    lobby = await start(quirks=("paging_ignored",))
    for number in range(12):
        await lobby.user(UserID=str(number), CardCode="")
    assert [len(await lobby.rows("user", page=page)) for page in (1, 2)] == [12, 12]


async def test_quirks_are_switched_while_it_runs(lobby: Site) -> None:
    state = await lobby.scenario("quirks", {"null_items": True, "text_html": False})
    assert state["quirks"] == ["null_items"]
    assert None in await lobby.rows("schedule")
    await lobby.scenario("quirks", {"null_items": False})
    assert None not in await lobby.rows("schedule")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rust": True}, "rust"),
        ({"null_items": 1}, "null_items"),
        ({"settle_seconds": "x"}, "settle_seconds"),
    ],
)
async def test_a_quirk_that_is_none_is_named(lobby: Site, body: object, field: str) -> None:
    assert (await lobby.scenario("quirks", body, status=400))["field"] == field


async def test_what_was_written_shows_after_a_moment(start: Start) -> None:
    lobby = await start(settle_seconds=0.3)
    await lobby.user()
    key = "Config.DoorSetting.RELAY.NameA"
    await lobby.post("config", "set", {key: "Door"})
    assert await lobby.rows("user") == []
    assert (await lobby.get("config/get"))["data"][key] == "RelayA"
    # The door itself decides by what it has.
    assert lobby.device.swipe("04A1B2C3").accepted
    await asyncio.sleep(0.35)
    assert len(await lobby.rows("user")) == 1
    assert (await lobby.get("config/get"))["data"][key] == "Door"


async def test_writes_in_a_row_show_each_in_its_time(start: Start) -> None:
    lobby = await start(settle_seconds=0.4)
    await lobby.user(UserID="1", CardCode="")
    await asyncio.sleep(0.25)
    await lobby.user(UserID="2", CardCode="")
    await asyncio.sleep(0.25)
    assert [row["UserID"] for row in await lobby.rows("user")] == ["1"]
    await asyncio.sleep(0.2)
    assert len(await lobby.rows("user")) == 2


async def test_settings_are_lost_when_the_power_goes_before_they_are_saved(start: Start) -> None:
    lobby = await start(save_seconds=60.0)
    await lobby.settings(DoorSetting__RELAY__NameA="One")
    await lobby.user()
    await lobby.scenario("reboot")
    await asyncio.sleep(0.5)
    await lobby.settings(DoorSetting__RELAY__NameA="Two", DoorSetting__RELAY__NameB="Two")
    await lobby.settings(DoorSetting__RELAY__NameA="Three")
    await lobby.scenario("power_off")
    await lobby.scenario("power_on")
    assert [relay["name"] for relay in (await lobby.state())["relays"]] == ["One", "RelayB"]
    assert len(await lobby.rows("user")) == 1


async def test_settings_that_had_their_time_stay(start: Start) -> None:
    lobby = await start(save_seconds=0.1)
    await lobby.settings(DoorSetting__RELAY__NameA="One")
    await asyncio.sleep(0.15)
    await lobby.scenario("power_off")
    assert (await lobby.state())["relays"][0]["name"] == "One"


async def test_log_ids_may_begin_anew_with_every_start(start: Start) -> None:
    lobby = await start(quirks=("log_ids_restart",))
    assert [lobby.device.swipe("DEADBEEF").log_id for _ in range(2)] == ["1", "2"]
    await lobby.scenario("reboot")
    await asyncio.sleep(0.5)
    assert lobby.device.swipe("DEADBEEF").log_id == "1"
