"""The connector's idea of the cloud's time, from the answers to its heartbeats."""

import math
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

_SAMPLES = 8


class CloudClock:
    """Estimates the cloud's clock from the exchange with the least round trip, as NTP does.

    It runs on the monotonic clock, so a step of the connector's own clock does not move it.
    Until the first exchange it shows the connector's own time.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._steady = steady
        # Round trips, and by how much the cloud's clock was ahead of the steady one at most.
        self._samples: deque[tuple[float, float]] = deque(maxlen=_SAMPLES)

    def steady_ms(self) -> float:
        return self._steady() * 1000

    def wall_ms(self) -> int:
        return int(self._wall() * 1000)

    def learn(self, *, sent_ms: float, now_ms: int) -> None:
        """Take a time the cloud stated in answer to what was sent at `sent_ms`, steady."""
        arrived = self.steady_ms()
        trip = max(0.0, arrived - sent_ms)
        self._samples.append((trip, now_ms + trip - arrived))

    def now_ms(self) -> int:
        """Return milliseconds since 1970 as the cloud would state them now."""
        if not self._samples:
            return self.wall_ms()
        trip, ahead = min(self._samples)
        return int(self.steady_ms() + ahead - trip / 2)

    def latest_ms(self) -> int:
        """Return the latest that it can be in the cloud: what must not be late goes by this.

        The answer to a heartbeat may have been on its way for all of the round trip.
        """
        if not self._samples:
            return self.wall_ms()
        return math.ceil(self.steady_ms() + min(ahead for _, ahead in self._samples))

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)
