"""Windows in words, such as "Weekdays 08:00–18:00, Saturday until 13:00".

Words are message ids; whoever asks says how they are translated, and how times and dates are
written.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from doorward.access.windows import (
    A_DAY,
    WEEKDAYS,
    WEEKEND,
    OneOff,
    Week,
    WeeklyWindow,
    Window,
    by_dates,
    one_offs,
    week_of,
)
from doorward.messages import gettext_noop
from doorward.protocols.neutral import EVERY_DAY, MINUTES_A_DAY

# So many one-off windows are told with their times; of more only how many there are.
TOLD_ONE_OFFS = 4

_DAY_NAMES = (
    *(gettext_noop("Monday"), gettext_noop("Tuesday"), gettext_noop("Wednesday")),
    *(gettext_noop("Thursday"), gettext_noop("Friday"), gettext_noop("Saturday")),
    gettext_noop("Sunday"),
)
_DAY_SETS = {
    EVERY_DAY: gettext_noop("Every day"),
    WEEKDAYS: gettext_noop("Weekdays"),
    WEEKEND: gettext_noop("Weekends"),
}


@dataclass(frozen=True)
class DayHours:
    """Days with the same hours. An end past 1440 lies on the next day (1500 is 01:00)."""

    days: int
    hours: tuple[tuple[int, int], ...]


def parts(windows: Iterable[WeeklyWindow]) -> tuple[DayHours, ...]:
    """Return the week as people say it: nights whole, days with equal hours together."""
    days: dict[tuple[tuple[int, int], ...], int] = {}
    for day, hours in enumerate(_with_nights_whole(week_of(tuple(windows)))):
        if hours:
            days[hours] = days.get(hours, 0) | 1 << day
    return tuple(DayHours(mask, hours) for hours, mask in days.items())


def clock_time(minute: int) -> str:
    """Write minutes since midnight as HH:MM; midnight at a day's end is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


@dataclass(frozen=True)
class Spelling:
    """How words are translated, and how minutes since midnight (0 … 1440) and days are written."""

    gettext: Callable[[str], str] = str
    time: Callable[[int], str] = clock_time
    day: Callable[[date], str] = date.isoformat


PLAIN = Spelling()


def describe(windows: Iterable[Window], spelling: Spelling = PLAIN) -> str:
    """Say windows in words: those that recur by their dates, then those that open once.

    "until" stands where the hours begin as in the part before.
    """
    held, gettext = tuple(windows), spelling.gettext
    said = [
        _say_dates(_say_week(week, spelling), first, last, spelling)
        for (first, last), week in by_dates(held).items()
    ]
    said += _say_one_offs(one_offs(held), spelling)
    return "; ".join(said) or gettext("Never")


def _say_week(windows: Iterable[WeeklyWindow], spelling: Spelling) -> str:
    told, gettext = parts(windows), spelling.gettext
    if told == (DayHours(EVERY_DAY, ((0, MINUTES_A_DAY),)),):
        return gettext("Always")
    return ", ".join(
        gettext("%(days)s %(hours)s")
        % {
            "days": _say_days(part.days, gettext),
            "hours": _say_hours(part, before, gettext, spelling.time),
        }
        for before, part in zip((None, *told), told, strict=False)
    )


def _say_dates(hours: str, first: date | None, last: date | None, spelling: Spelling) -> str:
    gettext = spelling.gettext
    names = {
        "hours": hours,
        "first": first and spelling.day(first),
        "last": last and spelling.day(last),
    }
    if first and last:
        return gettext("%(hours)s from %(first)s to the end of %(last)s") % names
    if first:
        return gettext("%(hours)s from %(first)s on") % names
    return gettext("%(hours)s to the end of %(last)s") % names if last else hours


def _say_one_offs(windows: tuple[OneOff, ...], spelling: Spelling) -> list[str]:
    said = [_say_one_off(window, spelling) for window in windows[:TOLD_ONE_OFFS]]
    if more := len(windows) - TOLD_ONE_OFFS:
        said += [spelling.gettext("and %(count)d more") % {"count": more}] if more > 0 else []
    return said


def _say_one_off(window: OneOff, spelling: Spelling) -> str:
    (first, start), (last, end) = _day_and_minute(window.begin), _end_of(window)
    names = {
        "first": spelling.day(first),
        "start": spelling.time(start),
        "last": spelling.day(last),
        "end": spelling.time(end),
    }
    if first == last:
        return spelling.gettext("%(first)s %(start)s–%(end)s once") % names
    return spelling.gettext("%(first)s %(start)s to %(last)s %(end)s once") % names


def _day_and_minute(wall: datetime) -> tuple[date, int]:
    return wall.date(), wall.hour * 60 + wall.minute


def _end_of(window: OneOff) -> tuple[date, int]:
    """Return the end; a midnight as the end of the day before it."""
    day, minute = _day_and_minute(window.end)
    return (day, minute) if minute else (day - A_DAY, MINUTES_A_DAY)


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
