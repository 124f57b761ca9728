"""The decision a device takes by itself about a card or a PIN: pure, from rows and a time."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from doorward.emulator.profile import Row
from doorward.emulator.records import WEEKDAYS

NORMAL = "0"
WEEKLY = "1"

DAY = 86_400
_PAIR = re.compile(r"^(\d+)-([1-9]+)$")


@dataclass(frozen=True)
class Grant:
    """A schedule's DisplayID and the relays that it opens."""

    schedule: str
    relays: tuple[int, ...]


def grants_of(schedule_relay: str) -> tuple[Grant, ...]:
    """Read "1-1;2-12" [D]; raise ValueError where it is not such a list."""
    parts = [part.strip() for part in re.split("[;,]", schedule_relay) if part.strip()]
    return tuple(_grant(part) for part in parts)


def _grant(part: str) -> Grant:
    found = _PAIR.match(part)
    if found is None:
        raise ValueError(f"{part!r} is not a schedule and its relays")
    return Grant(found[1], tuple(int(digit) for digit in found[2]))


def seconds_of(text: str) -> int:
    """Read "HH:MM" as seconds since midnight; raise ValueError for anything else."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"{text!r} is not a time of day")
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def in_window(start: str, end: str, at: datetime) -> bool:
    """Tell whether the wall time `at` is inside `start <= t < end`.

    00:00 to 00:00 is the whole day [D], and an end of 23:59 means through the last second of
    the day [G]. A window never crosses midnight [G].
    """
    first, last = seconds_of(start), seconds_of(end)
    if first == last == 0:
        return True
    if end == "23:59":
        last = DAY
    return first <= at.hour * 3600 + at.minute * 60 + at.second < last


def schedule_allows(schedule: Row, at: datetime) -> bool:
    """Tell whether a schedule is open at the wall time `at`."""
    kind = schedule["Type"]
    if kind in (NORMAL, WEEKLY) and schedule[WEEKDAYS[at.weekday()]] != "1":
        return False
    if kind == NORMAL and not schedule["DateStart"] <= f"{at:%Y%m%d}" <= schedule["DateEnd"]:
        return False
    return in_window(schedule["TimeStart"], schedule["TimeEnd"], at)


def relays_opened(
    user: Row | None, schedules: Mapping[str, Row], at: datetime, fitted: Iterable[int]
) -> tuple[int, ...]:
    """Return the relays that this user may open at `at`, in order; none means refused.

    `schedules` are keyed by DisplayID. A grant of a schedule that is gone opens nothing.
    """
    if user is None:
        return ()
    allowed = {
        relay
        for grant in grants_of(user["ScheduleRelay"])
        if grant.schedule in schedules and schedule_allows(schedules[grant.schedule], at)
        for relay in grant.relays
    }
    return tuple(sorted(allowed.intersection(fitted)))
