"""What a change of access does: who gains and who loses which door, and whose hours change.

Crowds and groups in, changes out. People who are in the same groups before, and in the same ones
after, are one crowd, and doors of the same groups are judged as one: a site of ten thousand people
comes down to a handful of each.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain

from doorward.access.rights import GroupFacts
from doorward.access.segments import ScheduleSegment, alike, normalise

# People of a crowd, and of a change, who are told by name.
NAMED = 10
# So many people may come to have other rights without anybody being asked about it.
HANDFUL = 5

# A person by place among all in the order of names, and by id.
Place = tuple[int, int]
Hours = tuple[ScheduleSegment, ...]


class Kind(StrEnum):
    """What happens to somebody at a door, the gravest first."""

    LOSES = "loses"
    GAINS = "gains"
    HOURS = "hours"


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """People who are in the same groups before and in the same groups after.

    `mark` differs where they are not the same people; `dormant` counts those who count for
    nothing just now, suspended or past their validity; `first` holds up to `NAMED` of them, in
    the order of names.
    """

    before: frozenset[int]
    after: frozenset[int]
    count: int
    mark: str = ""
    dormant: int = 0
    first: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Change:
    """The same thing happens to the same people at each of these doors."""

    kind: Kind
    doors: tuple[int, ...]
    count: int
    first: tuple[int, ...]


@dataclass(frozen=True)
class Verdict:
    """All that changes. `people` counts by kind, each person once.

    `mark` tells whether the facts that were judged are still the same.
    """

    changes: tuple[Change, ...]
    people: Mapping[Kind, int]
    dormant: int
    mark: str

    @property
    def weighs(self) -> bool:
        """Say whether it should be looked at before it is done."""
        return bool(self.people[Kind.LOSES]) or sum(self.people.values()) > HANDFUL


def judge(
    crowds: Iterable[Crowd], groups: Collection[GroupFacts], today: date = date.min
) -> Verdict:
    """Judge what happens to crowds at the doors of groups; who is in the groups, crowds say.

    A group without hours from today on lets nobody in. Who keeps the same hours by another group
    is untouched.
    """
    moving = sorted((one for one in crowds if one.before != one.after), key=lambda one: one.first)
    bits = _Bits(groups, today)
    turns = _turns(moving, bits)
    touched: dict[tuple[Kind, tuple[int, ...]], list[int]] = defaultdict(list)
    for mask, doors in bits.doors().items():
        for kind, places in _at_doors(mask, turns, bits).items():
            touched[kind, tuple(sorted(places))] += doors
    concerned = {kind: _union(p for k, p in touched if k is kind) for kind in Kind}
    return Verdict(
        changes=tuple(
            _change(kind, doors, [moving[place] for place in places])
            for (kind, places), doors in touched.items()
        ),
        people={
            kind: sum(moving[place].count for place in some) for kind, some in concerned.items()
        },
        dormant=sum(moving[place].dormant for place in set().union(*concerned.values())),
        mark=_mark(moving, groups, today),
    )


# --- Groups as bits ---------------------------------------------------------------------------


class _Bits:
    """Groups, each a bit, so that a set of them is a number; weeks that are alike are one."""

    def __init__(self, groups: Collection[GroupFacts], today: date) -> None:
        hours = {group.id: normalise(group.windows, today) for group in groups}
        self._today = today
        # Not even hours whose dates go on, if none of their weekdays comes again.
        self._groups = [group for group in groups if not alike(hours[group.id], (), today)]
        self._bits = {group.id: 1 << place for place, group in enumerate(self._groups)}
        weeks = {hours[group.id]: group.windows for group in self._groups}
        self._weeks = {1 << place: week for place, week in enumerate(weeks.values())}
        week_bits = dict(zip(weeks, self._weeks, strict=True))
        self._week_of = {self._bits[group.id]: week_bits[hours[group.id]] for group in self._groups}
        self._hours: dict[int, Hours] = {}

    def mask(self, keys: Iterable[int]) -> int:
        return sum(self._bits.get(key, 0) for key in keys)

    def doors(self) -> Mapping[int, list[int]]:
        """Return doors by the set of groups that open them."""
        opened: dict[int, int] = defaultdict(int)
        for group in self._groups:
            for door in group.doors:
                opened[door] |= self._bits[group.id]
        found: dict[int, list[int]] = defaultdict(list)
        for door in sorted(opened):
            found[opened[door]].append(door)
        return found

    def weeks(self, mask: int) -> int:
        """Return the weeks of these groups, as bits as well."""
        found = 0
        while mask:
            lowest = mask & -mask
            found |= self._week_of[lowest]
            mask ^= lowest
        return found

    def kind(self, before: int, after: int) -> Kind | None:
        """Say what going from these weeks to those means at a door."""
        was, will = self._hours_of(before), self._hours_of(after)
        if was == will or alike(was, will, self._today):
            return None
        if not after:
            return Kind.LOSES
        return Kind.HOURS if before else Kind.GAINS

    def _hours_of(self, weeks: int) -> Hours:
        if weeks not in self._hours:
            some = (week for bit, week in self._weeks.items() if bit & weeks)
            self._hours[weeks] = normalise(chain.from_iterable(some), self._today)
        return self._hours[weeks]


# Who leaves the same groups for the same others: the places of crowds, and what each stays in.
_Turns = Mapping[tuple[int, int], tuple[list[int], list[int]]]


def _turns(moving: Iterable[Crowd], bits: _Bits) -> _Turns:
    found: dict[tuple[int, int], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, crowd in enumerate(moving):
        before, after = bits.mask(crowd.before), bits.mask(crowd.after)
        places, kept = found[before & ~after, after & ~before]
        places.append(place)
        kept.append(before & after)
    return found


def _at_doors(mask: int, turns: _Turns, bits: _Bits) -> Mapping[Kind, list[int]]:
    """Return which crowds, by their places, something happens to at the doors of these groups.

    What is done crowd by crowd is left to the interpreter's own loops: there may be thousands.
    """
    found: dict[Kind, list[int]] = defaultdict(list)
    for (left, joined), (places, kept) in turns.items():
        if not (left | joined) & mask:
            continue
        before, after = bits.weeks(left & mask), bits.weeks(joined & mask)
        stays = list(map(mask.__and__, kept))
        weeks = {stay: bits.weeks(stay) for stay in set(stays)}
        kinds = {week: bits.kind(week | before, week | after) for week in set(weeks.values())}
        told = {stay: kinds[week] for stay, week in weeks.items()}
        for kind in {one for one in kinds.values() if one}:
            found[kind] += [p for p, stay in zip(places, stays, strict=True) if told[stay] is kind]
    return found


# --- Adding up --------------------------------------------------------------------------------


def _change(kind: Kind, doors: list[int], crowds: list[Crowd]) -> Change:
    # Crowds stand in the order of their first, so the first of all are in the first of them.
    places = sorted(chain.from_iterable(crowd.first for crowd in crowds[:NAMED]))
    people = tuple(person for _place, person in places[:NAMED])
    return Change(kind, tuple(doors), sum(crowd.count for crowd in crowds), people)


def _union(some: Iterable[tuple[int, ...]]) -> set[int]:
    return set().union(*some)


def _mark(crowds: Iterable[Crowd], groups: Iterable[GroupFacts], today: date) -> str:
    told = (
        sorted((crowd.mark, sorted(crowd.before), sorted(crowd.after)) for crowd in crowds),
        sorted(
            (group.id, sorted(group.doors), normalise(group.windows, today)) for group in groups
        ),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
