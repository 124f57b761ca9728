"""The signals that ask a supervisor to end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked the installation to end."""


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise Stop at the first signal; those that follow do not disturb an orderly end."""

    def stop(number: int, frame: FrameType | None) -> None:
        for sign in STOPS:
            signal.signal(sign, lambda number, frame: None)
        raise Stop

    for sign in STOPS:
        signal.signal(sign, stop)
    yield
