"""The connector between a scripted cloud and an emulated door phone."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest

from doorward.protocols.neutral import (
    ApplyChanges,
    AssignDevices,
    BadgeScanned,
    ChangesApplied,
    ClockRecord,
    DateFormat,
    DeviceIdentified,
    Entry,
    Grant,
    Kind,
    Method,
    Outcome,
    PersonRecord,
    Problem,
    Record,
    RelayRecord,
    ScheduleRecord,
    UnlockDoor,
)
from tests.connector.conftest import MAC, PASSWORD, Connector, DoorPhone, assigned, running
from tests.connector.fake_cloud import FakeCloud

CARD, OTHER_CARD = "0A1B2C3D", "0A1B2C3E"
PIN, OTHER_PIN = "583914", "740186"
ALWAYS = ScheduleRecord(slot=1, days=127, start=0, end=1440)


def person(*cards: str, slot: int = 1, relay: int = 1, **validity: datetime) -> PersonRecord:
    return PersonRecord("Rita Renter", cards, (Grant(relay, slot),), **validity)


def changes(
    revision: int, base: int = 0, *, full: bool = False, **bodies: Record | None
) -> ApplyChanges:
    """Entries by keyword: p1=person, s1=schedule, c=clock, r1=relay; None is a tombstone."""
    kinds = {"p": Kind.PERSON, "s": Kind.SCHEDULE, "c": Kind.CLOCK, "r": Kind.RELAY}
    entries = tuple(
        Entry(kinds[name[0]], name[1:] if name[0] in "rs" else name, revision, body)
        for name, body in bodies.items()
    )
    return ApplyChanges("d1", 1, base, revision, full, True, entries)


async def applied(cloud: FakeCloud, revision: int) -> ChangesApplied:
    found = await cloud.until(
        lambda: [one for one in cloud.reports(ChangesApplied) if one.revision == revision]
    )
    return found[-1]


async def test_a_device_says_who_it_is_and_comes_online(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    (who,) = await cloud.until(lambda: cloud.reports(DeviceIdentified))
    assert (who.device, who.mac, who.model) == ("d1", MAC, "X916")
    assert cloud.states[-1].devices[0].problem is None


async def test_a_shelf_reaches_the_device_and_strangers_stay(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    strangers = phone.users()
    await assigned(cloud, phone)
    clock = ClockRecord("Europe/Berlin", ("ntp.example",), 24, DateFormat.DMY)
    await cloud.order(
        "o1",
        changes(
            7,
            full=True,
            c=clock,
            r1=RelayRecord(1, "Front door", 9),
            s1=ALWAYS,
            p1=person(CARD.lower()),
        ),
    )
    report = await applied(cloud, 7)
    assert report.failures == ()
    row = phone.users()["DWp1"]
    display = phone.schedules()["DW1"]["DisplayID"]
    assert (row["CardCode"], row["ScheduleRelay"]) == (CARD, f"{display}-1")
    assert phone.schedules()["DW1"]["TimeEnd"] == "23:59"
    settings = phone.at.device.settings
    assert settings["Config.Settings.SNTP.Name"] == "Berlin"
    assert settings["Config.Settings.DATETIME.DateFormat"] == "3"
    assert settings["Config.DoorSetting.RELAY.NameA"] == "Front door"
    assert settings["Config.DoorSetting.RELAY.HoldDelayA"] == "9"
    assert strangers.items() <= phone.users().items()


async def test_a_card_that_moves_is_released_before_it_is_given(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=person(CARD)))
    await applied(cloud, 1)
    await cloud.order("o2", changes(2, 1, p2=person(CARD), p1=person(OTHER_CARD)))
    assert (await applied(cloud, 2)).failures == ()
    users = phone.users()
    assert (users["DWp1"]["CardCode"], users["DWp2"]["CardCode"]) == (OTHER_CARD, CARD)


async def test_a_pin_that_moves_is_released_before_it_is_given(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    rita = replace(person(CARD), pin=PIN)
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=rita))
    await applied(cloud, 1)
    both = changes(2, 1, p1=replace(rita, pin=OTHER_PIN), p2=replace(person(), pin=PIN))
    await cloud.order("o2", both)
    assert (await applied(cloud, 2)).failures == ()
    users = phone.users()
    assert (users["DWp1"]["PrivatePIN"], users["DWp2"]["PrivatePIN"]) == (OTHER_PIN, PIN)


async def test_a_pin_opens_by_the_keypad_until_it_is_taken(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=replace(person(), pin=PIN)))
    await applied(cloud, 1)
    assert (await phone.do("enter_pin", pin=PIN))["accepted"]
    await cloud.order("o2", changes(2, 1, p1=person(CARD)))
    await applied(cloud, 2)
    assert not (await phone.do("enter_pin", pin=PIN))["accepted"]
    await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 2)
    first, second = cloud.reports(BadgeScanned)
    assert (first.person, first.code, first.method) == ("p1", PIN, Method.PIN)
    assert (first.accepted, first.relays) == (True, (1,))
    assert (second.person, second.accepted) == ("", False)


async def test_a_one_off_window_opens_within_it_and_not_beside_it(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    today = phone.at.device.clock().date()
    day = timedelta(days=1)
    slots = {
        "yesterday": ScheduleRecord(1, 127, 0, 1440, today - day, today - day),
        "today": ScheduleRecord(2, 127, 0, 1440, today, today),
        "tomorrow": ScheduleRecord(3, 127, 0, 1440, today + day, today + day),
        "other times": ScheduleRecord(4, 127, 0, 1440, today - 9 * day, today + 9 * day),
    }
    cards = dict(zip(slots, ("0A000001", "0A000002", "0A000003", "0A000004"), strict=True))
    entries: dict[str, Record] = {f"s{one.slot}": one for one in slots.values()}
    entries |= {f"p{one.slot}": person(cards[name], slot=one.slot) for name, one in slots.items()}
    await cloud.order("o1", changes(1, full=True, **entries))
    report = await applied(cloud, 1)
    assert report.failures == ()

    async def opens() -> set[str]:
        shown = {name: await phone.do("swipe", card=card) for name, card in cards.items()}
        return {name for name, answer in shown.items() if answer["accepted"]}

    assert await opens() == {"today", "other times"}
    types = {one["Type"] for name, one in phone.schedules().items() if name.startswith("DW")}
    assert types == {"0"}
    tomorrow = datetime.combine(today + day, time_of_day(12))
    await phone.do("clock", set=tomorrow.isoformat())
    assert await opens() == {"tomorrow", "other times"}


async def test_a_removed_person_and_their_schedule_leave_the_device(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=person(CARD)))
    await applied(cloud, 1)
    await cloud.order("o2", changes(2, 1, s1=None, p1=None))
    assert (await applied(cloud, 2)).failures == ()
    assert "DWp1" not in phone.users()
    assert "DW1" not in phone.schedules()


async def test_changes_that_do_not_fit_are_not_taken(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("o1", changes(5, full=True, s1=ALWAYS))
    await applied(cloud, 5)
    known = len(cloud.states)
    await cloud.order("o2", changes(9, 8, p1=person(CARD)))
    await cloud.until(lambda: len(cloud.states) > known)
    assert cloud.states[-1].devices[0].revision == 5
    assert "DWp1" not in phone.users()


async def test_a_card_of_a_stranger_is_a_failure_with_a_reason(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=person("57A40001", CARD)))
    (failure,) = (await applied(cloud, 1)).failures
    assert (failure.key, failure.why) == ("p1", "a card belongs to a person who is not ours")
    assert phone.users()["DWp1"]["CardCode"] == CARD


async def test_rights_begin_and_end_by_the_clock_without_the_cloud(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    begin = datetime.now(UTC) + timedelta(seconds=1.5)
    visitor = person(CARD, valid_from=begin, valid_until=begin + timedelta(seconds=2))
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=visitor))
    await applied(cloud, 1)
    await cloud.stop()
    assert "DWp1" not in phone.users()
    await cloud.until(lambda: "DWp1" in phone.users(), 5)
    assert datetime.now(UTC) >= begin
    await cloud.until(lambda: "DWp1" not in phone.users(), 5)


async def test_a_scan_is_told_once_with_the_person(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=person(CARD)))
    await applied(cloud, 1)
    await phone.do("fault", mode="repeat_log")
    await phone.do("swipe", card=CARD)
    await phone.do("swipe", card="DEADBEEF")
    await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 2)
    await asyncio.sleep(2.5)
    first, second = cloud.reports(BadgeScanned)
    assert (first.person, first.code, first.method) == ("p1", CARD, Method.CARD)
    assert (first.accepted, first.relays) == (True, (1,))
    assert (second.person, second.accepted) == ("", False)
    assert datetime.fromisoformat(first.device_time).tzinfo is None


async def test_old_rows_stay_and_ids_that_begin_anew_count_as_a_generation(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await phone.do("swipe", card=CARD)
    await assigned(cloud, phone)
    await phone.do("swipe", card="DEADBEE1")
    await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 1)
    await phone.do("lose_log")
    for number in range(25):
        await phone.do("swipe", card=f"DEADB0{number:02d}")
    await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 26)
    scans = cloud.reports(BadgeScanned)
    assert [scan.generation for scan in scans] == [0] + [1] * 25
    assert [scan.local_id for scan in scans] == ["2", *(str(n) for n in range(1, 26))]


async def test_an_unlock_pulses_once_however_often_it_is_ordered(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    order = UnlockDoor("d1", 1, 1)
    for _ in range(3):
        await cloud.order("u1", order, expires_ms=cloud.now_ms() + 5000)
    assert (await cloud.settled("u1")).outcome is Outcome.DONE
    await cloud.order("u1", order, expires_ms=cloud.now_ms() + 5000)
    await cloud.until(lambda: len([r for r in cloud.stored if "u1" in repr(r.body)]) == 2)
    assert phone.pulses() == 1


async def test_an_expired_order_never_moves_the_relay(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("u1", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() - 1)
    assert (await cloud.settled("u1")).outcome is Outcome.EXPIRED
    assert phone.pulses() == 0


async def test_expiry_goes_by_the_clouds_clock_not_ours(
    connector: Connector, cloud: FakeCloud, phone: DoorPhone
) -> None:
    cloud.ahead_ms = 3_600_000
    await assigned(cloud, phone)
    await cloud.until(lambda: len(cloud.states) > 1)
    await cloud.drop()
    await cloud.until(lambda: cloud.connections > 1)
    await cloud.order("late", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() - 60_000)
    assert (await cloud.settled("late")).outcome is Outcome.EXPIRED


async def test_an_unlock_passes_a_request_that_hangs(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await phone.do("fault", mode="hang", times=1)
    await asyncio.sleep(2.5)
    began = time.monotonic()
    await cloud.order("u1", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() + 5000)
    assert (await cloud.settled("u1")).outcome is Outcome.DONE
    assert time.monotonic() - began < 1.0


async def test_another_device_at_the_address_gets_and_tells_nothing(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await phone.do("fault", mode="other_mac")
    await cloud.order("assign", AssignDevices(devices=(phone.assignment(),)))
    await cloud.until(
        lambda: any(state.problem for frame in cloud.states[-1:] for state in frame.devices)
    )
    assert cloud.states[-1].devices[0].problem is Problem.OTHER_MAC
    await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=person(CARD)))
    await cloud.order("u1", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() + 5000)
    settled = await cloud.settled("u1")
    assert (settled.outcome, settled.problem) == (Outcome.FAILED, Problem.OTHER_MAC)
    assert phone.pulses() == 0
    assert "DWp1" not in phone.users()


async def test_a_wrong_password_is_named(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    one = phone.assignment()
    wrong = AssignDevices(devices=(type(one)(**{**vars(one), "password": "wrong"}),))
    await cloud.order("assign", wrong)
    await cloud.until(
        lambda: any(state.problem for frame in cloud.states[-1:] for state in frame.devices)
    )
    assert cloud.states[-1].devices[0].problem is Problem.AUTH_FAILED


@pytest.mark.parametrize("mode", ["garbage", "http_500"])
async def test_a_device_that_talks_nonsense_goes_offline_and_comes_back(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, mode: str
) -> None:
    await assigned(cloud, phone)
    await phone.do("fault", mode=mode)
    await cloud.until(lambda: not cloud.states[-1].devices[0].online)
    assert cloud.states[-1].devices[0].problem is Problem.GARBLED
    await phone.do("fault", mode="none")
    await cloud.until(lambda: cloud.states[-1].devices[0].online)


async def test_what_was_scanned_while_the_cloud_was_away_arrives_complete(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    async with running(tmp_path / "site", cloud) as connector:
        await assigned(cloud, phone)
        cloud.acknowledges = False
        await cloud.drop()
        for number in range(30):
            await phone.do("swipe", card=f"DEADB0{number:02d}")
        await cloud.until(lambda: connector.spool.depth() >= 30)
    async with running(tmp_path / "site", cloud):
        cloud.acknowledges = True
        await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 30)
    codes = [scan.code for scan in cloud.reports(BadgeScanned)]
    assert codes == [f"DEADB0{number:02d}" for number in range(30)]


async def test_no_secret_lies_on_disk_in_clear(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    cloud.acknowledges = False
    async with running(tmp_path / "site", cloud):
        await assigned(cloud, phone)
        rita = replace(person(CARD), pin=PIN)
        await cloud.order("o1", changes(1, full=True, s1=ALWAYS, p1=rita))
        await applied(cloud, 1)
        await phone.do("swipe", card=CARD)
        await phone.do("enter_pin", pin=PIN)
        await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 2)
        found = b"".join(path.read_bytes() for path in (tmp_path / "site").iterdir())
    assert found
    for canary in (PASSWORD, CARD, PIN, "Rita"):
        assert canary.encode() not in found


async def test_the_devices_clock_error_is_shown(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await phone.do("clock", offset_seconds=3600)
    await assigned(cloud, phone)
    await cloud.until(lambda: cloud.states[-1].devices[0].clock_skew is not None)
    assert abs((cloud.states[-1].devices[0].clock_skew or 0) - 3600) <= 2
