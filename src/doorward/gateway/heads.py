"""How far the shelves have come of devices that are linked here, kept in memory."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable

from doorward.gateway import outgo
from doorward.gateway.bridge import Bridge
from doorward.gateway.sessions import Progress, Session
from doorward.gateway.together import Together

# Devices that are asked for together, and how many a connector has of which nothing is known.
AT_ONCE, FEW = 1_000, 10


class Heads:
    """Says that a connector lacks nothing, without asking the database.

    What it lacks is asked there. A wake-up that is lost only delays: everything is read again
    every few seconds, for all connectors in a few statements.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._wanted: dict[int, dict[int, Progress]] = {}
        # How often each was forgotten: what was read before is then of no use.
        self._turns: Counter[int] = Counter()
        self._reading = Together(bridge, outgo.wanted, most=AT_ONCE, weight=self._devices_of)

    def forget(self, connectors: Iterable[int]) -> None:
        """Read anew, before it is said again that these lack nothing."""
        for connector in connectors:
            self._wanted.pop(connector, None)
            self._turns[connector] += 1

    async def read(self, connectors: Collection[int]) -> None:
        """Read anew for these connectors, which are all that are linked here."""
        for gone in self._wanted.keys() - set(connectors):
            del self._wanted[gone], self._turns[gone]
        await asyncio.gather(*(self._read(connector) for connector in connectors))

    async def read_missing(self, connector: int) -> None:
        if connector not in self._wanted:
            await self._read(connector)

    def lacking(self, session: Session) -> bool:
        """Say whether a connector lacks something of what its devices should hold, or may."""
        wanted = self._wanted.get(session.connector)
        return wanted is None or any(
            stand != session.progress(device) for device, stand in wanted.items()
        )

    def _devices_of(self, connector: int) -> int:
        return max(1, len(self._wanted[connector])) if connector in self._wanted else FEW

    async def _read(self, connector: int) -> None:
        turn = self._turns[connector]
        wanted = await self._reading.ask(connector)
        # What is the same stays the object that it was.
        if self._turns[connector] == turn and self._wanted.get(connector) != wanted:
            self._wanted[connector] = wanted
