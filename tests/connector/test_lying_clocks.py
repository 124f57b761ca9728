"""Devices whose clocks are wrong, step back and change with the seasons: no event suffers."""

from datetime import UTC, datetime, timedelta

import pytest

from doorward.protocols.neutral import BadgeScanned
from tests.connector.conftest import Connector, DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud

pytestmark = pytest.mark.faults

DAY = timedelta(days=1)


def cards(count: int) -> list[str]:
    return [f"C10C{number:04d}" for number in range(count)]


async def test_whatever_its_clock_shows_a_device_s_events_are_of_now_and_in_order(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    clock = phone.at.device.own_clock
    # A day ahead, a day behind, an hour back, a minute back: each is a step of its own.
    skews = [DAY, -DAY, -DAY - timedelta(hours=1), -DAY - timedelta(hours=1, minutes=1)]
    wanted = cards(3 * len(skews))
    shown: list[datetime] = []
    for place, skew in enumerate(skews):
        clock.set_skew(skew)
        for card in wanted[3 * place : 3 * place + 3]:
            await phone.do("swipe", card=card)
            shown.append(phone.at.device.clock().replace(tzinfo=None))
        known = 3 * place + 3
        await cloud.until(lambda known=known: len(cloud.reports(BadgeScanned)) >= known)
    scans = cloud.reports(BadgeScanned)
    assert [scan.code for scan in scans] == wanted
    now = datetime.now(UTC)
    assert all(abs(now - scan.at) < timedelta(minutes=2) for scan in scans)
    assert [scan.at for scan in scans] == sorted(scan.at for scan in scans)
    for scan, wall in zip(scans, shown, strict=True):
        assert abs(datetime.fromisoformat(scan.device_time) - wall) < timedelta(seconds=30)
    assert len({(scan.generation, scan.local_id) for scan in scans}) == len(scans)


@pytest.mark.parametrize(
    "change",
    [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    ids=["spring", "autumn"],
)
async def test_the_hour_that_is_skipped_or_comes_twice_costs_and_doubles_nothing(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, change: datetime
) -> None:
    await assigned(cloud, phone)
    device = phone.at.device
    settings = {
        "Config.Settings.SNTP.Name": "Berlin",
        "Config.Settings.SNTP.TimeZone": "GMT+1:00",
        "Config.Settings.SNTP.DTS": "1",
    }
    device.settings.put(settings)
    wanted = cards(8)
    walls: list[datetime] = []
    for place, card in enumerate(wanted):
        # From an hour before the change to three quarters after, in steps of a quarter.
        at = change + timedelta(minutes=15) * (place - 4)
        device.own_clock.set_skew(at - datetime.now(UTC))
        walls.append(device.clock())
        await phone.do("swipe", card=card)
    await cloud.until(lambda: len(cloud.reports(BadgeScanned)) >= len(wanted))
    scans = cloud.reports(BadgeScanned)
    assert [scan.code for scan in scans] == wanted
    assert [scan.device_time[:16] for scan in scans] == [f"{wall:%Y-%m-%dT%H:%M}" for wall in walls]
    hours = {wall.hour for wall in walls}
    assert hours == ({1, 3} if change.month == 3 else {2})
