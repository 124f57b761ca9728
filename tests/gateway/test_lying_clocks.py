"""The door log where a device's clock lies: every line has its right moment and reason."""

from datetime import datetime, timedelta

import pytest

from doorward.access.actions import groups
from doorward.access.windows import WeeklyWindow
from doorward.activity.models import DoorEvent
from doorward.activity.reasons import Reason
from doorward.devices.models import Connector, Device
from doorward.gateway import intake
from doorward.kit import clock
from doorward.protocols.link.frames import report
from tests.cast import BUILDER, RITAS_CARD, Cast, badge

pytestmark = [pytest.mark.django_db, pytest.mark.faults]

EVERY_DAY = 0b1111111
OK, OUT = Reason.OK, Reason.OUT_OF_SCHEDULE


@pytest.fixture
def _two_to_three(cast: Cast) -> None:
    """Let Rita in at the front door from two to three every night, and at no other time."""
    for group in ("Office hours", "Acme nights"):
        groups.delete_group(BUILDER, cast.group(group))
    form = groups.GroupForm(
        name="Two to three",
        doors=[cast.door("Front door")],
        people=[cast.person("Rita")],
        windows=[WeeklyWindow(EVERY_DAY, 2 * 60, 3 * 60)],
    )
    groups.create_group(BUILDER, cast.maple, form)


@pytest.mark.usefixtures("_two_to_three")
@pytest.mark.parametrize(
    ("walls", "reasons"),
    [
        # Spring: the hour from two to three does not occur, and opens nothing on either side.
        (["2026-03-29T01:59:59", "2026-03-29T03:00:00"], [OUT, OUT]),
        # Autumn: it occurs twice and counts twice, and its end is an end.
        (
            ["2026-10-25T02:00:00", "2026-10-25T02:59:59", "2026-10-25T02:00:00"],
            [OK, OK, OK],
        ),
        (["2026-10-25T02:59:59", "2026-10-25T03:00:00"], [OK, OUT]),
        # A leap day, and steps back by a day, an hour and a minute.
        (["2028-02-29T02:30:00", "2028-02-28T02:30:00"], [OK, OK]),
        (["2026-06-02T02:30:00", "2026-06-02T01:30:00", "2026-06-02T02:29:00"], [OK, OUT, OK]),
    ],
)
def test_a_device_is_judged_by_the_hours_it_showed_and_told_in_the_order_it_came(
    basement: Connector, lobby: Device, walls: list[str], reasons: list[Reason]
) -> None:
    now = clock.now() - timedelta(minutes=1)
    moments = [now + timedelta(seconds=place) for place in range(len(walls))]
    burst = [
        report(
            place,
            badge(
                lobby,
                900 + place,
                RITAS_CARD,
                at=moments[place - 1],
                device_time=wall,
                accepted=reasons[place - 1] is OK,
                relays=(1,) if reasons[place - 1] is OK else (),
            ),
        )
        for place, wall in enumerate(walls, start=1)
    ]
    assert intake.store(basement.pk, "s1", burst) == len(walls)
    lines = list(DoorEvent.objects.filter(device=lobby, local_id__startswith="90").order_by("at"))
    assert [line.at for line in lines] == moments
    assert [line.local_id for line in lines] == [str(901 + place) for place in range(len(walls))]
    assert [(line.reason, line.disputed) for line in lines] == [(r.value, False) for r in reasons]


@pytest.mark.parametrize("off", [timedelta(days=1), -timedelta(days=1)])
def test_a_clock_a_day_off_moves_no_line_and_is_kept_beside(
    basement: Connector, lobby: Device, off: timedelta
) -> None:
    now = clock.now()
    wall = (now + off).astimezone(lobby.site.zone_info).replace(tzinfo=None, microsecond=0)
    row = badge(lobby, 900, RITAS_CARD, at=now, device_time=wall.isoformat())
    intake.store(basement.pk, "s1", [report(1, row)])
    line = DoorEvent.objects.get(device=lobby, local_id="900")
    assert line.at == now
    assert line.device_at is not None
    assert abs(line.device_at - now - off) < timedelta(hours=1, seconds=2)
    assert isinstance(line.device_at, datetime)
