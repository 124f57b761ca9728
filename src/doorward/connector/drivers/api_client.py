"""HTTP to one device: sign-in, bounded replies, and every failure as a `DeviceFault`."""

import asyncio
import logging
import ssl

import aiohttp
from yarl import URL

from doorward.connector.driver import DeviceFault
from doorward.protocols.neutral import Assignment, AuthMode, Problem

logger = logging.getLogger(__name__)

MAX_BODY = 2 << 20
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


class ApiClient:
    """Signs in as the assignment says; keeps no connection open, as devices want it.

    Two clients of one device count their digest nonces apart, so their requests may overlap.
    """

    def __init__(self, assignment: Assignment, *, urgent: bool = False) -> None:
        self._assignment = assignment
        self._timeout = _URGENT_TIMEOUT if urgent else _TIMEOUT
        self._base = f"http://{assignment.address}"
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, path: str, body: bytes = b"", *, long_list: bool = False
    ) -> bytes:
        """Return the body of a reply with status 200; raise `DeviceFault` for anything else."""
        try:
            return await self._exchange(method, path, body, long_list=long_list)
        except TimeoutError as refusal:
            raise DeviceFault(Problem.TIMED_OUT, "no answer in time") from refusal
        except (aiohttp.ClientConnectionError, aiohttp.InvalidURL, OSError) as refusal:
            raise DeviceFault(Problem.UNREACHABLE, type(refusal).__name__) from refusal
        except (aiohttp.ClientError, ValueError) as refusal:
            raise DeviceFault(Problem.GARBLED, type(refusal).__name__) from refusal

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(self, method: str, path: str, body: bytes, *, long_list: bool) -> bytes:
        for _ in range(2):
            async with self._open_session().request(
                method,
                URL(self._base + path, encoded=True),
                data=body or None,
                allow_redirects=False,
                headers={"Content-Type": "application/json"} if body else {},
                timeout=_LIST_TIMEOUT if long_list else self._timeout,
            ) as response:
                if response.status == 200:
                    return await _bounded(response, MAX_LIST if long_list else MAX_BODY)
                if response.status not in _REDIRECTS:
                    raise _refusal(response)
                location = response.headers.get("Location", "")
            await self._move_to_https(location)
        raise DeviceFault(Problem.GARBLED, "a redirect without end")

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = self._signed_in()
        return self._session

    def _signed_in(self) -> aiohttp.ClientSession:
        user, password = self._assignment.user, self._assignment.password
        connector = aiohttp.TCPConnector(force_close=True, ssl=_self_signed())
        if self._assignment.auth_mode is AuthMode.DIGEST:
            middlewares = (aiohttp.DigestAuthMiddleware(user, password),)
            return aiohttp.ClientSession(connector=connector, middlewares=middlewares)
        headers = {}
        if self._assignment.auth_mode is AuthMode.BASIC:
            headers["Authorization"] = aiohttp.encode_basic_auth(user, password)
        return aiohttp.ClientSession(connector=connector, headers=headers)

    async def _move_to_https(self, location: str) -> None:
        """Newer units send port 80 to 443; nowhere else is followed, credentials go with us."""
        target, here = URL(location), URL(self._base)
        if target.scheme != "https" or target.host != here.host or here.scheme == "https":
            raise DeviceFault(Problem.GARBLED, "a redirect to somewhere else")
        logger.info("device %s moves us to https", self._assignment.device)
        self._base = str(target.origin())
        await self.close()


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


def _self_signed() -> ssl.SSLContext:
    """Devices bring certificates nobody signed: on the site's own network that is all there is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
