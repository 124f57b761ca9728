"""How a site writes times, and how a zone reads."""

from datetime import UTC, datetime

import pytest

from doorward.sites.words import zone_choices, zone_name

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "name"),
    [
        ("Asia/Shanghai", WINTER, "GMT+8:00 Shanghai"),
        ("Europe/Berlin", WINTER, "GMT+1:00 Berlin"),
        ("Europe/Berlin", SUMMER, "GMT+2:00 Berlin"),
        ("America/St_Johns", WINTER, "GMT-3:30 St Johns"),
        ("UTC", SUMMER, "GMT+0:00 UTC"),
    ],
)
def test_a_zone_reads_with_its_offset_of_the_day_and_its_city(
    zone: str, at: datetime, name: str
) -> None:
    assert zone_name(zone, at) == name
    assert (zone, name) in zone_choices(at)
