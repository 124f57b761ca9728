"""Whatever a device sends is read, or refused by the driver's own faults and nothing else."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from doorward.connector import logbook
from doorward.connector.driver import DeviceFault, UnreadableRow
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.connector.drivers.api_client import ApiClient
from doorward.protocols.akuvox import settings as keys
from doorward.protocols.akuvox import users
from doorward.protocols.neutral import (
    Assignment,
    AuthMode,
    ClockRecord,
    DateFormat,
    RelayRecord,
)
from tests.chaos import TIMES

pytestmark = pytest.mark.faults

ONE = Assignment("d1", "akuvox", "127.0.0.1", "0C1105AABB01", AuthMode.NONE, "", "")
NOW = datetime(2026, 3, 29, 1, tzinfo=UTC)
BERLIN = ClockRecord("Europe/Berlin", ("ntp.example",), 24, DateFormat.YMD)
WORDS = st.sampled_from(
    ["DWp1", "DW1", "DW", "DW٣", "1001-1;", "12-12", "٣-٣;", "²-²", "Succ", "24:60", "٠٩:٠٠"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | WORDS
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
# What rows of people, schedules and logs, status and identity are made of.
FIELDS = (
    *("ID", "UserID", "Name", "CardCode", "PrivatePIN", "ScheduleRelay", "Schedule-Relay"),
    *("Schedule", "Source", "SourceType", "Type", "DisplayID", "DateStart", "DateEnd"),
    *("TimeStart", "TimeEnd", "Mon", "Sun", "Date", "Time", "Code", "Status", "Relay", "Ret"),
    *("MAC", "Model", "FirmwareVersion", "HardwareVersion", "SystemTime", "UpTime"),
)
rows = st.dictionaries(st.sampled_from(FIELDS), values, max_size=12)
CONFIG = (
    "Config.Settings.SNTP.TimeZone",
    "Config.Settings.SNTP.DTS",
    "Config.Settings.DATETIME.DateFormat",
    "Config.DoorSetting.RELAY.NameA",
    "Config.DoorSetting.RELAY.HoldDelayA",
)
datas = st.one_of(
    values,
    rows,
    st.fixed_dictionaries({"Status": rows | values}),
    st.fixed_dictionaries({"item": st.lists(rows | values, max_size=4), "num": values}),
    st.dictionaries(st.sampled_from(CONFIG), values, max_size=5),
)
replies = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda data, code, tail: (
            json.dumps({"retcode": code, "action": "get", "message": "OK", "data": data}).encode()
            + tail
        ),
        datas,
        st.sampled_from([0, 1, "0"]) | scalars,
        st.just(b"") | st.binary(max_size=8),
    ),
)
often = settings(max_examples=100 * TIMES, deadline=None)


@contextmanager
def answering(bodies: list[bytes]) -> Iterator[None]:
    """Let a device answer with these in turn, and then with the last."""
    left = list(bodies)

    async def call(self: ApiClient, *_: object, **__: object) -> bytes:
        return left.pop(0) if len(left) > 1 else left[0]

    with patch.object(ApiClient, "call", call):
        yield


Ask = Callable[[AkuvoxDriver], Awaitable[object]]


async def _read_log(driver: AkuvoxDriver) -> None:
    log = await driver.newest_log(1)
    logbook.follow(logbook.begin(log.lines), log.lines, complete=log.complete)
    for row in log.rows:
        try:
            driver.read_row(row)
        except UnreadableRow:
            event("unreadable row")


async def _people_of_schedules(driver: AkuvoxDriver) -> None:
    await driver.schedules()
    await driver.people(None)


ASKED: dict[str, Ask] = {
    "identity": lambda driver: driver.identify(),
    "mac": lambda driver: driver.mac_now(),
    "status": lambda driver: driver.vitals(),
    "settings": lambda driver: driver.learn(),
    "clock": lambda driver: driver.set_clock(BERLIN, NOW),
    "relay": lambda driver: driver.set_relay(RelayRecord(1, "Gate", 3)),
    "schedules": lambda driver: driver.schedules(),
    "people": _people_of_schedules,
    "log": _read_log,
    "unlock": lambda driver: driver.unlock(1, 3),
    "inputs": lambda driver: driver.inputs(),
    "calls": lambda driver: driver.have_it_call("http://127.0.0.1:9/hook/d1/token"),
    "probe": lambda driver: driver.probe(NOW),
    "examination": lambda driver: driver.examine(None),
}


@pytest.mark.parametrize("asked", sorted(ASKED))
@given(bodies=st.lists(replies, min_size=1, max_size=3))
@often
async def test_every_answer_is_taken_or_a_fault_of_the_device(
    asked: str, bodies: list[bytes]
) -> None:
    driver = AkuvoxDriver(ONE, spacing=0)
    with answering(bodies):
        try:
            await ASKED[asked](driver)
        except DeviceFault:
            event("fault")
        else:
            event("taken")
    await driver.close()


@given(rows)
@often
def test_every_row_of_a_person_is_read_and_compared(row: dict[str, object]) -> None:
    record = users.read_person(row, {"12": 3})
    assert users.fit_person(record) is not None
    assert users.unfit(record) is not None
    assert users.is_ours(row) in (True, False)


@given(rows, st.integers(0, 1000))
@often
def test_every_row_of_a_schedule_is_read_or_none_of_ours(row: dict[str, object], slot: int) -> None:
    assert users.schedule_slot(row) is None or isinstance(users.schedule_slot(row), int)
    found = users.read_schedule(row, slot)
    assert found is None or users.write_schedule(found)


@given(st.dictionaries(st.sampled_from(CONFIG), st.text()))
@often
def test_every_configuration_is_written_over(config: dict[str, str]) -> None:
    assert set(keys.clock(BERLIN, NOW, config)) <= set(config)
    assert keys.date_order(config) in DateFormat
