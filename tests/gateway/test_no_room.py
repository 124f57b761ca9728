"""Whoever comes when all open files are taken is told so, and the next one is let in again."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
import websockets
from starlette.types import Receive, Scope, Send

from doorward.gateway.listeners import sockets
from doorward.gateway.listeners.sockets import LeanHttp, LeanProtocol

MOST = 4


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Send back what comes over a socket, and `ok` to a request."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """Serve on a free port as the front does."""
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        echo,
        http=LeanHttp,
        ws=LeanProtocol,
        ws_per_message_deflate=False,
        log_config=None,
        lifespan="off",
        loop="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve([door]))
    while not server.started:  # noqa: ASYNC110 - it has no event to wait for
        await asyncio.sleep(0.01)
    yield door.getsockname()[1]
    server.should_exit = True
    await running


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeanHttp, "most", MOST)
    monkeypatch.setattr(LeanProtocol, "most", MOST)
    monkeypatch.setattr(sockets._no_room_left, "_last", -sockets.QUIET_SECONDS)


async def ask(port: int) -> bytes:
    """Return the head of what a request is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/v1/doors HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    told = await reader.read()
    writer.close()
    return told.partition(b"\r\n\r\n")[0]


async def is_hung_up(reader: asyncio.StreamReader) -> bool:
    """Say whether the connection ends, which is an end or a reset, depending on who was quicker."""
    try:
        return not await reader.read(1)
    except ConnectionError:
        return True


async def test_links_and_pages_are_told_that_there_is_no_room(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as port:
        url = f"ws://127.0.0.1:{port}/link"
        taken = [await websockets.connect(url) for _ in range(MOST)]
        with caplog.at_level(logging.WARNING, sockets.__name__):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(url)
            head = await ask(port)
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"]
        assert head.startswith(b"HTTP/1.1 503")
        assert b"retry-after" in head.lower()
        # Said once, not for each.
        (line,) = [one for one in caplog.records if one.name == sockets.__name__]
        assert "ulimit -n" in line.getMessage()
        # Those who are in are served on, and who goes makes room.
        await taken[0].send("still here")
        assert await taken[0].recv() == "still here"
        await taken.pop().close()
        async with asyncio.timeout(5), websockets.connect(url) as late:
            await late.send("in")
            assert await late.recv() == "in"
        for one in taken:
            await one.close()


async def test_who_only_connects_is_hung_up_on_when_it_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "TOLD", 2)
    async with serving() as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST + 2)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            assert await is_hung_up(reader)
        for _, one in [*idle, (reader, writer)]:
            one.close()


async def test_a_message_in_parts_and_a_long_one_come_whole() -> None:
    async with serving() as port, websockets.connect(f"ws://127.0.0.1:{port}/link") as line:
        await line.send(["a", "b", "c"])
        assert await line.recv() == "abc"
        for text in ("x" * 500_000, "", "y"):
            await line.send(text)
        assert [await line.recv() for _ in range(3)] == ["x" * 500_000, "", "y"]
