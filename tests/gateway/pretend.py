"""Both ends of a link without a network, and a desk that stores nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.connector.keys import prove
from doorward.devices.actions.connectors import Greeting
from doorward.gateway.bridge import Bridge
from doorward.gateway.desk import Desk
from doorward.gateway.intake import Burst
from doorward.gateway.listeners.link import LinkListener
from doorward.gateway.sessions import Sessions
from doorward.kit import clock
from doorward.protocols.link import frames
from doorward.protocols.wire import WORDS

KEY = Ed25519PrivateKey.generate()


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
        self.hung_up = asyncio.Event()

    async def accept(self) -> None:
        pass

    async def receive(self) -> dict[str, Any]:
        return await self.coming.get()

    async def send_text(self, text: str) -> None:
        self.sent.put_nowait(text)

    async def close(self, code: int) -> None:
        pass

    def hang_up(self) -> None:
        self.hung_up.set()

    def tell(self, frame: frames.Frame, words: int = WORDS) -> None:
        self.coming.put_nowait({"type": "websocket.receive", "text": frames.encode(frame, words)})

    async def hear(self) -> frames.Frame:
        async with asyncio.timeout(5):
            return frames.decode(await self.sent.get())


@asynccontextmanager
async def connected(
    desk: SlowDesk, words: int = WORDS, sessions: Sessions | None = None
) -> AsyncIterator[Line]:
    async def assign(session: object) -> None:
        pass

    # Any: the listener asks little of it here.
    dispatch: Any = SimpleNamespace(assign=assign)
    bridge = Bridge()
    listener = LinkListener(bridge, Sessions() if sessions is None else sessions, dispatch)
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
