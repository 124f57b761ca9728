"""Windows as JSON, as the week editor and the API write them.

`{"repeat": "weekly", "days": [0, 1], "start": "08:00", "end": "18:00"}`, Monday being 0; `daily`
without days; `never` from `"2026-12-24T10:00"` to `"2026-12-24T12:00"`, in the site's wall time.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum

from doorward.access.windows import A_DAY, Fault, OneOff, WeekError, WeeklyWindow, Window
from doorward.access.wording import clock_time
from doorward.messages import gettext_noop
from doorward.protocols.neutral import EVERY_DAY, MINUTES_A_DAY

MAX_WINDOWS = 100

_TIME = re.compile(r"(\d\d):(\d\d)", re.ASCII)
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d)", re.ASCII)
_WHOLE_WEEK = list(range(7))


class Repeat(StrEnum):
    """How a window recurs."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


def parse_text(text: str) -> tuple[Window, ...]:
    """Read the week editor's field; raise `WeekError` as `parse` does."""
    try:
        week = json.loads(text)
    # A RecursionError is what a deeply nested text earns.
    except (ValueError, RecursionError) as refusal:
        raise WeekError(
            Fault(None, "", gettext_noop("The week could not be read. Draw it again."))
        ) from refusal
    return parse(week)


def parse(week: object) -> tuple[Window, ...]:
    """Read windows, none of which has dates yet.

    An empty list is a week without a window. Raise `WeekError` with every fault at once.
    """
    if not isinstance(week, list):
        raise WeekError(Fault(None, "", gettext_noop("The week must be a list of windows.")))
    if len(week) > MAX_WINDOWS:
        raise WeekError(Fault(None, "", gettext_noop("Draw at most 100 windows in a week.")))
    windows: list[Window] = []
    faults: list[Fault] = []
    for index, item in enumerate(week):
        try:
            windows.append(_read_window(index, item))
        except WeekError as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise WeekError(*faults)
    return tuple(windows)


def unparse_text(windows: Iterable[Window]) -> str:
    """Write windows as the week editor's field holds them; the opposite of `parse_text`."""
    return json.dumps(unparse(windows))


def unparse(windows: Iterable[Window]) -> list[dict[str, object]]:
    """Return windows as the week editor reads them, their dates aside; the opposite of `parse`."""
    return [_written(window) for window in windows]


def _written(window: Window) -> dict[str, object]:
    if isinstance(window, OneOff):
        start, end = (f"{moment:%Y-%m-%dT%H:%M}" for moment in (window.begin, window.end))
        return {"repeat": Repeat.NEVER.value, "days": [], "start": start, "end": end}
    repeat = Repeat.DAILY if window.days == EVERY_DAY else Repeat.WEEKLY
    return {
        "repeat": repeat.value,
        "days": [day for day in range(7) if window.days >> day & 1],
        "start": clock_time(window.start),
        "end": clock_time(window.end),
    }


def _read_window(index: int, item: object) -> Window:
    if not isinstance(item, dict):
        raise WeekError(Fault(index, "", gettext_noop("A window needs a start and an end.")))
    try:
        repeat = Repeat(item.get("repeat", Repeat.WEEKLY))
    except (TypeError, ValueError) as refusal:
        sentence = gettext_noop("Choose never, daily or weekly.")
        raise WeekError(Fault(index, "repeat", sentence)) from refusal
    if repeat is Repeat.NEVER:
        return _read_one_off(index, item)
    return _read_weekly(index, item, repeat)


def _read_one_off(index: int, item: dict[str, object]) -> OneOff:
    faults = []
    if item.get("days"):
        faults.append(
            Fault(index, "days", gettext_noop("Hours that do not repeat have no days of the week."))
        )
    begin, end = (_read_moment(item.get(name)) for name in ("start", "end"))
    for name, moment in (("start", begin), ("end", end)):
        if moment is None:
            sentence = gettext_noop("Write a date and a time, such as 2026-12-24T10:00.")
            faults.append(Fault(index, name, sentence))
    if begin is None or end is None or faults:
        raise WeekError(*faults)
    try:
        return OneOff(begin, end)
    except WeekError as refusal:
        found = (Fault(index, fault.field, fault.sentence) for fault in refusal.faults)
        raise WeekError(*found) from refusal


def _read_weekly(index: int, item: dict[str, object], repeat: Repeat) -> WeeklyWindow:
    faults = []
    days = _read_days(item.get("days"))
    if repeat is Repeat.DAILY:
        days = EVERY_DAY
        if item.get("days") and item["days"] != _WHOLE_WEEK:
            sentence = gettext_noop("Daily hours are on all days. Leave the days out.")
            faults.append(Fault(index, "days", sentence))
    start = _read_minute(item.get("start"))
    end = _read_minute(item.get("end"))
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


def _read_moment(text: object) -> datetime | None:
    """Read a date and a time; 24:00 ends the day."""
    match = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    minute = _read_minute(match[4]) if match else None
    if match is None or minute is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if minute == MINUTES_A_DAY:
            return datetime.combine(day + A_DAY, time())
        return datetime.combine(day, time(minute // 60, minute % 60))
    except (ValueError, OverflowError):
        return None
