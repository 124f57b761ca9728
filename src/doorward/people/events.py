"""What can be announced about people."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class PeopleChanged(Event):
    """What is known of these people of these sites changed, or where they belong.

    Some may be gone.
    """

    people: list[int]
    sites: list[int]
