"""Who gains and who loses which door: as told before, so it comes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as some

from doorward.access.preview import HANDFUL, NAMED, Crowd, Kind, Verdict, judge
from doorward.access.rights import DoorFacts, GroupFacts, PersonFacts, may_open
from doorward.access.windows import OneOff, WeeklyWindow, Window, contains, midnight, within

ZONE = ZoneInfo("Europe/Berlin")
# Edges lie at six o'clock and its multiples; these lie between, in a week without a clock change.
WEEK = [datetime(2026, 6, 1, 3, tzinfo=ZONE) + timedelta(hours=6 * n) for n in range(28)]
OFFICE, EVENINGS = WeeklyWindow(0b11111, 480, 1080), WeeklyWindow(0b11111, 1080, 1320)

quarters = some.sampled_from([0, 360, 720, 1080])
windows = some.builds(WeeklyWindow, days=some.integers(1, 127), start=quarters, end=quarters)
weeks = some.lists(windows, max_size=2).map(tuple)
few_people = some.frozensets(some.integers(1, 4))
few_doors = some.frozensets(some.integers(1, 3))
groups = some.builds(GroupFacts, id=some.just(1), people=few_people, doors=few_doors, windows=weeks)


def group(key: int, doors: Collection[int], *hours: Window) -> GroupFacts:
    return GroupFacts(
        id=key, people=frozenset(), doors=frozenset(doors), windows=hours or (OFFICE,)
    )


def crowd(before: set[int], after: set[int], count: int = 1, **more: object) -> Crowd:
    return Crowd(before=frozenset(before), after=frozenset(after), count=count, **more)  # type: ignore[arg-type]


def told(verdict: Verdict) -> list[tuple[Kind, tuple[int, ...], int]]:
    return sorted((one.kind, one.doors, one.count) for one in verdict.changes)


def test_who_keeps_the_door_by_another_group_neither_gains_nor_loses() -> None:
    known = [group(1, {7}), group(2, {7})]
    assert told(judge([crowd({1, 2}, {2}), crowd({2}, {1, 2})], known)) == []


def test_who_had_one_group_and_gets_another_with_other_hours_has_other_hours() -> None:
    known = [group(1, {7}), group(2, {7}, EVENINGS)]
    assert told(judge([crowd({1}, {2}, 40)], known)) == [(Kind.HOURS, (7,), 40)]


def test_hours_that_come_to_the_same_are_no_change() -> None:
    whole = WeeklyWindow(0b11111, 480, 1320)
    known = [group(1, {7}), group(2, {7}, EVENINGS), group(3, {7}, whole)]
    assert told(judge([crowd({1, 2}, {3})], known)) == []


def test_a_group_without_hours_gives_no_door() -> None:
    empty = GroupFacts(id=1, people=frozenset(), doors=frozenset({7}), windows=())
    assert told(judge([crowd(set(), {1})], [empty])) == []


def test_doors_where_the_same_happens_to_the_same_people_are_told_at_once() -> None:
    known = [group(1, {7, 8, 9}), group(2, {8})]
    assert told(judge([crowd(set(), {1}, 12), crowd({2}, {1, 2}, 3)], known)) == [
        (Kind.GAINS, (7, 9), 15),
        (Kind.GAINS, (8,), 12),
    ]


def test_people_are_counted_once_however_many_doors() -> None:
    known = [group(1, {7, 8}), group(2, {9})]
    verdict = judge([crowd(set(), {1, 2}, 12), crowd({1}, set(), 2)], known)
    assert verdict.people == {Kind.LOSES: 2, Kind.GAINS: 12, Kind.HOURS: 0}


def test_the_first_by_name_are_named_across_crowds() -> None:
    early = tuple((2 * n, 100 + n) for n in range(NAMED))
    late = tuple((2 * n + 1, 200 + n) for n in range(NAMED))
    known = [group(1, {7}), group(2, {8})]
    crowds = [crowd(set(), {1}, 50, first=early), crowd({2}, {1, 2}, 50, first=late)]
    (change,) = judge(crowds, known).changes
    assert change.first == (100, 200, 101, 201, 102, 202, 103, 203, 104, 204)


def test_it_weighs_when_somebody_loses_or_more_than_a_handful_gain() -> None:
    known = [group(1, {7})]
    assert judge([crowd({1}, set())], known).weighs
    assert not judge([crowd(set(), {1}, HANDFUL)], known).weighs
    assert judge([crowd(set(), {1}, HANDFUL + 1)], known).weighs


def test_other_people_of_the_same_number_have_another_mark() -> None:
    known = [group(1, {7})]
    marks = {judge([crowd(set(), {1}, 3, mark=who)], known).mark for who in ("abc", "abd")}
    assert len(marks) == 2


@settings(max_examples=60, deadline=None)
@given(known=some.lists(groups, min_size=1, max_size=3), changed=groups, place=some.integers(0, 2))
def test_a_verdict_is_the_difference_of_rights(
    known: list[GroupFacts], changed: GroupFacts, place: int
) -> None:
    known = [replace(one, id=key) for key, one in enumerate(known, start=1)]
    now = known[place % len(known)]
    later = replace(changed, id=0)
    kept = [one for one in known if one is not now]
    verdict = judge(_crowds(known, [*kept, later]), [*known, later])
    assert _by_door(verdict) == _difference(_rights(known), _rights([*kept, later]))


# --- Hours between dates ------------------------------------------------------------------------

FIRST = date(2026, 6, 1)


def wall(day: int, hour: int = 0) -> datetime:
    """Return what the wall shows on a day of that June."""
    return midnight(date(2026, 6, day)) + timedelta(hours=hour)


# Whatever differs at all from the first days on differs within three weeks.
THREE_WEEKS = [wall(1, 3 + 6 * n) for n in range(84)]
days = some.integers(0, 8).map(lambda ahead: FIRST + timedelta(days=ahead))
moments = some.builds(
    lambda day, hour: midnight(day) + timedelta(hours=6 * hour), days, some.integers(0, 3)
)
spans = some.tuples(moments, moments).filter(lambda pair: pair[0] != pair[1])
once = spans.map(lambda pair: OneOff(min(pair), max(pair)))
bounds = some.tuples(some.none() | days, some.none() | days).filter(
    lambda pair: None in pair or pair[0] <= pair[1]
)
dated = some.builds(
    lambda held, between: within(held, *between), some.lists(windows | once, max_size=2), bounds
)
dated_groups = some.builds(
    GroupFacts, id=some.just(1), people=few_people, doors=few_doors, windows=dated
)


@settings(max_examples=150, deadline=None)
@given(
    known=some.lists(dated_groups, min_size=1, max_size=3),
    changed=dated_groups,
    today=some.sampled_from([FIRST, FIRST + timedelta(days=3)]),
)
def test_of_hours_between_dates_the_verdict_is_the_difference_of_rights_from_today_on(
    known: list[GroupFacts], changed: GroupFacts, today: date
) -> None:
    known = [replace(one, id=key) for key, one in enumerate(known, start=1)]
    later, kept = replace(changed, id=0), known[1:]
    verdict = judge(_crowds(known, [*kept, later]), [*known, later], today)
    was, will = _dated_rights(known, today), _dated_rights([*kept, later], today)
    assert _by_door(verdict) == _difference(was, will)


def _dated_rights(known: Collection[GroupFacts], today: date) -> "Rights":
    return {
        (person, door): frozenset(
            at
            for at in THREE_WEEKS
            if at.date() >= today
            for one in known
            if person in one.people and door in one.doors and contains(one.windows, at)
        )
        for person, door in product(range(1, 5), range(1, 4))
    }


def test_a_group_whose_last_day_is_over_gives_and_takes_nothing() -> None:
    over = within([OFFICE], None, date(2026, 5, 31))
    known = [group(1, {7}, *over)]
    assert told(judge([crowd(set(), {1})], known, FIRST)) == []
    assert told(judge([crowd({1}, set())], known, date(2026, 5, 29))) == [(Kind.LOSES, (7,), 1)]


def test_a_last_day_takes_the_night_after_it() -> None:
    nights = WeeklyWindow(0b1111111, 1320, 360)
    # The last day ends at midnight, whatever night it began.
    known = [group(1, {7}, nights), group(2, {7}, *within([nights], None, FIRST))]
    assert told(judge([crowd({1}, {2})], known, FIRST)) == [(Kind.HOURS, (7,), 1)]
    evening = OneOff(wall(1, 22), wall(2))
    morning = OneOff(wall(1), wall(1, 6))
    same = [group(2, {7}, *within([nights], FIRST, FIRST)), group(3, {7}, morning, evening)]
    assert told(judge([crowd({2}, {3})], same, FIRST)) == []


def test_dated_hours_within_hours_one_has_anyway_change_nothing() -> None:
    some_days = within([OFFICE], FIRST, date(2026, 6, 9))
    known = [group(1, {7}), group(2, {7}, *some_days)]
    assert told(judge([crowd({1}, {1, 2})], known, FIRST)) == []


def test_hours_that_open_once_are_gained_until_they_are_over() -> None:
    once = OneOff(wall(1, 22), wall(2, 6))
    known = [group(1, {7}, once)]
    assert told(judge([crowd(set(), {1}, 9)], known, FIRST)) == [(Kind.GAINS, (7,), 9)]
    assert told(judge([crowd(set(), {1}, 9)], known, date(2026, 6, 2))) == [(Kind.GAINS, (7,), 9)]
    assert told(judge([crowd(set(), {1}, 9)], known, date(2026, 6, 3))) == []


# --- The difference -----------------------------------------------------------------------------

Rights = Mapping[tuple[int, int], frozenset[datetime]]


def _rights(known: Collection[GroupFacts]) -> Rights:
    """Return by person and door when the one may open the other."""
    return {
        (person, door): frozenset(
            at
            for at in WEEK
            if may_open(
                PersonFacts(id=person), DoorFacts(id=door, zone=ZONE), at, groups=known
            ).allowed
        )
        for person, door in product(range(1, 5), range(1, 4))
    }


def _difference(before: Rights, after: Rights) -> dict[tuple[Kind, int], int]:
    found: dict[tuple[Kind, int], int] = defaultdict(int)
    for (_person, door), was in before.items():
        will = after[_person, door]
        if was != will:
            kind = Kind.GAINS if not was else Kind.HOURS if will else Kind.LOSES
            found[kind, door] += 1
    return found


def _by_door(verdict: Verdict) -> dict[tuple[Kind, int], int]:
    found: dict[tuple[Kind, int], int] = defaultdict(int)
    for change in verdict.changes:
        for door in change.doors:
            found[change.kind, door] += change.count
    return found


def _crowds(before: Collection[GroupFacts], after: Collection[GroupFacts]) -> list[Crowd]:
    return [
        crowd({g.id for g in before if p in g.people}, {g.id for g in after if p in g.people})
        for p in range(1, 5)
    ]


def test_hours_whose_last_weekday_is_over_give_and_take_nothing() -> None:
    sundays = within([WeeklyWindow(1 << 6, 480, 1080)], date(2026, 5, 30), date(2026, 6, 3))
    known = [group(1, {7}, *sundays)]
    assert told(judge([crowd(set(), {1})], known, FIRST)) == []


def test_hours_that_differed_only_in_the_past_are_the_same() -> None:
    since = [within([OFFICE], date(2026, 5, day), None) for day in (1, 20)]
    known = [group(key, {7}, *hours) for key, hours in enumerate(since, start=1)]
    assert told(judge([crowd({1}, {2})], known, FIRST)) == []
