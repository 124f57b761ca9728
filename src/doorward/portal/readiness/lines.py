"""What a line of the list says: how something stands, and what to do where it stands badly."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a line stands: `later` is what cannot be said before something else is there."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    LATER = "later"


@dataclass(frozen=True)
class Case:
    """One thing that fails a check, by where it is mended."""

    name: str
    url: str
    more: str = ""


@dataclass(frozen=True)
class Check:
    """One line; `cases` are some of what fails it, `url` where that is mended, named `deed`."""

    name: str
    title: str
    level: Level
    told: str
    mend: str = ""
    url: str = ""
    deed: str = ""
    cases: Sequence[Case] = ()

    @property
    def is_good(self) -> bool:
        return self.level is Level.GOOD
