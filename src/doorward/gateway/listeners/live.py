"""The pages' side: a signed ticket says what a page may hear; messages only say "look again"."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Sequence

from django.core import signing
from starlette.websockets import WebSocket, WebSocketDisconnect

from doorward.kit import live

logger = logging.getLogger(__name__)

POLICY_VIOLATION = 1008
# Wake-ups that may wait for a slow page before it is told to look at everything.
BACKLOG = 100
EVERYTHING = "*"


class LiveListener:
    """Serves `/live`; holds no database connection and trusts nothing but the ticket."""

    def __init__(self) -> None:
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
        try:
            topics = live.topics_of(socket.query_params.get("ticket", ""))
        except signing.BadSignature:
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
        for topic in topics:
            self._pages[topic].add(queue)
        try:
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
    while True:
        await socket.send_text(json.dumps({"topic": await queue.get()}))


def _offer(queue: "asyncio.Queue[str]", topic: str) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        topic = EVERYTHING
    queue.put_nowait(topic)
