"""Windows that open once, and windows between two dates: the same to us as to a device."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.access.segments import ScheduleSegment, normalise
from doorward.access.week_json import parse, parse_text, unparse, unparse_text
from doorward.access.windows import (
    ALWAYS,
    WEEKDAYS,
    DrawnDay,
    OneOff,
    WeekError,
    WeeklyWindow,
    Window,
    contains,
    strip,
    within,
)
from doorward.access.wording import Spelling, describe
from doorward.protocols.neutral import EVERY_DAY

FIRST = date(2028, 2, 25)
LONG_AGO = date(2000, 1, 1)
OFFICE_HOURS = WeeklyWindow(WEEKDAYS, 480, 1080)


def at_minute(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60))


# About a leap day, few distinct times, so that windows touch and overlap often.
days = st.integers(0, 12).map(lambda ahead: FIRST + timedelta(days=ahead))
minutes = st.one_of(st.sampled_from([0, 360, 720, 1320, 1439]), st.integers(0, 1439))
walls = st.builds(at_minute, days, minutes)
one_off = (
    st.tuples(walls, walls)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: OneOff(min(pair), max(pair)))
)
weekly = st.builds(
    WeeklyWindow,
    days=st.integers(1, 127),
    start=minutes,
    end=st.one_of(minutes, st.just(1440)),
)
bounds = st.tuples(st.none() | days, st.none() | days).filter(
    lambda pair: None in pair or pair[0] <= pair[1]
)


@st.composite
def hours(draw: st.DrawFn) -> tuple[Window, ...]:
    """Draw windows of every kind, some of them between dates."""
    parts = draw(st.lists(st.tuples(st.lists(one_off | weekly, max_size=3), bounds), max_size=3))
    return tuple(window for some, (first, last) in parts for window in within(some, first, last))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def inside(segments: Sequence[ScheduleSegment], at: datetime) -> bool:
    return any(segment.contains(at) for segment in segments)


# --- Meaning ----------------------------------------------------------------------------------


@given(hours(), walls)
@settings(max_examples=300, deadline=None)
def test_segments_mean_what_the_windows_mean(windows: tuple[Window, ...], at: datetime) -> None:
    assert inside(normalise(windows, LONG_AGO), at) == contains(windows, at)


@given(hours())
@settings(max_examples=20, deadline=None)
def test_segments_mean_so_at_every_edge_of_every_day(windows: tuple[Window, ...]) -> None:
    segments = normalise(windows, LONG_AGO)
    edges = {0, 1439}
    for one in segments:
        edges |= {one.start - 1, one.start, one.end - 1, one.end} & set(range(1440))
    for ahead in range(-1, 15):
        for minute in edges:
            at = at_minute(FIRST + timedelta(days=ahead), minute)
            assert inside(segments, at) == contains(windows, at)


@given(hours(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_equal_hours_have_equal_segments_however_they_are_drawn(windows, random) -> None:
    redrawn = [*windows, *windows[:2]]
    random.shuffle(redrawn)
    assert normalise(redrawn, LONG_AGO) == normalise(windows, LONG_AGO)


@given(hours(), days)
@settings(max_examples=60, deadline=None)
def test_what_is_over_takes_no_segment(windows: tuple[Window, ...], today: date) -> None:
    left = normalise(windows, today)
    assert all(segment.last_day >= today for segment in left)
    whole = normalise(windows, LONG_AGO)
    assert set(left) == {segment for segment in whole if segment.last_day >= today}


@given(hours(), walls, bounds)
@settings(max_examples=200, deadline=None)
def test_dates_let_nothing_pass_before_and_after_them(
    windows: tuple[Window, ...], at: datetime, dates: tuple[date | None, date | None]
) -> None:
    drawn = [w.undated if isinstance(w, WeeklyWindow) else w for w in windows]
    first, last = dates
    counts = (first is None or first <= at.date()) and (last is None or at.date() <= last)
    assert contains(within(drawn, *dates), at) == (counts and contains(drawn, at))


def test_a_period_over_days_takes_an_evening_whole_days_and_a_morning() -> None:
    period = OneOff(wall("2028-02-28T18:00"), wall("2028-03-02T06:00"))
    assert normalise([period], LONG_AGO) == (
        ScheduleSegment(EVERY_DAY, 0, 360, date(2028, 3, 2), date(2028, 3, 2)),
        ScheduleSegment(EVERY_DAY, 0, 1440, date(2028, 2, 29), date(2028, 3, 1)),
        ScheduleSegment(EVERY_DAY, 1080, 1440, date(2028, 2, 28), date(2028, 2, 28)),
    )


def test_a_leap_day_from_midnight_to_midnight_is_one_segment() -> None:
    leap_day = OneOff(wall("2028-02-29T00:00"), wall("2028-03-01T00:00"))
    day = date(2028, 2, 29)
    assert normalise([leap_day], LONG_AGO) == (ScheduleSegment(EVERY_DAY, 0, 1440, day, day),)


def test_periods_that_touch_are_one() -> None:
    noon, night = wall("2028-02-29T12:00"), wall("2028-02-29T20:00")
    halves = [OneOff(noon, wall("2028-02-29T15:00")), OneOff(wall("2028-02-29T15:00"), night)]
    assert normalise(halves, LONG_AGO) == normalise([OneOff(noon, night)], LONG_AGO)


def test_a_night_that_the_last_day_begins_ends_at_midnight() -> None:
    nights = within([WeeklyWindow(EVERY_DAY, 1320, 360)], FIRST, FIRST)
    assert contains(nights, at_minute(FIRST, 60))
    assert contains(nights, at_minute(FIRST, 1439))
    assert not contains(nights, at_minute(FIRST + timedelta(days=1), 0))


def test_the_strip_shows_this_week_as_it_is() -> None:
    monday = date(2028, 2, 28)
    holiday = OneOff(wall("2028-03-04T22:00"), wall("2028-03-05T02:00"))
    week = strip([*within([OFFICE_HOURS], date(2028, 3, 2), None), holiday], monday)
    nothing, office = DrawnDay((), ()), DrawnDay(((480, 1080),), ())
    assert week[:5] == [nothing, nothing, nothing, office, office]
    assert week[5:] == [DrawnDay((), ((1320, 1440),)), DrawnDay((), ((0, 120),))]


# --- Words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        (
            [OFFICE_HOURS, OneOff(wall("2026-12-24T10:00"), wall("2026-12-24T12:00"))],
            "Weekdays 08:00–18:00; 2026-12-24 10:00–12:00 once",
        ),
        (
            [OneOff(wall("2026-12-24T10:00"), wall("2026-12-27T00:00"))],
            "2026-12-24 10:00 to 2026-12-26 24:00 once",
        ),
        (
            within([ALWAYS], date(2026, 12, 1), date(2026, 12, 31)),
            "Always from 2026-12-01 to the end of 2026-12-31",
        ),
        (
            within([OFFICE_HOURS], date(2026, 12, 1), None),
            "Weekdays 08:00–18:00 from 2026-12-01 on",
        ),
        (
            within([OFFICE_HOURS], None, date(2026, 12, 1)),
            "Weekdays 08:00–18:00 to the end of 2026-12-01",
        ),
    ],
)
def test_dates_are_said_in_words(windows: list[Window], words: str) -> None:
    assert describe(windows) == words


def test_days_are_written_as_the_site_writes_them() -> None:
    once = OneOff(wall("2026-12-24T10:00"), wall("2026-12-24T12:00"))
    spelling = Spelling(day=lambda day: f"{day:%d.%m.%Y}")
    assert describe([once], spelling) == "24.12.2026 10:00–12:00 once"


def test_of_many_dates_a_sentence_tells_some() -> None:
    dates = [
        OneOff(at_minute(FIRST + timedelta(days=ahead), 0), at_minute(FIRST, 60) + timedelta(ahead))
        for ahead in range(9)
    ]
    assert describe(dates).endswith("2028-02-28 00:00–01:00 once; and 5 more")


# --- As JSON ----------------------------------------------------------------------------------


@given(st.lists(one_off | weekly, max_size=5))
@settings(max_examples=60, deadline=None)
def test_windows_of_every_kind_come_back_as_they_were_sent(windows: list[Window]) -> None:
    assert parse_text(unparse_text(windows)) == tuple(windows)


def test_every_kind_is_told_by_how_it_repeats() -> None:
    once = {"repeat": "never", "start": "2026-12-24T10:00", "end": "2026-12-24T24:00"}
    daily = {"repeat": "daily", "start": "08:00", "end": "18:00"}
    windows = parse([once, daily, {"days": [0], "start": "08:00", "end": "18:00"}])
    assert windows == (
        OneOff(wall("2026-12-24T10:00"), wall("2026-12-25T00:00")),
        WeeklyWindow(EVERY_DAY, 480, 1080),
        WeeklyWindow(1, 480, 1080),
    )
    assert [one["repeat"] for one in unparse(windows)] == ["never", "daily", "weekly"]


@pytest.mark.parametrize(
    ("window", "field"),
    [
        ({"repeat": "yearly", "start": "08:00", "end": "18:00"}, "repeat"),
        ({"repeat": ["daily"], "start": "08:00", "end": "18:00"}, "repeat"),
        ({"repeat": "never", "start": "08:00", "end": "2026-12-24T18:00"}, "start"),
        ({"repeat": "never", "start": "2026-02-29T08:00", "end": "2026-12-24T18:00"}, "start"),
        ({"repeat": "never", "start": "1999-12-31T08:00", "end": "2026-12-24T18:00"}, "start"),
        ({"repeat": "never", "start": "2026-12-24T08:00", "end": "2100-01-01T00:01"}, "end"),
        ({"repeat": "never", "start": "2026-12-24T08:00", "end": "2026-12-24T08:00"}, "end"),
        ({"repeat": "never", "start": "2026-12-24T08:00", "end": "9999-12-31T24:00"}, "end"),
        (
            {
                "repeat": "never",
                "days": [1],
                "start": "2026-12-24T08:00",
                "end": "2026-12-24T09:00",
            },
            "days",
        ),
        ({"repeat": "daily", "days": [1], "start": "08:00", "end": "18:00"}, "days"),
        ({"repeat": "daily", "start": "2026-12-24T08:00", "end": "18:00"}, "start"),
    ],
)
def test_what_makes_no_sense_is_named_at_its_field(window: dict[str, object], field: str) -> None:
    with pytest.raises(WeekError) as refusal:
        parse([window])
    assert [(fault.index, fault.field) for fault in refusal.value.faults] == [(0, field)]
