"""Devices, disks and networks that make it hard."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from doorward.connector import shelf
from doorward.emulator.main import Emulator
from doorward.emulator.spec import DeviceSpec
from doorward.protocols.neutral import (
    ApplyChanges,
    AssignDevices,
    Assignment,
    AuthMode,
    BadgeScanned,
    ChangesApplied,
    Entry,
    Grant,
    Kind,
    Outcome,
    PersonRecord,
    ScheduleRecord,
    UnlockDoor,
)
from tests.connector.conftest import MAC, PASSWORD, Connector, DoorPhone, assigned, running
from tests.connector.fake_cloud import FakeCloud

ALWAYS = Entry(Kind.SCHEDULE, "1", 1, ScheduleRecord(1, 127, 0, 1440))


def crowd(count: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            Kind.PERSON,
            f"p{number}",
            1,
            PersonRecord(f"Person {number}", (f"{number:08X}",), (Grant(1, 1),)),
        )
        for number in range(1, count + 1)
    )


async def send_crowd(cloud: FakeCloud, count: int) -> None:
    people = crowd(count)
    for at in range(0, count, 250):
        some = people[at : at + 250]
        last = at + 250 >= count
        entries = (ALWAYS, *some) if at == 0 else some
        part = at // 250 + 1
        await cloud.order(f"o{at}", ApplyChanges("d1", 1, 0, 1, True, last, entries, part))


async def held(cloud: FakeCloud, revision: int, seconds: float = 30) -> ChangesApplied:
    found = await cloud.until(
        lambda: [one for one in cloud.reports(ChangesApplied) if one.revision == revision], seconds
    )
    return found[-1]


@pytest.fixture
async def fussy(tmp_path: Path) -> AsyncIterator[DoorPhone]:
    """A device that refuses who asks too fast, leaves bytes behind and forgets its nonces."""
    spec = DeviceSpec(
        name="Fussy",
        model="X916",
        mac=MAC,
        port=0,
        scenario_port=0,
        password=PASSWORD,
        quirks=("text_html", "strict_spacing", "trailing_bytes"),
        nonce_seconds=0.7,
    )
    emulator = Emulator([spec], tmp_path / "fussy")
    await emulator.start()
    async with aiohttp.ClientSession() as session:
        yield DoorPhone(emulator, session)
    await emulator.stop()


async def test_a_fussy_device_is_served_at_its_pace(
    tmp_path: Path, cloud: FakeCloud, fussy: DoorPhone
) -> None:
    async with running(tmp_path / "site", cloud, spacing=0.27):
        await assigned(cloud, fussy)
        await send_crowd(cloud, 3)
        assert (await held(cloud, 1)).failures == ()
        for number in range(6):
            name = f"u{number}"
            expires = cloud.now_ms() + 5000
            await cloud.order(name, UnlockDoor("d1", 1, 1), expires_ms=expires)
            assert (await cloud.settled(name)).outcome is Outcome.DONE
        assert fussy.pulses() == 6
        assert [state.online for state in cloud.states[-1].devices] == [True]


async def test_a_device_that_hangs_holds_up_no_other(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hole = Assignment(
        "hole", "akuvox", f"127.0.0.1:{port}", "0C1105000000", AuthMode.DIGEST, "a", "b"
    )
    async with running(tmp_path / "site", cloud):
        await cloud.order("a", AssignDevices(devices=(hole, phone.assignment())))
        await cloud.until(
            lambda: any(s.device == "d1" and s.online for f in cloud.states for s in f.devices), 5
        )
        began = time.monotonic()
        await cloud.order("u1", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() + 5000)
        assert (await cloud.settled("u1")).outcome is Outcome.DONE
        assert time.monotonic() - began < 1
    server.close()


async def test_a_thousand_people_arrive_in_parts(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await send_crowd(cloud, 1000)
    assert (await held(cloud, 1)).failures == ()
    assert sum(name.startswith("DW") for name in phone.users()) == 1000


async def test_a_revocation_passes_a_long_first_sync(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await send_crowd(cloud, 1500)
    await cloud.until(lambda: "DWp1" in phone.users())
    gone = Entry(Kind.PERSON, "p1", 2, None)
    await cloud.order("o2", ApplyChanges("d1", 1, 1, 2, False, True, (gone,)))
    await cloud.until(lambda: "DWp1" not in phone.users(), 5)
    assert (await held(cloud, 2)).failures == ()
    assert sum(name.startswith("DW") for name in phone.users()) == 1499


async def test_a_full_device_is_a_failure_of_those_who_do_not_fit(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    phone.at.device.users.capacity = 8
    await send_crowd(cloud, 7)
    report = await held(cloud, 1)
    assert len(report.failures) == 7 - (8 - 3)
    phone.at.device.users.capacity = 100
    await cloud.until(lambda: cloud.reports(ChangesApplied)[-1].failures == (), 20)


async def test_a_report_that_cannot_name_every_failure_says_so(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "FAILURES_A_REPORT", 1)
    await assigned(cloud, phone)
    phone.at.device.users.capacity = 8
    await send_crowd(cloud, 7)
    report = await held(cloud, 1)
    assert (len(report.failures), report.complete) == (1, False)
    phone.at.device.users.capacity = 9
    await cloud.until(lambda: cloud.reports(ChangesApplied)[-1].complete, 20)
    assert len(cloud.reports(ChangesApplied)[-1].failures) == 1


async def test_a_device_reset_to_factory_is_filled_again(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await send_crowd(cloud, 3)
    await held(cloud, 1)
    await asyncio.sleep(3)
    await phone.do("factory_reset")
    await cloud.until(lambda: "DWp1" not in phone.users())
    await cloud.until(lambda: "DWp3" in phone.users(), 30)


async def test_a_full_disk_loses_nothing_and_is_gone_through(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    database = connector.spool.connection
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(60):
        await phone.do("swipe", card=f"DEADB0{number:02d}")
    await asyncio.sleep(3)
    database.execute("PRAGMA max_page_count = 1000000")
    await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 60, 20)
    codes = [scan.code for scan in cloud.reports(BadgeScanned)]
    assert codes == [f"DEADB0{number:02d}" for number in range(60)]


@pytest.mark.parametrize("mode", ["none", "basic"])
async def test_other_ways_to_sign_in(
    tmp_path: Path, cloud: FakeCloud, connector: Connector, mode: str
) -> None:
    spec = DeviceSpec("Side", "X916", MAC, 0, 0, auth_mode=mode, password=PASSWORD)
    emulator = Emulator([spec], tmp_path / "side")
    await emulator.start()
    one = Assignment(
        "d1",
        "akuvox",
        emulator.devices[MAC].address,
        MAC,
        AuthMode(mode),
        "admin",
        PASSWORD,
    )
    await cloud.order("a", AssignDevices(devices=(one,)))
    await cloud.until(lambda: any(s.online for f in cloud.states for s in f.devices))
    await emulator.stop()


async def test_a_device_let_go_keeps_what_it_holds(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await send_crowd(cloud, 2)
    await held(cloud, 1)
    await cloud.order("a", AssignDevices(devices=()))
    await cloud.until(lambda: cloud.states[-1].devices == ())
    await phone.do("swipe", card="00000001")
    await cloud.order("b", AssignDevices(devices=(phone.assignment(),)))
    await cloud.until(lambda: any(state.online for state in cloud.states[-1].devices))
    assert "DWp1" in phone.users()
    await phone.do("swipe", card="00000002")
    await cloud.until(lambda: cloud.reports(BadgeScanned))
    assert [(s.code, s.generation) for s in cloud.reports(BadgeScanned)] == [("00000002", 1)]
