"""The device's own clock."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from doorward.emulator import clock
from doorward.emulator.cities import ZONE_OF_CITY


def living_in(city: str, offset: str, *, daylight_saving: str = "1") -> dict[str, str]:
    return {
        clock.CITY: city,
        clock.TIME_ZONE: offset,
        clock.DAYLIGHT_SAVING: daylight_saving,
    }


def test_every_city_has_a_zone() -> None:
    assert [ZoneInfo(zone).key for zone in ZONE_OF_CITY.values()] == [*ZONE_OF_CITY.values()]


def test_a_city_follows_its_summer_time() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    berlin = clock.reading(living_in("Berlin", "GMT+1:00"), summer, timedelta())
    assert berlin.isoformat() == "2026-07-01T14:00:00+02:00"


def test_without_daylight_saving_only_the_offset_counts() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    settings = living_in("Berlin", "GMT+1:00", daylight_saving="0")
    assert clock.reading(settings, summer, timedelta()).hour == 13


def test_a_city_nobody_knows_falls_back_to_the_offset() -> None:
    assert clock.zone_of(living_in("Atlantis", "GMT-3:30")) == timezone(-timedelta(hours=3.5))


@pytest.mark.parametrize(
    ("text", "hours"),
    [("GMT+3:00", 3), ("+05:30", 5.5), ("GMT-11:00", -11), ("GMT+0:00", 0), ("UTC+2", 2)],
)
def test_offsets_are_read_in_every_spelling(text: str, hours: float) -> None:
    assert clock.offset_of(text) == timezone(timedelta(hours=hours))


@pytest.mark.parametrize("text", ["", "Moscow", "GMT", "GMT+25:00", "3"])
def test_what_is_no_offset_is_none(text: str) -> None:
    assert clock.offset_of(text) is None


def test_a_clock_that_was_set_shows_that_time_and_knows_the_spring_gap() -> None:
    settings = living_in("Berlin", "GMT+1:00")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    wanted = datetime(2026, 3, 29, 1, 59)  # noqa: DTZ001 - a wall time
    skew = clock.skew_towards(settings, now, wanted)
    assert clock.reading(settings, now, skew).isoformat() == "2026-03-29T01:59:00+01:00"
    minute_later = now + timedelta(minutes=1)
    assert clock.reading(settings, minute_later, skew).isoformat() == "2026-03-29T03:00:00+02:00"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("0", "2026-01-02"),
        ("1", "2026/01/02"),
        ("2", "02-01-2026"),
        ("3", "02/01/2026"),
        ("6", "01-02-2026"),
        ("7", "01/02/2026"),
    ],
)
def test_dates_are_written_as_the_settings_say(number: str, written: str) -> None:
    at = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
    assert clock.written_date({clock.DATE_FORMAT: number}, at) == written


@pytest.mark.parametrize(
    ("hour", "twelve"), [(0, "12:04:05 AM"), (12, "12:04:05 PM"), (15, "03:04:05 PM")]
)
def test_times_are_written_on_twenty_four_or_twelve_hours(hour: int, twelve: str) -> None:
    at = datetime(2026, 1, 2, hour, 4, 5, tzinfo=UTC)
    assert clock.written_time({clock.TIME_FORMAT: "1"}, at) == f"{hour:02}:04:05"
    assert clock.written_time({clock.TIME_FORMAT: "0"}, at) == twelve
