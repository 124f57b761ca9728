"""A front process: links and live pages beside Django, all else in it."""

import argparse
import asyncio
import contextlib
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
from starlette.types import ASGIApp

from doorward.gateway.bridge import Bridge
from doorward.gateway.dispatch import CHANNELS, Dispatch
from doorward.gateway.listeners.files import CarriedFiles
from doorward.gateway.listeners.link import LinkListener
from doorward.gateway.listeners.live import LiveListener
from doorward.gateway.listeners.pages import WholeRequests
from doorward.gateway.listeners.senders import Senders
from doorward.gateway.listeners.turns import AT_WORK, FOR_OPENING, Turns
from doorward.gateway.sessions import Sessions
from doorward.gateway.wakeups import listen
from doorward.kit.live import CHANNEL as LIVE
from doorward.protocols.link.frames import MAX_FRAME_BYTES
from doorward.wsgi import application as django

logger = logging.getLogger(__name__)

STOP_SECONDS = 2
CANNOT_START = 3


def build() -> Starlette:
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
        ]
        for task in tasks:
            task.add_done_callback(_report)
        yield
        for task in tasks:
            task.cancel()
        for session in sessions.all():
            session.end("link.restart", "The cloud restarts. Connect again.")
        bridge.close()

    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            WebSocketRoute("/link", links.serve),
            WebSocketRoute("/live", live.serve),
            Mount("/", _pages(bridge)),
        ],
        lifespan=lifespan,
    )


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="doorward front", description="Serve from one process.")
    parser.add_argument("--socket", type=int, metavar="N", help="a port that is open, by number")
    number = parser.parse_args(argv).socket
    environment = settings.ENVIRONMENT
    _allow_connections()
    application = build()
    _collect_seldom()
    config = uvicorn.Config(
        application,
        host=environment.host,
        port=environment.port,
        loop="uvloop",
        ws="websockets-sansio",
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


def _allow_connections() -> None:
    """Take as many open files as the system lets us have: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logger.info("at most %d connections at once", most)


async def _healthy(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


def _report(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (fault := task.exception()):
        logger.critical("the gateway stopped", exc_info=fault)
