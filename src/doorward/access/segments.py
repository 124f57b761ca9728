"""Segments: windows as devices hold them, each within a day, perhaps between two dates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, pairwise

from doorward.access.windows import (
    A_DAY,
    OneOff,
    WeeklyWindow,
    Window,
    by_dates,
    one_offs,
    week_of,
)
from doorward.protocols.neutral import EVERY_DAY, MINUTES_A_DAY


@dataclass(frozen=True, order=True)
class ScheduleSegment:
    """A piece of a window within one day, `start < end <= 1440`, on days between two dates.

    Both dates are included; the ends of the calendar are no limit.
    """

    days: int
    start: int
    end: int
    first_day: date = date.min
    last_day: date = date.max

    def contains(self, wall: datetime) -> bool:
        """Say whether a wall time is inside, as a device judges it."""
        return (
            self.first_day <= wall.date() <= self.last_day
            and bool(self.days >> wall.weekday() & 1)
            and self.start <= wall.hour * 60 + wall.minute < self.end
        )


def normalise(windows: Iterable[Window], today: date = date.min) -> tuple[ScheduleSegment, ...]:
    """Return the times from today on as segments in a fixed order, equal hours always equally.

    Each day's stretches stay whole, and days that share a stretch share a segment.
    """
    held = tuple(windows)
    found: set[ScheduleSegment] = set()
    for (first, last), undated in by_dates(held).items():
        found.update(_of_week(undated, first or date.min, last or date.max))
    for window in one_offs(held):
        found.update(_of_one_off(window))
    return tuple(sorted(one for one in found if one.last_day >= today))


def alike(
    some: Iterable[ScheduleSegment], others: Iterable[ScheduleSegment], today: date = date.min
) -> bool:
    """Say whether segments come to the same times from today on, however dates cut them."""
    held = [tuple(some), tuple(others)]
    both = tuple(chain(*held))
    edges = {max(one.first_day, today) for one in both}
    edges |= {one.last_day + A_DAY for one in both if one.last_day < date.max}
    return all(
        _minutes_on(held[0], day) == _minutes_on(held[1], day)
        for begin, end in pairwise([*sorted(edges), date.max])
        # Between two edges one week is as the other.
        for day in (begin + A_DAY * ahead for ahead in range(min(7, (end - begin).days)))
    )


def _minutes_on(segments: Iterable[ScheduleSegment], day: date) -> int:
    """Return the minutes of a day that are inside, as bits."""
    found = 0
    for one in segments:
        if one.first_day <= day <= one.last_day and one.days >> day.weekday() & 1:
            found |= (1 << one.end) - (1 << one.start)
    return found


def _of_week(
    windows: tuple[WeeklyWindow, ...], first: date, last: date
) -> Iterator[ScheduleSegment]:
    days: dict[tuple[int, int], int] = {}
    for day, stretches in enumerate(week_of(windows)):
        for stretch in stretches:
            days[stretch] = days.get(stretch, 0) | 1 << day
    for stretch, mask in days.items():
        yield ScheduleSegment(mask, *stretch, first, last)


def _of_one_off(window: OneOff) -> Iterator[ScheduleSegment]:
    """Cut a window into an evening, whole days, and a morning, as far as it has them."""
    first, last = window.begin.date(), window.end.date()
    start, end = (moment.hour * 60 + moment.minute for moment in (window.begin, window.end))
    if first == last:
        yield ScheduleSegment(EVERY_DAY, start, end, first, last)
        return
    if start:
        yield ScheduleSegment(EVERY_DAY, start, MINUTES_A_DAY, first, first)
        first += A_DAY
    if end:
        yield ScheduleSegment(EVERY_DAY, 0, end, last, last)
    if first < last:
        yield ScheduleSegment(EVERY_DAY, 0, MINUTES_A_DAY, first, last - A_DAY)
