"""WebSockets that cost little while nothing is said: what uvicorn keeps of each is made small."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from doorward.gateway.listeners.refusals import refusal

logger = logging.getLogger(__name__)

# Where connectors come: they tell something every few seconds, and need not be asked.
LINK = "/link"
ABNORMAL = 1006
RETRY_SECONDS = 10
# How many more are told that there is no room, before they are only hung up on.
TOLD = 64
# Seconds between two lines of the log that say so.
QUIET_SECONDS = 10.0


class Inbox:
    """What has come and is not read yet; a queue of asyncio's takes 2.5 kB while empty."""

    __slots__ = ("_items", "_waiting")

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._waiting: asyncio.Future[None] | None = None

    def put_nowait(self, item: Any) -> None:
        self._items.append(item)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def empty(self) -> bool:
        return not self._items

    async def get(self) -> Any:
        """Return the first of what has come; one may wait at a time."""
        while not self._items:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        return self._items.pop(0)


class Gate:
    """Open or shut, as an event of asyncio, without a queue for whoever waits."""

    __slots__ = ("_opening",)

    def __init__(self) -> None:
        self._opening: asyncio.Future[None] | None = None

    def set(self) -> None:
        if self._opening is not None:
            self._opening.set_result(None)
            self._opening = None

    def clear(self) -> None:
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()

    async def wait(self) -> bool:
        if self._opening is not None:
            # Who waits may be cancelled, and others wait on.
            await asyncio.shield(self._opening)
        return True


class LeanProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which forgets how a link began once it stands."""

    # Connections that are taken; None is without an end.
    most: int | None = None

    # Any: as uvicorn makes it.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Inbox()  # type: ignore[assignment]
        self.writable = Gate()  # type: ignore[assignment]

    def handle_connect(self, event: Request) -> None:
        if self.most is None or len(self.connections) <= self.most:
            super().handle_connect(event)
            return
        _no_room_left.give(len(self.connections))
        response = self.conn.reject(HTTPStatus.SERVICE_UNAVAILABLE, "There is no room now.\n")
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        self.handshake_complete = self.close_sent = True
        self.conn.send_response(response)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    def start_keepalive(self) -> None:
        """Begin to ask whether the other side lives, if it is no connector: now it stands."""
        if self.scope["path"] != LINK:
            super().start_keepalive()
            return
        self.request.headers.clear()
        self.response.headers.clear()
        self.scope["headers"] = []


class LeanHttp(H11Protocol):
    """uvicorn's own, which tells whoever comes when it is full, and hangs up on who comes then.

    Who only connects and says nothing must not take the files that we need ourselves.
    """

    most: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.most is None or len(self.connections) <= self.most:
            return
        _no_room_left.give(len(self.connections))
        self.app = _no_room
        if len(self.connections) > self.most + TOLD:
            transport.abort()


async def _no_room(scope: Scope, receive: Receive, send: Send) -> None:
    answer = refusal(HTTPStatus.SERVICE_UNAVAILABLE, scope)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    await answer(scope, receive, send)


class _Warning:
    """Says in the log that there is no room: once in a while, and not for each who knocks."""

    def __init__(self) -> None:
        self._last = -QUIET_SECONDS

    def give(self, count: int) -> None:
        now = time.monotonic()
        if now - self._last >= QUIET_SECONDS:
            self._last = now
            logger.warning(
                "%d connections: no room for more, others are sent away. How many there may be is "
                "up to LimitNOFILE of the service, or ulimit -n.",
                count,
            )


_no_room_left = _Warning()


class Socket:
    """A link's socket: no more than what is received, sent and closed."""

    __slots__ = ("_send", "receive")

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive: Callable[[], Awaitable[Message]] = receive
        self._send = send

    async def accept(self) -> None:
        await self.receive()
        await self._tell({"type": "websocket.accept"})

    async def send_text(self, data: str) -> None:
        await self._tell({"type": "websocket.send", "text": data})

    async def close(self, code: int) -> None:
        await self._tell({"type": "websocket.close", "code": code})

    def hang_up(self) -> None:
        """End the connection without a word, whatever still waits to be sent."""
        # What uvicorn hands to an application is a method of its protocol, which has the line.
        protocol = getattr(self._send, "__self__", None)
        if isinstance(protocol, LeanProtocol):
            protocol.transport.abort()

    async def _tell(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError as loss:
            raise WebSocketDisconnect(ABNORMAL) from loss
