"""Weekly windows: when, in a site's wall time, an access group lets people in.

A window says what the clock on the wall must show. Where a clock change repeats an hour, a
window holds both times; an hour that is skipped never occurs, so a window inside it does not
open that day. Words here are message ids; pages pass their `gettext`.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from doorward.messages import gettext_noop
from doorward.protocols.neutral import EVERY_DAY, MINUTES_A_DAY

MAX_WINDOWS = 100
WEEKDAYS = 0b0011111
WEEKEND = 0b1100000

# Stretches of each day, Monday first: `start <= minute < end`, ascending, never touching.
Week = tuple[tuple[tuple[int, int], ...], ...]

_TIME = re.compile(r"(\d\d):(\d\d)", re.ASCII)
_DAY_NAMES = (
    *(gettext_noop("Monday"), gettext_noop("Tuesday"), gettext_noop("Wednesday")),
    *(gettext_noop("Thursday"), gettext_noop("Friday"), gettext_noop("Saturday")),
    gettext_noop("Sunday"),
)
_DAY_SETS = {
    EVERY_DAY: gettext_noop("Every day"),
    WEEKDAYS: gettext_noop("Weekdays"),
    WEEKEND: gettext_noop("Weekend"),
}


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
    start lies on the next day; an end of 0 or 1440 is midnight, so 0–0 is the whole day.
    """

    days: int
    start: int
    end: int

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


ALWAYS = WeeklyWindow(days=EVERY_DAY, start=0, end=MINUTES_A_DAY)


@dataclass(frozen=True, order=True)
class ScheduleSegment:
    """A piece of a window within one day, as devices hold it: `start < end <= 1440`."""

    days: int
    start: int
    end: int


def segments(window: WeeklyWindow) -> tuple[ScheduleSegment, ...]:
    """Cut a window at midnight; the second piece lies on the days after."""
    end = window.end or MINUTES_A_DAY
    if window.start < end:
        return (ScheduleSegment(window.days, window.start, end),)
    return (
        ScheduleSegment(window.days, window.start, MINUTES_A_DAY),
        ScheduleSegment(_next_days(window.days), 0, end),
    )


def contains(windows: Iterable[WeeklyWindow], local_time: datetime) -> bool:
    """Say whether the wall shows a time inside a window; only weekday, hour and minute count."""
    minute = local_time.hour * 60 + local_time.minute
    return any(start <= minute < end for start, end in _week(tuple(windows))[local_time.weekday()])


def normalise(windows: Iterable[WeeklyWindow]) -> tuple[ScheduleSegment, ...]:
    """Return the same times as disjoint segments in a fixed order, equal weeks always equally.

    Each day's stretches stay whole, and days that share a stretch share a segment.
    """
    days: dict[tuple[int, int], int] = {}
    for day, stretches in enumerate(_week(tuple(windows))):
        for stretch in stretches:
            days[stretch] = days.get(stretch, 0) | 1 << day
    return tuple(sorted(ScheduleSegment(mask, *stretch) for stretch, mask in days.items()))


def strip(windows: Iterable[WeeklyWindow]) -> list[list[tuple[int, int]]]:
    """Return each day's stretches in minutes, Monday first, to draw a week strip."""
    return [list(stretches) for stretches in _week(tuple(windows))]


def edges(windows: Iterable[WeeklyWindow]) -> list[list[int]]:
    """Return for each day, Monday first, the minutes at which being inside changes."""
    week = _week(tuple(windows))
    found: list[set[int]] = [set() for _ in week]
    for day, stretches in enumerate(week):
        for start, end in stretches:
            # A stretch that ends at midnight and one that begins there cancel out.
            found[day] ^= {start}
            found[(day + end // MINUTES_A_DAY) % 7] ^= {end % MINUTES_A_DAY}
    return [sorted(minutes) for minutes in found]


# --- In words ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayHours:
    """Days with the same hours. An end past 1440 lies on the next day (1500 is 01:00)."""

    days: int
    hours: tuple[tuple[int, int], ...]


def parts(windows: Iterable[WeeklyWindow]) -> tuple[DayHours, ...]:
    """Return the week as people say it: nights whole, days with equal hours together."""
    days: dict[tuple[tuple[int, int], ...], int] = {}
    for day, hours in enumerate(_with_nights_whole(_week(tuple(windows)))):
        if hours:
            days[hours] = days.get(hours, 0) | 1 << day
    return tuple(DayHours(mask, hours) for hours, mask in days.items())


def clock_time(minute: int) -> str:
    """Write minutes since midnight as HH:MM; midnight at a day's end is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def describe(
    windows: Iterable[WeeklyWindow],
    gettext: Callable[[str], str] = str,
    time: Callable[[int], str] = clock_time,
) -> str:
    """Say windows in words, such as "Weekdays 08:00–18:00, Saturday until 13:00".

    "until" stands where the hours begin as in the part before. `time` writes 0 … 1440 as the
    site does.
    """
    told = parts(windows)
    if not told:
        return gettext("Never")
    if told == (DayHours(EVERY_DAY, ((0, MINUTES_A_DAY),)),):
        return gettext("Always")
    return ", ".join(
        gettext("%(days)s %(hours)s")
        % {
            "days": _say_days(part.days, gettext),
            "hours": _say_hours(part, before, gettext, time),
        }
        for before, part in zip((None, *told), told, strict=False)
    )


def _with_nights_whole(week: Week) -> list[tuple[tuple[int, int], ...]]:
    """Join what a midnight cut, unless the whole lasts more than a day."""
    days = [list(stretches) for stretches in week]
    for day, stretches in enumerate(week):
        morning = week[(day + 1) % 7]
        if not stretches or not morning:
            continue
        (start, evening_end), (dawn, end) = stretches[-1], morning[0]
        if start > 0 and evening_end == MINUTES_A_DAY and dawn == 0 and end <= start:
            days[day][-1] = (start, MINUTES_A_DAY + end)
            days[(day + 1) % 7].remove((dawn, end))
    return [tuple(stretches) for stretches in days]


def _say_days(days: int, gettext: Callable[[str], str]) -> str:
    if days in _DAY_SETS:
        return gettext(_DAY_SETS[days])
    names: list[str] = []
    for first, last in _runs(days):
        if last - first >= 2:
            ends = {"first": gettext(_DAY_NAMES[first]), "last": gettext(_DAY_NAMES[last])}
            names.append(gettext("%(first)s–%(last)s") % ends)
        else:
            names.extend(gettext(name) for name in _DAY_NAMES[first : last + 1])
    return _listed(names, gettext)


def _runs(days: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in (day for day in range(7) if days >> day & 1):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _say_hours(
    part: DayHours,
    before: DayHours | None,
    gettext: Callable[[str], str],
    time: Callable[[int], str],
) -> str:
    start, end = part.hours[0]
    alone = len(part.hours) == 1
    if alone and (start, end) == (0, MINUTES_A_DAY):
        return gettext("all day")
    if alone and end <= MINUTES_A_DAY and before and _begins_alike(before, start):
        return gettext("until %(end)s") % {"end": time(end)}
    return _listed([_say_stretch(*hours, gettext, time) for hours in part.hours], gettext)


def _begins_alike(before: DayHours, start: int) -> bool:
    # After "all day" a bare "until" would hang in the air.
    whole_day = (0, MINUTES_A_DAY)
    return len(before.hours) == 1 and before.hours[0][0] == start and before.hours[0] != whole_day


def _say_stretch(
    start: int, end: int, gettext: Callable[[str], str], time: Callable[[int], str]
) -> str:
    if end > MINUTES_A_DAY:
        times = {"start": time(start), "end": time(end - MINUTES_A_DAY)}
        return gettext("%(start)s–%(end)s next day") % times
    return gettext("%(start)s–%(end)s") % {"start": time(start), "end": time(end)}


def _listed(names: list[str], gettext: Callable[[str], str]) -> str:
    if len(names) == 1:
        return names[0]
    return gettext("%(list)s and %(last)s") % {"list": ", ".join(names[:-1]), "last": names[-1]}


# --- From and to the week editor --------------------------------------------------------------


def parse_text(text: str) -> tuple[WeeklyWindow, ...]:
    """Read the week editor's field; raise `WeekError` as `parse` does."""
    try:
        week = json.loads(text)
    # A RecursionError is what a deeply nested text earns.
    except (ValueError, RecursionError) as refusal:
        raise WeekError(
            Fault(None, "", gettext_noop("The week could not be read. Draw it again."))
        ) from refusal
    return parse(week)


def parse(week: object) -> tuple[WeeklyWindow, ...]:
    """Read windows like {"days": [0, 1], "start": "08:00", "end": "18:00"}, Monday being 0.

    An empty list is a week without a window. Raise `WeekError` with every fault at once.
    """
    if not isinstance(week, list):
        raise WeekError(Fault(None, "", gettext_noop("The week must be a list of windows.")))
    if len(week) > MAX_WINDOWS:
        raise WeekError(Fault(None, "", gettext_noop("Draw at most 100 windows in a week.")))
    windows: list[WeeklyWindow] = []
    faults: list[Fault] = []
    for index, item in enumerate(week):
        try:
            windows.append(_read_window(index, item))
        except WeekError as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise WeekError(*faults)
    return tuple(windows)


def unparse_text(windows: Iterable[WeeklyWindow]) -> str:
    """Write windows as the week editor's field holds them; the opposite of `parse_text`."""
    return json.dumps(unparse(windows))


def unparse(windows: Iterable[WeeklyWindow]) -> list[dict[str, object]]:
    """Return windows as the week editor reads them; the opposite of `parse`."""
    return [
        {
            "days": [day for day in range(7) if window.days >> day & 1],
            "start": clock_time(window.start),
            "end": clock_time(window.end),
        }
        for window in windows
    ]


def _read_window(index: int, item: object) -> WeeklyWindow:
    if not isinstance(item, dict):
        raise WeekError(Fault(index, "", gettext_noop("A window needs days, a start and an end.")))
    days = _read_days(item.get("days"))
    start = _read_minute(item.get("start"))
    end = _read_minute(item.get("end"))
    faults = []
    if days is None:
        faults.append(
            Fault(index, "days", gettext_noop("Choose at least one day, from 0 (Monday) to 6."))
        )
    if start is None or start == MINUTES_A_DAY:
        faults.append(Fault(index, "start", gettext_noop("Write a start from 00:00 to 23:59.")))
    if end is None:
        faults.append(Fault(index, "end", gettext_noop("Write an end from 00:00 to 24:00.")))
    if days is None or start is None or end is None or faults:
        raise WeekError(*faults)
    return WeeklyWindow(days, start, end)


def _read_days(days: object) -> int | None:
    if not isinstance(days, list):
        return None
    mask = 0
    for day in days:
        # True is 1 to Python, but no day to us.
        if type(day) is not int or not 0 <= day <= 6:
            return None
        mask |= 1 << day
    return mask or None


def _read_minute(text: object) -> int | None:
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    hours, minutes = int(match[1]), int(match[2])
    minute = hours * 60 + minutes
    return minute if minutes < 60 and minute <= MINUTES_A_DAY else None


# --- The week behind it all -------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _week(windows: tuple[WeeklyWindow, ...]) -> Week:
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for window in windows:
        for segment in segments(window):
            for day in range(7):
                if segment.days >> day & 1:
                    days[day].append((segment.start, segment.end))
    return tuple(_merged(stretches) for stretches in days)


def _merged(stretches: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _next_days(days: int) -> int:
    return (days << 1 | days >> 6) & EVERY_DAY
