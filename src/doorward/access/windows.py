"""Windows: when, in a site's wall time, an access group lets people in.

A window says what the clock and the calendar on the wall must show: on days of the week, perhaps
between two dates, or once from a moment to another. Where a clock change repeats an hour, a window
holds both times; an hour that is skipped never occurs, so a window inside it does not open that
day. Words here are message ids; pages pass their `gettext`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from doorward.messages import gettext_noop
from doorward.protocols.neutral import EVERY_DAY, MINUTES_A_DAY

WEEKDAYS = 0b0011111
WEEKEND = 0b1100000
# Devices write four digits of a year, and some of them count seconds since 1970.
FIRST_YEAR, LAST_YEAR = 2000, 2099
A_DAY = timedelta(days=1)
_YEARS = gettext_noop("Choose a date from 2000 to 2099.")

# Stretches of a day in minutes: `start <= minute < end`, ascending, never touching.
Stretches = tuple[tuple[int, int], ...]
# Those of each day, Monday first.
Week = tuple[Stretches, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a window: its index in the week (None if alone), field and sentence."""

    index: int | None
    field: str
    sentence: str

    def __str__(self) -> str:
        if self.index is None:
            return self.sentence
        place = f"[{self.index}].{self.field}" if self.field else f"[{self.index}]"
        return f"{place}: {self.sentence}"


class WeekError(ValueError):
    """Windows that make no sense; `faults` names each field with the mend."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class WeeklyWindow:
    """A window that begins on each of `days` (bit 0 Monday … bit 6 Sunday).

    `start` and `end` are minutes since midnight, the end left out. An end at or before the
    start lies on the next day; an end of 0 or 1440 is midnight, so 0–0 is the whole day. Only days
    from `first_day` to `last_day` count, both of them included; None is no limit. A night that
    `last_day` begins ends with it at midnight.
    """

    days: int
    start: int
    end: int
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        if not 0 < self.days <= EVERY_DAY:
            raise WeekError(
                Fault(None, "days", gettext_noop("Choose at least one day of the week."))
            )
        if not 0 <= self.start < MINUTES_A_DAY:
            raise WeekError(
                Fault(None, "start", gettext_noop("Choose a start from 00:00 to 23:59."))
            )
        if not 0 <= self.end <= MINUTES_A_DAY:
            raise WeekError(Fault(None, "end", gettext_noop("Choose an end from 00:00 to 24:00.")))

    @property
    def is_dated(self) -> bool:
        return self.first_day is not None or self.last_day is not None

    @property
    def undated(self) -> "WeeklyWindow":
        return replace(self, first_day=None, last_day=None)

    def counts_on(self, day: date) -> bool:
        """Say whether a day lies between the dates."""
        begun = self.first_day is None or self.first_day <= day
        return begun and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class OneOff:
    """A window that opens once: from `begin` to `end`, which is left out.

    Both are whole minutes of the wall's clock, without a zone.
    """

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name in ("begin", "end"):
            moment = getattr(self, name)
            field = "start" if name == "begin" else "end"
            if not FIRST_YEAR <= moment.year <= LAST_YEAR:
                raise WeekError(Fault(None, field, _YEARS))
            if moment.tzinfo is not None or moment.second or moment.microsecond:
                raise ValueError("a one-off window is told by whole minutes of the wall's clock")
        if self.begin >= self.end:
            raise WeekError(Fault(None, "end", gettext_noop("Choose an end after the start.")))


Window = WeeklyWindow | OneOff

ALWAYS = WeeklyWindow(days=EVERY_DAY, start=0, end=MINUTES_A_DAY)


def within(windows: Iterable[Window], first: date | None, last: date | None) -> tuple[Window, ...]:
    """Return what is left of windows from a first to a last day, both of them included."""
    found: list[Window] = []
    for window in windows:
        if isinstance(window, WeeklyWindow):
            found.append(replace(window, first_day=first, last_day=last))
            continue
        begin = window.begin if first is None else max(window.begin, midnight(first))
        end = window.end if last is None else min(window.end, midnight(last + A_DAY))
        if begin < end:
            found.append(OneOff(begin, end))
    return tuple(found)


def contains(windows: Iterable[Window], local_time: datetime) -> bool:
    """Say whether the wall shows a time inside a window; the zone of the time is left aside."""
    wall = local_time.replace(tzinfo=None)
    return any(_holds(window, wall) for window in windows)


def _holds(window: Window, wall: datetime) -> bool:
    if isinstance(window, OneOff):
        return window.begin <= wall < window.end
    minute = wall.hour * 60 + wall.minute
    week = week_of((window.undated,))
    return window.counts_on(wall.date()) and any(
        start <= minute < end for start, end in week[wall.weekday()]
    )


def weekly(windows: Iterable[Window]) -> tuple[WeeklyWindow, ...]:
    return tuple(window for window in windows if isinstance(window, WeeklyWindow))


def one_offs(windows: Iterable[Window]) -> tuple[OneOff, ...]:
    """Return the windows that open once as they follow each other: what touches is one."""
    found: list[OneOff] = []
    alone = (window for window in windows if isinstance(window, OneOff))
    for window in sorted(alone, key=lambda window: (window.begin, window.end)):
        if found and window.begin <= found[-1].end:
            found[-1] = OneOff(found[-1].begin, max(found[-1].end, window.end))
        else:
            found.append(window)
    return tuple(found)


def by_dates(
    windows: Iterable[Window],
) -> dict[tuple[date | None, date | None], tuple[WeeklyWindow, ...]]:
    """Return the weekly windows by their dates, themselves without dates, in a fixed order."""
    found: dict[tuple[date | None, date | None], tuple[WeeklyWindow, ...]] = {}
    for window in weekly(windows):
        dates = (window.first_day, window.last_day)
        found[dates] = (*found.get(dates, ()), window.undated)
    order = sorted(found, key=lambda dates: (dates[0] or date.min, dates[1] or date.max))
    return {dates: found[dates] for dates in order}


# --- Days and edges ---------------------------------------------------------------------------


@dataclass(frozen=True)
class DrawnDay:
    """What a strip draws on one day: stretches that recur, and those of this day alone."""

    recurring: Stretches
    once: Stretches


def strip(windows: Iterable[Window], monday: date) -> list[DrawnDay]:
    """Return the seven days of the week that begins on a Monday, as they are in truth."""
    held = tuple(windows)
    days = [monday + timedelta(days=ahead) for ahead in range(7)]
    return [DrawnDay(_recurring_on(held, day), _once_on(held, day)) for day in days]


def _recurring_on(windows: tuple[Window, ...], day: date) -> Stretches:
    counting = tuple(one.undated for one in weekly(windows) if one.counts_on(day))
    return week_of(counting)[day.weekday()]


def _once_on(windows: tuple[Window, ...], day: date) -> Stretches:
    dawn, dusk = midnight(day), midnight(day + A_DAY)
    spans = [(max(one.begin, dawn), min(one.end, dusk)) for one in one_offs(windows)]
    return tuple(
        ((begin - dawn) // timedelta(minutes=1), (end - dawn) // timedelta(minutes=1))
        for begin, end in spans
        if begin < end
    )


def weekly_edges(windows: Iterable[Window], first: date, days: int) -> Iterator[datetime]:
    """Yield the wall times at which being inside a weekly window may change, whatever its dates.

    Those on so many days from the first.
    """
    weeks = [edges(week) for week in by_dates(windows).values()]
    for ahead in range(days if any(map(any, weeks)) else 0):
        day = first + timedelta(days=ahead)
        for week in weeks:
            for minute in week[day.weekday()]:
                yield midnight(day) + timedelta(minutes=minute)


def dated_edges(windows: Iterable[Window]) -> Iterator[datetime]:
    """Yield the wall times at which dates and one-off windows begin and end."""
    for window in windows:
        if isinstance(window, OneOff):
            yield from (window.begin, window.end)
            continue
        if window.first_day is not None:
            yield midnight(window.first_day)
        if window.last_day is not None:
            yield midnight(window.last_day + A_DAY)


def edges(windows: Iterable[WeeklyWindow]) -> list[list[int]]:
    """Return for each day, Monday first, the minutes at which being inside changes."""
    week = week_of(tuple(windows))
    found: list[set[int]] = [set() for _ in week]
    for day, stretches in enumerate(week):
        for start, end in stretches:
            # A stretch that ends at midnight and one that begins there cancel out.
            found[day] ^= {start}
            found[(day + end // MINUTES_A_DAY) % 7] ^= {end % MINUTES_A_DAY}
    return [sorted(minutes) for minutes in found]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


# --- The week behind it all -------------------------------------------------------------------


@lru_cache(maxsize=1024)
def week_of(windows: tuple[WeeklyWindow, ...]) -> Week:
    """Return what windows hold of each day, whatever their dates, without overlaps."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for window in windows:
        for mask, start, end in _at_midnight(window):
            for day in range(7):
                if mask >> day & 1:
                    days[day].append((start, end))
    return tuple(_merged(stretches) for stretches in days)


def _at_midnight(window: WeeklyWindow) -> Iterator[tuple[int, int, int]]:
    """Cut a window at midnight; the second piece lies on the days after."""
    end = window.end or MINUTES_A_DAY
    if window.start < end:
        yield window.days, window.start, end
        return
    yield window.days, window.start, MINUTES_A_DAY
    yield (window.days << 1 | window.days >> 6) & EVERY_DAY, 0, end


def _merged(stretches: list[tuple[int, int]]) -> Stretches:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
