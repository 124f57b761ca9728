"""A connector in this process, a cloud for it, and an emulated door phone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from doorward.connector.action_urls import ActionUrls
from doorward.connector.clock import CloudClock
from doorward.connector.config import Config
from doorward.connector.driver import Driver
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.connector.keys import own_key
from doorward.connector.link import Link
from doorward.connector.orders import Orders
from doorward.connector.site import Site
from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.emulator.main import Emulator
from doorward.emulator.spec import DeviceSpec
from doorward.protocols.neutral import AssignDevices, Assignment, AuthMode
from tests.connector.fake_cloud import FakeCloud

MAC = "0C1105AABB01"
PASSWORD = "canary-password"


class DoorPhone:
    """An emulated device, and the hands on it."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession) -> None:
        self._emulator = emulator
        self._session = session
        self.at = emulator.devices[MAC]

    @property
    def address(self) -> str:
        return self.at.address

    def assignment(self, *, device: str = "d1", mac: str = MAC, address: str = "") -> Assignment:
        return Assignment(
            device=device,
            driver="akuvox",
            address=address or self.address,
            mac=mac,
            auth_mode=AuthMode.DIGEST,
            user="admin",
            password=PASSWORD,
        )

    async def do(self, deed: str, /, **given: object) -> dict[str, object]:
        port = self._emulator.scenario_ports[MAC]
        url = f"http://127.0.0.1:{port}/{deed}"
        async with self._session.post(url, json=given) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())

    def users(self) -> dict[str, dict[str, str]]:
        return {row["UserID"]: dict(row) for row in self.at.device.users.rows()}

    def schedules(self) -> dict[str, dict[str, str]]:
        return {row["Name"]: dict(row) for row in self.at.device.schedules.rows()}

    def pulses(self, relay: int = 1) -> int:
        return self.at.device.relays.pulses(relay)


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[DoorPhone]:
    spec = DeviceSpec(
        name="Lobby",
        model="X916",
        mac=MAC,
        port=0,
        scenario_port=0,
        password=PASSWORD,
        foreign_users=2,
        reboot_seconds=0.3,
    )
    emulator = Emulator([spec], tmp_path / "emulator")
    await emulator.start()
    async with aiohttp.ClientSession() as session:
        yield DoorPhone(emulator, session)
    await emulator.stop()


@pytest.fixture
async def cloud() -> AsyncIterator[FakeCloud]:
    one = FakeCloud()
    await one.start()
    yield one
    await one.stop()


class Connector:
    """The parts of a connector, running in the test's own loop."""

    def __init__(
        self,
        config: Config,
        drivers: dict[str, Callable[[Assignment], Driver]],
        clock: CloudClock | None = None,
    ) -> None:
        self.spool = Spool(config.spool_file, Vault(config.vault_file))
        self.clock = clock or CloudClock()
        self.calls = ActionUrls(self.spool, self.clock, config.calls)
        self.site = Site(self.spool, self.clock, drivers, self.calls)
        self.orders = Orders(self.spool, self.site, self.clock)
        self.link = Link(
            config,
            own_key(config.key_file),
            self.spool,
            site=self.site,
            orders=self.orders,
            clock=self.clock,
        )

    async def run(self) -> None:
        self.orders.settle_interrupted()
        self.site.start()
        listening = asyncio.create_task(self.calls.run())
        try:
            await self.link.run()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self.orders.stop()
            await self.site.stop()
            self.spool.close()


@asynccontextmanager
async def running(
    folder: Path,
    cloud: FakeCloud,
    *,
    spacing: float = 0.0,
    code: str = "ABCD-1234",
    code_file: Path | None = None,
    calls: tuple[str, int] | None = ("127.0.0.1", 0),
) -> AsyncIterator[Connector]:
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240
    drivers: dict[str, Callable[[Assignment], Driver]] = {
        "akuvox": lambda assignment: AkuvoxDriver(assignment, spacing)
    }
    connector = Connector(Config(cloud.url, folder, code, code_file, calls), drivers)
    task = asyncio.create_task(connector.run())
    try:
        yield connector
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def connector(tmp_path: Path, cloud: FakeCloud) -> AsyncIterator[Connector]:
    async with running(tmp_path / "site", cloud) as one:
        yield one


async def assigned(cloud: FakeCloud, phone: DoorPhone) -> None:
    """Assign the door phone as d1 and wait until it is online."""
    await cloud.order("assign", AssignDevices(devices=(phone.assignment(),)))
    await cloud.until(
        lambda: any(state.online for frame in cloud.states[-1:] for state in frame.devices)
    )
