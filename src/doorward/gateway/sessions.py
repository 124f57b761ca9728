"""Which connector is where: the links of this process and what has been sent over each."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from doorward.kit import clock
from doorward.protocols.link import frames

# Frames that may wait for a slow link; one that falls further behind is cut off.
OUTBOX = 10_000


class LinkCut(Exception):
    """The gateway ends a link, with what it tells the connector."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.refusal = frames.Refusal(code, message)


class Progress(NamedTuple):
    """How far a device's shelf has come, by epoch and revision; (0, 0) is nothing."""

    epoch: int = 0
    revision: int = 0


@lru_cache(10_000)
def progress(epoch: int, revision: int) -> Progress:
    """Return the one object that says so: most devices have come as far as many others."""
    return Progress(epoch, revision)


class Sent(NamedTuple):
    """Changes under way, and when they were sent on the event loop's clock, in seconds."""

    progress: Progress
    at: float


class Sender(Protocol):
    async def send_text(self, data: str) -> None: ...


@dataclass(eq=False, slots=True)
class Session:
    """One connector's link and since when it stands.

    `received` is by the connector's own word, `sent` what is under way.

    Until it has `stated` what it has, nobody knows what it lacks.

    A link that is idle is one task, which waits for what comes; there is another only while
    something waits for being sent.
    """

    connector: int
    words: int = 1
    since: datetime = field(default_factory=clock.now)
    received: dict[int, Progress] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    states: dict[int, frames.DeviceState] = field(default_factory=dict)
    stated: bool = False
    # What was last stated of all devices: the same again is not looked at again.
    last: tuple[frames.DeviceState, ...] = ()
    # Since when we wait for a frame, on the event loop's clock; None while we do not.
    listening_since: float | None = None
    # Since when the other side takes nothing of a frame; None while it does.
    sending_since: float | None = None
    # Why it ends, once it does.
    fault: Exception | None = None
    _line: Sender | None = None
    _work: "asyncio.Task[object] | None" = None
    _outbox: deque[frames.Frame] | None = None
    _pump: "asyncio.Task[None] | None" = None

    def open(self, line: Sender) -> None:
        """Send over this line; the task that calls serves the link, and is ended with it."""
        self._line, self._work = line, asyncio.current_task()
        self._send_soon()

    def close(self) -> None:
        """Send nothing more, and end nothing: the link's own task is on its way out."""
        self._line = self._work = None
        if self._pump is not None:
            self._pump.cancel()

    @property
    def is_idle(self) -> bool:
        """Say whether nothing waits for being sent."""
        return not self._outbox

    def send(self, frame: frames.Frame) -> None:
        """Put a frame on its way; the link is cut where the other side does not keep up."""
        if self._outbox is None:
            self._outbox = deque()
        if len(self._outbox) >= OUTBOX:
            self.end("link.slow", "The connector does not read what it is sent.")
            return
        self._outbox.append(frame)
        self._send_soon()

    async def reply(self, frame: frames.Frame) -> None:
        """Send a frame in the caller's own time, behind those that wait."""
        if self._line is None or self._outbox:
            self.send(frame)
        else:
            await self._put(self._line, frame)

    async def _put(self, line: Sender, frame: frames.Frame) -> None:
        self.sending_since = asyncio.get_running_loop().time()
        await line.send_text(frames.encode(frame, self.words))
        self.sending_since = None

    def progress(self, device: int) -> Progress:
        """Return how far a device has come, or will have with what is under way."""
        sent = self.sent.get(device)
        return sent.progress if sent else self.received.get(device, Progress())

    def end(self, code: str, message: str) -> None:
        self.stop(LinkCut(code, message))

    def stop(self, fault: Exception) -> None:
        """End the link; of several reasons the first counts."""
        if self.fault is None:
            self.fault = fault
            if self._work is not None:
                self._work.cancel()

    def _send_soon(self) -> None:
        if self._outbox and self._line is not None and self._pump is None:
            self._pump = asyncio.create_task(self._send_all(self._line, self._outbox))
            self._pump.add_done_callback(self._sent_all)

    async def _send_all(self, line: Sender, outbox: deque[frames.Frame]) -> None:
        while outbox:
            await self._put(line, outbox[0])
            outbox.popleft()

    def _sent_all(self, pump: "asyncio.Task[None]") -> None:
        self._pump = None
        if pump.cancelled():
            return
        if isinstance(fault := pump.exception(), Exception):
            self.stop(fault)
        elif self._outbox:
            # Something came between the last frame and now.
            self._send_soon()
        else:
            self._outbox = None


class Sessions:
    """The sessions of this process; of two links of one connector the newer stands."""

    def __init__(self) -> None:
        self._by_connector: dict[int, Session] = {}

    def __len__(self) -> int:
        return len(self._by_connector)

    def add(self, session: Session) -> None:
        if older := self._by_connector.get(session.connector):
            older.end("link.replaced", "This connector has connected again.")
        self._by_connector[session.connector] = session

    def remove(self, session: Session) -> bool:
        """Forget a session; return whether its connector is now without one."""
        if self._by_connector.get(session.connector) is not session:
            return False
        del self._by_connector[session.connector]
        return True

    def of(self, connectors: Iterable[int]) -> list[Session]:
        return [s for c in connectors if (s := self._by_connector.get(c))]

    def all(self) -> list[Session]:
        return list(self._by_connector.values())

    def end_silent(self, seconds: float) -> None:
        """Show out those that told nothing for so long, or took nothing of what they are sent."""
        latest = asyncio.get_running_loop().time() - seconds
        for session in self._by_connector.values():
            if session.sending_since is not None and session.sending_since < latest:
                session.end("link.slow", "The connector does not read what it is sent.")
            elif session.listening_since is not None and session.listening_since < latest:
                session.end("link.silent", "The connector has told nothing for too long.")

    def links(self) -> dict[int, datetime]:
        return {connector: one.since for connector, one in self._by_connector.items()}

    def knowing(self, words: int) -> list[int]:
        """Return the connectors that know so many words."""
        return [connector for connector, one in self._by_connector.items() if one.words >= words]
