"""Whether the devices are surely still ours: what is silent too long loses them to another."""

from doorward.connector.clock import CloudClock
from doorward.connector.spool import Spool

_FACT = "lease"


class Lease:
    """The lease of all devices of this connector; it outlives a restart only by being renewed."""

    def __init__(self, spool: Spool, clock: CloudClock) -> None:
        self._spool = spool
        self._clock = clock
        self._seconds = int(spool.fact(_FACT) or 0)
        self._ends_ms = 0.0

    @property
    def holds(self) -> bool:
        return self._seconds == 0 or self._clock.steady_ms() < self._ends_ms

    def agree(self, seconds: int) -> None:
        """Take the length of the lease in seconds; 0 is without an end."""
        if seconds != self._seconds:
            self._spool.set_fact(_FACT, str(seconds))
            self._seconds = seconds

    def renew(self, sent_ms: float) -> None:
        """Count from when that was sent, on the steady clock, which the cloud has answered."""
        self._ends_ms = max(self._ends_ms, sent_ms + self._seconds * 1000)
