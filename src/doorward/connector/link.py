"""The connection to the cloud: enrolment, sign-in, orders in, reports and states out."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias, TypeVar

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward import __version__
from doorward.connector import keys
from doorward.connector.clock import CloudClock
from doorward.connector.config import Config
from doorward.connector.orders import Orders
from doorward.connector.site import Site
from doorward.connector.spool import Spool
from doorward.protocols.link import frames
from doorward.protocols.link.frames import Frame
from doorward.protocols.neutral import AssignDevices
from doorward.protocols.wire import WORDS, WireError

logger = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# Reports on their way without an acknowledgement.
WINDOW = 200
_SIGN_IN_SECONDS = 10.0
_CODE_SECONDS = 2.0
_GATHERING_SECONDS = 0.02
# A connection that held so long was a good one.
_LASTING_MS = 5_000
_CONNECTOR = "connector"
# The mark of the last one-time code that was tried: it works only once.
_SPENT = "spent code"
# What a cloud says of a frame that it cannot read.
_UNREADABLE = "frame"
# A revoked connector is shown out, and from then on its key is a stranger's.
_SHUT_OUT = frozenset({"link.proof", "link.revoked"})
F = TypeVar("F", bound=Frame)
Socket: TypeAlias = "aiohttp.ClientWebSocketResponse[bool]"


class Refused(Exception):
    """The cloud ended the connection and said why."""

    def __init__(self, refusal: frames.Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.message}")
        self.code = refusal.code

    @property
    def is_of_code(self) -> bool:
        """True where the one-time code is refused: what the link itself says is not about it."""
        return not self.code.startswith(("link.", "frame"))


class EnrolmentRefused(Exception):
    """The one-time code does not work: somebody has to get another one."""


class LinkLost(Exception):
    """The connection is gone or speaks another language."""


# How a line ends that is taken up again.
_LOSSES = (LinkLost, WireError, TimeoutError, OSError, aiohttp.ClientError)


class Link:
    """Stays connected as long as the process lives; a lost connection is taken up again."""

    def __init__(
        self,
        config: Config,
        key: Ed25519PrivateKey,
        spool: Spool,
        *,
        site: Site,
        orders: Orders,
        clock: CloudClock,
    ) -> None:
        self._config = config
        self._key = key
        self._spool = spool
        self._site = site
        self._orders = orders
        self._clock = clock
        self._shut_out = False
        self._words = WORDS
        self._sent = 0
        # Until when the cloud has no room, on the steady clock.
        self._busy_until = 0.0
        # When we last asked to be let in, on the steady clock.
        self._asked = 0.0
        # What was sent when, by our clock in the frame and by the steady one.
        self._beats: dict[int, float] = {}
        self._acknowledged = asyncio.Event()

    async def run(self) -> None:
        """Enrol where needed, then stay connected; raise `EnrolmentRefused` on a refused code."""
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession() as session:
            while True:
                began = self._clock.steady_ms()
                try:
                    await self._connect(session)
                except Refused as refusal:
                    self._shut_out = self._shut_out or refusal.code in _SHUT_OUT
                    logger.warning("the cloud refuses the connection: %s", refusal)
                except _LOSSES as loss:
                    logger.info("no connection to the cloud: %s %s", type(loss).__name__, loss)
                except sqlite3.Error as refusal:
                    logger.error("the disk refuses: %s", refusal)
                self._orders.forget_parts()
                if self._clock.steady_ms() - began > _LASTING_MS:
                    pause = FIRST_PAUSE
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _connect(self, session: aiohttp.ClientSession) -> None:
        if not self._spool.fact(_CONNECTOR):
            await self._enrol_first(session)
        elif self._shut_out:
            await self._enrol_again(session)
        async with self._socket(session) as socket:
            welcome, asked = await self._sign_in(socket)
            self._shut_out, self._asked = False, asked
            self._clock.learn(sent_ms=asked, now_ms=welcome.now_ms)
            if not self._spool.continues(welcome.committed):
                logger.error("the cloud remembers other reports than we: a new spool begins")
                self._renew_spool()
                raise LinkLost("the spool was renewed")
            self._spool.forget(welcome.committed)
            self._sent, self._busy_until = welcome.committed, 0.0
            logger.info("connected to the cloud")
            await self._converse(socket, min(welcome.words, WORDS))

    async def _first_code(self) -> str:
        while not (code := self._config.one_time_code()):
            logger.warning("not enrolled yet, and no one-time code to be found")
            await asyncio.sleep(_CODE_SECONDS)
        return code

    def _fresh_code(self) -> str:
        """Return the code at hand unless it was tried before; empty where there is none."""
        code = self._config.one_time_code()
        return "" if self._mark(code) == self._spool.fact(_SPENT) else code

    def _mark(self, code: str) -> str:
        return self._spool.vault.mark(code).hex()

    async def _enrol_first(self, session: aiohttp.ClientSession) -> None:
        code = await self._first_code()
        try:
            await self._enrol(session, code)
        except Refused as refusal:
            if refusal.is_of_code:
                raise EnrolmentRefused(str(refusal)) from refusal
            raise

    async def _enrol_again(self, session: aiohttp.ClientSession) -> None:
        """Enrol a revoked connector; a refused code is no reason to leave its doors alone."""
        if not (code := self._fresh_code()):
            logger.error(
                "this connector was revoked. Make a new one-time code for it in the cloud and"
                " give it by --code or --code-file"
            )
            return
        try:
            await self._enrol(session, code)
        except Refused as refusal:
            if refusal.is_of_code:
                self._spool.set_fact(_SPENT, self._mark(code))
            raise

    async def _enrol(self, session: aiohttp.ClientSession, code: str) -> None:
        async with self._socket(session) as socket:
            public = keys.public_text(self._key)
            await _send(socket, frames.Enrol(code=code, public_key=public, version=__version__))
            answer = await _receive(socket, frames.Enrolled)
        with self._spool.transaction():
            self._spool.set_fact(_CONNECTOR, answer.connector)
            self._spool.set_fact(_SPENT, self._mark(code))
            # For a newly enrolled connector the cloud counts reports from one.
            self._renew_spool()
        logger.info("enrolled as connector %s", answer.connector)

    def _renew_spool(self) -> None:
        """Begin a new spool. What the cloud has lost is told anew, as far as it is known here."""
        with self._spool.transaction():
            self._spool.renew()
            self._site.tell_anew()

    async def _sign_in(self, socket: Socket) -> tuple[frames.Welcome, float]:
        connector = self._spool.fact(_CONNECTOR)
        # An older cloud is greeted in its words, once; it may be a newer one the next time.
        offered, self._words = self._words, WORDS
        hello = frames.Hello(
            connector=connector, spool=self._spool.id, version=__version__, words=offered
        )
        await _send(socket, hello, offered)
        try:
            challenge = await _receive(socket, frames.Challenge)
        except Refused as refusal:
            if refusal.code == _UNREADABLE:
                self._words = 1
            raise
        asked = self._clock.steady_ms()
        await _send(socket, keys.prove(self._key, connector, challenge.nonce))
        return await _receive(socket, frames.Welcome), asked

    async def _converse(self, socket: Socket, words: int) -> None:
        # No group of tasks: it forgets that it was cancelled where one of them fails just then.
        talks = (
            self._listen(socket),
            self._send_reports(socket, words),
            self._send_states(socket, words),
        )
        tasks = [asyncio.create_task(talk) for talk in talks]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        # A lost line ends several at once; what is no such loss says most about why.
        raise min(
            (end for end in ends if isinstance(end, Exception)),
            key=lambda fault: isinstance(fault, _LOSSES),
        )

    async def _listen(self, socket: Socket) -> None:
        while True:
            frame = await _next(socket)
            if isinstance(frame, frames.OrderFrame):
                await self._orders.take(frame)
                if isinstance(frame.body, AssignDevices):
                    self._site.lease.renew(self._asked)
            elif isinstance(frame, frames.Ack):
                self._spool.forget(min(frame.seq, self._sent))
                self._acknowledged.set()
            elif isinstance(frame, frames.Busy):
                self._wait(frame)
            elif isinstance(frame, frames.Beat):
                self._beat(frame)
            else:
                raise LinkLost(f"an unexpected {type(frame).__name__}")

    def _wait(self, busy: frames.Busy) -> None:
        """Send nothing for a while, then go on with what the cloud had no room for."""
        self._sent = min(self._sent, busy.seq - 1)
        self._busy_until = self._clock.steady_ms() + min(busy.wait_ms, LONGEST_PAUSE * 1000)
        self._acknowledged.set()

    def _beat(self, beat: frames.Beat) -> None:
        sent = self._beats.pop(beat.sent_ms, None)
        if sent is not None:
            self._clock.learn(sent_ms=sent, now_ms=beat.now_ms)
            self._site.lease.renew(sent)

    async def _send_reports(self, socket: Socket, words: int) -> None:
        """Send in sequence, so many ahead of what is acknowledged."""
        while True:
            self._spool.news.clear()
            self._acknowledged.clear()
            room = WINDOW - self._spool.count_up_to(self._sent)
            if (wait := self._busy_until - self._clock.steady_ms()) > 0:
                await asyncio.sleep(wait / 1000)
                continue
            batch = self._spool.after(self._sent, room) if room > 0 else []
            for some in _parcels(batch, words):
                # What is sent is noted before: a word that there is no room may come at once.
                self._sent = some[-1].seq
                await _send(
                    socket, some[0] if len(some) == 1 else frames.ReportsFrame(tuple(some)), words
                )
                if self._busy_until > self._clock.steady_ms():
                    break
            if not batch:
                await _either(self._spool.news, self._acknowledged)

    async def _send_states(self, socket: Socket, words: int) -> None:
        while True:
            # Devices that change together are told together.
            await asyncio.sleep(_GATHERING_SECONDS)
            self._site.changed.clear()
            sent_ms = self._clock.wall_ms()
            self._beats = {sent_ms: self._clock.steady_ms(), **dict(list(self._beats.items())[:8])}
            await _send(
                socket,
                frames.StateFrame(
                    sent_ms=sent_ms,
                    spool_depth=self._spool.depth(),
                    devices=self._site.states(),
                ),
                words,
            )
            try:
                # Not `wait_for`: it forgets that it was cancelled where the wait ends just then.
                async with asyncio.timeout(frames.HEARTBEAT_SECONDS):
                    await self._site.changed.wait()
            except TimeoutError:
                continue

    def _socket(self, session: aiohttp.ClientSession) -> AbstractAsyncContextManager[Socket]:
        return session.ws_connect(
            self._config.cloud,
            heartbeat=frames.HEARTBEAT_SECONDS,
            max_msg_size=frames.MAX_FRAME_BYTES,
            timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
        )


async def _send(socket: Socket, frame: Frame, words: int = WORDS) -> None:
    await socket.send_str(frames.encode(frame, words))


async def _next(socket: Socket) -> Frame:
    message = await socket.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise LinkLost(f"closed with {socket.close_code}")
    frame = frames.decode(message.data)
    if isinstance(frame, frames.Refusal):
        raise Refused(frame)
    return frame


async def _receive(socket: Socket, kind: type[F]) -> F:
    """Return the frame that must come now; raise `Refused` or `LinkLost` for anything else."""
    async with asyncio.timeout(_SIGN_IN_SECONDS):
        frame = await _next(socket)
    if not isinstance(frame, kind):
        raise LinkLost(f"expected {kind.__name__}, got {type(frame).__name__}")
    return frame


Parcel = list[frames.ReportFrame]


def _parcels(reports: Sequence[frames.ReportFrame], words: int) -> Iterator[Parcel]:
    """Yield what goes into one frame each: for who knows reports together, as many as fit."""
    parcel: Parcel = []
    size = 0
    for report in reports:
        length = len(frames.encode_report(report.body)[1]) if words >= frames.TOGETHER else 0
        if parcel and (
            words < frames.TOGETHER
            or len(parcel) == frames.REPORTS_A_FRAME
            or size + length > frames.REPORTS_BYTES
            # A frame tells the first number only.
            or report.seq != parcel[-1].seq + 1
        ):
            yield parcel
            parcel, size = [], 0
        parcel.append(report)
        size += length
    if parcel:
        yield parcel


async def _either(*events: asyncio.Event) -> None:
    """Wait until one of the events is set."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
