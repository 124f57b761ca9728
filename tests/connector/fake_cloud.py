"""A cloud for tests: welcomes one connector, notes what it tells, sends what a test orders."""

import asyncio
import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import WSMsgType, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from doorward.protocols.link import frames
from doorward.protocols.link.frames import Frame, ReportFrame, StateFrame
from doorward.protocols.neutral import Order, OrderSettled, Report
from doorward.protocols.wire import WORDS

T = TypeVar("T")


@dataclass
class FakeCloud:
    """`ahead_ms` is how far its clock is ahead of this machine's."""

    code: str = "ABCD-1234"
    ahead_ms: int = 0
    acknowledges: bool = True
    # With a line that swallows frames it asks for what is missing.
    bears_gaps: bool = False
    # The words it knows; with one it refuses what came later, as clouds of then do.
    words: int = WORDS
    keys: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    spools: dict[str, int] = field(default_factory=dict)
    stored: list[ReportFrame] = field(default_factory=list)
    states: list[StateFrame] = field(default_factory=list)
    connections: int = 0
    codes: list[str] = field(default_factory=list)
    strangers: int = 0
    misunderstood: int = 0
    port: int = 0
    _socket: web.WebSocketResponse | None = None
    _runner: web.AppRunner | None = None
    _spool: str = ""

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/link"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def drop(self) -> None:
        """Cut the line."""
        if self._socket is not None:
            transport = self._socket._req.transport if self._socket._req else None
            if transport is not None:
                transport.abort()
            self._socket = None
            await asyncio.sleep(0)

    async def revoke(self) -> None:
        """Show the connector out, and take its key for a stranger's from now on."""
        self.keys.clear()
        self.code = ""
        await self.send(frames.Refusal(code="link.revoked", message="Enrol with a new code."))
        await self.drop()

    async def order(self, id: str, body: Order, *, expires_ms: int = 0) -> None:
        await self.send(frames.order(id, body, expires_ms=expires_ms))

    async def send(self, frame: Frame) -> None:
        await self.until(lambda: self._socket is not None)
        assert self._socket is not None
        await self._socket.send_str(frames.encode(frame))

    def now_ms(self) -> int:
        return int(time.time() * 1000) + self.ahead_ms

    def reports(self, kind: type[T]) -> list[T]:
        """Return the reports of a kind that were stored, each sequence once."""
        return [frame.body for frame in self.stored if isinstance(frame.body, kind)]

    def told(self) -> list[Report]:
        return [frame.body for frame in self.stored]

    async def until(self, holds: Callable[[], T], seconds: float = 15.0) -> T:
        """Wait until something holds and return it."""
        async with asyncio.timeout(seconds):
            while not (value := holds()):  # noqa: ASYNC110 - tests wait for anything
                await asyncio.sleep(0.01)
        return value

    async def settled(self, order: str, seconds: float = 15.0) -> OrderSettled:
        found = await self.until(
            lambda: [one for one in self.reports(OrderSettled) if one.order == order], seconds
        )
        return found[0]

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=frames.MAX_FRAME_BYTES)
        await socket.prepare(request)
        first = frames.decode(await socket.receive_str())
        if isinstance(first, frames.Hello) and first.words > self.words == 1:
            self.misunderstood += 1
            refusal = frames.Refusal(code="frame", message="words: is not a field of Hello")
            await socket.send_str(frames.encode(refusal))
            return socket
        if isinstance(first, frames.Enrol):
            await self._enrol(socket, first)
        elif isinstance(first, frames.Hello) and await self._welcome(socket, first):
            try:
                await self._listen(socket)
            finally:
                if self._socket is socket:
                    self._socket = None
        return socket

    async def _enrol(self, socket: web.WebSocketResponse, enrol: frames.Enrol) -> None:
        self.codes.append(enrol.code)
        if enrol.code != self.code:
            refusal = frames.Refusal(code="enrolment.code", message="No such code.")
            await socket.send_str(frames.encode(refusal))
            return
        raw = base64.urlsafe_b64decode(enrol.public_key)
        self.keys["c1"] = Ed25519PublicKey.from_public_bytes(raw)
        self.spools.clear()
        await socket.send_str(frames.encode(frames.Enrolled(connector="c1")))

    async def _welcome(self, socket: web.WebSocketResponse, hello: frames.Hello) -> bool:
        await socket.send_str(frames.encode(frames.Challenge(nonce="n-1")))
        proof = frames.decode(await socket.receive_str())
        if not isinstance(proof, frames.Proof):
            return False
        if hello.connector not in self.keys:
            self.strangers += 1
            refusal = frames.Refusal(code="link.proof", message="Not the key that was enrolled.")
            await socket.send_str(frames.encode(refusal))
            return False
        self.keys[hello.connector].verify(
            base64.urlsafe_b64decode(proof.signature),
            frames.proof_message(hello.connector, "n-1"),
        )
        self._spool = hello.spool
        committed = self.spools.setdefault(hello.spool, 0)
        await socket.send_str(
            frames.encode(
                frames.Welcome(committed=committed, now_ms=self.now_ms(), words=self.words)
            )
        )
        self.connections += 1
        self._socket = socket
        await self.welcomed(socket)
        return True

    async def welcomed(self, socket: web.WebSocketResponse) -> None:
        """Say what there is to say to a connector that has just come."""

    async def heard(self, socket: web.WebSocketResponse, state: StateFrame) -> None:
        """Answer to what a connector states."""

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                return
            frame = frames.decode(message.data)
            if isinstance(frame, StateFrame):
                self.states.append(frame)
                beat = frames.Beat(sent_ms=frame.sent_ms, now_ms=self.now_ms())
                await socket.send_str(frames.encode(beat))
                await self.heard(socket, frame)
            elif isinstance(frame, ReportFrame):
                await self._store(socket, frame)
            elif isinstance(frame, frames.ReportsFrame):
                for report in frame.reports:
                    await self._store(socket, report)

    async def _store(self, socket: web.WebSocketResponse, frame: ReportFrame) -> None:
        committed = self.spools[self._spool]
        if frame.seq > committed:
            # A sequence is never left out; deleted numbers are only those acknowledged before.
            assert frame.seq == committed + 1 or self.bears_gaps, f"{frame.seq} after {committed}"
            if frame.seq != committed + 1:
                await self.send(frames.Refusal("link.gap", f"Report {committed + 1} is missing."))
                await self.drop()
                return
            self.spools[self._spool] = frame.seq
            self.stored.append(frame)
        if self.acknowledges:
            await socket.send_str(frames.encode(frames.Ack(seq=self.spools[self._spool])))
