"""What can be announced about people."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class PeopleChanged(Event):
    """What is known of these people changed, or where they belong; some may be gone."""

    people: list[int]
