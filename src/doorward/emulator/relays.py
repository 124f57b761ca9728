"""A device's relays: pulses that end by themselves, and a count of them that is kept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from doorward.emulator.profile import LETTERS
from doorward.emulator.store import Change, Store

TABLE = "relays"

# Hears the number of a relay that has opened (True) or closed.
Listener = Callable[[int, bool], None]


@dataclass
class _Relay:
    is_open: bool = False
    quiet: bool = False
    closing: asyncio.TimerHandle | None = None


class Relays:
    """Relays numbered from 1; open means that the door is free."""

    def __init__(
        self, store: Store, count: int, now: Callable[[], datetime], tell: Listener
    ) -> None:
        self._store = store
        self._now = now
        self._tell = tell
        self._relays = {number: _Relay() for number in range(1, count + 1)}

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(self._relays)

    def is_open(self, number: int) -> bool:
        return self._relays[number].is_open

    def pulses(self, number: int) -> int:
        """Return how often a relay has been opened since the device was made."""
        return int(self._store.table(TABLE).get(str(number), {"pulses": "0"})["pulses"])

    def last_pulse(self, number: int) -> str | None:
        """Return when it was last opened, as ISO 8601 in UTC."""
        return self._store.table(TABLE).get(str(number), {}).get("last")

    def pulse(self, number: int, seconds: float, *, quiet: bool = False) -> None:
        """Open a relay for so long; a pulse in a pulse begins the time anew.

        Nobody hears of a quiet one: codes open so on some firmware [F].
        """
        self.hold(number, quiet=quiet)
        timer = asyncio.get_running_loop().call_later(seconds, self.release, number)
        self._relays[number].closing = timer

    def hold(self, number: int, *, quiet: bool = False) -> None:
        """Open a relay until it is released."""
        relay = self._relays[number]
        _stop_timer(relay)
        relay.is_open, relay.quiet = True, quiet
        count = {"pulses": str(self.pulses(number) + 1), "last": self._now().isoformat()}
        self._store.commit([Change(TABLE, str(number), count)])
        if not quiet:
            self._tell(number, True)

    def release(self, number: int) -> None:
        relay = self._relays[number]
        _stop_timer(relay)
        was_open, relay.is_open = relay.is_open, False
        if was_open and not relay.quiet:
            self._tell(number, False)

    def drop(self) -> None:
        """Let all relays fall, as they do without power; nobody hears of it."""
        for relay in self._relays.values():
            _stop_timer(relay)
            relay.is_open = False


def _stop_timer(relay: _Relay) -> None:
    if relay.closing is not None:
        relay.closing.cancel()
        relay.closing = None


def letter_of(number: int) -> str:
    """Return the letter a relay or input has in settings and in replies: 1 is A."""
    return LETTERS[number - 1]
