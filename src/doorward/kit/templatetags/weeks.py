"""Weekly windows as people read them: a strip of seven days and one sentence."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from django import template
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

register = template.Library()

MINUTES_A_DAY = 1440
DAYS = range(7)
WEEKDAY_SET = frozenset(range(5))
WEEKEND_SET = frozenset((5, 6))

Window: TypeAlias = Mapping[str, object]
Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class StripDay:
    """A day of the strip. Spans are (start, width) in minutes since midnight."""

    name: str
    short: str
    spans: tuple[Span, ...]


def minutes(time: str) -> int:
    """Turn "HH:MM" into minutes since midnight; "24:00" is 1440."""
    hours, past = time.split(":")[:2]
    return int(hours) * 60 + int(past)


def painted(windows: Iterable[Window]) -> list[list[Span]]:
    """Lay windows over seven days as merged (start, end) spans, over midnight on both."""
    days: list[list[Span]] = [[] for _day in DAYS]
    for window in windows:
        start, end = minutes(str(window["start"])), minutes(str(window["end"])) or MINUTES_A_DAY
        for day in cast("list[int]", window["days"]):
            days[day].append((start, end if end > start else MINUTES_A_DAY))
            if end <= start:
                days[(day + 1) % 7].append((0, end))
    return [_merged(spans) for spans in days]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _joined_over_midnight(days: list[list[Span]]) -> dict[Span, set[int]]:
    """Group days by their spans; an evening and the next morning become one span past 1440."""
    left = [list(spans) for spans in days]
    grouped: dict[Span, set[int]] = {}
    for day in DAYS:
        morning = days[(day + 1) % 7][:1]
        evening = days[day][-1:]
        if not (evening and morning) or evening[0][1] < MINUTES_A_DAY or morning[0][0] > 0:
            continue
        if evening[0][0] == 0 or morning[0][1] >= evening[0][0]:
            continue
        left[day].remove(evening[0])
        left[(day + 1) % 7].remove(morning[0])
        span = (evening[0][0], MINUTES_A_DAY + morning[0][1])
        grouped.setdefault(span, set()).add(day)
    for day in DAYS:
        for span in left[day]:
            grouped.setdefault(span, set()).add(day)
    return grouped


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _span_words(span: Span) -> str:
    start, end = span
    if span == (0, MINUTES_A_DAY):
        return _("all day")
    if end > MINUTES_A_DAY:
        times = {"start": _clock(start), "end": _clock(end)}
        return _("%(start)s to %(end)s the next day") % times
    if start == 0:
        return _("until %(time)s") % {"time": _clock(end)}
    if end == MINUTES_A_DAY:
        return _("from %(time)s") % {"time": _clock(start)}
    return f"{_clock(start)}–{_clock(end)}"


def _days_words(days: Iterable[int]) -> str:
    chosen = sorted(days)
    for whole, words in (
        (frozenset(DAYS), _("Every day")),
        (WEEKDAY_SET, _("Weekdays")),
        (WEEKEND_SET, _("Weekends")),
    ):
        if set(chosen) == whole:
            return words
    names = [str(WEEKDAYS[day]) for day in chosen]
    if len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1:
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    if len(names) == 1:
        return names[0]
    return _("%(days)s and %(last)s") % {"days": ", ".join(names[:-1]), "last": names[-1]}


@register.filter
def week_words(windows: Iterable[Window]) -> str:
    """Say weekly windows in one line: "Weekdays 08:00–18:00, Saturday until 13:00"."""
    days = painted(windows)
    if not any(days):
        return _("Never")
    if all(spans == [(0, MINUTES_A_DAY)] for spans in days):
        return _("Always")
    spans_by_days: dict[frozenset[int], list[Span]] = {}
    for span, chosen in sorted(_joined_over_midnight(days).items()):
        spans_by_days.setdefault(frozenset(chosen), []).append(span)
    ordered = sorted(spans_by_days.items(), key=lambda item: (sorted(item[0]), item[1]))
    return ", ".join(
        f"{_days_words(chosen)} {_(' and ').join(_span_words(span) for span in spans)}"
        for chosen, spans in ordered
    )


@register.filter
def week_strip(windows: Iterable[Window]) -> list[StripDay]:
    """Return the seven days of the strip, Monday first."""
    return [
        StripDay(
            str(WEEKDAYS[day]),
            str(WEEKDAYS_ABBR[day]),
            tuple((start, end - start) for start, end in spans),
        )
        for day, spans in enumerate(painted(windows))
    ]


@register.filter
def week_json(windows: object) -> str:
    """Return windows as the week editor's value; a string is taken as it is."""
    if isinstance(windows, str):
        return windows
    return json.dumps(list(cast("Iterable[Window]", windows or [])))
