"""What can be announced about tickets."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class TicketMoved(Event):
    """Somebody asked, answered or solved; `readers` are those of the other side."""

    ticket: int
    readers: list[int]
    by: int
    is_new: bool
    is_solved: bool
