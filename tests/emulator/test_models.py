"""Each model has its own firmware, relays, keys, gaps and words for them."""

import pytest

from doorward.emulator.factory import EVENT, factory_settings
from doorward.emulator.profile import PROFILES

from .conftest import Site, Start

MODELS = [*PROFILES]


@pytest.fixture(params=MODELS)
async def device(start: Start, request: pytest.FixtureRequest) -> Site:
    return await start(model=request.param)


async def test_every_model_names_itself_and_its_firmware(device: Site) -> None:
    status = (await device.get("system/info"))["data"]["Status"]
    profile = device.device.profile
    assert status["Model"] == profile.model
    assert status["FirmwareVersion"].startswith(f"{profile.code}.30.1")


async def test_every_model_keeps_people_and_schedules(device: Site) -> None:
    assert (await device.user())["retcode"] == 1
    (row,) = await device.rows("user")
    assert row[device.device.profile.user_schedule].rstrip(";") == "1001-1"
    assert (await device.post("user", "set", {"item": [row | {"Name": "Ada"}]}))["retcode"] == 1
    assert [one["Name"] for one in await device.rows("user")] == ["Ada"]
    assert device.device.swipe("04A1B2C3").relays == (1,)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_exports_some_hundred_keys_of_its_own(model: str) -> None:
    profile = PROFILES[model]
    keys = factory_settings(profile)
    assert len(keys) > 300
    assert all(key.startswith("Config.") and "{" not in key for key in keys)
    letters = {key[-1] for key in keys if key.startswith("Config.DoorSetting.RELAY.Mode")}
    assert letters == set("ABCD"[: profile.relays])


def test_a_terminal_has_no_keys_for_calls_and_inputs_to_tell_of() -> None:
    told = {key.removeprefix(EVENT) for key in factory_settings(PROFILES["A08S"]) if EVENT in key}
    assert {"ValidCardEntered", "AlarmTriggered", "RelayBClosed"} <= told
    assert not told & {"MakeCall", "InputATriggered", "InputBreakIn", "RelayCTriggered"}


@pytest.mark.parametrize(
    ("model", "call", "retcode", "words"),
    [
        ("X916", "privatekey/get", -1, "unsupport action"),
        ("R20A", "door/open", -1, "unsupport action"),
        ("E18C", "privatekey/get", -1, "No handlers for this request"),
        ("X915S", "contact/add", -1, "unsupported action"),
        ("A08S", "contact/get", 0, "Api unsupported"),
        ("A08S", "group/add", 0, "Api unsupported"),
        ("A08S", "calllog/get", 0, "Api unsupported"),
        ("A08S", "privatekey/get", 0, "Api unsupported"),
    ],
)
async def test_a_family_refuses_in_its_own_words(
    start: Start, model: str, call: str, retcode: int, words: str
) -> None:
    reply = await (await start(model=model)).post(*call.split("/"))
    assert (reply["retcode"], reply["message"]) == (retcode, words)


async def test_an_e18c_looks_into_the_envelope_only(start: Start) -> None:
    door = await start(model="E18C")
    row = {"UserID": "1", "Name": "Ada"}
    for body in ({"item": [row]}, {"data": {"item": [row]}}, {}):
        async with door.session.post(f"{door.base}/user/add", json=body) as response:
            assert (await response.json(content_type=None))["message"] == (
                "No handlers for this request"
            )
    assert await door.rows("user") == []
    assert (await door.post("user", "add", {"item": [row]}))["retcode"] == 1


@pytest.mark.parametrize(
    ("sent", "kept", "opened"), [("1001-1;1001-2", "1001-1", (1,)), ("1001-1,1001-2", "", (1, 2))]
)
async def test_an_e18c_keeps_one_pair_unless_commas_part_them(
    start: Start, sent: str, kept: str, opened: tuple[int, ...]
) -> None:
    door = await start(model="E18C")
    await door.user(ScheduleRelay=sent)
    assert (await door.rows("user"))[0]["ScheduleRelay"] == (kept or sent)
    assert door.device.swipe("04A1B2C3").relays == opened


async def test_an_x915s_prints_schedule_and_takes_every_name_for_it(start: Start) -> None:
    door = await start(model="X915S")
    await door.user()
    (row,) = await door.rows("user")
    assert row["Schedule"] == "1001-1;"
    assert not {"ScheduleRelay", "Schedule-Relay"} & set(row)
    await door.post("user", "set", {"item": [row | {"ScheduleRelay": "1001-2"}]})
    assert (await door.rows("user"))[0]["Schedule"] == "1001-2"


async def test_an_x915s_reads_out_an_apartment_book_without_ids(start: Start) -> None:
    door = await start(model="X915S")
    (first, _) = await door.rows("contact")
    assert first["APTNum"] == "101"
    assert "ID" not in first
    assert (await door.post("contact", "clear"))["retcode"] < 0
    assert len(await door.rows("contact")) == 2


async def test_a_newer_generation_has_other_names_for_a_relay(start: Start) -> None:
    door = await start(model="R20A")
    key = "Config.DoorSetting.RELAY.RelayADelay"
    assert (await door.post("relay", "set", {key: "61"}))["retcode"] < 0
    assert (await door.post("relay", "set", {key: "9"}))["retcode"] == 0
    assert door.device.hold_seconds(1) == 9
    older = {"Config.DoorSetting.RELAY.HoldDelayA": "9"}
    assert (await door.post("relay", "set", older))["retcode"] < 0
    assert (await door.state())["relays"][0]["name"] == "RelayA"


@pytest.mark.parametrize(("model", "told"), [("X916", "bmV3"), ("R20A", "new")])
async def test_only_some_web_stacks_print_passwords_in_base64(
    start: Start, model: str, told: str
) -> None:
    door = await start(model=model, password="new")
    key = "Config.DoorSetting.APIFCGI.Password"
    assert (await door.post("config", "get", {"item": [key]}))["data"] == {key: told}


@pytest.mark.parametrize(("model", "capacity"), [("R20A", 4_000), ("A08S", 50_000)])
def test_models_have_room_for_different_crowds(model: str, capacity: int) -> None:
    assert PROFILES[model].users == capacity


async def test_schedules_and_cards_have_limits_of_their_own(start: Start) -> None:
    door = await start(model="E18C", schedules=2)
    day = {"Name": "Days", "Type": "2"}
    reply = await door.post("schedule", "add", {"item": [day] * 3})
    assert [item["Ret"] == 0 for item in reply["data"]["item"]] == [True, True, False]
    assert (await door.user(CardCode="AA01;AA02;AA03;AA04;AA05"))["retcode"] == 1
    assert (await door.user(UserID="2", CardCode="BB01;BB02;BB03;BB04;BB05;BB06"))["retcode"] < 0
