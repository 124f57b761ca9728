"""The way to one device: a request at a time with a pause after each; urgent ones pass."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


class Lane:
    """Orders the requests to a device; `spacing` is the pause in seconds that it needs."""

    def __init__(self, spacing: float) -> None:
        self._spacing = spacing
        self._turns = asyncio.Lock()
        self._calm = asyncio.Event()
        self._calm.set()
        self._urgent = 0
        self._free_at = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn, the pause, and the end of everything urgent."""
        async with self._turns:
            loop = asyncio.get_running_loop()
            while not self._calm.is_set() or loop.time() < self._free_at:
                await self._calm.wait()
                await asyncio.sleep(max(0.0, self._free_at - loop.time()))
            try:
                yield
            finally:
                self._free_at = loop.time() + self._spacing

    @contextmanager
    def urgent(self) -> Iterator[None]:
        """Go at once; whoever has not begun waits."""
        self._urgent += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._urgent -= 1
            self._free_at = asyncio.get_running_loop().time() + self._spacing
            if not self._urgent:
                self._calm.set()
