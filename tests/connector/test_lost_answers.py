"""A device that takes a request and hangs up: whether it obeyed, nobody knows; it is asked once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from doorward.connector.driver import DeviceFault
from doorward.connector.drivers.api_client import ApiClient
from doorward.connector.drivers.trust import Trust
from doorward.protocols.neutral import Assignment, AuthMode, Problem


@dataclass
class Mute:
    """Notes what it is asked, and hangs up without a word."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n")).decode().split()[1])
        writer.close()


@asynccontextmanager
async def mute_device() -> AsyncIterator[Mute]:
    device = Mute()
    server = await asyncio.start_server(device.take, "127.0.0.1", 0)
    device.port = server.sockets[0].getsockname()[1]
    async with server:
        yield device


@pytest.mark.parametrize("mode", [AuthMode.NONE, AuthMode.BASIC, AuthMode.DIGEST])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_order_whose_answer_is_lost_is_given_once(mode: AuthMode, method: str) -> None:
    async with mute_device() as device:
        assignment = Assignment(
            device="1",
            driver="akuvox",
            address=f"127.0.0.1:{device.port}",
            mac="0C1105AABB01",
            auth_mode=mode,
            user="admin",
            password="x",
        )
        client = ApiClient(assignment, Trust(assignment))
        with pytest.raises(DeviceFault) as fault:
            await client.call(method, "/api/system/reboot")
        await client.close()
    assert fault.value.problem is Problem.UNREACHABLE
    assert device.asked == ["/api/system/reboot"]
