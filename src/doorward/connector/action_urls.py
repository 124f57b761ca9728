"""Calls from devices: each has an address of its own that nobody guesses, and is heard so often."""

import asyncio
import hmac
import logging
import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from doorward.connector.clock import CloudClock
from doorward.connector.hook_server import HookServer
from doorward.connector.spool import Spool

logger = logging.getLogger(__name__)

_TOKEN_NOTE = "call token"  # noqa: S105 - the name under which it is kept, sealed
_PORT_FACT = "calls port"
_TOKEN_BYTES = 32
_TRY_AGAIN_SECONDS = 10.0
# What a device may call at once, and from then on in a second; a stranger's guesses, too.
_CALLS, _CALLS_A_SECOND = 60, 10.0
_GUESSES, _GUESSES_A_SECOND = 20, 0.5
_STRANGERS = 1024

# Takes what follows the token; says whether it was a call of this device.
Hear = Callable[[str], bool]


class Bucket:
    """So many at once and then so many a second; `at` is a steady time in seconds."""

    def __init__(self, most: int, a_second: float) -> None:
        self._most, self._a_second = float(most), a_second
        self._left, self._at = float(most), 0.0

    def take(self, at: float) -> bool:
        self._left = min(self._most, self._left + (at - self._at) * self._a_second)
        self._at = at
        if self._left < 1:
            return False
        self._left -= 1
        return True


class ActionUrls:
    """Where devices call, and who is meant by a call.

    Tokens lie sealed in the spool and are found by a keyed hash, so that a comparison tells
    nothing of how much of a guess was right.
    """

    def __init__(self, spool: Spool, clock: CloudClock, place: tuple[str, int] | None) -> None:
        self._spool = spool
        self._clock = clock
        self._place = place
        self._port = 0
        self._server = HookServer(self._answer)
        self._hearers: dict[bytes, tuple[str, str, Hear, Bucket]] = {}
        self._strangers: OrderedDict[str, Bucket] = OrderedDict()

    async def run(self) -> None:
        """Listen until cancelled; a port that is taken is tried again."""
        if self._place is None:
            return
        try:
            await self._listen(*self._place)
            await asyncio.Event().wait()
        finally:
            await self._server.stop()

    def base(self, own_address: str) -> str:
        """Return where a device calls that sees us at an address; empty while nobody listens."""
        if not self._port or self._place is None:
            return ""
        host = own_address if self._place[0] in ("0.0.0.0", "") else self._place[0]  # noqa: S104
        return f"http://{host}:{self._port}/h/" if host else ""

    def expect(self, device: str, hear: Hear) -> str:
        """Hear a device's calls from now on; return its token, which is made at the first time."""
        token = self._spool.note(device, _TOKEN_NOTE)
        if not token:
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            self._spool.set_note(device, _TOKEN_NOTE, token)
        bucket = Bucket(_CALLS, _CALLS_A_SECOND)
        self._hearers[self._mark(token)] = (device, token, hear, bucket)
        return token

    def ignore(self, token: str) -> None:
        """Hear a device no longer; its token stays its own until it is let go."""
        self._hearers.pop(self._mark(token), None)

    async def _listen(self, host: str, port: int) -> None:
        # What devices were told last time is still good where nobody asks for a certain port.
        wanted = [port] if port else [int(self._spool.fact(_PORT_FACT) or 0), 0]
        while not self._port:
            for one in wanted:
                try:
                    self._port = await self._server.listen(host, one)
                    break
                except OSError as refusal:
                    logger.error("cannot listen for devices at %s:%d: %s", host, one, refusal)
            else:
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
        self._spool.set_fact(_PORT_FACT, str(self._port))
        logger.info("devices may call at %s:%d", host, self._port)

    def _answer(self, target: str, caller: str) -> HTTPStatus:
        at = self._clock.steady_ms() / 1000
        _, first, token, rest = (*target.split("/", 3), "", "", "")[:4]
        known = self._hearers.get(self._mark(token)) if first == "h" and rest else None
        if known is None or not hmac.compare_digest(known[1], token):
            return HTTPStatus.NOT_FOUND if self._may_guess(caller, at) else _TOO_MANY
        device, _, hear, bucket = known
        if not bucket.take(at):
            return _TOO_MANY
        try:
            return HTTPStatus.OK if hear(rest) else HTTPStatus.NOT_FOUND
        except sqlite3.Error as refusal:
            logger.error("device %s: the disk refuses: %s", device, refusal)
            return HTTPStatus.SERVICE_UNAVAILABLE

    def _may_guess(self, caller: str, at: float) -> bool:
        bucket = self._strangers.pop(caller, None) or Bucket(_GUESSES, _GUESSES_A_SECOND)
        self._strangers[caller] = bucket
        if len(self._strangers) > _STRANGERS:
            self._strangers.popitem(last=False)
        return bucket.take(at)

    def _mark(self, token: str) -> bytes:
        return self._spool.vault.mark(token)


_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


def let_go(spool: Spool, device: str) -> None:
    """Forget the token of a device that is no longer the same."""
    spool.set_note(device, _TOKEN_NOTE, "")
