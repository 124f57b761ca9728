"""The local API over loopback: envelope, records, logs and relays."""

import asyncio
import json
from io import BytesIO

import pytest

from .conftest import MAC, Site, Start

WHOLE_DAY = {"Name": "Days", "Type": "2", "TimeStart": "00:00", "TimeEnd": "00:00"}


# --- Envelope ---


async def test_a_device_says_who_it_is(lobby: Site) -> None:
    reply = await lobby.get("system/info")
    assert reply["retcode"] == 0
    assert reply["action"] == "info"
    status = reply["data"]["Status"]
    assert status["Model"] == "X916"
    assert status["MAC"] == "0C:11:05:AA:BB:01"
    assert status["FirmwareVersion"] == "916.30.10.114"


async def test_the_envelope_wins_over_the_path(lobby: Site) -> None:
    body = {"target": "user", "action": "add", "data": {"item": [{"UserID": "1", "Name": "A"}]}}
    async with lobby.session.post(f"{lobby.base}/user/set", json=body) as response:
        assert (await response.json(content_type=None))["action"] == "add"
    assert len(await lobby.rows("user")) == 1


async def test_the_bare_api_path_routes_by_the_envelope(lobby: Site) -> None:
    body = {"target": "system", "action": "info"}
    async with lobby.session.post(f"{lobby.base}/", data=json.dumps(body)) as response:
        assert (await response.json(content_type=None))["retcode"] == 0


async def test_json_travels_under_another_name(lobby: Site) -> None:
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert response.content_type == "text/html"


@pytest.mark.parametrize("path", ["privatekey/get", "user/dance", "contact/dial", "door/open"])
async def test_an_unknown_word_is_answered_with_a_failure_inside_a_success(
    lobby: Site, path: str
) -> None:
    reply = await lobby.post(*path.split("/"))
    assert reply["retcode"] < 0
    assert reply["message"] == "unsupport action"


@pytest.mark.parametrize("path", ["user/add", "config/set", "relay/trig", "doorlog/clear"])
async def test_a_get_changes_nothing(lobby: Site, path: str) -> None:
    assert (await lobby.get(path, num=1))["message"] == "unsupport action"
    assert lobby.device.relays.pulses(1) == 0


@pytest.mark.parametrize("path", ["", "fcgi/dont", "api/user", "api/user/get/more"])
async def test_other_paths_are_not_found(lobby: Site, path: str) -> None:
    async with lobby.session.get(f"http://{lobby.at.address}/{path}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"x"',
        b"[" * 100_000,
        b'{"target":1,"action":"get"}',
        b'{"target":"user","action":["add"]}',
        b'{"target":"user","action":"add","data":[]}',
        b'{"target":"user","action":"add","data":{"item":{}}}',
        b'{"target":"user","action":"add","data":{"item":[]}}',
        b'{"target":"user","action":"add","data":{"item":[7,null,"x",[]]}}',
        b'{"target":"user","action":"add","data":{"item":[{"Name":{},"UserID":true}]}}',
        b'{"target":"user","action":"add","data":{"item":[{"Name":"\\u0000","UserID":"1"}]}}',
        b'{"target":"user","action":"set","data":{"item":[{"ID":1e99}]}}',
        b'{"target":"schedule","action":"add","data":{"item":[{"Type":NaN}]}}',
        b'{"target":"relay","action":"trig","data":{"num":true}}',
        b'{"target":"relay","action":"trig","data":{"num":-1}}',
        b'{"target":"relay","action":"trig","data":{"num":"' + b"9" * 5000 + b'"}}',
        b'{"target":"config","action":"get","data":{"item":7}}',
        b'{"target":"config","action":"set","data":{}}',
        b'{"target":"config","action":"set","data":{"Config.Settings.SNTP.Name":[]}}',
        b'{"target":"user","action":"get","data":{"page":0}}',
        b'{"target":"user","action":"get","data":{"page":"x"}}',
    ],
)
async def test_nonsense_is_refused_in_the_device_s_own_words(lobby: Site, body: bytes) -> None:
    async with lobby.session.post(f"{lobby.base}/user/add", data=body) as response:
        assert response.status == 200
        reply = await response.json(content_type=None)
    assert reply["retcode"] < 0
    assert reply["message"] in ("Error Param", "unsupport action")
    assert await lobby.rows("user") == []


async def test_a_lone_surrogate_is_kept_and_given_back(start: Start) -> None:
    lobby = await start()
    await lobby.user(Name="\ud800")
    again = await start()
    assert (await again.rows("user"))[0]["Name"] == "\ud800"


async def test_a_body_beyond_a_megabyte_is_too_large(lobby: Site) -> None:
    async with lobby.session.post(f"{lobby.base}/", data=BytesIO(b"x" * 1_100_000)) as response:
        assert response.status == 413
    assert (await lobby.get("system/info"))["retcode"] == 0


async def test_a_caller_who_stalls_keeps_nobody_waiting(lobby: Site) -> None:
    host, port = lobby.at.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    await writer.drain()
    reply = await asyncio.wait_for(lobby.get("system/info"), 2)
    writer.close()
    assert reply["retcode"] == 0


async def test_a_dirty_device_leaves_bytes_behind_its_json(start: Start) -> None:
    lobby = await start(quirks=("trailing_bytes",))
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        raw = await response.read()
    with pytest.raises(ValueError, match="Extra data"):
        json.loads(raw)
    assert json.loads(raw[: raw.rindex(b"}") + 1])["retcode"] == 0


# --- Users ---


async def test_a_new_user_gets_an_id_and_every_field_as_text(lobby: Site) -> None:
    reply = await lobby.user(Floor="9", LiftFloorNum=3)
    assert reply["retcode"] == 1
    assert reply["data"]["item"] == [{"Ret": 0}]
    (row,) = await lobby.rows("user")
    assert row["ID"] == "1"
    assert row["LiftFloorNum"] == "3"
    assert row["SourceType"] == "1"
    assert "Floor" not in row
    assert all(isinstance(value, str) for value in row.values())


async def test_a_set_answers_the_number_of_rows(lobby: Site) -> None:
    for number in range(2):
        await lobby.user(UserID=str(number), CardCode="")
    rows = [row | {"Name": "Ada"} for row in await lobby.rows("user")]
    assert (await lobby.post("user", "set", {"item": rows}))["retcode"] == 2
    assert {row["Name"] for row in await lobby.rows("user")} == {"Ada"}


async def test_a_set_of_half_a_record_is_refused(lobby: Site) -> None:
    await lobby.user()
    reply = await lobby.post("user", "set", {"item": [{"ID": "1", "Name": "Ada"}]})
    assert reply["retcode"] < 0
    assert (await lobby.rows("user"))[0]["Name"] == "Rita"


async def test_a_set_that_forgets_a_field_empties_it(lobby: Site) -> None:
    await lobby.user(Room="12")
    (row,) = await lobby.rows("user")
    del row["Room"]
    await lobby.post("user", "set", {"item": [row]})
    assert (await lobby.rows("user"))[0]["Room"] == ""


async def test_ids_are_never_given_twice(lobby: Site) -> None:
    await lobby.user()
    await lobby.post("user", "del", {"item": [{"ID": "1"}]})
    await lobby.user()
    assert [row["ID"] for row in await lobby.rows("user")] == ["2"]


async def test_a_card_belongs_to_one_person(lobby: Site) -> None:
    await lobby.user(CardCode="AABB;CCDD")
    refused = await lobby.user(UserID="u2", CardCode="ccdd")
    assert refused["retcode"] < 0
    assert refused["data"]["item"][0]["Ret"] < 0
    await lobby.post("user", "del", {"item": [{"ID": "1"}]})
    assert (await lobby.user(UserID="u2", CardCode="ccdd"))["retcode"] == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"CardCode": "ABC"},
        {"CardCode": "WXYZ"},
        {"CardCode": ";".join(f"AA{n:02}" for n in range(6))},
        {"PrivatePIN": "1"},
        {"PrivatePIN": "12a4"},
        {"ScheduleRelay": "always"},
        {"Name": ""},
        {"UserID": ""},
        {"Name": "x" * 300},
    ],
)
async def test_a_record_the_device_cannot_hold_is_refused(
    lobby: Site, fields: dict[str, str]
) -> None:
    assert (await lobby.user(**fields))["retcode"] < 0
    assert await lobby.rows("user") == []


async def test_a_full_device_takes_nobody_in(start: Start) -> None:
    lobby = await start(capacity=1)
    await lobby.user()
    assert (await lobby.user(UserID="u2", CardCode=""))["retcode"] < 0


async def test_the_other_name_of_schedule_relay_is_understood(lobby: Site) -> None:
    row = {"UserID": "1", "Name": "Ada", "Schedule-Relay": "1001-2"}
    await lobby.post("user", "add", {"item": [row]})
    (kept,) = await lobby.rows("user")
    assert kept["ScheduleRelay"] == "1001-2"
    assert "Schedule-Relay" not in kept


async def test_pages_hold_ten_rows_and_no_page_holds_all(lobby: Site) -> None:
    rows = [{"UserID": str(number), "Name": f"P{number}"} for number in range(23)]
    await lobby.post("user", "add", {"item": rows})
    assert len(await lobby.rows("user")) == 23
    third = (await lobby.get("user/get", page=3))["data"]
    assert (third["num"], third["curPageNum"]) == (23, 3)
    assert [row["UserID"] for row in third["item"]] == ["20", "21", "22"]
    assert await lobby.rows("user", page=4) == []


async def test_people_are_found_by_name_or_id(lobby: Site) -> None:
    await lobby.post(
        "user", "add", {"item": [{"UserID": "77", "Name": "Ada"}, {"UserID": "8", "Name": "Rita"}]}
    )
    assert [row["Name"] for row in await lobby.rows("user", NameOrPerID="ada")] == ["Ada"]
    assert [row["Name"] for row in await lobby.rows("user", NameOrPerID="8")] == ["Rita"]


async def test_foreign_rows_are_there_and_nothing_protects_them(start: Start) -> None:
    lobby = await start(foreign_users=2)
    assert [row["SourceType"] for row in await lobby.rows("user")] == ["2", "2", "1"]
    await lobby.post("user", "clear")
    assert await lobby.rows("user") == []


# --- Schedules ---


async def test_a_schedule_gets_an_id_and_another_display_id(lobby: Site) -> None:
    await lobby.post("schedule", "add", {"item": [WHOLE_DAY]})
    rows = await lobby.rows("schedule")
    assert [(row["ID"], row["DisplayID"]) for row in rows] == [
        ("1", "1001"),
        ("2", "1002"),
        ("3", "1"),
    ]


async def test_users_are_bound_by_display_id(lobby: Site) -> None:
    await lobby.post("schedule", "add", {"item": [WHOLE_DAY]})
    await lobby.user(ScheduleRelay="3-1")
    assert not lobby.device.swipe("04A1B2C3").accepted
    (row,) = await lobby.rows("user")
    await lobby.post("user", "set", {"item": [row | {"ScheduleRelay": "1-1"}]})
    assert lobby.device.swipe("04A1B2C3").accepted


@pytest.mark.parametrize("schedule", ["1", "2"])
async def test_built_in_schedules_cannot_be_touched(lobby: Site, schedule: str) -> None:
    before = await lobby.rows("schedule")
    row = next(row for row in before if row["ID"] == schedule)
    assert (await lobby.post("schedule", "set", {"item": [row]}))["retcode"] < 0
    assert (await lobby.post("schedule", "del", {"item": [{"ID": schedule}]}))["retcode"] < 0
    await lobby.post("schedule", "clear")
    assert await lobby.rows("schedule") == before


async def test_a_device_holds_a_hundred_schedules(lobby: Site) -> None:
    reply = await lobby.post("schedule", "add", {"item": [WHOLE_DAY] * 101})
    assert [item["Ret"] == 0 for item in reply["data"]["item"]] == [True] * 100 + [False]
    assert (await lobby.state())["schedules"] == 100


@pytest.mark.parametrize(
    "fields",
    [
        {"Type": "3"},
        {"TimeEnd": "24:00"},
        {"TimeStart": "8:00"},
        {"Mon": "yes"},
        {"Type": "0"},
        {"Type": "0", "DateStart": "2026-01-01", "DateEnd": "20261231"},
    ],
)
async def test_a_schedule_out_of_shape_is_refused(lobby: Site, fields: dict[str, str]) -> None:
    assert (await lobby.post("schedule", "add", {"item": [WHOLE_DAY | fields]}))["retcode"] < 0
    assert len(await lobby.rows("schedule")) == 2


# --- Settings ---


async def test_settings_come_whole_by_prefix_or_by_key(lobby: Site) -> None:
    everything = (await lobby.get("config/get"))["data"]
    assert len(everything) >= 300
    assert (await lobby.post("config", "get"))["data"] == everything
    some = (await lobby.post("config", "get", {"filter": ["Config.Settings.SNTP."]}))["data"]
    assert some == {k: v for k, v in everything.items() if k.startswith("Config.Settings.SNTP.")}
    wanted = ["Config.Settings.SNTP.DTS", "Config.No.Such.Key"]
    named = (await lobby.post("config", "get", {"item": wanted}))["data"]
    assert [*named] == ["Config.Settings.SNTP.DTS"]


async def test_a_set_with_one_unknown_key_changes_nothing(lobby: Site) -> None:
    known = "Config.DoorSetting.RELAY.NameA"
    reply = await lobby.post("config", "set", {known: "Door", "Config.No.Such": "1"})
    assert reply["retcode"] < 0
    assert (await lobby.post("config", "get", {"item": [known]}))["data"] == {known: "RelayA"}


@pytest.mark.parametrize("seconds", ["61", "-1", "x", ""])
async def test_a_relay_is_held_sixty_seconds_at_most(lobby: Site, seconds: str) -> None:
    key = "Config.DoorSetting.RELAY.HoldDelayA"
    assert (await lobby.post("relay", "set", {key: seconds}))["retcode"] < 0


async def test_relay_set_touches_relay_settings_only(lobby: Site) -> None:
    assert (await lobby.post("relay", "set", {"Config.Settings.SNTP.DTS": "1"}))["retcode"] < 0
    key = "Config.DoorSetting.RELAY.HoldDelayB"
    assert (await lobby.post("relay", "set", {key: 9}))["retcode"] == 0
    assert (await lobby.get("relay/get"))["data"][key] == "9"


async def test_passwords_are_printed_and_wanted_in_base64(lobby: Site) -> None:
    key = "Config.DoorSetting.APIFCGI.Password"
    assert (await lobby.get("config/get"))["data"][key] == "aHR0cGFwaQ=="
    assert (await lobby.post("config", "set", {key: "not base64!"}))["retcode"] < 0
    await lobby.post("config", "set", {key: "bmV3"})
    assert lobby.device.account.password == "new"


# --- Relays ---


async def test_a_pulse_opens_closes_by_itself_and_writes_no_log(lobby: Site) -> None:
    reply = await lobby.post("relay", "trig", {"num": 2, "mode": 0, "level": 0, "delay": 1})
    assert reply["retcode"] == 0
    assert (await lobby.get("relay/status"))["data"] == {"RelayA": 0, "RelayB": 1}
    await asyncio.sleep(1.1)
    assert (await lobby.get("relay/status"))["data"] == {"RelayA": 0, "RelayB": 0}
    relay = (await lobby.state())["relays"][1]
    assert relay["pulses"] == 1
    assert relay["last_pulse_at"] == "2026-01-14T10:00:00+00:00"
    assert await lobby.rows("doorlog") == []


async def test_a_relay_can_be_held_and_let_go(lobby: Site) -> None:
    await lobby.post("relay", "trig", {"num": 1, "mode": 1, "level": 1})
    assert (await lobby.get("relay/status"))["data"]["RelayA"] == 1
    await lobby.post("relay", "trig", {"num": 1, "mode": 1, "level": 0})
    assert (await lobby.get("relay/status"))["data"]["RelayA"] == 0


@pytest.mark.parametrize(
    "data", [{}, {"num": 3}, {"num": 11}, {"num": 1, "mode": 2}, {"num": 1, "delay": 65536}]
)
async def test_a_relay_that_is_not_there_does_not_open(lobby: Site, data: object) -> None:
    assert (await lobby.post("relay", "trig", data))["retcode"] < 0
    assert [relay["pulses"] for relay in (await lobby.state())["relays"]] == [0, 0]


# --- Swipes and the log ---


async def test_a_known_card_opens_and_is_logged(lobby: Site) -> None:
    await lobby.user(ScheduleRelay="1001-12")
    answer = await lobby.scenario("swipe", {"card": "04a1b2c3"})
    assert answer == {"accepted": True, "relay": [1, 2], "log_id": "1"}
    assert (await lobby.get("relay/status"))["data"] == {"RelayA": 1, "RelayB": 1}
    assert await lobby.rows("doorlog") == [
        {
            "ID": "1",
            "Date": "2026-01-14",
            "Time": "10:00:00",
            "Name": "Rita",
            "Code": "04A1B2C3",
            "Type": "Card",
            "Status": "Succ",
            "Relay": "12",
            "AccessMode": "0",
        }
    ]


async def test_a_strange_card_is_refused_and_logged(lobby: Site) -> None:
    answer = await lobby.scenario("swipe", {"card": "DEADBEEF"})
    assert answer["accepted"] is False
    (row,) = await lobby.rows("doorlog")
    assert (row["Status"], row["Name"], row["Relay"]) == ("Failed", "Unknown", "")


async def test_the_log_is_newest_first(lobby: Site) -> None:
    for _ in range(12):
        lobby.device.swipe("DEADBEEF")
    page = (await lobby.get("doorlog/get", page=1))["data"]
    assert page["num"] == 12
    assert [row["ID"] for row in page["item"]] == [str(n) for n in range(12, 2, -1)]


async def test_log_ids_begin_anew_after_a_clear(lobby: Site) -> None:
    lobby.device.swipe("DEADBEEF")
    await lobby.post("doorlog", "clear")
    assert lobby.device.swipe("DEADBEEF").log_id == "1"


async def test_a_log_row_can_be_removed(lobby: Site) -> None:
    for _ in range(2):
        lobby.device.swipe("DEADBEEF")
    await lobby.post("doorlog", "del", {"item": [{"ID": "1"}]})
    assert [row["ID"] for row in await lobby.rows("doorlog")] == ["2"]


async def test_the_device_s_own_clock_decides(lobby: Site) -> None:
    office = {"Type": "1", "Wed": "1", "TimeStart": "09:00", "TimeEnd": "18:00"}
    await lobby.post("schedule", "add", {"item": [{"Name": "Office", **office}]})
    await lobby.user(ScheduleRelay="1-1")
    assert lobby.device.swipe("04A1B2C3").accepted
    await lobby.settings(
        Settings__SNTP__TimeZone="GMT+9:00", Settings__SNTP__Name="Tokyo", Settings__SNTP__DTS="0"
    )
    assert not lobby.device.swipe("04A1B2C3").accepted
    row = (await lobby.rows("doorlog"))[0]
    assert (row["Date"], row["Time"]) == ("2026-01-14", "19:00:00")


async def test_a_window_in_the_spring_gap_never_comes(lobby: Site) -> None:
    await lobby.settings(Settings__SNTP__Name="Berlin", Settings__SNTP__DTS="1")
    gap = {"Type": "2", "TimeStart": "02:00", "TimeEnd": "03:00", "Name": "Gap"}
    await lobby.post("schedule", "add", {"item": [gap]})
    await lobby.user(ScheduleRelay="1-1")
    for wall, shown in (
        ("2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T02:30:00", "2026-03-29T03:30:00+02:00"),
        ("2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00"),
    ):
        assert (await lobby.scenario("clock", {"set": wall}))["clock"] == shown
        assert not lobby.device.swipe("04A1B2C3").accepted


async def test_everything_outlives_the_process(start: Start) -> None:
    lobby = await start()
    await lobby.post("schedule", "add", {"item": [WHOLE_DAY]})
    await lobby.user()
    await lobby.settings(DoorSetting__RELAY__NameA="Main entrance")
    await lobby.scenario("clock", {"offset_seconds": 3600})
    lobby.device.swipe("04A1B2C3")
    # No stop: the first emulator is as good as killed.
    again = await start()
    state = await again.state()
    assert (state["users"], state["schedules"]) == (1, 1)
    assert state["relays"][0]["name"] == "Main entrance"
    assert state["relays"][0]["pulses"] == 1
    assert state["clock"] == "2026-01-14T11:00:00+00:00"
    assert state["log"][0]["ID"] == "1"
    assert state["mac"] == MAC
