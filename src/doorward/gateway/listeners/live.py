"""The pages' side: a signed ticket says what a page may hear; messages only say "look again"."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from starlette.websockets import WebSocket, WebSocketDisconnect

from doorward.gateway.bridge import Bridge
from doorward.kit import live
from doorward.tenancy.actions.signin import is_live

logger = logging.getLogger(__name__)

POLICY_VIOLATION = 1008
# Wake-ups that may wait for a slow page before it is told to look at everything.
BACKLOG = 100
EVERYTHING = "*"


class LiveListener:
    """Serves `/live`; holds no database connection.

    A page hears what its ticket names, for as long as the session lasts that it was made for.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._pages: dict[str, set[asyncio.Queue[str]]] = defaultdict(set)

    def hear(self, channel: str, topics: Sequence[str]) -> None:
        """Pass a wake-up on; without topics every page looks again."""
        if topics:
            pairs = [(queue, topic) for topic in topics for queue in self._pages.get(topic, ())]
        else:
            everyone = {queue for queues in self._pages.values() for queue in queues}
            pairs = [(queue, EVERYTHING) for queue in everyone]
        for queue, topic in pairs:
            _offer(queue, topic)

    async def serve(self, socket: WebSocket) -> None:
        session = socket.cookies.get(settings.SESSION_COOKIE_NAME, "")
        try:
            topics = live.topics_of(socket.query_params.get("ticket", ""), session=session)
        except signing.BadSignature:
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
        for topic in topics:
            self._pages[topic].add(queue)
        try:
            # Asked only now: an end that comes from here on is heard.
            if not await self._bridge.call(is_live, session, topics):
                await socket.close(POLICY_VIOLATION)
                return
            await _converse(socket, queue)
        finally:
            for topic in topics:
                self._pages[topic].discard(queue)
                if not self._pages[topic]:
                    del self._pages[topic]


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
