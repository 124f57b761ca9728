"""Files on their way to a browser: Django says which, the sending costs it no thread."""

import asyncio
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorward.files import folder
from doorward.files.sealing import CHUNK
from doorward.files.sending import CARRIER, HEADER

_HEADER = HEADER.lower().encode()


class CarriedFiles:
    """Sends the file that an answer of Django names in a header, however slow its reader is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named: list[UUID] = []

        async def look(message: Message) -> None:
            if message["type"] == "http.response.start":
                named.extend(_named(message))
            elif named:
                return
            await send(message)

        await self._app({**scope, CARRIER: True}, receive, look)
        for key in named:
            await _send_file(key, send, headless=scope["method"] == "HEAD")


def _named(message: Message) -> list[UUID]:
    """Take the names of files out of an answer's headers, and return them."""
    headers = list(message["headers"])
    message["headers"] = [(name, value) for name, value in headers if name != _HEADER]
    return [UUID(value.decode()) for name, value in headers if name == _HEADER]


async def _send_file(key: UUID, send: Send, *, headless: bool) -> None:
    if not headless:
        content = await asyncio.to_thread(folder.read, key)
        try:
            while part := await asyncio.to_thread(content.read, 4 * CHUNK):
                await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            content.close()
    await send({"type": "http.response.body", "body": b""})
