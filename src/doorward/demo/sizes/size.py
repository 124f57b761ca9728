"""How large an installation is to be, and how its rows are dealt out; numbers alone."""

from collections.abc import Iterator
from dataclasses import dataclass

DAYS = 365
# What one connector has beside it, and the most companies of a site.
DEVICES_A_CONNECTOR, MOST_COMPANIES = 10, 20
PEOPLE_A_COMPANY = 250
# Beyond these, names and numbers would repeat themselves.
MOST = {"sites": 100_000, "people": 10_000_000, "doors": 1_000_000, "events": 1_000_000_000}
SEEDS = 2**31
# Bytes on disk with all indexes, measured; an entry of the shelf belongs to its person.
_BYTES = {"sites": 20_000, "people": 3_000, "doors": 8_000, "events": 700}


class Nonsense(ValueError):
    """A size that cannot be; the message says what to ask for instead."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """So many of each in all, spread evenly over the sites. The same seed gives the same rows."""

    sites: int = 1
    people: int = 0
    doors: int = 0
    events: int = 0
    seed: int = 1
    # Of each site; None is one for 250 people.
    companies: int | None = None
    # Whether people hold cards and PINs: to seal them is most of the work on people.
    credentials: bool = True

    def __post_init__(self) -> None:
        for name, most in MOST.items():
            least = 1 if name == "sites" else 0
            if not least <= getattr(self, name) <= most:
                raise Nonsense(f"--{name} takes a number from {least} to {most:,}.")
        if not 0 <= self.seed < SEEDS:
            raise Nonsense(f"--seed takes a number from 0 to {SEEDS - 1:,}.")
        if self.companies is not None and not 1 <= self.companies <= MOST_COMPANIES:
            raise Nonsense(f"A site has 1 to {MOST_COMPANIES} companies here.")
        if self.events and not (self.people and self.doors):
            raise Nonsense("Events are people at doors: give --people and --doors as well.")
        if self.events and min(self.people, self.doors) < self.sites:
            raise Nonsense(
                "Events are at every site: give as many --doors as --sites, and --people."
            )

    @property
    def companies_a_site(self) -> int:
        if self.companies is not None:
            return self.companies
        return min(MOST_COMPANIES, max(1, self.people // self.sites // PEOPLE_A_COMPANY))

    @property
    def all_companies(self) -> int:
        return self.sites * self.companies_a_site

    @property
    def connectors_a_site(self) -> int:
        return max(1, -(-self.doors // (self.sites * DEVICES_A_CONNECTOR)))

    @property
    def bytes_needed(self) -> int:
        """Return about how much the database grows."""
        return sum(each * int(getattr(self, name)) for name, each in _BYTES.items())


def home(place: str, count: int, homes: int) -> str:
    """Return in SQL which of `homes` (from 0) the row of a `place` (from 0, of `count`) is at.

    Rows are dealt out in runs as equal as can be; runs of twice as many homes lie within them.
    """
    return f"(({place} + 1) * {homes} - 1) / {max(1, count)}"


def slices(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Return the runs, each with its first and what follows its last, of at most so many."""
    for first in range(0, count, most):
        yield first, min(first + most, count)


def days_of(events: int, most: int) -> Iterator[tuple[int, int]]:
    """Return the runs of days, as above, that hold at most so many events, or one day."""
    together = max(1, most * DAYS // max(1, events))
    yield from slices(DAYS, together)


def chance(place: str, salt: int, seed: int) -> str:
    """Return in SQL a number from 0 to 2³¹-1 that a place and the seed alone decide."""
    return f"(hashint8extended(({place})::bigint, {seed * 64 + salt}) & 2147483647)"
