"""A real connector process: started, stopped, killed."""

import asyncio
import os
import signal
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from doorward.protocols.neutral import BadgeScanned, Outcome, UnlockDoor
from tests.connector.conftest import DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud

pytestmark = pytest.mark.process

_START = "import sys; from doorward.connector.main import main; sys.exit(main(sys.argv[1:]))"


async def start(
    cloud: FakeCloud, folder: Path, *more: str, piped: bool = False
) -> asyncio.subprocess.Process:
    log = asyncio.subprocess.PIPE if piped else (folder.parent / "connector.log").open("ab")
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _START,
        "--cloud",
        cloud.url,
        "--data",
        str(folder),
        *more,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=log,
    )


@asynccontextmanager
async def process(
    cloud: FakeCloud, folder: Path, *more: str, piped: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a connector; what it says goes into a file, or where that must not be a pipe."""
    one = await start(cloud, folder, *more, piped=piped)
    try:
        yield one
    finally:
        if one.returncode is None:
            one.kill()
        await one.wait()


async def test_a_refused_code_ends_the_process_with_two(tmp_path: Path, cloud: FakeCloud) -> None:
    async with process(cloud, tmp_path / "site", "--code", "WRONG") as one:
        assert await asyncio.wait_for(one.wait(), 10) == 2
    assert "one-time code is refused" in (tmp_path / "connector.log").read_text()


async def test_the_code_may_come_later_by_file_and_is_not_needed_again(
    tmp_path: Path, cloud: FakeCloud
) -> None:
    code = tmp_path / "code"
    async with process(cloud, tmp_path / "site", "--code-file", str(code)) as one:
        await asyncio.sleep(1)
        code.write_text(f"{cloud.code}\n")
        await cloud.until(lambda: cloud.connections == 1)
        one.terminate()
        began = time.monotonic()
        assert await one.wait() == 0
        assert time.monotonic() - began < 3
    code.unlink()
    for name in ("key.pem", "vault.key", "spool.db"):
        assert stat.S_IMODE((tmp_path / "site" / name).stat().st_mode) == 0o600
    async with process(cloud, tmp_path / "site"):
        await cloud.until(lambda: cloud.connections == 2)


async def test_kills_lose_no_scan_and_double_none(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    folder = tmp_path / "site"
    async with process(cloud, folder, "--code", cloud.code):
        await assigned(cloud, phone)
    expected: list[str] = []
    for round_ in range(4):
        async with process(cloud, folder):
            for number in range(15):
                expected.append(f"AB{round_:02d}{number:04d}")
                await phone.do("swipe", card=expected[-1])
                await asyncio.sleep(0.02 * round_)
            known = len(cloud.reports(BadgeScanned))
            if round_ % 2:
                await cloud.until(lambda known=known: len(cloud.reports(BadgeScanned)) > known)
            else:
                await asyncio.sleep(1.2)
    async with process(cloud, folder):
        await cloud.until(lambda: len(cloud.reports(BadgeScanned)) >= len(expected))
        await asyncio.sleep(2.5)
    assert [scan.code for scan in cloud.reports(BadgeScanned)] == expected


async def test_a_kill_in_an_unlock_never_pulses_twice(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    folder = tmp_path / "site"
    async with process(cloud, folder, "--code", cloud.code) as one:
        await assigned(cloud, phone)
        # The order is on its way to a slow device when the kill comes.
        await phone.do("fault", mode="slow", seconds=1.0)
        order = UnlockDoor("d1", 1, 1)
        await cloud.order("u1", order, expires_ms=cloud.now_ms() + 60_000)
        await asyncio.sleep(0.6)
        one.send_signal(signal.SIGKILL)
        await one.wait()
        await asyncio.sleep(3)
        await phone.do("fault", mode="none")
    pulses = phone.pulses()
    async with process(cloud, folder):
        await cloud.order("u1", order, expires_ms=cloud.now_ms() + 60_000)
        settled = await cloud.settled("u1")
    assert settled.outcome is Outcome.FAILED
    assert phone.pulses() == pulses <= 1


async def test_unlocks_under_kills_pulse_at_most_once_each(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone
) -> None:
    folder = tmp_path / "site"
    async with process(cloud, folder, "--code", cloud.code):
        await assigned(cloud, phone)
    names = [f"u{number}" for number in range(6)]
    order = UnlockDoor("d1", 1, 1)
    for position, name in enumerate(names):
        connections = cloud.connections
        async with process(cloud, folder):
            await cloud.until(lambda known=connections: cloud.connections > known)
            await cloud.order(name, order, expires_ms=cloud.now_ms() + 60_000)
            await asyncio.sleep(0.004 * position)
    connections = cloud.connections
    async with process(cloud, folder):
        await cloud.until(lambda: cloud.connections > connections)
        for name in names:
            await cloud.order(name, order, expires_ms=cloud.now_ms() + 60_000)
        outcomes = [(await cloud.settled(name)).outcome for name in names]
    assert phone.pulses() <= len(names)
    assert phone.pulses() >= outcomes.count(Outcome.DONE)
