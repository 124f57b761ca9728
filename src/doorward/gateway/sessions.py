"""Which connector is where: the links of this process and what has been sent over each."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from doorward.kit import clock
from doorward.protocols.link import frames

# Frames that may wait for a slow link; one that falls further behind is cut off.
OUTBOX = 10_000


class LinkCut(Exception):
    """The gateway ends a link, with what it tells the connector."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.refusal = frames.Refusal(code, message)


@dataclass(frozen=True)
class Progress:
    """How far a device's shelf has come, by epoch and revision; (0, 0) is nothing."""

    epoch: int = 0
    revision: int = 0


@dataclass(frozen=True)
class Sent:
    """Changes under way, and when they were sent on the event loop's clock, in seconds."""

    progress: Progress
    at: float


class Sender(Protocol):
    async def send_text(self, data: str) -> None: ...


@dataclass(eq=False)
class Session:
    """One connector's link and since when it stands.

    `received` is by the connector's own word, `sent` what is under way.

    Until it has `stated` what it has, nobody knows what it lacks.
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
    outbox: "asyncio.Queue[frames.Frame]" = field(default_factory=lambda: asyncio.Queue(OUTBOX))
    cut: "asyncio.Future[LinkCut]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def send(self, frame: frames.Frame) -> None:
        """Put a frame on its way; the link is cut where the other side does not keep up."""
        try:
            self.outbox.put_nowait(frame)
        except asyncio.QueueFull:
            self.end("link.slow", "The connector does not read what it is sent.")

    def progress(self, device: int) -> Progress:
        """Return how far a device has come, or will have with what is under way."""
        sent = self.sent.get(device)
        return sent.progress if sent else self.received.get(device, Progress())

    def end(self, code: str, message: str) -> None:
        if not self.cut.done():
            self.cut.set_result(LinkCut(code, message))

    async def pump(self, sender: Sender) -> None:
        """Send what is put into the outbox, in order, until cancelled."""
        while True:
            await sender.send_text(frames.encode(await self.outbox.get(), self.words))


class Sessions:
    """The sessions of this process; of two links of one connector the newer stands."""

    def __init__(self) -> None:
        self._by_connector: dict[int, Session] = {}

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

    def links(self) -> dict[int, datetime]:
        return {connector: one.since for connector, one in self._by_connector.items()}
