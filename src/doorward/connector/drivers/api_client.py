"""HTTP to one device: sign-in, bounded replies, and every failure as a `DeviceFault`."""

import asyncio
import logging
import ssl
from typing import TypedDict

import aiohttp
from yarl import URL

from doorward.connector.driver import DeviceFault
from doorward.connector.drivers.trust import Trust
from doorward.protocols.akuvox.identify import Answer
from doorward.protocols.neutral import Assignment, AuthMode, Problem

logger = logging.getLogger(__name__)

MAX_BODY = 2 << 20
MAX_BARE = 1 << 16
# Fifty thousand people in one list, at some 500 bytes each.
MAX_LIST = 32 << 20
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=4)
_LIST_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=4, sock_read=20)
_URGENT_TIMEOUT = aiohttp.ClientTimeout(total=4, connect=2)
_REDIRECTS = frozenset({301, 302, 307, 308})
_STATUS_PROBLEMS = {
    400: Problem.REJECTED,
    401: Problem.AUTH_FAILED,
    403: Problem.API_LOCKED,
    404: Problem.REJECTED,
    405: Problem.REJECTED,
    429: Problem.REJECTED,
    503: Problem.REJECTED,
}


class _Lost(aiohttp.ClientConnectionError):
    """The device hung up over a request that it may have carried out."""


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request and never again: aiohttp repeats a GET that the other side hung up over.

    It holds a GET to be without consequences. To devices it may be an order.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        # Nothing was sent yet, and that is not repeated anyway.
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as loss:
        raise _Lost(type(loss).__name__) from loss


class _Tls(TypedDict, total=False):
    ssl: ssl.SSLContext


class ApiClient:
    """Signs in as the assignment says; keeps no connection open, as devices want it.

    Two clients of one device count their digest nonces apart, so their requests may overlap.
    """

    def __init__(self, assignment: Assignment, trust: Trust, *, urgent: bool = False) -> None:
        self._assignment = assignment
        self._trust = trust
        self._timeout = _URGENT_TIMEOUT if urgent else _TIMEOUT
        # Whoever names the port of HTTPS means it.
        scheme = "https" if assignment.address.endswith(":443") else "http"
        self._first = self._base = f"{scheme}://{assignment.address}"
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, path: str, body: bytes = b"", *, long_list: bool = False
    ) -> bytes:
        """Return the body of a reply with status 200; raise `DeviceFault` for anything else."""
        try:
            return await self._exchange(method, path, body, long_list=long_list)
        except (TimeoutError, aiohttp.ClientError, ValueError, OSError) as refusal:
            raise self._fault(refusal) from refusal

    async def ask_secure(self, path: str, location: str) -> Answer:
        """The same over HTTPS, where a redirect points; another host is not followed."""
        return await self.ask_bare(path, str(self._secure(location)))

    async def ask_bare(self, path: str, place: str = "") -> Answer:
        """Return the answer to somebody without credentials, at an origin or where we began."""
        url = URL((place or self._first) + path, encoded=True)
        try:
            async with (
                await self._session_at(url) as session,
                session.get(
                    url, allow_redirects=False, timeout=self._timeout, **self._tls(url)
                ) as response,
            ):
                return Answer(
                    status=response.status,
                    challenges=tuple(response.headers.getall("WWW-Authenticate", [])),
                    location=response.headers.get("Location", ""),
                    body=await _bounded(response, MAX_BARE),
                )
        except (TimeoutError, aiohttp.ClientError, ValueError, OSError) as refusal:
            raise self._fault(refusal) from refusal

    async def own_address(self) -> str:
        """Return our own address on the way to the device; nothing is sent for that."""
        here = URL(self._first)
        loop = asyncio.get_running_loop()
        try:
            way, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=(str(here.host), here.port or 80)
            )
        except OSError:
            return ""
        ours = str(way.get_extra_info("sockname")[0])
        way.close()
        return ours

    def _fault(self, refusal: Exception) -> DeviceFault:
        if objection := self._trust.objection(refusal):
            return objection
        if isinstance(refusal, TimeoutError):
            return DeviceFault(Problem.TIMED_OUT, "no answer in time")
        if isinstance(refusal, aiohttp.ClientConnectionError | aiohttp.InvalidURL | OSError):
            return DeviceFault(Problem.UNREACHABLE, type(refusal).__name__)
        return DeviceFault(Problem.GARBLED, type(refusal).__name__)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, method: str, path: str, body: bytes, *, long_list: bool) -> bytes:
        for _ in range(2):
            url = URL(self._base + path, encoded=True)
            if self._session is None:
                self._session = await self._session_at(url, signed_in=True)
            async with self._session.request(
                method,
                url,
                data=body or None,
                allow_redirects=False,
                headers={"Content-Type": "application/json"} if body else {},
                timeout=_LIST_TIMEOUT if long_list else self._timeout,
                **self._tls(url),
            ) as response:
                if response.status == 200:
                    return await _bounded(response, MAX_LIST if long_list else MAX_BODY)
                if response.status not in _REDIRECTS:
                    raise _refusal(response)
                location = response.headers.get("Location", "")
            await self._move_to_https(location)
        raise DeviceFault(Problem.GARBLED, "a redirect without end")

    async def _session_at(self, url: URL, *, signed_in: bool = False) -> aiohttp.ClientSession:
        """Return a session; over HTTPS it checks the pin before it says anything."""
        if url.scheme != "https":
            connector = aiohttp.TCPConnector(force_close=True)
        else:
            await self._trust.learn(url)
            connector = aiohttp.TCPConnector(force_close=True, ssl=self._trust.pinned())
        if not signed_in:
            return aiohttp.ClientSession(connector=connector)
        user, password = self._assignment.user, self._assignment.password
        middlewares: tuple[aiohttp.ClientMiddlewareType, ...] = (_once,)
        headers = {}
        if self._assignment.auth_mode is AuthMode.DIGEST:
            middlewares += (aiohttp.DigestAuthMiddleware(user, password),)
        elif self._assignment.auth_mode is AuthMode.BASIC:
            headers["Authorization"] = aiohttp.encode_basic_auth(user, password)
        return aiohttp.ClientSession(connector=connector, headers=headers, middlewares=middlewares)

    def _tls(self, url: URL) -> _Tls:
        # With it the client takes our context, and the pin of its connector.
        return {"ssl": self._trust.context} if url.scheme == "https" else {}

    async def _move_to_https(self, location: str) -> None:
        """Newer units send port 80 to 443; nowhere else is followed, credentials go with us."""
        if URL(self._base).scheme == "https":
            raise DeviceFault(Problem.GARBLED, "a redirect to somewhere else")
        self._base = str(self._secure(location))
        logger.info("device %s moves us to https", self._assignment.device)
        await self.close()

    def _secure(self, location: str) -> URL:
        target = URL(location)
        if target.scheme != "https" or target.host != URL(self._base).host:
            raise DeviceFault(Problem.GARBLED, "a redirect to somewhere else")
        return target.origin()


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > limit:
            response.close()
            raise DeviceFault(Problem.GARBLED, "a reply without end")
        # A long list must not hold up the unlock of another door.
        await asyncio.sleep(0)
    return bytes(body)


def _refusal(response: aiohttp.ClientResponse) -> DeviceFault:
    # Devices that are asked too fast answer 503, or 401 without a challenge, and do nothing.
    unchallenged = response.status == 401 and "WWW-Authenticate" not in response.headers
    return DeviceFault(
        _STATUS_PROBLEMS.get(response.status, Problem.GARBLED),
        f"status {response.status}",
        busy=unchallenged or response.status in (429, 503),
    )
