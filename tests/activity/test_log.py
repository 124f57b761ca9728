"""The door log keeps every row, in its month or in none."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from doorward.activity.actions import log as actions
from doorward.activity.models import DoorEvent
from doorward.devices.actions.doors import DoorForm, create_door
from doorward.devices.models import Door
from doorward.kit import clock
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


def event(cast: Cast, at: datetime, local_id: str) -> DoorEvent:
    return DoorEvent(
        at=at,
        node_id=cast.maple.node_id,
        site_id=cast.maple.pk,
        device_id=cast.device("Lobby").pk,
        method="card",
        accepted=True,
        reason="ok",
        local_id=local_id,
    )


def part_of(local_id: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM activity_doorevent WHERE local_id = %s",
            [local_id],
        )
        (name,) = cursor.fetchone()
    return str(name)


def test_this_month_s_rows_lie_in_this_month_s_part(cast: Cast) -> None:
    now = clock.now()
    actions.record([event(cast, now, "today")])
    assert part_of("today") == f"activity_doorevent_{now:%Y%m}"


@pytest.mark.parametrize("year", [1970, 2099, 9999])
def test_a_row_of_no_prepared_month_is_kept(cast: Cast, year: int) -> None:
    actions.record([event(cast, datetime(year, 6, 1, tzinfo=UTC), "odd")])
    assert part_of("odd") == "activity_doorevent_default"


def test_a_month_prepared_late_takes_its_rows_over(cast: Cast) -> None:
    far = datetime(2031, 2, 28, 23, 59, 59, tzinfo=UTC)
    actions.record([event(cast, far, "far"), event(cast, far + timedelta(seconds=1), "march")])
    with time_machine.travel(far):
        actions.prepare_partitions(months_ahead=0)
    assert part_of("far") == "activity_doorevent_203102"
    assert part_of("march") == "activity_doorevent_default"


def test_preparing_twice_changes_nothing(cast: Cast) -> None:
    before = DoorEvent.objects.count()
    actions.prepare_partitions()
    actions.prepare_partitions()
    assert DoorEvent.objects.count() == before


def test_a_row_told_twice_counts_once(cast: Cast) -> None:
    now = clock.now()
    actions.record([event(cast, now, "twice")])
    actions.record([event(cast, now, "twice")])
    assert DoorEvent.objects.filter(local_id="twice").count() == 1


def test_every_part_knows_which_doors_and_people_go_together(cast: Cast) -> None:
    with time_machine.travel(datetime(2031, 5, 1, tzinfo=UTC)):
        actions.prepare_partitions(months_ahead=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text, (SELECT count(*) FROM pg_statistic_ext"
            " WHERE stxrelid = inhrelid) FROM pg_inherits"
            " WHERE inhparent = 'activity_doorevent'::regclass"
        )
        known = dict(cursor.fetchall())
    assert {"activity_doorevent_203105", "activity_doorevent_default"} <= {*known}
    assert {*known.values()} == {2}


def test_the_lines_of_a_device_come_in_their_order_from_an_index(cast: Cast) -> None:
    rows = DoorEvent.objects.filter(device=cast.device("Lobby")).order_by("-at", "-pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = rows[:51].explain()
    assert "device_id_at_id_idx" in plan
    assert "Sort\n" not in plan


def test_a_door_says_where_its_lines_appear_until_there_is_one(cast: Cast) -> None:
    form = DoorForm(name="Cellar", device=cast.device("Garage"), relay=Door.Relay.D)
    cellar = create_door(BUILDER, cast.maple, form)
    page = reverse("door", args=[cast.maple.pk, cellar.pk])
    hint = "What happens at the doors appears here within seconds."
    assert hint in cast.client("mona").get(page).content.decode()
    line = event(cast, clock.now(), "first")
    line.door_id, line.door_name = cellar.pk, cellar.name
    actions.record([line])
    assert hint not in cast.client("mona").get(page).content.decode()
