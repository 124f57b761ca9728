"""What can be announced about people."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class PeopleChanged(Event):
    """Name, company or validity of these people changed."""

    people: list[int]
