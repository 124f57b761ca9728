"""The vocabulary of Akuvox devices, from bytes as manuals and the field show them."""

from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.protocols.akuvox import door_log, local_api, settings, timezones, users
from doorward.protocols.neutral import (
    ClockRecord,
    DateFormat,
    Grant,
    Method,
    PersonRecord,
    RelayRecord,
    ScheduleRecord,
)

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


# --- The envelope ------------------------------------------------------------------------------


def test_a_list_is_read_through_the_dirt_around_it() -> None:
    body = (
        b'\xef\xbb\xbf {"retcode":"0","action":"get","message":"OK","data":'
        b'{"num":"2","item":[null,{"ID":7,"Name":"\xff"}]}}\r\n<!-- 0x00 -->'
    )
    data = local_api.read_reply(body)
    assert [local_api.text(row["ID"]) for row in local_api.rows(data)] == ["7"]
    assert local_api.total(data) == 2


@pytest.mark.parametrize("retcode", [0, 1, 2, "2"])
def test_a_retcode_from_zero_is_a_yes(retcode: object) -> None:
    body = f'{{"retcode":{retcode!r},"action":"add","message":"","data":{{}}}}'.replace("'", '"')
    assert local_api.read_reply(body.encode()) == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"retcode":-1,"message":"Error Param"}',
        b'{"retcode":200,"message":"Api unsupported"}',
        b'{"retcode":0,"message":"unsupport action"}',
        b'{"retcode":-1,"message":"No handlers for this request"}',
    ],
)
def test_a_no_is_told_from_a_yes_by_its_words(body: bytes) -> None:
    with pytest.raises(local_api.Rejected):
        local_api.read_reply(body)


@given(st.binary(max_size=200))
def test_noise_is_garbled_or_refused_and_nothing_else(body: bytes) -> None:
    with pytest.raises((local_api.Garbled, local_api.Rejected)):
        local_api.read_reply(body)


def test_a_writing_call_names_itself_in_path_and_envelope() -> None:
    request = local_api.tell("user", "add", {"item": []})
    assert request.path == "/api/user/add"
    assert b'"target": "user", "action": "add"' in request.body


# --- People and schedules (B.5) -----------------------------------------------------------------


def test_a_person_is_written_whole_and_over_what_was_there() -> None:
    record = PersonRecord("Rita", ("0A1B",), (Grant(1, 3), Grant(2, 3)))
    row = {"ID": "9", "UserID": "DWp1", "FaceUrl": "x", "Schedule": "1001-1"}
    written = users.write_person("p1", record, {3: "12"}, row)
    assert written["ScheduleRelay"] == written["Schedule-Relay"] == "12-1,12-2"
    assert (written["ID"], written["FaceUrl"], written["UserID"]) == ("9", "x", "DWp1")
    assert "Schedule" not in written


@pytest.mark.parametrize("spelled", ["12-12", "12-12;", "12-1;12-2;", "12-1,12-2"])
def test_pairs_are_read_in_every_spelling(spelled: str) -> None:
    row = {"UserID": "DWp1", "Name": "Rita", "CardCode": "0a1b;", "Schedule-Relay": spelled}
    record = users.read_person(row, {"12": 3})
    assert record == PersonRecord("Rita", ("0A1B",), (Grant(1, 3), Grant(2, 3)))


def test_a_schedule_that_is_not_ours_is_a_foreign_grant() -> None:
    row = {"UserID": "DWp1", "ScheduleRelay": "1001-1"}
    assert users.read_person(row, {}).grants == (Grant(1, users.FOREIGN_SLOT),)


@pytest.mark.parametrize(
    ("row", "ours"),
    [
        ({"UserID": "DWp1", "SourceType": "1"}, True),
        ({"UserID": "DWp1", "Source": "-1"}, True),
        ({"UserID": "DWp1", "SourceType": "2"}, False),
        ({"UserID": "DW", "SourceType": "1"}, False),
        ({"UserID": "7", "SourceType": "1"}, False),
    ],
)
def test_our_rows_are_known_by_their_id_and_source(row: dict[str, str], ours: bool) -> None:
    assert users.is_ours(row) is ours


def test_a_whole_day_ends_at_the_last_minute_a_device_can_spell() -> None:
    record = ScheduleRecord(slot=4, days=0b0001001, start=0, end=1440)
    row = users.write_schedule(record)
    assert (row["Name"], row["TimeStart"], row["TimeEnd"]) == ("DW4", "00:00", "23:59")
    assert (row["Mon"], row["Tue"], row["Thur"]) == ("1", "0", "1")
    assert users.read_schedule(row, 4) == record


def test_a_schedule_between_dates_is_of_the_type_that_has_dates() -> None:
    leap_day = date(2028, 2, 29)
    record = ScheduleRecord(4, 127, 600, 720, leap_day, leap_day)
    held = users.write_schedule(ScheduleRecord(4, 127, 0, 60))
    row = users.write_schedule(record, held)
    assert (row["Type"], row["DateStart"], row["DateEnd"]) == ("0", "20280229", "20280229")
    assert users.read_schedule(row, 4) == record
    again = users.write_schedule(ScheduleRecord(4, 127, 0, 60), row)
    assert (again["Type"], again["DateStart"], again["DateEnd"]) == ("1", "", "")


def test_a_schedule_without_a_last_day_ends_far_away() -> None:
    record = ScheduleRecord(4, 31, 480, 1080, date(2026, 12, 1))
    row = users.write_schedule(record)
    assert (row["DateStart"], row["DateEnd"]) == ("20261201", "20991231")
    assert users.read_schedule(row, 4) == record


@pytest.mark.parametrize("spelled", ["", "2028-02-29", "20270229", "2028029"])
def test_dates_nobody_can_read_make_no_schedule_of_ours(spelled: str) -> None:
    row = users.write_schedule(ScheduleRecord(4, 31, 480, 1080, date(2026, 12, 1)))
    assert users.read_schedule({**row, "DateEnd": spelled}, 4) is None


whole_days = st.dates(date(1999, 12, 1), date(2100, 1, 31))


@given(
    st.integers(1, 127),
    st.integers(0, 1438),
    st.data(),
    st.just((date.min, date.max))
    | st.tuples(whole_days, whole_days).map(lambda pair: (min(pair), max(pair))),
)
def test_a_schedule_reads_back_as_it_was_written(
    days: int, start: int, data: st.DataObject, dates: tuple[date, date]
) -> None:
    end = data.draw(st.integers(start + 1, 1440))
    if dates[0] > date(2099, 12, 31) or dates[1] < date(2000, 1, 1):
        return
    record = users.fit_schedule(ScheduleRecord(2, days, start, end, *dates))
    if start == 1439 or record.start >= min(record.end, 1439):
        return
    assert users.read_schedule(users.write_schedule(record), 2) == record


@given(
    st.builds(
        PersonRecord,
        st.text(min_size=1),
        st.lists(st.text(alphabet="0123456789abcdefABCDEF", min_size=1, max_size=8)).map(tuple),
        st.lists(st.builds(Grant, st.integers(1, 4), st.integers(1, 3)), min_size=1).map(tuple),
    )
)
def test_a_fitted_person_reads_back_as_written(record: PersonRecord) -> None:
    fitted = users.fit_person(record)
    row = users.write_person("p1", fitted, {1: "11", 2: "12", 3: "13"})
    assert users.read_person(row, {"11": 1, "12": 2, "13": 3}) == fitted
    assert users.fit_person(fitted) == fitted


# --- The door log -------------------------------------------------------------------------------


def row(**changes: str) -> dict[str, object]:
    """A row in the field's spelling; the values are made up."""
    return {
        "ID": "17",
        "Date": "2026-03-04",
        "Time": "09:05:06",
        "Name": "Rita",
        "Code": "0a1b2c3d",
        "Type": "1",
        "Status": "Succ",
        "Relay": "1",
        **changes,
    }


def test_a_card_is_read_in_neutral_words() -> None:
    scan = door_log.read_row(row(), DateFormat.YMD)
    assert scan == door_log.Scan("17", "2026-03-04T09:05:06", Method.CARD, "0A1B2C3D", (1,), True)


@pytest.mark.parametrize(
    ("date", "order", "read"),
    [
        ("03/04/2026", DateFormat.MDY, "2026-03-04"),
        ("03/04/2026", DateFormat.DMY, "2026-04-03"),
        ("2026/03/04", DateFormat.DMY, "2026-03-04"),
        ("31-03-2026", DateFormat.MDY, "2026-03-31"),
    ],
)
def test_a_date_is_read_in_the_devices_own_order(date: str, order: DateFormat, read: str) -> None:
    assert door_log.read_row(row(Date=date), order).device_time.startswith(read)


@pytest.mark.parametrize(
    ("time", "read"),
    [("12:05:06 AM", "00:05:06"), ("12:05:06 PM", "12:05:06"), ("9:05 pm", "21:05:00")],
)
def test_a_twelve_hour_clock_is_read(time: str, read: str) -> None:
    assert door_log.read_row(row(Time=time), DateFormat.YMD).device_time.endswith(read)


@pytest.mark.parametrize(
    "changes",
    [
        {"Date": "2026-13-45"},
        {"Date": "2026-02-29"},
        {"Date": "tomorrow"},
        {"Time": "25:00:00"},
        {"Time": "13:00:00 PM"},
        {"ID": "x"},
        {"Status": ""},
    ],
)
def test_a_row_that_cannot_be_true_is_unreadable(changes: dict[str, str]) -> None:
    with pytest.raises(door_log.Unreadable):
        door_log.read_row(row(**changes), DateFormat.YMD)


def test_a_row_without_a_time_is_still_a_scan() -> None:
    assert door_log.read_row(row(Date="", Time=""), DateFormat.YMD).device_time == ""


@pytest.mark.parametrize("kind", ["2", "PIN", "Password"])
def test_a_pin_is_read_and_shows_nowhere(kind: str) -> None:
    scan = door_log.read_row(row(Type=kind, Code="48151623"), DateFormat.YMD)
    assert (scan.method, scan.code) == (Method.PIN, "48151623")
    assert "48151623" not in repr(scan)


@pytest.mark.parametrize(("kind", "code"), [("3", "48151623"), ("0", "4815"), ("PIN", "48x5")])
def test_a_code_that_is_neither_card_nor_pin_leaves_the_row(kind: str, code: str) -> None:
    assert door_log.read_row(row(Type=kind, Code=code), DateFormat.YMD).code == ""


@pytest.mark.parametrize(
    ("spelled", "relays"),
    [
        *[("1", (1,)), ("RelayB", (2,)), ("c", (3,)), ("Relay 2", (2,)), ("12", (1, 2))],
        *[("", ()), ("0", ()), ("1x", ())],
    ],
)
def test_relays_are_read_by_digit_or_letter(spelled: str, relays: tuple[int, ...]) -> None:
    assert door_log.read_row(row(Relay=spelled), DateFormat.YMD).relays == relays


@given(st.dictionaries(st.sampled_from([*row()]), st.text() | st.integers() | st.none()))
def test_any_row_is_read_or_unreadable(changes: dict[str, object]) -> None:
    try:
        scan = door_log.read_row({**row(), **changes}, DateFormat.DMY)
    except door_log.Unreadable:
        return
    assert scan.local_id


# --- Clock, relays, models ----------------------------------------------------------------------

EXPORTED = {
    "Config.Settings.SNTP.TimeZone": "GMT+0:00",
    "Config.Settings.SNTP.Name": "London",
    "Config.Settings.SNTP.NTPServer1": "",
    "Config.Settings.SNTP.DTS": "0",
    "Config.Settings.DATETIME.DateFormat": "0",
    "Config.DoorSetting.RELAY.NameA": "RelayA",
    "Config.DoorSetting.RELAY.HoldDelayA": "5",
}
BERLIN = ClockRecord("Europe/Berlin", ("ntp.example",), 24, DateFormat.YMD)


def test_without_own_summer_time_the_current_offset_is_written() -> None:
    wanted = settings.clock(BERLIN, SUMMER, EXPORTED)
    assert wanted["Config.Settings.SNTP.TimeZone"] == "GMT+2:00"
    assert wanted["Config.Settings.SNTP.Name"] == "Berlin"
    assert settings.clock_due(BERLIN, SUMMER, EXPORTED) == datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_with_own_summer_time_the_standard_offset_is_written() -> None:
    config = {**EXPORTED, "Config.Settings.SNTP.DTS": "1"}
    wanted = settings.clock(BERLIN, SUMMER, config)
    assert wanted["Config.Settings.SNTP.TimeZone"] == "GMT+1:00"
    assert settings.clock_due(BERLIN, SUMMER, config) is None


def test_only_keys_the_device_exports_are_written() -> None:
    wanted = settings.clock(BERLIN, WINTER, EXPORTED)
    assert set(wanted) <= set(EXPORTED)
    assert settings.relay(RelayRecord(2, "Gate", 3), EXPORTED) == {}


def test_a_separator_of_the_right_order_stays() -> None:
    code = settings.clock(BERLIN, WINTER, EXPORTED)["Config.Settings.DATETIME.DateFormat"]
    assert code == "0"


def test_a_relay_is_named_and_held() -> None:
    assert settings.relay(RelayRecord(1, "Gate\r\n", 99), EXPORTED) == {
        "Config.DoorSetting.RELAY.NameA": "Gate",
        "Config.DoorSetting.RELAY.HoldDelayA": "60",
    }


@pytest.mark.parametrize(
    ("zone", "offset", "city"),
    [
        ("Asia/Kolkata", "GMT+5:30", "Kolkata"),
        ("America/New_York", "GMT-5:00", "New York"),
        ("America/St_Johns", "GMT-3:30", "St. John's"),
        ("UTC", "GMT+0:00", "GMT"),
    ],
)
def test_a_zone_is_an_offset_and_a_city(zone: str, offset: str, city: str) -> None:
    assert (timezones.standard_offset(zone, SUMMER), timezones.city(zone)) == (offset, city)


def test_every_zone_there_is_has_an_offset_and_a_city() -> None:
    for zone in available_timezones() - {"localtime"}:
        assert timezones.current_offset(zone, SUMMER).startswith("GMT")
        assert timezones.city(zone)
