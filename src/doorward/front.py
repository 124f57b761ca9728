"""A front process: links and live pages beside Django, all else in it."""

import argparse
import asyncio
import contextlib
import ctypes
import gc
import logging
import resource
import socket
from collections.abc import AsyncIterator, Sequence
from typing import cast

import uvicorn
from a2wsgi import WSGIMiddleware
from django.conf import settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from doorward.gateway.bridge import Bridge
from doorward.gateway.dispatch import CHANNELS, Dispatch
from doorward.gateway.listeners.files import CarriedFiles
from doorward.gateway.listeners.link import LinkListener
from doorward.gateway.listeners.live import LiveListener
from doorward.gateway.listeners.pages import WholeRequests
from doorward.gateway.listeners.senders import Senders
from doorward.gateway.listeners.sockets import LINK, LeanHttp, LeanProtocol, Socket
from doorward.gateway.listeners.turns import AT_WORK, FOR_OPENING, Turns
from doorward.gateway.sessions import Sessions
from doorward.gateway.wakeups import listen
from doorward.kit.live import CHANNEL as LIVE
from doorward.protocols.link.frames import MAX_FRAME_BYTES
from doorward.wsgi import application as django

logger = logging.getLogger(__name__)

STOP_SECONDS = 2
CANNOT_START = 3
FILES_OF_OURS, FEWEST_CONNECTIONS = 160, 32
# Of the C library, where it is glibc: M_ARENA_MAX of mallopt(3), and how many.
_C = ctypes.CDLL(None)
ARENA_MAX, HEAPS = -8, 2
GIVE_BACK_SECONDS = 10.0
# Links that have come or gone since it was last looked.
STORM = 50


def build() -> ASGIApp:
    """Return the application: paths of our own first, Django for the rest."""
    bridge, sessions = Bridge(), Sessions()
    live = LiveListener(bridge)
    dispatch = Dispatch(bridge, sessions)
    links = LinkListener(bridge, sessions, dispatch)

    def hear(channel: str, words: Sequence[str]) -> None:
        (live if channel == LIVE else dispatch).hear(channel, words)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        database = settings.ENVIRONMENT.database_url
        tasks = [
            asyncio.create_task(dispatch.run()),
            asyncio.create_task(listen(database, (*CHANNELS, LIVE), hear)),
            asyncio.create_task(_give_memory_back(sessions)),
        ]
        for task in tasks:
            task.add_done_callback(_report)
        yield
        for task in tasks:
            task.cancel()
        for session in sessions.all():
            session.end("link.restart", "The cloud restarts. Connect again.")
        bridge.close()

    others = Starlette(
        routes=[
            Route("/healthz", _healthy),
            WebSocketRoute("/live", live.serve),
            Mount("/", _pages(bridge)),
        ],
        lifespan=lifespan,
    )

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # A link stands for weeks: what would stand around it is left out.
        if scope["type"] == "websocket" and scope["path"] == LINK:
            await links.serve(Socket(receive, send))
        else:
            await others(scope, receive, send)

    return answer


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="doorward front", description="Serve from one process.")
    parser.add_argument("--socket", type=int, metavar="N", help="a port that is open, by number")
    number = parser.parse_args(argv).socket
    environment = settings.ENVIRONMENT
    _keep_memory_together()
    most = _allow_connections()
    LeanProtocol.most = LeanHttp.most = most
    application = build()
    _collect_seldom()
    config = uvicorn.Config(
        application,
        host=environment.host,
        port=environment.port,
        loop="uvloop",
        http=LeanHttp,
        ws=LeanProtocol,
        ws_per_message_deflate=False,
        ws_max_size=MAX_FRAME_BYTES,
        timeout_graceful_shutdown=STOP_SECONDS,
        access_log=False,
        server_header=False,
        # Nobody in front of us is trusted to say who calls.
        proxy_headers=False,
        log_config=None,
    )
    server = uvicorn.Server(config)
    # A port that several share was opened by whoever started us.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=None if number is None else [socket.socket(fileno=number)])
    return 0 if server.started else CANNOT_START


def _keep_memory_together() -> None:
    """Have threads take memory from few heaps: each would keep what one burst took for itself."""
    if keep := getattr(_C, "mallopt", None):
        keep(ARENA_MAX, HEAPS)


async def _give_memory_back(sessions: Sessions) -> None:
    """Return what a storm of connectors took, and nobody has any more, to the system."""
    trim, before, linked = getattr(_C, "malloc_trim", None), 0, 0
    while True:
        await asyncio.sleep(GIVE_BACK_SECONDS)
        # A storm leaves rings behind, too few for the collector to come by itself; not in the
        # middle of it, when there is enough to do.
        if abs(len(sessions) - linked) >= STORM and abs(len(sessions) - before) < STORM:
            linked = len(sessions)
            gc.collect()
        before = len(sessions)
        if trim is not None:
            await asyncio.to_thread(trim, 0)


def _collect_seldom() -> None:
    """Look for unreachable rings of objects once a few pages, not several times in each."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _pages(bridge: Bridge) -> ASGIApp:
    # Both sides speak WSGI and ASGI; only their type stubs do not know each other.
    threads = AT_WORK + FOR_OPENING
    pages = cast(ASGIApp, WSGIMiddleware(django, workers=threads))  # type: ignore[arg-type]
    turns = Turns()
    return turns.gate(WholeRequests(CarriedFiles(turns.queue(pages)), Senders(bridge).know))


def _allow_connections() -> int:
    """Take as many open files as the system lets us have, and return how many may call.

    Each connection is one; some are left for the database and for files of our own.
    """
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    most = max(files - FILES_OF_OURS, FEWEST_CONNECTIONS)
    logger.info("at most %d connections at once, of %d open files", most, files)
    return most


async def _healthy(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (fault := task.exception()):
        logger.critical("the gateway stopped", exc_info=fault)
