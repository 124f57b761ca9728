"""What links ask of the house: each for itself, answered for many at once."""

import secrets
from collections.abc import Sequence

from doorward.devices.actions import connectors, presence
from doorward.devices.models import Connector
from doorward.gateway import intake
from doorward.gateway.bridge import Bridge
from doorward.gateway.sessions import LinkCut
from doorward.gateway.together import Together
from doorward.kit.rows import key_of

# Reports that one transaction stores: others wait for what it holds, if only a moment.
AT_ONCE = 2_000
# Beats that are noted together, and devices that have changed by them.
CHANGED = 500
# Reports that may wait in this process, and how many of one connector may in any case.
WAITING = 10_000
WAITING_OF_EACH = 20


class Desk:
    """Asks for all links of this process together. Who waits for an outcome goes first."""

    def __init__(self, bridge: Bridge) -> None:
        self._keys = Together(bridge, pinned_keys)
        self._arrivals = Together(bridge, connectors.greet_all)
        self._departures = Together(bridge, connectors.depart_all)
        self._beats = Together(
            bridge, presence.note_beats, most=CHANGED, weight=lambda told: 1 + len(told.changed)
        )
        self._reports, self._urgent = (
            Together(bridge, intake.store_all, most=AT_ONCE, weight=lambda b: len(b.reports))
            for _ in range(2)
        )
        # Reports that wait for being stored.
        self.waiting = 0

    def has_room(self, waiting: int, more: int) -> bool:
        """Say whether a link of whose reports so many wait may add some."""
        return self.waiting + more <= WAITING or waiting + more <= WAITING_OF_EACH

    async def key(self, connector: str) -> bytes:
        """Return the pinned key, or for a stranger one that nobody holds."""
        return await self._keys.ask(connector)

    async def greet(self, connector: int, *, spool: str, version: str) -> connectors.Greeting:
        greeting = await self._arrivals.ask(connectors.Arrival(connector, spool, version))
        if greeting is None:
            raise LinkCut("link.revoked", "This connector is no longer welcome.")
        return greeting

    async def depart(self, departure: connectors.Departure) -> None:
        await self._departures.ask(departure)

    async def note(self, beat: presence.Told) -> None:
        if not await self._beats.ask(beat):
            raise LinkCut("link.replaced", "This connector has connected again.")

    async def store(self, burst: intake.Burst) -> int:
        """Store reports; return the last of their sequence that is stored for good."""
        return await (self._urgent if burst.urgent else self._reports).ask(burst)


def pinned_keys(connectors: Sequence[str]) -> list[bytes]:
    """Return the pinned keys; who has none, or is a stranger, gets one that nobody holds."""
    named = {key for connector in connectors if (key := key_of(connector)) is not None}
    pinned = dict(Connector.objects.live().filter(pk__in=named).values_list("pk", "public_key"))
    return [
        bytes(pinned.get(key_of(connector) or 0) or secrets.token_bytes(32))
        for connector in connectors
    ]
