"""The tree of a company's groups: in which order it is read, and what a group is called in full."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

BETWEEN = " › "


class Branch(Protocol):
    """A group as the tree knows it; `ancestors` are the ids from the root to the group itself."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def ancestors(self) -> Sequence[int]: ...


B = TypeVar("B", bound=Branch)


def paths(groups: Collection[Branch], names: Mapping[int, str] | None = None) -> dict[int, str]:
    """Return by id the names from the root down: "Workshop › Night shift".

    `names` are those of ancestors that are not among the groups; one nobody names is left out.
    """
    known = {**(names or {}), **{group.pk: group.name for group in groups}}
    return {
        group.pk: BETWEEN.join(known[key] for key in group.ancestors if key in known)
        for group in groups
    }


def in_order(groups: Collection[B]) -> list[B]:
    """Return the groups as a tree is read: each before what lies beneath it, else by name."""
    names = {group.pk: (group.name.casefold(), group.pk) for group in groups}
    return sorted(groups, key=lambda group: [names[key] for key in group.ancestors if key in names])


def sums(groups: Iterable[Branch], counts: Mapping[int, int]) -> dict[int, int]:
    """Return how many each group has together with everything beneath it."""
    found: dict[int, int] = {}
    for group in groups:
        for key in group.ancestors:
            found[key] = found.get(key, 0) + counts.get(group.pk, 0)
    return found
