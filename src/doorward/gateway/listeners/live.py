"""The pages' side: a signed ticket says what a page may hear; messages only say "look again"."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.core import signing
from starlette.websockets import WebSocket, WebSocketDisconnect

from doorward.gateway.bridge import Bridge
from doorward.kit import clock, live
from doorward.tenancy.actions.signin import is_live

logger = logging.getLogger(__name__)

POLICY_VIOLATION = 1008
# Wake-ups that may wait for a slow page before it is told to look at everything.
BACKLOG = 100
EVERYTHING = "*"
# Topics of which it is known when they were last told: some two megabytes.
REMEMBERED = 10_000


class LiveListener:
    """Serves `/live`; holds no database connection.

    A page hears what its ticket names, for as long as the session lasts that it was made for.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._pages: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._past = Past()

    def hear(self, channel: str, topics: Sequence[str]) -> None:
        """Pass a wake-up on; without topics every page looks again."""
        if topics:
            self._past.note(topics)
            pairs = [(queue, topic) for topic in topics for queue in self._pages.get(topic, ())]
        else:
            self._past.forget()
            everyone = {queue for queues in self._pages.values() for queue in queues}
            pairs = [(queue, EVERYTHING) for queue in everyone]
        for queue, topic in pairs:
            _offer(queue, topic)

    async def serve(self, socket: WebSocket) -> None:
        session = socket.cookies.get(settings.SESSION_COOKIE_NAME, "")
        try:
            hearing = live.read(socket.query_params.get("ticket", ""), session=session)
        except signing.BadSignature:
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
        for topic in hearing.topics:
            self._pages[topic].add(queue)
        for topic in self._past.missed(hearing):
            _offer(queue, topic)
        try:
            # Asked only now: an end that comes from here on is heard.
            if not await self._bridge.call(is_live, session, hearing.topics):
                await socket.close(POLICY_VIOLATION)
                return
            await _converse(socket, queue)
        finally:
            for topic in hearing.topics:
                self._pages[topic].discard(queue)
                if not self._pages[topic]:
                    del self._pages[topic]


class Past:
    """What was told lately, for pages that had been made by then and listened only later.

    Between its first question to the database and its line to us a page hears nothing, and a line
    may break. Times of fronts are compared, which therefore have to agree.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._told: dict[str, datetime] = {}
        # Before this nothing is known for sure.
        self._since = clock.now()

    def forget(self) -> None:
        """Begin anew, where something may have been told that was not heard."""
        self._told.clear()
        self._since = clock.now()

    def note(self, topics: Iterable[str]) -> None:
        now = clock.now()
        for topic in topics:
            # What was told last stands last.
            self._told.pop(topic, None)
            self._told[topic] = now
        while len(self._told) > self._remembered:
            self._since = self._told.pop(next(iter(self._told)))

    def missed(self, hearing: live.Hearing) -> Sequence[str]:
        """Return what a page should have heard since it was made; everything, if nobody knows."""
        if hearing.since <= self._since:
            return [EVERYTHING]
        told = ((topic, self._told.get(topic)) for topic in hearing.topics)
        return [topic for topic, at in told if at is not None and at >= hearing.since]


async def _converse(socket: WebSocket, queue: "asyncio.Queue[str]") -> None:
    """Send wake-ups until the page goes; what a page says is not listened to."""
    sending = asyncio.create_task(_send(socket, queue))
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, KeyError):
        logger.debug("a page left")
    finally:
        sending.cancel()


async def _send(socket: WebSocket, queue: "asyncio.Queue[str]") -> None:
    while not live.is_an_end(topic := await queue.get()):
        await socket.send_text(json.dumps({"topic": topic}))
    await socket.close(POLICY_VIOLATION)


def _offer(queue: "asyncio.Queue[str]", topic: str) -> None:
    if queue.full():
        waiting = [queue.get_nowait() for _ in range(queue.qsize())]
        # That the session has ended must not be lost in the crowd.
        topic = next(filter(live.is_an_end, [topic, *waiting]), EVERYTHING)
    queue.put_nowait(topic)
