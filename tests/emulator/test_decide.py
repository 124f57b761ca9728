"""A device's own decision, second by second."""

from datetime import datetime

import pytest

from doorward.emulator.decide import Grant, grants_of, in_window, relays_opened, schedule_allows
from doorward.emulator.records import BUILT_IN_SCHEDULES, SCHEDULE_FIELDS

WEDNESDAY = datetime(2026, 1, 14, 10, 0)  # noqa: DTZ001 - a wall time


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-14T{time}")


@pytest.mark.parametrize(
    ("time", "inside"),
    [
        ("07:59:59", False),
        ("08:00:00", True),
        ("17:59:59", True),
        ("18:00:00", False),
    ],
)
def test_a_window_begins_with_its_start_and_ends_before_its_end(time: str, inside: bool) -> None:
    assert in_window("08:00", "18:00", at(time)) is inside


@pytest.mark.parametrize("time", ["23:58:59", "23:59:00", "23:59:59"])
def test_an_end_of_23_59_means_through_the_last_second(time: str) -> None:
    assert in_window("18:00", "23:59", at(time))


@pytest.mark.parametrize("time", ["00:00:00", "12:00:00", "23:59:59"])
def test_midnight_to_midnight_is_the_whole_day(time: str) -> None:
    assert in_window("00:00", "00:00", at(time))


@pytest.mark.parametrize("time", ["23:00:00", "01:00:00", "12:00:00"])
def test_a_window_across_midnight_never_opens(time: str) -> None:
    assert not in_window("22:00", "06:00", at(time))


def test_a_weekly_schedule_goes_by_its_flags_and_not_by_its_week() -> None:
    flagged = {**SCHEDULE_FIELDS, "Type": "1", "Wed": "1"}
    named = {**SCHEDULE_FIELDS, "Type": "1", "Week": "3"}
    assert schedule_allows(flagged, WEDNESDAY)
    assert not schedule_allows(named, WEDNESDAY)


def test_a_daily_schedule_asks_for_no_weekday() -> None:
    assert schedule_allows({**SCHEDULE_FIELDS, "Type": "2"}, WEDNESDAY)


@pytest.mark.parametrize(
    ("start", "end", "open_today"),
    [
        ("20260114", "20260114", True),
        ("20260101", "20260113", False),
        ("20260115", "20261231", False),
    ],
)
def test_a_normal_schedule_counts_both_of_its_dates(start: str, end: str, open_today: bool) -> None:
    row = {**SCHEDULE_FIELDS, "Type": "0", "Wed": "1", "DateStart": start, "DateEnd": end}
    assert schedule_allows(row, WEDNESDAY) is open_today


def test_grants_name_a_schedule_and_several_relays() -> None:
    wanted = (Grant("1", (1,)), Grant("2", (1, 2, 3)))
    assert grants_of("1-1;2-123;") == wanted
    assert grants_of("1-1,2-123") == wanted
    assert grants_of("") == ()


@pytest.mark.parametrize("text", ["1", "1-", "-1", "1-0", "1:1", "x-1", "1-1 2-1"])
def test_anything_else_is_no_grant(text: str) -> None:
    with pytest.raises(ValueError, match="is not a schedule"):
        grants_of(text)


def opened(schedule_relay: str, fitted: tuple[int, ...] = (1, 2)) -> tuple[int, ...]:
    schedules = {row["DisplayID"]: row for row in BUILT_IN_SCHEDULES}
    return relays_opened({"ScheduleRelay": schedule_relay}, schedules, WEDNESDAY, fitted)


def test_always_opens_and_never_does_not() -> None:
    assert opened("1001-1") == (1,)
    assert opened("1002-1") == ()
    assert opened("1002-12;1001-2") == (2,)


def test_a_schedule_that_is_gone_opens_nothing() -> None:
    assert opened("55-1") == ()


def test_a_relay_that_is_not_fitted_does_not_open() -> None:
    assert opened("1001-14") == (1,)


def test_a_stranger_opens_nothing() -> None:
    assert relays_opened(None, {}, WEDNESDAY, (1, 2)) == ()
