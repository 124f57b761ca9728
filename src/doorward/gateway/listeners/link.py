"""The connectors' side: a handshake by pinned key, then reports in and orders out."""

import asyncio
import base64
import binascii
import logging
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.websockets import WebSocketDisconnect

from doorward.devices.actions import connectors
from doorward.devices.actions.connectors import Departure
from doorward.devices.actions.presence import Told
from doorward.gateway.bridge import Bridge
from doorward.gateway.desk import Desk
from doorward.gateway.dispatch import Dispatch
from doorward.gateway.intake import Burst
from doorward.gateway.listeners.sockets import ABNORMAL, Socket
from doorward.gateway.sessions import LinkCut, Session, Sessions
from doorward.kit import clock
from doorward.kit.errors import Refused
from doorward.protocols.link import frames
from doorward.protocols.wire import WORDS, WireError

logger = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 10
GOODBYE_SECONDS = 2.0
# Reports of one connector that are stored at once: it sends no more ahead of its acknowledgements.
BURST = 200
# When a connector comes again that we had no room for.
BUSY_MS = (1_000, 3_000)
POLICY_VIOLATION = 1008


class LinkListener:
    """Serves `/link`."""

    def __init__(self, bridge: Bridge, sessions: Sessions, dispatch: Dispatch) -> None:
        self._bridge = bridge
        self._desk = Desk(bridge)
        self._sessions = sessions
        self._dispatch = dispatch

    async def serve(self, socket: Socket) -> None:
        await socket.accept()
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                link, version = await self._greet(_Line(socket))
            await link.serve(version)
        except LinkCut as cut:
            await _show_out(socket, cut)
        except WireError as fault:
            await _show_out(socket, LinkCut("frame", str(fault)[:300]))
        except (WebSocketDisconnect, TimeoutError):
            logger.debug("a link ended")

    async def _greet(self, line: "_Line") -> "tuple[_Link, str]":
        first = await line.receive()
        if isinstance(first, frames.Enrol):
            await self._enrol(line, first)
            first = await line.receive()
        if not isinstance(first, frames.Hello):
            raise LinkCut("link.order", "A link begins with enrol or hello.")
        if first.protocol != frames.VERSION:
            raise LinkCut("link.version", f"This cloud speaks version {frames.VERSION}.")
        key = await self._check_proof(line, first)
        session = Session(key, words=min(first.words, WORDS))
        desk, sessions, dispatch = self._desk, self._sessions, self._dispatch
        return _Link(line, session, first.spool, desk, sessions, dispatch), first.version

    async def _enrol(self, line: "_Line", frame: frames.Enrol) -> None:
        try:
            connector = await self._bridge.call(
                connectors.enrol,
                frame.code,
                public_key=_public_key(frame.public_key),
                version=frame.version,
            )
        except Refused as refusal:
            raise LinkCut(refusal.code, str(refusal.message)) from refusal
        await line.send(frames.Enrolled(str(connector.pk)))

    async def _check_proof(self, line: "_Line", hello: frames.Hello) -> int:
        """Return the connector that proves to hold its key; a stranger learns nothing more."""
        nonce = secrets.token_urlsafe(32)
        await line.send(frames.Challenge(nonce))
        proof = await line.receive()
        if not isinstance(proof, frames.Proof):
            raise LinkCut("link.order", "A challenge is answered with a proof.")
        key = await self._desk.key(hello.connector)
        try:
            signature = base64.urlsafe_b64decode(proof.signature)
            Ed25519PublicKey.from_public_bytes(key).verify(
                signature, frames.proof_message(hello.connector, nonce)
            )
        except (InvalidSignature, ValueError, binascii.Error) as fault:
            raise LinkCut("link.proof", "This key is not the one that was enrolled.") from fault
        return int(hello.connector)


class _Line:
    """A socket that carries frames."""

    __slots__ = ("_states", "socket")

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self._states = frames.States()

    async def receive(self) -> frames.Frame:
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", ABNORMAL))
        if message.get("text") is None:
            raise WireError("", "is not text")
        return self._states.decode(message["text"])

    async def send(self, frame: frames.Frame) -> None:
        await self.socket.send_text(frames.encode(frame))


@dataclass(eq=False, slots=True)
class _Link:
    """One connector that has proved who it is."""

    _line: _Line
    _session: Session
    _spool: str
    _desk: Desk
    _sessions: Sessions
    _dispatch: Dispatch
    _reports: list[frames.ReportFrame] = field(default_factory=list)
    # Only while reports wait, or a reader for them to become fewer.
    _storing: "asyncio.Task[None] | None" = None
    _room: asyncio.Event | None = None
    # Of all that was refused, what is to come first.
    _refused: int | None = None

    async def serve(self, version: str) -> None:
        """Work until the connector goes or is shown out."""
        session = self._session
        session.open(self._line.socket)
        try:
            # Welcomed before anybody can send it anything else.
            await self._welcome(version)
            self._sessions.add(session)
            try:
                await self._dispatch.assign(session)
                await self._read()
            finally:
                session.close()
                await self._leave()
        except asyncio.CancelledError:
            if session.fault is None or (task := asyncio.current_task()) is None:
                raise
            task.uncancel()
            raise session.fault from None
        finally:
            session.close()

    async def _leave(self) -> None:
        if self._storing is not None:
            self._storing.cancel()
        self._desk.waiting -= len(self._reports)
        self._reports.clear()
        logger.info("connector %s is gone", self._session.connector)
        if self._sessions.remove(self._session):
            await self._desk.depart(Departure(self._session.connector, self._session.since))

    async def _welcome(self, version: str) -> None:
        greeting = await self._desk.greet(
            self._session.connector, spool=self._spool, version=version
        )
        logger.info("connector %s is here", self._session.connector)
        self._session.since = greeting.since
        now_ms = clock.milliseconds(clock.now())
        try:
            await self._session.reply(frames.Welcome(greeting.committed, now_ms, words=WORDS))
        except BaseException:
            # It was noted as here, and is gone before anybody knew it.
            await self._desk.depart(Departure(self._session.connector, greeting.since))
            raise

    async def _read(self) -> None:
        loop, session = asyncio.get_running_loop(), self._session
        while True:
            session.listening_since = loop.time()
            frame = await self._line.receive()
            session.listening_since = None
            if isinstance(frame, frames.ReportsFrame):
                await self._queue(frame.reports)
            elif isinstance(frame, frames.ReportFrame):
                await self._queue((frame,))
            elif isinstance(frame, frames.StateFrame):
                await self._take_state(frame)
            else:
                raise LinkCut("link.order", f"{type(frame).__name__} has no place here.")
            # Not kept until the next one comes.
            del frame

    async def _queue(self, reports: Sequence[frames.ReportFrame]) -> None:
        """Have reports stored, or where too many wait say when there is room again."""
        first = reports[0].seq
        if self._refused is not None and first > self._refused:
            # On its way before the connector heard that it is to wait.
            return
        if not self._desk.has_room(len(self._reports), len(reports)):
            if self._session.words >= frames.TOGETHER:
                self._refused = first
                wait = random.randint(*BUSY_MS)  # noqa: S311 - no secret
                self._session.send(frames.Busy(first, wait))
                return
            # It keeps its spool meanwhile; so do its beats, but it has no word for waiting.
            self._room = asyncio.Event()
            while not self._desk.has_room(len(self._reports), len(reports)):
                self._room.clear()
                await self._room.wait()
            self._room = None
        self._refused = None
        self._reports.extend(reports)
        self._desk.waiting += len(reports)
        self._store_soon()

    def _store_soon(self) -> None:
        if self._storing is None:
            self._storing = asyncio.create_task(self._take_in())
            self._storing.add_done_callback(self._stored)

    async def _take_in(self) -> None:
        """Store reports, all that wait at once, and acknowledge what has been committed."""
        while self._reports:
            burst = self._reports[:BURST]
            committed = await self._desk.store(Burst(self._session.connector, self._spool, burst))
            del self._reports[: len(burst)]
            self._desk.waiting -= len(burst)
            if self._room is not None:
                self._room.set()
            await self._session.reply(frames.Ack(committed))

    def _stored(self, storing: "asyncio.Task[None]") -> None:
        self._storing = None
        if storing.cancelled():
            return
        if isinstance(fault := storing.exception(), Exception):
            self._session.stop(fault)
        elif self._reports:
            self._store_soon()

    async def _take_state(self, state: frames.StateFrame) -> None:
        heard_ms = clock.milliseconds(clock.now())
        session = self._session
        changed = self._dispatch.take_state(session, state)
        await self._desk.note(Told(session.connector, session.since, state.spool_depth, changed))
        # Not before it is noted: by this answer a connector knows for how long devices are its own.
        await session.reply(frames.Beat(state.sent_ms, heard_ms))
        self._dispatch.begin_sync(session)


async def _show_out(socket: Socket, cut: LinkCut) -> None:
    logger.info("ended a link: %s", cut.refusal.code)
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await socket.send_text(frames.encode(cut.refusal))
            await socket.close(POLICY_VIOLATION)
    except TimeoutError:
        # It reads nothing, so it would not read this either.
        socket.hang_up()
    except (RuntimeError, WebSocketDisconnect):
        # It is gone already.
        return


def _public_key(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text)
        Ed25519PublicKey.from_public_bytes(key)
    except (ValueError, binascii.Error) as fault:
        raise LinkCut("link.key", "The key must be a raw Ed25519 public key in base64.") from fault
    return key
