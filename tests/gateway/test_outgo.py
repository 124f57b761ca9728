"""What a connector is told: its devices, and only what they lack."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorward.access.actions import credentials
from doorward.devices.actions import connectors, devices, shelf
from doorward.devices.models import Connector, Device, ShelfEntry, ShelfHead
from doorward.gateway import outgo, rosters
from doorward.gateway.sessions import Progress
from doorward.people.actions import delete_person
from doorward.people.models import Person
from doorward.protocols.neutral import ApplyChanges, PersonRecord
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, DEVICE_PASSWORD, RITAS_CARD, Cast, identity
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


def progress(device: Device) -> Progress:
    head = ShelfHead.objects.get(device=device)
    return Progress(head.epoch, head.revision)


def told(device: Device, received: Progress) -> list[ApplyChanges]:
    gaps = outgo.gaps(device.connector_id, {device.pk: received})
    return [part for gap in gaps if gap.device == device.pk for part in outgo.changes(gap)]


def confirm(device: Device) -> None:
    now = progress(device)
    shelf.confirm(device.pk, epoch=now.epoch, revision=now.revision, failures=())


def test_a_connector_is_told_its_own_devices(basement: Connector, lobby: Device) -> None:
    order = rosters.roster(basement.pk)
    assert order is not None
    assert [device.mac for device in order.devices] == ["0C1105AABB01", "0C1105AABB02"]
    assert order.devices[0].password == DEVICE_PASSWORD


def test_a_revoked_connector_is_told_nothing(ivan: Actor, basement: Connector) -> None:
    connectors.revoke_connector(ivan, basement)
    assert rosters.roster(basement.pk) is None


def test_a_new_device_is_told_everything(lobby: Device, rita: Person) -> None:
    (part,) = told(lobby, Progress())
    assert (part.full, part.last, part.base) == (True, True, 0)
    bodies = {(entry.kind, entry.key): entry.body for entry in part.entries}
    record = bodies[("person", str(rita.pk))]
    assert isinstance(record, PersonRecord)
    assert (record.name, record.cards) == ("Rita Rowe", (RITAS_CARD,))


def test_a_device_that_has_it_all_is_told_nothing(lobby: Device) -> None:
    assert told(lobby, progress(lobby)) == []


def test_one_more_card_is_one_record(mona: Actor, lobby: Device, rita: Person) -> None:
    before = progress(lobby)
    credentials.add_card(mona, rita, number="CAFEBABE")
    (part,) = told(lobby, before)
    assert (part.full, part.base) == (False, before.revision)
    assert [(entry.kind, entry.key) for entry in part.entries] == [("person", str(rita.pk))]


def test_two_devices_are_told_with_the_questions_of_one(
    mona: Actor, basement: Connector, lobby: Device, garage: Device, bob: Person
) -> None:
    before = {device.pk: progress(device) for device in (lobby, garage)}
    credentials.add_card(mona, bob, number="CAFEBABE")
    gaps = outgo.gaps(basement.pk, before)
    with CaptureQueriesContext(connection) as alone:
        parts = outgo.changes_of(gaps[:1])
    with CaptureQueriesContext(connection) as together:
        assert outgo.changes_of(gaps)[:1] == parts
    assert len(gaps) == 2
    assert len(together) == len(alone)


def test_what_is_lacked_is_counted_only_so_far(
    basement: Connector, lobby: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgo, "COUNTED", 3)
    sizes = {gap.device: gap.size for gap in outgo.gaps(basement.pk, {})}
    assert sizes[lobby.pk] == 3


def test_a_device_that_is_gone_by_now_is_told_nothing(lobby: Device) -> None:
    (gap,) = [g for g in outgo.gaps(lobby.connector_id, {}) if g.device == lobby.pk]
    assert outgo.changes(replace(gap, device=0)) == []


def test_a_removal_is_told_as_one(
    mona: Actor, lobby: Device, rita: Person, run_jobs: RunJobs
) -> None:
    before, key = progress(lobby), str(rita.pk)
    delete_person(mona, rita)
    run_jobs()
    (part,) = told(lobby, before)
    assert [(entry.key, entry.body) for entry in part.entries] == [(key, None)]


def test_a_device_that_is_not_bound_is_told_nothing(cast: Cast, lobby: Device) -> None:
    devices.identify_device(BUILDER, lobby, identity(lobby, "0C1105FFFFFF"))
    assert told(lobby, Progress()) == []


def test_a_new_epoch_is_told_whole(lobby: Device) -> None:
    before = progress(lobby)
    shelf.begin_epoch(lobby.pk)
    (part,) = told(lobby, before)
    assert (part.full, part.epoch) == (True, before.epoch + 1)


def test_whoever_stands_before_swept_tombstones_is_told_everything(
    mona: Actor, lobby: Device, rita: Person, run_jobs: RunJobs
) -> None:
    before = progress(lobby)
    delete_person(mona, rita)
    run_jobs()
    confirm(lobby)
    assert shelf.sweep_tombstones(lobby.pk) == 1
    (part,) = told(lobby, before)
    assert part.full
    assert told(lobby, progress(lobby)) == []


def test_tombstones_stay_until_everything_was_read_back(
    mona: Actor, lobby: Device, rita: Person, run_jobs: RunJobs
) -> None:
    delete_person(mona, rita)
    run_jobs()
    assert shelf.sweep_tombstones(lobby.pk) == 0
    assert ShelfEntry.objects.filter(device=lobby, gone=True).exists()


def test_a_device_from_the_future_is_told_everything(lobby: Device) -> None:
    now = progress(lobby)
    (part,) = told(lobby, Progress(now.epoch, now.revision + 5))
    assert part.full


def test_a_big_shelf_comes_in_parts_and_only_the_last_completes_it(
    lobby: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgo, "ENTRIES_A_PART", 2)
    parts = told(lobby, Progress())
    assert [part.last for part in parts] == [*[False] * (len(parts) - 1), True]
    entries = [entry for part in parts for entry in part.entries]
    assert len(entries) == ShelfEntry.objects.filter(device=lobby, gone=False).count()
