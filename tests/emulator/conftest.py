"""A real emulator in the process of the tests, over loopback, with a clock that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from doorward.emulator.main import Emulator
from doorward.emulator.spec import DeviceSpec

MAC = "0C1105AABB01"
OTHER = "0C1105AABB02"
# A Wednesday, 10:00 in London and in UTC.
NOON = datetime(2026, 1, 14, 10, 0, tzinfo=UTC)

LOBBY = DeviceSpec(
    name="Lobby",
    model="X916",
    mac=MAC,
    port=0,
    scenario_port=0,
    auth_mode="none",
    reboot_seconds=0.2,
)

Json = dict[str, Any]


class Site:
    """What tests do to one emulated device."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession, mac: str) -> None:
        self.emulator = emulator
        self.session = session
        self.at = emulator.devices[mac]
        self.device = self.at.device
        self.base = f"http://{self.at.address}/api"
        self.wall = f"http://127.0.0.1:{emulator.scenario_ports[mac]}"

    async def get(self, path: str, **query: object) -> Json:
        params = {name: str(value) for name, value in query.items()}
        async with self.session.get(f"{self.base}/{path}", params=params) as response:
            assert response.status == 200
            return await response.json(content_type=None)

    async def post(self, target: str, action: str, data: object = None) -> Json:
        body = {"target": target, "action": action, "data": data if data is not None else {}}
        async with self.session.post(f"{self.base}/{target}/{action}", json=body) as response:
            assert response.status == 200
            return await response.json(content_type=None)

    async def rows(self, target: str, **query: object) -> list[dict[str, str]]:
        reply = await self.get(f"{target}/get", **query)
        return reply["data"]["item"]

    async def scenario(self, deed: str, body: object = None, status: int = 200) -> Json:
        url = f"{self.wall}/{deed}"
        async with self.session.post(url, json=body if body is not None else {}) as response:
            assert response.status == status
            return await response.json()

    async def state(self) -> Json:
        async with self.session.get(f"{self.wall}/state") as response:
            return await response.json()

    async def settings(self, **values: str) -> None:
        reply = await self.post(
            "config", "set", {f"Config.{key.replace('__', '.')}": v for key, v in values.items()}
        )
        assert reply["retcode"] >= 0

    async def user(self, **fields: str) -> Json:
        row = {"UserID": "u1", "Name": "Rita", "CardCode": "04A1B2C3", "ScheduleRelay": "1001-1;"}
        return await self.post("user", "add", {"item": [row | fields]})


Start = Callable[..., Awaitable[Site]]


@pytest.fixture
def now() -> Callable[[], datetime]:
    return lambda: NOON


@pytest.fixture
async def start(tmp_path: Path, now: Callable[[], datetime]) -> AsyncIterator[Start]:
    """Start emulators; a second one on the same folder finds what the first one left."""
    async with AsyncExitStack() as stack:

        async def started(**changes: Any) -> Site:
            specs = [replace(LOBBY, **changes), replace(LOBBY, name="Gate", mac=OTHER)]
            emulator = Emulator(specs, tmp_path, now)
            await emulator.start()
            stack.push_async_callback(emulator.stop)
            session = await stack.enter_async_context(aiohttp.ClientSession())
            return Site(emulator, session, MAC)

        yield started


@pytest.fixture
async def lobby(start: Start) -> Site:
    return await start()
