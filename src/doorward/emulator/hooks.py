"""The HTTP client that makes a device's action URL calls and forgets them."""

import asyncio
import logging

import aiohttp

from doorward.emulator.action_urls import HookCall

logger = logging.getLogger(__name__)

PATIENCE = aiohttp.ClientTimeout(total=3)
# A device has room for few calls in the air; more are lost.
MOST_IN_THE_AIR = 16


class HookClient:
    """Makes calls in the background: no retry, no order, no redirect, and no look at the answer."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._in_the_air: set[asyncio.Task[None]] = set()

    def send(self, call: HookCall) -> None:
        if len(self._in_the_air) >= MOST_IN_THE_AIR:
            logger.debug("%s is lost", call.event)
            return
        task = asyncio.get_running_loop().create_task(self._send(call))
        self._in_the_air.add(task)
        task.add_done_callback(self._in_the_air.discard)

    async def close(self) -> None:
        for task in self._in_the_air:
            task.cancel()
        await asyncio.gather(*self._in_the_air, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _send(self, call: HookCall) -> None:
        if self._session is None:
            # Certificates that nobody signed are taken: the device checks none [G].
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, ssl=False), timeout=PATIENCE
            )
        try:
            async with self._session.request(call.method, call.url, allow_redirects=False):
                pass
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            logger.debug("%s went nowhere: %s", call.event, type(error).__name__)
