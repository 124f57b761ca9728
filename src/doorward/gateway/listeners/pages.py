"""Whole requests for Django: a body is taken in before one of the few threads is."""

import asyncio
from http import HTTPStatus

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Django takes a form of at most 2.5 MB; what is larger has no business here.
LARGEST_BODY = 5 << 20
BODY_SECONDS = 10.0


class TooLarge(ValueError):
    """A body beyond what anything here takes."""


class Gone(ConnectionError):
    """Whoever was sending has hung up."""


class WholeRequests:
    """Holds a slow sender here, where it costs nobody anything, and no longer than ten seconds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _collect(receive)
        except Gone:
            return
        except TimeoutError:
            await _answer(HTTPStatus.REQUEST_TIMEOUT)(scope, receive, send)
        except TooLarge:
            await _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
        else:
            await self._app(_with_length(scope, len(body)), _replay(body, receive), send)


async def _collect(receive: Receive) -> bytes:
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > LARGEST_BODY:
            raise TooLarge
        if not message.get("more_body", False):
            return b"".join(parts)


def _with_length(scope: Scope, length: int) -> Scope:
    """Return the request as one whose length is known, also where it came in chunks."""
    framing = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in framing]
    if length:
        headers.append((b"content-length", str(length).encode()))
    return {**scope, "headers": headers}


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _answer(status: HTTPStatus) -> PlainTextResponse:
    return PlainTextResponse(f"{status.phrase}\n", status, {"Connection": "close"})
