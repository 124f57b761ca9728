"""The turn of a job that may have work for hours: it ends by itself, and sooner if asked to."""

from threading import Event
from time import monotonic

_stopping = Event()


class Turn:
    """So many seconds from now on. Ask between one piece of work and the next whether it is over.

    Whoever ends its turn writes down a job for what is left; another worker may take that up.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return _stopping.is_set() or monotonic() >= self._ends


def end_all() -> None:
    """End all turns of this process, for good: it was asked to stop."""
    _stopping.set()
