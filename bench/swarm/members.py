"""A pretend connector: signs in, keeps what it is told, confirms it at once, reports when asked."""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import aiohttp

from bench.swarm.keys import key_of
from doorward import __version__
from doorward.connector import keys
from doorward.connector.link import FIRST_PAUSE, LONGEST_PAUSE
from doorward.protocols import neutral
from doorward.protocols.link import frames
from doorward.protocols.link.frames import Frame
from doorward.protocols.wire import WORDS

SIGN_IN_SECONDS = 60.0
WINDOW = 200
# What is told to whoever watches: a word and what belongs to it.
Tell = Callable[..., None]


class Gone(Exception):
    """The line is lost, or the cloud ended it."""


class Member:
    """One connector with the devices that the cloud gives it.

    `held` is what each device holds, as (epoch, revision). Whatever is reported waits in `spool`
    until the cloud has acknowledged it, through any number of connections.
    """

    def __init__(self, connector: int, held: dict[str, tuple[int, int]], tell: Tell) -> None:
        self.connector = connector
        self.held = held
        self.devices = list(held)
        self.online = False
        self.settled_in = asyncio.Event()
        self.pulses: Counter[str] = Counter()
        self.welcomes = 0
        self.spool: deque[tuple[int, str]] = deque()
        self.refusals: Counter[str] = Counter()
        self.beats = 0
        # How often the cloud had no room.
        self.shed = 0
        self._busy_until = 0.0
        self._tell = tell
        self._key = key_of(connector)
        self._name = f"swarm-{connector}-{time.time_ns()}"
        self._seq = 0
        self._sent = 0
        self._socket: aiohttp.ClientWebSocketResponse[bool] | None = None
        self._beat = asyncio.Event()
        self._news = asyncio.Event()
        self._drained = asyncio.Event()
        self._listed = asyncio.Event()
        if held:
            self._listed.set()
        self._states = ""

    async def run(self, session: aiohttp.ClientSession, url: str, gate: asyncio.Semaphore) -> None:
        """Stay connected until cancelled; pauses between attempts are those of a real one."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            try:
                await self._connect(session, url, gate)
            except (Gone, OSError, TimeoutError, aiohttp.ClientError):
                self.online = False
                self.settled_in.clear()
            if time.monotonic() - began > 5:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(LONGEST_PAUSE, pause * 2)

    def report(self, body: neutral.Report) -> None:
        self._seq += 1
        kind, text = frames.encode_report(body)
        self.spool.append((self._seq, f'["{kind}",{text}]'))
        self._drained.clear()

    def badge(self, device: str, card: str) -> neutral.BadgeScanned:
        now = datetime.now(UTC)
        return neutral.BadgeScanned(
            device=device,
            at=now,
            device_time=now.replace(tzinfo=None).isoformat(timespec="seconds"),
            generation=0,
            local_id=str(self._seq + 1),
            method=neutral.Method.CARD,
            code=card,
            person="",
            relays=(1,),
            accepted=True,
        )

    def go(self) -> None:
        """Send what is spooled."""
        self._news.set()

    async def drained(self) -> None:
        """Wait until everything reported has been acknowledged."""
        if self.spool:
            await self._drained.wait()

    async def check(self) -> None:
        """Ask once whether all devices are up to date, and wait for the answer."""
        await self._ask()
        await self._beat.wait()

    async def _connect(
        self, session: aiohttp.ClientSession, url: str, gate: asyncio.Semaphore
    ) -> None:
        async with gate:
            self._socket = await session.ws_connect(
                url,
                heartbeat=frames.HEARTBEAT_SECONDS * 3,
                max_msg_size=frames.MAX_FRAME_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
            )
            try:
                async with asyncio.timeout(SIGN_IN_SECONDS):
                    await self._sign_in()
            except BaseException:
                await self._socket.close()
                raise
        talks = [asyncio.create_task(talk) for talk in (self._send(), self._state())]
        try:
            while True:
                self._hear(await self._next())
        finally:
            for talk in talks:
                talk.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
            await self._socket.close()

    async def _sign_in(self) -> None:
        connector = str(self.connector)
        hello = frames.Hello(
            connector=connector, spool=self._name, version=__version__, words=WORDS
        )
        await self._put(frames.encode(hello))
        challenge = await self._next()
        if not isinstance(challenge, frames.Challenge):
            raise Gone
        await self._put(frames.encode(keys.prove(self._key, connector, challenge.nonce)))
        welcome = await self._next()
        if not isinstance(welcome, frames.Welcome):
            raise Gone
        self._forget(welcome.committed)
        self._sent, self._busy_until = welcome.committed, 0.0
        self.welcomes += 1
        self.online = True

    def _hear(self, frame: Frame) -> None:
        if isinstance(frame, frames.Beat):
            self.beats += 1
            self._beat.set()
            self.settled_in.set()
        elif isinstance(frame, frames.Ack):
            self._forget(frame.seq)
            self._news.set()
        elif isinstance(frame, frames.Busy):
            self.shed += 1
            self._sent = min(self._sent, frame.seq - 1)
            self._busy_until = time.monotonic() + frame.wait_ms / 1000
            self._news.set()
        elif isinstance(frame, frames.OrderFrame):
            self._obey(frame)

    def _obey(self, order: frames.OrderFrame) -> None:
        body = order.body
        now = datetime.now(UTC)
        if isinstance(body, neutral.AssignDevices):
            self.devices = [one.device for one in body.devices]
            for device in self.devices:
                self.held.setdefault(device, (0, 0))
            self._states = ""
            self._listed.set()
        elif isinstance(body, neutral.ApplyChanges):
            if body.last:
                self.held[body.device] = (body.epoch, body.revision)
                self._states = ""
                applied = neutral.ChangesApplied(
                    body.device, now, body.epoch, body.revision, failures=()
                )
                self.report(applied)
                self.go()
                self._tell("confirmed", device=int(body.device), revision=body.revision)
        elif isinstance(body, neutral.UnlockDoor):
            self.pulses[order.id] += 1
            self.report(neutral.OrderSettled(order.id, now, neutral.Outcome.DONE, None))
            self.go()

    async def _send(self) -> None:
        """Send in sequence, so many ahead of what is acknowledged."""
        while True:
            self._news.clear()
            if (wait := self._busy_until - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            first = self.spool[0][0] if self.spool else 0
            bodies = [b for _, b in islice(self.spool, max(0, self._sent + 1 - first), WINDOW)]
            for start in range(0, len(bodies), frames.REPORTS_A_FRAME):
                some = bodies[start : start + frames.REPORTS_A_FRAME]
                seq = self._sent + 1
                self._sent += len(some)
                await self._put(f'{{"t":"reports","seq":{seq},"reports":[{",".join(some)}]}}')
                if self._busy_until > time.monotonic():
                    break
            if not bodies:
                await self._news.wait()

    async def _state(self) -> None:
        """Tell how the devices are: once the list is there, then with every beat."""
        await self._listed.wait()
        while True:
            await self._ask()
            await asyncio.sleep(frames.HEARTBEAT_SECONDS)

    async def _ask(self) -> None:
        if not self._states:
            states = tuple(
                frames.DeviceState(device, True, None, *self.held[device], clock_skew=0)
                for device in self.devices
            )
            whole = frames.encode(frames.StateFrame(0, 0, states))
            self._states = whole[whole.index('"devices"') :]
        self._beat.clear()
        now = int(time.time() * 1000)
        depth = len(self.spool)
        await self._put(f'{{"t":"state","sent_ms":{now},"spool_depth":{depth},{self._states}')

    def _forget(self, seq: int) -> None:
        while self.spool and self.spool[0][0] <= seq:
            self.spool.popleft()
        if not self.spool:
            self._drained.set()

    async def _put(self, text: str) -> None:
        if self._socket is None:
            raise Gone
        await self._socket.send_str(text)

    async def _next(self) -> Frame:
        if self._socket is None:
            raise Gone
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Gone
        frame = frames.decode(message.data)
        if isinstance(frame, frames.Refusal):
            self.refusals[frame.code] += 1
            raise Gone
        return frame
