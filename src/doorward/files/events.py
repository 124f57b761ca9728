"""What can be announced about long work."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class WorkEnded(Event):
    """A work is done or has failed; one that was cancelled says nothing."""

    work: int
