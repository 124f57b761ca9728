"""The little HTTP server that devices call: one bounded request a connection, a bare answer."""

import asyncio
import logging
import re
from collections.abc import Callable
from http import HTTPStatus

logger = logging.getLogger(__name__)

# A device's call is one line and a few headers, sent at once.
HEAD_BYTES = 4096
BODY_BYTES = 4096
PATIENCE_SECONDS = 3.0
CONNECTIONS = 64

_REQUEST = re.compile(rb"(GET|POST) (/[!-~]*) HTTP/1\.[01]\r\n")
_METHOD = re.compile(rb"([A-Z]{1,16}) \S+ HTTP/1\.[01]\r\n")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n")

# Says what to answer to the target of a request from an address.
Answer = Callable[[str, str], HTTPStatus]


class HookServer:
    """Takes calls by GET and POST. Bodies are read, up to a bound, and not looked at."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def listen(self, host: str, port: int) -> int:
        """Begin, and return the port; raise `OSError` where it is taken."""
        self._server = await asyncio.start_server(self._take, host, port, limit=HEAD_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._open) >= CONNECTIONS:
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status = await self._serve(reader, writer)
                writer.write(_spell(status))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            logger.debug("a call came to no end")
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> HTTPStatus:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        found = _REQUEST.match(head)
        if found is None:
            is_other = _METHOD.match(head) is not None
            return HTTPStatus.METHOD_NOT_ALLOWED if is_other else HTTPStatus.BAD_REQUEST
        if length := _LENGTH.search(head):
            if int(length[1]) > BODY_BYTES:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            await reader.readexactly(int(length[1]))
        peer = writer.get_extra_info("peername")
        return self._answer(found[2].decode("ascii"), str(peer[0]) if peer else "")


def _spell(status: HTTPStatus) -> bytes:
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
    return f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode("ascii")
