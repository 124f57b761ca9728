"""A flood of reports is shed with a word when to come again, and nothing of it is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.connector.keys import prove
from doorward.devices.actions.connectors import Greeting
from doorward.gateway import desk as desks
from doorward.gateway.bridge import Bridge
from doorward.gateway.desk import Desk
from doorward.gateway.intake import Burst
from doorward.gateway.listeners.link import LinkListener
from doorward.gateway.sessions import Sessions
from doorward.kit import clock
from doorward.protocols import neutral
from doorward.protocols.link import frames
from doorward.protocols.wire import WORDS

KEY = Ed25519PrivateKey.generate()
ROOM = 10


class SlowDesk(Desk):
    """Stores what it is given, but only while it is `open`."""

    def __init__(self) -> None:
        self.waiting = 0
        self.open = asyncio.Event()
        self.stored: list[int] = []

    async def key(self, connector: str) -> bytes:
        return KEY.public_key().public_bytes_raw()

    async def greet(self, connector: int, *, spool: str, version: str) -> Greeting:
        return Greeting(0, clock.now())

    async def store(self, burst: Burst) -> int:
        await self.open.wait()
        numbers = [one.seq for one in burst.reports]
        assert numbers == list(range(len(self.stored) + 1, len(self.stored) + 1 + len(numbers)))
        self.stored += numbers
        return len(self.stored)

    async def depart(self, departure: object) -> None:
        pass


class Line:
    """Both ends of a socket without a network. Any: what ASGI says."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        self.coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def accept(self) -> None:
        pass

    async def receive(self) -> dict[str, Any]:
        return await self.coming.get()

    async def send_text(self, text: str) -> None:
        self.sent.put_nowait(text)

    async def close(self, code: int) -> None:
        pass

    def tell(self, frame: frames.Frame, words: int = WORDS) -> None:
        self.coming.put_nowait({"type": "websocket.receive", "text": frames.encode(frame, words)})

    async def hear(self) -> frames.Frame:
        async with asyncio.timeout(5):
            return frames.decode(await self.sent.get())


@asynccontextmanager
async def connected(desk: SlowDesk, words: int = WORDS) -> AsyncIterator[Line]:
    async def assign(session: object) -> None:
        pass

    # Any: the listener asks little of it here.
    dispatch: Any = SimpleNamespace(assign=assign)
    bridge = Bridge()
    listener = LinkListener(bridge, Sessions(), dispatch)
    listener._desk = desk
    line: Any = Line()
    serving = asyncio.create_task(listener.serve(line))
    line.tell(frames.Hello("1", "s", "1", words=words))
    challenge = await line.hear()
    line.tell(prove(KEY, "1", challenge.nonce))
    assert isinstance(await line.hear(), frames.Welcome)
    yield line
    line.coming.put_nowait({"type": "websocket.disconnect"})
    await serving
    bridge.close()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> SlowDesk:
    monkeypatch.setattr(desks, "WAITING", ROOM)
    monkeypatch.setattr(desks, "WAITING_OF_EACH", 2)
    return SlowDesk()


def reports(first: int, last: int) -> frames.ReportsFrame:
    now = clock.now()
    told = (frames.report(seq, neutral.AlarmsOver("1", now)) for seq in range(first, last + 1))
    return frames.ReportsFrame(tuple(told))


async def test_what_there_is_no_room_for_is_told_and_comes_again(desk: SlowDesk) -> None:
    async with connected(desk) as line:
        line.tell(reports(1, ROOM))
        line.tell(reports(ROOM + 1, ROOM + 5))
        # On its way already when the word came.
        line.tell(reports(ROOM + 6, ROOM + 8))
        busy = await line.hear()
        assert isinstance(busy, frames.Busy)
        assert (busy.seq, busy.wait_ms > 0) == (ROOM + 1, True)
        assert desk.waiting == ROOM
        desk.open.set()
        assert await line.hear() == frames.Ack(ROOM)
        line.tell(reports(busy.seq, ROOM + 8))
        assert await line.hear() == frames.Ack(ROOM + 8)
    assert desk.stored == list(range(1, ROOM + 9))
    assert desk.waiting == 0


async def test_a_few_of_each_are_taken_however_many_others_wait(desk: SlowDesk) -> None:
    async with connected(desk) as line:
        desk.waiting = ROOM
        line.tell(reports(1, 2))
        desk.open.set()
        assert await line.hear() == frames.Ack(2)
        desk.waiting -= ROOM


async def test_who_knows_no_such_word_is_read_no_further_until_there_is_room(
    desk: SlowDesk,
) -> None:
    async with connected(desk, words=3) as line:
        for seq in range(1, ROOM + 4):
            line.tell(reports(seq, seq).reports[0], 3)
        for _ in range(50):
            await asyncio.sleep(0)
        assert desk.waiting == ROOM
        assert line.sent.empty()
        desk.open.set()
        while await line.hear() != frames.Ack(ROOM + 3):
            pass
    assert desk.stored == list(range(1, ROOM + 4))


async def test_what_waits_of_a_line_that_is_lost_waits_no_longer(desk: SlowDesk) -> None:
    async with connected(desk) as line:
        line.tell(reports(1, ROOM))
    assert desk.waiting == 0


def test_a_busy_frame_and_reports_together_are_read_as_they_were_told() -> None:
    for frame in (frames.Busy(7, 1500), reports(3, 9)):
        assert frames.decode(frames.encode(frame)) == frame
    assert len(json.loads(frames.encode(reports(3, 9)))["reports"]) == 7
