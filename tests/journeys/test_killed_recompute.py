"""SIGKILL of the worker while it works out who may open at a large site: all of it, and once."""

from collections import Counter

import psycopg
import pytest
from django.db import connection

from doorward.access.actions import groups, shelf
from doorward.access.models import AccessGroup, Credential
from doorward.access.windows import WeeklyWindow
from doorward.demo.sizes.filling import fill
from doorward.demo.sizes.size import Size
from doorward.devices.models import Connector, Door, ShelfEntry, ShelfHead
from doorward.gateway import outgo
from doorward.gateway.sessions import Progress
from doorward.protocols.neutral import EVERY_DAY, Kind
from doorward.sites.models import Site
from tests.cast import BUILDER, Cast
from tests.workers import (
    StartWorker,
    kill,
    let_the_dead_be_noticed,
    url_of_the_database,
    wait_until,
)

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

PEOPLE, DOORS = 300, 12
Revisions = dict[int, tuple[int, int]]
# Who waits for a head that `stopped_at` holds.
_WAITERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
AND query LIKE '%devices_shelfhead%'
"""


@pytest.fixture
def large(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> AccessGroup:
    """A site of many people, all of them in one access group that has no doors yet."""
    monkeypatch.setattr(shelf, "AT_ONCE", 2 * PEOPLE)
    site = fill(Size(people=PEOPLE, doors=DOORS, companies=1)).first_site
    AccessGroup.objects.filter(site=site).delete()
    shelf.follow(list(ShelfHead.objects.filter(device__site=site).values_list("pk", flat=True)))
    ShelfEntry.objects.filter(device__site=site, kind="person").delete()
    form = groups.GroupForm(name="All", doors=[], windows=[WeeklyWindow(EVERY_DAY, 0, 1440)])
    group = groups.create_group(BUILDER, site, form)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_accessgroup_people (accessgroup_id, person_id)"
            " SELECT %s, id FROM people_person WHERE site_id = %s",
            [group.pk, site.pk],
        )
    return group


def open_everything(group: AccessGroup) -> None:
    form = groups.GroupForm(
        name=group.name,
        doors=list(Door.objects.filter(site=group.site_id)),
        windows=[WeeklyWindow(EVERY_DAY, 0, 1440)],
    )
    groups.change_group(BUILDER, group, form)


def stale(site: int) -> int:
    return ShelfHead.objects.filter(device__site=site, stale_since__isnull=False).count()


def revisions(site: int) -> Revisions:
    heads = ShelfHead.objects.filter(device__site=site)
    return {
        device: (epoch, at) for device, epoch, at in heads.values_list("pk", "epoch", "revision")
    }


def holders(site: int) -> set[int]:
    held = Credential.objects.filter(person__site=site, person__status="active")
    return set(held.values_list("person", flat=True))


def kill_at(device: int, start_worker: StartWorker) -> None:
    """Kill a worker that has come as far as this device, whose head somebody else holds."""
    with (
        psycopg.connect(url_of_the_database()) as other,
        psycopg.connect(url_of_the_database(), autocommit=True) as watch,
    ):
        other.execute("SELECT 1 FROM devices_shelfhead WHERE device_id = %s FOR UPDATE", [device])
        worker = start_worker()

        def waits() -> bool:
            row = watch.execute(_WAITERS).fetchone()
            return bool(row and row[0])

        wait_until(waits, "the worker has come as far as the device")
        kill(worker)
    let_the_dead_be_noticed()


def test_what_a_killed_worker_left_is_worked_out_and_once(
    large: AccessGroup, start_worker: StartWorker
) -> None:
    site, before = large.site_id, revisions(large.site_id)
    devices = sorted(before)
    open_everything(large)
    assert stale(site) == DOORS
    kill_at(devices[DOORS // 3], start_worker)
    left = stale(site)
    assert 0 < left < DOORS
    between = revisions(site)
    kill_at(devices[2 * DOORS // 3], start_worker)
    assert 0 < stale(site) < left
    worker = start_worker()
    # By chance anywhere, also in the middle of writing.
    wait_until(lambda: stale(site) < DOORS // 4, "most is worked out")
    kill(worker)
    let_the_dead_be_noticed()
    start_worker()
    wait_until(lambda: stale(site) == 0, "everything is worked out")
    assert_each_entry_once(site)
    after = revisions(site)
    assert all(before[one] <= between[one] <= after[one] for one in devices)
    # Each shelf moved for the hours and for the people, however often it was begun.
    assert {after[one][1] - before[one][1] for one in devices} == {2}
    assert_connectors_are_told(site, before)


def assert_each_entry_once(site: int) -> None:
    people = holders(site)
    assert people
    entries = ShelfEntry.objects.filter(device__site=site, kind="person")
    found = Counter(entries.values_list("device", "key"))
    assert set(found.values()) == {1}
    devices = set(ShelfHead.objects.filter(device__site=site).values_list("pk", flat=True))
    assert set(found) == {(device, person) for device in devices for person in people}
    assert not entries.filter(gone=True).exists()


def assert_connectors_are_told(site: int, received: Revisions) -> None:
    """Whoever holds what was before lacks everybody, on each device that is bound."""
    told: set[int] = set()
    people = {str(person) for person in holders(site)}
    for connector in Connector.objects.filter(site=site):
        has = {device: Progress(*at) for device, at in received.items()}
        for gap in outgo.gaps(connector.pk, has):
            entries = [entry for part in outgo.changes(gap) for entry in part.entries]
            named = [one.key for one in entries if one.kind == Kind.PERSON and one.body]
            assert sorted(named) == sorted(people)
            told.add(gap.device)
    assert len(told) == DOORS


def test_hours_that_change_while_it_is_worked_out_end_as_the_facts_say(
    large: AccessGroup, start_worker: StartWorker
) -> None:
    site, devices = large.site_id, sorted(revisions(large.site_id))
    open_everything(large)
    kill_at(devices[DOORS // 2], start_worker)
    form = groups.GroupForm(
        name=large.name,
        doors=list(large.doors.all()),
        windows=[WeeklyWindow(EVERY_DAY, 60, 120)],
    )
    groups.change_group(BUILDER, large, form)
    start_worker()
    wait_until(lambda: stale(site) == 0, "everything is worked out")
    assert_each_entry_once(site)
    place = Site.objects.get(pk=site)
    for connector in Connector.objects.filter(site=place):
        for gap in outgo.gaps(connector.pk, {}):
            entries = [entry for part in outgo.changes(gap) for entry in part.entries]
            hours = {int(one.key): one.body for one in entries if one.kind == Kind.SCHEDULE}
            slots = {
                grant.slot
                for one in entries
                if one.kind == Kind.PERSON
                for grant in one.body.grants  # type: ignore[union-attr]
            }
            assert {(hours[slot].start, hours[slot].end) for slot in slots} == {(60, 120)}  # type: ignore[union-attr]
