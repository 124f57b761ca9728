"""Turns at Django: few at once for each caller, and whoever cannot be served soon is told so."""

import asyncio
import hashlib
import re
from collections import Counter
from http import HTTPStatus

from django.conf import settings
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from doorward.gateway.listeners.refusals import refusal

# Requests that are here at all, and those of one caller: a browser asks six at once.
INSIDE, INSIDE_OF_EACH = 200, 24
# Requests that Django works at, and those of one caller.
AT_WORK, AT_WORK_OF_EACH = 8, 3
# Threads for whoever opens a door: it waits behind nobody else's pages.
FOR_OPENING = 2
RETRY_SECONDS = 2
_OPENS = re.compile(r"/api/v1/doors/\d+/unlock|/sites/\d+/doors/\d+/open/")


class Turns:
    """Counts who is here, at `gate`, and whose turn it is, at `queue`.

    A caller is whoever bears a token or a session; all others of one address are one.
    """

    def __init__(self) -> None:
        self._inside: Counter[bytes] = Counter()
        self._at_work = asyncio.Semaphore(AT_WORK)
        self._turns: dict[bytes, asyncio.Semaphore] = {}

    def gate(self, app: ASGIApp) -> ASGIApp:
        """Return the application for as many as there is room for; others are sent away at once."""

        async def enter(scope: Scope, receive: Receive, send: Send) -> None:
            caller = _caller(scope)
            if self._inside[caller] >= INSIDE_OF_EACH:
                await _send_away(HTTPStatus.TOO_MANY_REQUESTS, scope, receive, send)
                return
            if self._inside.total() >= INSIDE and not _opens(scope):
                await _send_away(HTTPStatus.SERVICE_UNAVAILABLE, scope, receive, send)
                return
            self._inside[caller] += 1
            try:
                await app(scope, receive, send)
            finally:
                self._inside[caller] -= 1
                if not self._inside[caller]:
                    del self._inside[caller]
                    self._turns.pop(caller, None)

        return enter

    def queue(self, app: ASGIApp) -> ASGIApp:
        """Return the application, asked by each caller no more at once than others leave."""

        async def take_turn(scope: Scope, receive: Receive, send: Send) -> None:
            caller = _caller(scope)
            async with self._turns.setdefault(caller, asyncio.Semaphore(AT_WORK_OF_EACH)):
                if _opens(scope):
                    await app(scope, receive, send)
                    return
                async with self._at_work:
                    await app(scope, receive, send)

        return take_turn


def _opens(scope: Scope) -> bool:
    return scope["method"] == "POST" and bool(_OPENS.fullmatch(scope["path"]))


def _caller(scope: Scope) -> bytes:
    request = Request(scope)
    named = request.headers.get("authorization") or request.cookies.get(
        settings.SESSION_COOKIE_NAME
    )
    host = request.client.host if request.client else ""
    return hashlib.blake2b((named or f"from {host}").encode(), digest_size=16).digest()


async def _send_away(status: HTTPStatus, scope: Scope, receive: Receive, send: Send) -> None:
    answer = refusal(status, scope)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    await answer(scope, receive, send)
