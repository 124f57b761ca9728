"""Whole requests for Django: a body is taken in before one of the few threads is."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from typing import BinaryIO

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorward.files import folder
from doorward.files.sealing import CHUNK, Sealer, Unsealed
from doorward.files.uploads import LARGEST
from doorward.gateway.listeners.refusals import refusal

# Django takes a form of at most 2.5 MB; what is larger has no business here.
LARGEST_BODY = 5 << 20
BODY_SECONDS = 10.0
# A form with files, from somebody who is known; over a slow line 20 MB take minutes.
LARGEST_UPLOAD = LARGEST + (1 << 20)
UPLOAD_SECONDS = 240.0
UPLOADS_AT_ONCE = 16
# More of a body than that waits on disk, sealed with a key that is never written down.
IN_MEMORY = 1 << 20

# Whether whoever sends is known, so that they may send files.
Knows = Callable[[Scope], Awaitable[bool]]


class TooLarge(ValueError):
    """A body beyond what anything here takes."""


class Gone(ConnectionError):
    """Whoever was sending has hung up."""


async def nobody(scope: Scope) -> bool:
    return False


class WholeRequests:
    """Holds a slow sender here, where it costs nobody anything, and for ten seconds at most.

    Whoever is known may send files: larger, and for longer.
    """

    def __init__(self, app: ASGIApp, knows: Knows = nobody) -> None:
        self._app = app
        self._knows = knows
        self._uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body()
        try:
            await self._collect(scope, receive, body)
        except Gone:
            pass
        except TimeoutError:
            await refusal(HTTPStatus.REQUEST_TIMEOUT, scope)(scope, receive, send)
        except TooLarge:
            await refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, scope)(scope, receive, send)
        else:
            await self._app(_with_length(scope, body.length), body.replay(receive), send)
        finally:
            body.close()

    async def _collect(self, scope: Scope, receive: Receive, body: "Body") -> None:
        declared = Headers(scope=scope).get("content-length", "")
        length = int(declared) if declared.isdecimal() and len(declared) < 19 else 0
        if _has_files(scope) and length <= LARGEST_UPLOAD and await self._knows(scope):
            async with asyncio.timeout(UPLOAD_SECONDS), self._uploads:
                await _take_in(receive, body, LARGEST_UPLOAD)
        elif length > LARGEST_BODY:
            raise TooLarge
        else:
            async with asyncio.timeout(BODY_SECONDS):
                await _take_in(receive, body, LARGEST_BODY)


class Body:
    """A body as it comes in: the beginning in memory, a long one sealed on disk without a name."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[bytes] = []
        self._key = os.urandom(32)
        self._file: BinaryIO | None = None
        self._sealer: Sealer | None = None

    def take(self, part: bytes) -> None:
        self.length += len(part)
        if self._sealer is not None:
            self._sealer.write(part)
            return
        self._parts.append(part)
        if self.length > IN_MEMORY:
            self._file = folder.scratch()
            self._sealer = Sealer(self._file, self._key, b"")
            self._sealer.write(b"".join(self._parts))
            self._parts.clear()

    def replay(self, receive: Receive) -> Receive:
        """Return what gives the body once more, and then goes on where it came from."""
        waiting = self._messages()

        async def replay() -> Message:
            for message in waiting:
                return message
            return await receive()

        return replay

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _messages(self) -> Iterator[Message]:
        if self._file is None or self._sealer is None:
            yield _part(b"".join(self._parts), more=False)
            return
        self._sealer.finish()
        self._file.seek(0)
        reader = Unsealed(self._file, self._key, b"")
        left = self.length
        while left:
            part = reader.read(CHUNK)
            assert part
            left -= len(part)
            yield _part(part, more=left > 0)


async def _take_in(receive: Receive, body: Body, limit: int) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body.take(message.get("body", b""))
        if body.length > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return


def _has_files(scope: Scope) -> bool:
    kind = Headers(scope=scope).get("content-type", "")
    return kind.lower().startswith("multipart/form-data")


def _with_length(scope: Scope, length: int) -> Scope:
    """Return the request as one whose length is known, also where it came in chunks."""
    framing = (b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in framing]
    if length:
        headers.append((b"content-length", str(length).encode()))
    return {**scope, "headers": headers}


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}
