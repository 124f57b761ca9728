"""Weekly windows: their meaning minute by minute, their words, and what the week editor sends."""

import ast
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.access import wording
from doorward.access.segments import ScheduleSegment
from doorward.access.segments import normalise as normalise_from
from doorward.access.week_json import parse, parse_text, unparse_text
from doorward.access.windows import (
    ALWAYS,
    WEEKDAYS,
    WeekError,
    WeeklyWindow,
    contains,
    edges,
    strip,
)
from doorward.access.wording import Spelling, describe, parts

# What the collector of messages finds in the module: the literal arguments of these calls.
MARKED = {
    call.args[0].value
    for call in ast.walk(ast.parse(Path(wording.__file__).read_text(encoding="utf-8")))
    if isinstance(call, ast.Call)
    and isinstance(call.func, ast.Name)
    and call.func.id in {"gettext", "gettext_noop"}
    and isinstance(call.args[0], ast.Constant)
}

MONDAY, FRIDAY, SATURDAY, SUNDAY = 1 << 0, 1 << 4, 1 << 5, 1 << 6
A_MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 - wall time has no zone
WEEK = 7 * 1440

# Few distinct times, so that windows touch and overlap often.
minutes = st.one_of(st.sampled_from([0, 360, 480, 720, 1080, 1320, 1439]), st.integers(0, 1439))
windows = st.builds(
    WeeklyWindow,
    days=st.integers(1, 127),
    start=minutes,
    end=st.one_of(minutes, st.just(1440)),
)
weeks = st.lists(windows, max_size=5)


def normalise(week: Iterable[WeeklyWindow]) -> tuple[ScheduleSegment, ...]:
    return normalise_from(week, date(2026, 1, 5))


def meant(window: WeeklyWindow) -> set[int]:
    """Walk a window minute by minute: the minutes of the week, Monday 00:00 being 0."""
    length = (window.end - window.start - 1) % 1440 + 1
    return {
        (day * 1440 + window.start + step) % WEEK
        for day in range(7)
        if window.days >> day & 1
        for step in range(length)
    }


def meant_by_all(week: list[WeeklyWindow]) -> set[int]:
    return set().union(*(meant(window) for window in week))


def covered(pieces: tuple[ScheduleSegment, ...]) -> list[int]:
    return [
        day * 1440 + minute
        for piece in pieces
        for day in range(7)
        if piece.days >> day & 1
        for minute in range(piece.start, piece.end)
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- Meaning ----------------------------------------------------------------------------------


@given(windows)
@settings(max_examples=30, deadline=None)
def test_segments_hold_every_minute_of_a_window_once(window: WeeklyWindow) -> None:
    minutes_held = covered(normalise([window]))
    assert len(minutes_held) == len(set(minutes_held))
    assert set(minutes_held) == meant(window)


@given(weeks)
@settings(max_examples=12, deadline=None)
def test_contains_agrees_with_the_windows_minute_by_minute(week: list[WeeklyWindow]) -> None:
    inside = {
        minute for minute in range(WEEK) if contains(week, A_MONDAY + timedelta(minutes=minute))
    }
    assert inside == meant_by_all(week)


@given(weeks)
@settings(max_examples=30, deadline=None)
def test_normalising_keeps_the_meaning_and_overlaps_nothing(week: list[WeeklyWindow]) -> None:
    held = covered(normalise(week))
    assert len(held) == len(set(held))
    assert set(held) == meant_by_all(week)


@given(weeks, st.randoms())
@settings(max_examples=30, deadline=None)
def test_equal_weeks_normalise_equally_however_they_are_drawn(week, random) -> None:
    redrawn = [WeeklyWindow(p.days, p.start, p.end) for w in week for p in normalise([w])]
    random.shuffle(redrawn)
    assert normalise(redrawn + redrawn[:1]) == normalise(week)


@given(weeks)
@settings(max_examples=30, deadline=None)
def test_edges_are_exactly_where_being_inside_changes(week: list[WeeklyWindow]) -> None:
    inside = meant_by_all(week)
    found = {day * 1440 + minute for day, row in enumerate(edges(week)) for minute in row}
    assert found == {m for m in range(WEEK) if (m in inside) != ((m - 1) % WEEK in inside)}


def test_a_night_window_of_sunday_ends_on_monday() -> None:
    night = [WeeklyWindow(SUNDAY, 22 * 60, 6 * 60)]
    assert normalise(night) == (
        ScheduleSegment(MONDAY, 0, 360),
        ScheduleSegment(SUNDAY, 1320, 1440),
    )
    assert not contains(night, at("2026-01-05T22:30"))


def test_the_end_is_left_out_and_the_start_is_not() -> None:
    office = [WeeklyWindow(WEEKDAYS, 480, 1080)]
    assert not contains(office, at("2026-01-05T07:59:59.999999"))
    assert contains(office, at("2026-01-05T08:00:00"))
    assert contains(office, at("2026-01-05T17:59:59.999999"))
    assert not contains(office, at("2026-01-05T18:00:00"))


def test_a_night_into_a_leap_day_and_out_of_it_is_whole() -> None:
    wednesday_and_thursday = [WeeklyWindow(1 << 2 | 1 << 3, 1320, 120)]
    assert contains(wednesday_and_thursday, at("2024-02-28T23:59"))
    assert contains(wednesday_and_thursday, at("2024-02-29T01:59"))
    assert not contains(wednesday_and_thursday, at("2024-02-29T02:00"))
    assert contains(wednesday_and_thursday, at("2024-02-29T22:00"))
    assert contains(wednesday_and_thursday, at("2024-03-01T01:59"))
    assert not contains(wednesday_and_thursday, at("2024-03-01T22:00"))


@pytest.mark.parametrize("whole_day", [(0, 0), (0, 1440)])
def test_midnight_to_midnight_is_the_whole_day(whole_day: tuple[int, int]) -> None:
    assert normalise([WeeklyWindow(MONDAY, *whole_day)]) == (ScheduleSegment(MONDAY, 0, 1440),)


def test_an_end_of_midnight_needs_no_second_segment() -> None:
    evening = ScheduleSegment(MONDAY, 1080, 1440)
    assert normalise([WeeklyWindow(MONDAY, 1080, 0)]) == (evening,)
    assert normalise([WeeklyWindow(MONDAY, 1080, 1440)]) == (evening,)


@pytest.mark.parametrize(
    ("days", "start", "end", "field"),
    [
        (0, 0, 60, "days"),
        (128, 0, 60, "days"),
        (1, -1, 60, "start"),
        (1, 1440, 60, "start"),
        (1, 0, -1, "end"),
        (1, 0, 1441, "end"),
    ],
)
def test_an_impossible_window_is_refused_at_its_field(days, start, end, field) -> None:
    with pytest.raises(WeekError) as refusal:
        WeeklyWindow(days, start, end)
    assert [(fault.index, fault.field) for fault in refusal.value.faults] == [(None, field)]


def test_the_strip_draws_a_night_on_both_days() -> None:
    week = [WeeklyWindow(FRIDAY, 1320, 360), WeeklyWindow(SATURDAY, 300, 480)]
    drawn = [day.recurring for day in strip(week, A_MONDAY.date())]
    assert drawn == [(), (), (), (), ((1320, 1440),), ((0, 480),), ()]


# --- Words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ([], "Never"),
        ([ALWAYS], "Always"),
        ([WeeklyWindow(127, 480, 480)], "Always"),
        (
            [WeeklyWindow(WEEKDAYS, 480, 1080), WeeklyWindow(SATURDAY, 480, 780)],
            "Weekdays 08:00–18:00, Saturday until 13:00",
        ),
        (
            [WeeklyWindow(WEEKDAYS, 480, 1080), WeeklyWindow(SATURDAY, 0, 780)],
            "Weekdays 08:00–18:00, Saturday 00:00–13:00",
        ),
        (
            [WeeklyWindow(WEEKDAYS, 0, 0), WeeklyWindow(SATURDAY, 0, 780)],
            "Weekdays all day, Saturday 00:00–13:00",
        ),
        ([WeeklyWindow(127, 1320, 360)], "Every day 22:00–06:00 next day"),
        ([WeeklyWindow(SATURDAY | SUNDAY, 600, 0)], "Weekends 10:00–24:00"),
        ([WeeklyWindow(0b0101111, 600, 660)], "Monday–Thursday and Saturday 10:00–11:00"),
        ([WeeklyWindow(0b0010101, 600, 660)], "Monday, Wednesday and Friday 10:00–11:00"),
        (
            [WeeklyWindow(MONDAY, 480, 720), WeeklyWindow(MONDAY, 780, 1020)],
            "Monday 08:00–12:00 and 13:00–17:00",
        ),
        ([WeeklyWindow(FRIDAY, 480, 480)], "Friday 08:00–08:00 next day"),
        (
            [WeeklyWindow(FRIDAY, 1080, 0), WeeklyWindow(SATURDAY, 0, 0)],
            "Friday 18:00–24:00, Saturday all day",
        ),
        (
            [WeeklyWindow(FRIDAY, 480, 0), WeeklyWindow(SATURDAY, 0, 1200)],
            "Friday 08:00–24:00, Saturday 00:00–20:00",
        ),
    ],
)
def test_windows_are_said_in_words(week: list[WeeklyWindow], words: str) -> None:
    assert describe(week) == words


@given(weeks)
@settings(max_examples=60, deadline=None)
def test_the_parts_of_a_sentence_mean_what_the_windows_mean(week: list[WeeklyWindow]) -> None:
    retold = [
        WeeklyWindow(part.days, start, end if end <= 1440 else end - 1440)
        for part in parts(week)
        for start, end in part.hours
    ]
    assert normalise(retold) == normalise(week)


@given(weeks)
@settings(max_examples=30, deadline=None)
def test_every_word_of_a_description_can_be_translated(week: list[WeeklyWindow]) -> None:
    asked: list[str] = []

    def translate(message: str) -> str:
        asked.append(message)
        return message

    assert describe(week, Spelling(translate)) == describe(week)
    assert asked
    assert set(asked) <= MARKED


def test_hours_are_written_as_the_site_writes_them() -> None:
    def twelve_hours(minute: int) -> str:
        return f"{(minute // 60 - 1) % 12 + 1} {'pm' if 720 <= minute < 1440 else 'am'}"

    assert describe([WeeklyWindow(127, 1320, 360)], Spelling(time=twelve_hours)) == (
        "Every day 10 pm–6 am next day"
    )


# --- The week editor --------------------------------------------------------------------------


@given(weeks)
@settings(max_examples=30, deadline=None)
def test_the_week_editor_gets_back_what_it_sent(week: list[WeeklyWindow]) -> None:
    assert parse_text(unparse_text(week)) == tuple(week)


def test_the_days_of_the_week_editor_begin_with_monday() -> None:
    assert parse([{"days": [0, 6, 6], "start": "08:00", "end": "24:00"}]) == (
        WeeklyWindow(MONDAY | SUNDAY, 480, 1440),
    )


def test_every_fault_of_a_week_is_named_by_index_and_field() -> None:
    fine = {"days": [0], "start": "08:00", "end": "18:00"}
    with pytest.raises(WeekError) as refusal:
        parse([fine, {"days": [7], "start": "24:00", "end": "18:60"}, fine | {"end": None}, 5])
    found = [(fault.index, fault.field) for fault in refusal.value.faults]
    assert found == [(1, "days"), (1, "start"), (1, "end"), (2, "end"), (3, "")]
    assert "[1].start: Write a start from 00:00 to 23:59." in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", []),
        ("days", "0"),
        ("days", [True]),
        ("days", [1.0]),
        ("days", [-1]),
        ("days", [[0]]),
        ("start", "8:00"),
        ("start", "08:00 "),
        ("start", "٠٨:٠٠"),
        ("start", 480),
        ("end", "24:01"),
        ("end", "99:00"),
    ],
)
def test_a_malformed_field_is_named(field: str, value: object) -> None:
    window: dict[str, object] = {"days": [0], "start": "08:00", "end": "18:00"}
    with pytest.raises(WeekError) as refusal:
        parse([window | {field: value}])
    assert [(fault.index, fault.field) for fault in refusal.value.faults] == [(0, field)]


@pytest.mark.parametrize("text", ["", "{}", "null", "[" * 100_000, "[1" + ",1" * 100 + "]"])
def test_a_text_that_is_no_week_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(WeekError) as refusal:
        parse_text(text)
    assert refusal.value.faults[0].index is None
