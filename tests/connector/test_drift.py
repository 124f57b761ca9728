"""What others do to a device is found within a poll, told once, and put right again."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from doorward.connector import worker
from doorward.connector.drift import next_night
from doorward.protocols.neutral import (
    AssignDevices,
    BadgeScanned,
    ChangesApplied,
    ClockRecord,
    DateFormat,
    Difference,
    DriftFound,
    Kind,
    Oddity,
    PersonRecord,
    RelayRecord,
    StrangersSeen,
)
from tests.connector.conftest import Connector, DoorPhone, assigned, running
from tests.connector.fake_cloud import FakeCloud
from tests.connector.test_against_emulator import ALWAYS, CARD, applied, changes, person
from tests.connector.test_strict_devices import emulated

OTHER_CARD = "0A1B2C3E"
# A long list that breaks off is waited for.
PATIENCE = 45.0


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll often, so that a test takes a poll and not a while."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(worker, "GLIMPSE_SECONDS", 0.2)
    monkeypatch.setattr(worker, "VITALS_SECONDS", 0.4)


async def told(cloud: FakeCloud, phone: DoorPhone) -> None:
    """Let the device hold two people, a schedule and a relay's name."""
    await assigned(cloud, phone)
    await cloud.order(
        "o1",
        changes(
            1,
            full=True,
            s1=ALWAYS,
            r1=RelayRecord(1, "Main door", 7),
            p1=person(CARD),
            p2=replace(person(OTHER_CARD), name="Bob Baker", pin="583914"),
        ),
    )
    await applied(cloud, 1)


async def drifted(cloud: FakeCloud) -> DriftFound:
    return (await cloud.until(lambda: cloud.reports(DriftFound), PATIENCE))[0]


def rights(phone: DoorPhone) -> dict[str, dict[str, str]]:
    """Return who is on the device with what, but for the number of their row."""
    return {key: {**row, "ID": ""} for key, row in phone.users().items()}


async def until(cloud: FakeCloud, holds: Callable[[], bool]) -> None:
    await cloud.until(holds, PATIENCE)


async def test_a_removed_person_is_found_by_the_count_told_once_and_put_back(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    await phone.do("edit_locally", deed="remove", user_id="DWp1")
    found = await drifted(cloud)
    assert (found.epoch, found.revision, found.count) == (1, 1, 1)
    assert found.differences == (Difference(Kind.PERSON, "p1", Oddity.MISSING),)
    await until(cloud, lambda: "DWp1" in phone.users())
    await asyncio.sleep(1.5)
    assert len(cloud.reports(DriftFound)) == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"Name": "Rita Rich"}, ("name",)),
        ({"CardCode": "DEADBEEF"}, ("cards",)),
        ({"PrivatePIN": "4711"}, ("pin",)),
        ({"ScheduleRelay": "1001-12;"}, ("grants",)),
    ],
)
async def test_a_changed_person_is_found_though_the_count_is_the_same(
    cloud: FakeCloud,
    connector: Connector,
    phone: DoorPhone,
    fields: dict[str, str],
    named: tuple[str, ...],
) -> None:
    await told(cloud, phone)
    before = rights(phone)
    await phone.do("edit_locally", deed="change", user_id="DWp1", fields=fields)
    (difference,) = (await drifted(cloud)).differences
    assert (difference.oddity, difference.fields) == (Oddity.CHANGED, named)
    assert "DEADBEEF" not in str(cloud.told())
    await until(cloud, lambda: rights(phone) == before)


async def test_a_row_of_ours_that_nobody_was_given_is_taken_away(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    added = {"UserID": "DW4711", "Name": "Gone Long Ago", "CardCode": "AB12"}
    await phone.do("edit_locally", deed="add", fields=added)
    (difference,) = (await drifted(cloud)).differences
    assert difference == Difference(Kind.PERSON, "4711", Oddity.ADDED, (), "Gone Long Ago")
    await until(cloud, lambda: "DW4711" not in phone.users())


async def test_a_stranger_is_told_and_stays(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    (first,) = cloud.reports(StrangersSeen)
    assert first.count == 3
    assert {one.name for one in first.strangers} == {
        *("Cloud Guest 1", "Cloud Guest 2", "Local Stranger")
    }
    assert [one.name for one in first.strangers if not one.elsewhere] == ["Local Stranger"]
    await phone.do("edit_locally", deed="add", fields={"UserID": "9", "Name": "Janitor"})
    await until(cloud, lambda: len(cloud.reports(StrangersSeen)) == 2)
    assert cloud.reports(StrangersSeen)[-1].count == 4
    await phone.do("edit_locally", deed="remove", user_id="9")
    await until(cloud, lambda: len(cloud.reports(StrangersSeen)) == 3)
    assert cloud.reports(StrangersSeen)[-1].strangers == first.strangers
    assert cloud.reports(DriftFound) == []


async def test_a_stranger_goes_by_a_deed_and_no_other_one(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    (seen,) = cloud.reports(StrangersSeen)
    # Another system's are left alone, whoever asks for it.
    keys = tuple(one.key for one in seen.strangers)
    wanted_gone = replace(phone.assignment(), unwanted=keys)
    await cloud.order("assign", AssignDevices(devices=(wanted_gone,)))
    await until(cloud, lambda: "7" not in phone.users())
    await until(cloud, lambda: len(cloud.reports(StrangersSeen)) == 2)
    left = cloud.reports(StrangersSeen)[-1].strangers
    assert {one.name for one in left} == {"Cloud Guest 1", "Cloud Guest 2"}
    assert {"cloud-1", "cloud-2", "DWp1", "DWp2"} == {*phone.users()}
    assert cloud.reports(DriftFound) == []


async def test_a_stranger_with_another_card_is_another_stranger(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    await phone.do("edit_locally", deed="change", user_id="7", fields={"CardCode": "57A40002"})
    await phone.do("edit_locally", deed="remove", user_id="DWp1")
    await until(cloud, lambda: len(cloud.reports(StrangersSeen)) == 2)
    keys = [{one.key for one in seen.strangers} for seen in cloud.reports(StrangersSeen)]
    assert len(keys[0] ^ keys[1]) == 2


async def test_a_factory_reset_is_found_and_everything_comes_back(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    await phone.do("swipe", card=CARD)
    await until(cloud, lambda: len(cloud.reports(BadgeScanned)) == 1)
    await phone.do("factory_reset")
    await until(cloud, lambda: not phone.at.booting)
    found = await drifted(cloud)
    assert {(one.kind, one.oddity) for one in found.differences} >= {
        (Kind.PERSON, Oddity.MISSING),
        (Kind.SCHEDULE, Oddity.MISSING),
        (Kind.RELAY, Oddity.CHANGED),
    }
    await until(cloud, lambda: {"DWp1", "DWp2"} <= {*phone.users()})
    await until(cloud, lambda: phone.at.device.hold_seconds(1) == 7)
    # The log tells whole seconds: the same row in the same second would be the same swipe.
    await asyncio.sleep(1.1)
    await phone.do("swipe", card=CARD)
    await until(cloud, lambda: len(cloud.reports(BadgeScanned)) == 2)
    first, second = cloud.reports(BadgeScanned)
    assert (first.local_id, first.generation) == ("1", 0)
    assert (second.local_id, second.generation) == ("1", 1)


async def test_an_old_backup_is_found_though_it_holds_as_many_people(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    await phone.do("back_up")
    card = "0A1B2C3F"
    await cloud.order("o2", changes(2, 1, p1=None, p3=person(card)))
    await applied(cloud, 2)
    await phone.do("restore")
    found = await drifted(cloud)
    assert {(one.key, one.oddity) for one in found.differences} == {
        ("p1", Oddity.ADDED),
        ("p3", Oddity.MISSING),
    }
    await until(cloud, lambda: "DWp3" in phone.users() and "DWp1" not in phone.users())


async def test_what_changes_after_the_device_is_assigned_anew_is_believed_at_once(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    again = replace(phone.assignment(), unwanted=("nobody",))
    await cloud.order("assign", AssignDevices(devices=(again,)))
    await asyncio.sleep(2)
    await phone.do("edit_locally", deed="change", user_id="DWp1", fields={"CardCode": "DEADBEEF"})
    assert (await drifted(cloud)).count == 1


async def test_a_lost_schedule_is_found(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    phone.at.device.schedules.remove({"ID": phone.schedules()["DW1"]["ID"]})
    found = await drifted(cloud)
    assert found.differences[0] == Difference(Kind.SCHEDULE, "1", Oddity.MISSING)
    await until(cloud, lambda: "DW1" in phone.schedules())
    await until(cloud, lambda: phone.at.device.swipe(CARD).accepted)


async def test_settings_that_went_with_the_power_are_found_and_set_again(
    tmp_path: Path, cloud: FakeCloud, connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A device says in whole seconds for how long it has run.
    monkeypatch.setattr(worker, "_UPTIME_JITTER", 1.5)
    async with emulated(tmp_path, save_seconds=600.0) as phone:
        await told(cloud, phone)
        clock = ClockRecord("Europe/Berlin", ("ntp.example",), 24, DateFormat.DMY)
        await cloud.order("o2", changes(2, 1, c=clock))
        await applied(cloud, 2)
        assert phone.at.device.hold_seconds(1) == 7
        await asyncio.sleep(3)
        await phone.do("power_off")
        assert phone.at.device.hold_seconds(1) != 7
        await phone.do("power_on")
        found = await drifted(cloud)
        fields = {one.kind: one.fields for one in found.differences}
        assert fields[Kind.RELAY] == ("hold_seconds", "name")
        assert "ntp_servers" in fields[Kind.CLOCK]
        await until(cloud, lambda: phone.at.device.hold_seconds(1) == 7)


async def test_a_device_that_shows_what_it_was_told_later_takes_settings(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, settle_seconds=0.4) as phone:
        await told(cloud, phone)
        done = await applied(cloud, 1)
        assert done.failures == ()
        await asyncio.sleep(1)
        assert cloud.reports(DriftFound) == []


async def test_names_in_the_device_s_own_encoding_are_not_other_names(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, quirks=("foreign_bytes",)) as phone:
        await assigned(cloud, phone)
        joerg = PersonRecord("Jörg Größe 王小明", (CARD,), person(CARD).grants)
        shelf = changes(1, full=True, s1=ALWAYS, r1=RelayRecord(1, "Tür", 5), p1=joerg)
        await cloud.order("o1", shelf)
        assert (await applied(cloud, 1)).failures == ()
        await phone.do("edit_locally", deed="change", user_id="DWp1", fields={"Name": "Jürg"})
        (difference,) = (await drifted(cloud)).differences
        assert difference.fields == ("name",)


async def test_what_was_found_is_told_though_the_cloud_is_away(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    async with running(tmp_path / "site", cloud):
        await told(cloud, phone)
        cloud.acknowledges = False
        await cloud.drop()
        await phone.do("edit_locally", deed="remove", user_id="DWp1")
        await until(cloud, lambda: "DWp1" in phone.users())
    cloud.acknowledges = True
    async with running(tmp_path / "site", cloud):
        await drifted(cloud)
        await asyncio.sleep(1)
    assert len(cloud.reports(DriftFound)) == 1


async def test_an_older_cloud_is_told_nothing_it_cannot_read(
    tmp_path: Path, phone: DoorPhone
) -> None:
    cloud = FakeCloud(words=2)
    await cloud.start()
    try:
        async with running(tmp_path / "site", cloud):
            await told(cloud, phone)
            await phone.do("edit_locally", deed="remove", user_id="DWp1")
            await until(cloud, lambda: "DWp1" in phone.users())
            await phone.do("swipe", card=CARD)
            await until(cloud, lambda: len(cloud.reports(BadgeScanned)) == 1)
        assert cloud.reports(DriftFound) == cloud.reports(StrangersSeen) == []
        assert cloud.connections == 1
    finally:
        await cloud.stop()


async def test_no_drift_where_everything_is_given_anew(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await told(cloud, phone)
    fresh = replace(changes(1, full=True, s1=ALWAYS, p1=person(CARD)), epoch=2)
    await cloud.order("o2", fresh)
    await until(cloud, lambda: any(one.epoch == 2 for one in cloud.reports(ChangesApplied)))
    assert "DWp2" not in phone.users()
    assert cloud.reports(DriftFound) == []


def test_each_device_has_a_minute_of_the_night_of_its_own() -> None:
    zone = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 3, 28, 11, tzinfo=UTC)
    nights = {next_night(noon, zone, str(number)) for number in range(50)}
    assert len(nights) > 30
    assert all(1 <= one.astimezone(zone).hour < 5 for one in nights)
    one = next_night(noon, zone, "7")
    assert next_night(one, zone, "7") - one in (timedelta(hours=23), timedelta(hours=24))
