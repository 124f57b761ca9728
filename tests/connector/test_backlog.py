"""Three days without the cloud, and a disk with no room: a real connector process, real files."""

import asyncio
import resource
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.protocols.link import frames
from doorward.protocols.neutral import BadgeScanned, Method, UnlockDoor
from tests.chaos import TIMES
from tests.connector.conftest import DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud
from tests.connector.test_process import process

pytestmark = [pytest.mark.process, pytest.mark.faults]

EVENTS = 10_000 * min(10, TIMES)
THREE_DAYS = timedelta(days=3)
BEGAN = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
# Held at once, the events would be more than a kilobyte each.
MOST_MEGABYTES = 8
# So many reports the cloud stores in one transaction.
BURST = 200


class Ledger(FakeCloud):
    """A cloud that keeps of each event only its number, and acknowledges bursts."""

    rows: list[int]

    async def _store(self, socket: web.WebSocketResponse, frame: frames.ReportFrame) -> None:
        committed = self.spools[self._spool]
        if frame.seq <= committed:
            return
        assert frame.seq == committed + 1
        self.spools[self._spool] = frame.seq
        if isinstance(frame.body, BadgeScanned):
            self.rows.append(int(frame.body.local_id))
        if frame.seq % BURST == 0 or frame.seq >= EVENTS:
            await socket.send_str(frames.encode(frames.Ack(seq=frame.seq)))


@pytest.fixture
async def ledger() -> AsyncIterator[Ledger]:
    one = Ledger()
    one.rows = []
    await one.start()
    yield one
    await one.stop()


def fill(folder: Path) -> None:
    spool = Spool(folder / "spool.db", Vault(folder / "vault.key"))
    with spool.transaction():
        for number in range(1, EVENTS + 1):
            spool.add(
                BadgeScanned(
                    device="d1",
                    at=BEGAN + THREE_DAYS * number / EVENTS,
                    device_time="2026-03-27T13:00:00",
                    generation=0,
                    local_id=str(number),
                    method=Method.CARD,
                    code=f"{number:08X}",
                    person="",
                    relays=(1,),
                    accepted=True,
                )
            )
    spool.close()


def peak_megabytes(pid: int) -> int:
    told = Path(f"/proc/{pid}/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0]) // 1024


async def test_the_events_of_three_days_arrive_whole_in_order_and_in_little_memory(
    tmp_path: Path, ledger: Ledger
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    fill(folder)
    began = time.monotonic()
    async with process(ledger, folder, "--code", ledger.code) as one:
        await ledger.until(lambda: ledger.connections, 60)
        at_first = peak_megabytes(one.pid)
        await ledger.until(lambda: len(ledger.rows) >= EVENTS, 240)
        took, peak = time.monotonic() - began, peak_megabytes(one.pid)
        await ledger.until(lambda: ledger.states[-1].spool_depth == 0, 30)
    assert ledger.rows == list(range(1, EVENTS + 1))
    assert peak - at_first < MOST_MEGABYTES
    print(
        f"\n{EVENTS} events of three days in {took:.0f} s: 0 lost, 0 invented, 0 doubled, in order;"
    )
    print(f"{peak} MB of memory at most, {at_first} MB at first")


async def test_a_full_disk_moves_no_cursor_opens_no_door_is_told_and_gone_through(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    folder = tmp_path / "site"
    cards = [f"DEADB0{number:02d}" for number in range(60)]
    async with process(cloud, folder, "--code", cloud.code, piped=True) as one, heard(one):
        await assigned(cloud, phone)
        fill_disk(one.pid)
        for card in cards[:30]:
            await phone.do("swipe", card=card)
        await cloud.order("u1", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() + 5000)
        await asyncio.sleep(3)
        # What could not be kept was not taken from the device: after a kill it is read again.
        one.send_signal(signal.SIGKILL)
        await one.wait()
    assert (cloud.reports(BadgeScanned), phone.pulses()) == ([], 0)
    async with process(cloud, folder, piped=True) as one, heard(one) as said:
        await cloud.until(lambda: len(cloud.reports(BadgeScanned)) == 30, 20)
        fill_disk(one.pid)
        for card in cards[30:]:
            await phone.do("swipe", card=card)
        await cloud.until(lambda: any("the disk refuses" in line for line in said), 20)
        empty_disk(one.pid)
        await cloud.until(lambda: len(cloud.reports(BadgeScanned)) >= 60, 30)
    assert [scan.code for scan in cloud.reports(BadgeScanned)] == cards
    print(f"\n{len(cards)} swipes with a full disk and a kill: 0 lost, 0 invented, 0 doubled")


@asynccontextmanager
async def heard(one: asyncio.subprocess.Process) -> AsyncIterator[list[str]]:
    """Gather what a process says."""
    said: list[str] = []

    async def listen() -> None:
        while one.stderr is not None and (line := await one.stderr.readline()):
            said.append(line.decode())

    listening = asyncio.create_task(listen())
    yield said
    listening.cancel()


def fill_disk(pid: int) -> None:
    """Let no file be written behind its first byte, as if there was no room."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def empty_disk(pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
