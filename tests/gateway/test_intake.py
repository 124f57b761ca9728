"""What a connector reports is stored once, in order, and one bad row never blocks the rest."""

import logging
from datetime import UTC, datetime

import pytest

from doorward.activity.models import Alarm, DoorEvent, QuarantinedReport
from doorward.devices.actions import connectors, doors
from doorward.devices.models import Command, Connector, Device, Door, ShelfHead
from doorward.gateway import intake
from doorward.gateway.sessions import LinkCut
from doorward.kit import clock
from doorward.protocols import neutral
from doorward.protocols.link.frames import ReportFrame, report
from doorward.tenancy.actor import Actor
from tests.cast import RITAS_CARD, Cast, badge

pytestmark = pytest.mark.django_db


def rows(device: Device, *numbers: int) -> list[ReportFrame]:
    """Return a report in sequence for each log row of these numbers."""
    return [report(seq, badge(device, f"row-{seq}", RITAS_CARD)) for seq in numbers]


def stored(device: Device) -> list[str]:
    found = DoorEvent.objects.filter(device=device, local_id__startswith="row-")
    return sorted(found.values_list("local_id", flat=True))


def committed(connector: Connector) -> int:
    return Connector.objects.get(pk=connector.pk).committed


def test_a_burst_is_stored_and_acknowledged(basement: Connector, lobby: Device) -> None:
    assert intake.store(basement.pk, "s1", rows(lobby, 1, 2, 3)) == 3
    assert stored(lobby) == ["row-1", "row-2", "row-3"]
    assert committed(basement) == 3


def test_what_was_stored_before_is_dropped(basement: Connector, lobby: Device) -> None:
    intake.store(basement.pk, "s1", rows(lobby, 1, 2))
    assert intake.store(basement.pk, "s1", rows(lobby, 1, 2, 3)) == 3
    assert intake.store(basement.pk, "s1", rows(lobby, 1)) == 3
    assert DoorEvent.objects.filter(device=lobby, local_id="row-1").count() == 1


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (2, 1), (1, 1, 3), (3, 2, 1)])
def test_a_gap_stores_nothing_and_ends_the_link(
    basement: Connector, lobby: Device, numbers: tuple[int, ...]
) -> None:
    with pytest.raises(LinkCut) as cut:
        intake.store(basement.pk, "s1", rows(lobby, *numbers))
    assert cut.value.refusal.code == "link.gap"
    assert (stored(lobby), committed(basement)) == ([], 0)


def test_a_report_that_comes_twice_in_a_burst_counts_once(
    basement: Connector, lobby: Device
) -> None:
    assert intake.store(basement.pk, "s1", rows(lobby, 1, 1, 2, 1, 2, 3)) == 3
    assert stored(lobby) == ["row-1", "row-2", "row-3"]


def test_a_spool_that_was_replaced_is_turned_away(basement: Connector, lobby: Device) -> None:
    connectors.greet(basement.pk, spool="s2", version="1")
    with pytest.raises(LinkCut):
        intake.store(basement.pk, "s1", rows(lobby, 1))
    assert intake.store(basement.pk, "s2", rows(lobby, 1)) == 1


def test_a_revoked_connector_stores_nothing(
    ivan: Actor, basement: Connector, lobby: Device
) -> None:
    connectors.revoke_connector(ivan, basement)
    with pytest.raises(LinkCut) as cut:
        intake.store(basement.pk, "s1", rows(lobby, 1))
    assert cut.value.refusal.code == "link.revoked"
    assert stored(lobby) == []


def test_a_device_of_another_connector_is_set_apart(basement: Connector, cast: Cast) -> None:
    oak = cast.device("Oak")
    assert intake.store(basement.pk, "s1", rows(oak, 1)) == 1
    assert stored(oak) == []
    assert QuarantinedReport.objects.filter(connector=basement, device=None).count() == 1


@pytest.mark.parametrize("name", ["", "-1", "Lobby", "99999999999999999999", "²"])
def test_a_device_nobody_knows_is_set_apart(basement: Connector, lobby: Device, name: str) -> None:
    row = neutral.LogUnreadable(device=name, at=clock.now(), raw="{}", why="has no time")
    assert intake.store(basement.pk, "s1", [report(1, row), *rows(lobby, 2)]) == 2
    assert stored(lobby) == ["row-2"]


@pytest.mark.parametrize(
    "poison",
    [
        {"code": "\x00"},
        {"generation": 2**40},
        {"relays": (2**20,)},
        {"at": datetime(1, 1, 1, tzinfo=UTC)},
        {"at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)},
        {"person": "9" * 30},
        {"device_time": "\x00"},
        {"code": "F" * 5000},
    ],
)
def test_one_mad_row_does_not_cost_its_neighbours(
    basement: Connector, lobby: Device, poison: dict[str, object]
) -> None:
    mad = badge(lobby, "mad", RITAS_CARD)
    mad = neutral.BadgeScanned(**{**vars(mad), **poison})
    first, last = rows(lobby, 1, 3)
    assert intake.store(basement.pk, "s1", [first, report(2, mad), last]) == 3
    assert stored(lobby) == ["row-1", "row-3"]
    apart = QuarantinedReport.objects.filter(connector=basement, kind="BadgeScanned").count()
    assert apart + DoorEvent.objects.filter(device=lobby, local_id="mad").count() == 1


def test_what_is_set_apart_tells_no_card_number(
    basement: Connector, lobby: Device, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for seq, code in enumerate((RITAS_CARD, "9ABC"), start=1):
        mad = badge(lobby, "mad", code, generation=2**40)
        intake.store(basement.pk, "s1", [report(seq, mad)])
    kept = " ".join(f"{q.raw} {q.why}" for q in QuarantinedReport.objects.all())
    for code in (RITAS_CARD, "9ABC"):
        assert code not in kept
        assert code not in caplog.text


def test_an_unreadable_row_is_kept_to_be_looked_at(basement: Connector, lobby: Device) -> None:
    row = neutral.LogUnreadable(str(lobby.pk), clock.now(), raw="x\x00y", why="is no JSON")
    intake.store(basement.pk, "s1", [report(1, row)])
    kept = QuarantinedReport.objects.get(device=lobby, why="is no JSON")
    assert kept.raw == "x\N{REPLACEMENT CHARACTER}y"


def test_a_read_back_is_noted(basement: Connector, lobby: Device) -> None:
    head = ShelfHead.objects.get(device=lobby)
    word = neutral.ChangesApplied(str(lobby.pk), clock.now(), head.epoch, head.revision, ())
    intake.store(basement.pk, "s1", [report(1, word)])
    assert ShelfHead.objects.get(device=lobby).in_sync


def test_an_opening_is_settled_and_logged_once(
    cast: Cast, mona: Actor, basement: Connector, front_door: Door
) -> None:
    cast.power_on("Lobby")
    command = doors.unlock_door(mona, front_door)
    done = neutral.OrderSettled(str(command.pk), clock.now(), neutral.Outcome.DONE, None)
    intake.store(basement.pk, "s1", [report(1, done), report(2, done)])
    assert Command.objects.get(pk=command.pk).status == "done"
    line = DoorEvent.objects.get(local_id=f"command-{command.pk}")
    assert (line.person_name, line.door_name) == ("Mona", "Front door")


def test_an_order_of_another_connector_is_not_settled(
    cast: Cast, mona: Actor, front_door: Door
) -> None:
    cast.power_on()
    command = doors.unlock_door(mona, front_door)
    done = neutral.OrderSettled(str(command.pk), clock.now(), neutral.Outcome.DONE, None)
    intake.store(cast.connector("Shed").pk, "s1", [report(1, done)])
    assert Command.objects.get(pk=command.pk).status == "queued"


def test_trouble_of_ours_acknowledges_nothing(
    basement: Connector, lobby: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("doorward.access.actions.badges.record_bursts", break_down)
    with pytest.raises(RuntimeError, match="a bug"):
        intake.store(basement.pk, "s1", rows(lobby, 1))
    assert committed(basement) == 0


def test_a_scan_of_the_stone_age_is_set_apart_and_one_of_the_future_is_now(
    lobby: Device, basement: Connector
) -> None:
    old = badge(lobby, "1", RITAS_CARD, at=datetime(1971, 1, 1, tzinfo=UTC))
    ahead = badge(lobby, "ahead", RITAS_CARD, at=datetime(2400, 1, 1, tzinfo=UTC))
    assert intake.store(basement.pk, "s1", [report(1, old), report(2, ahead)]) == 2
    assert QuarantinedReport.objects.filter(device=lobby, kind="BadgeScanned").count() == 1
    assert DoorEvent.objects.get(device=lobby, local_id="ahead").at <= clock.now()


@pytest.mark.parametrize(
    "mad",
    [
        {"input": 0},
        {"input": 2**40},
        {"at": datetime(1, 1, 1, tzinfo=UTC)},
        {"at": datetime(9999, 12, 31, tzinfo=UTC)},
    ],
)
def test_one_mad_signal_does_not_cost_its_neighbours(
    basement: Connector, lobby: Device, mad: dict[str, object]
) -> None:
    Alarm.objects.all().delete()
    good = neutral.InputChanged(str(lobby.pk), clock.now(), 3, on=True)
    tampered = neutral.AlarmRaised(str(lobby.pk), clock.now(), neutral.AlarmKind.TAMPER, ())
    burst = [good, neutral.InputChanged(**{**vars(good), **mad}), tampered]
    frames = [report(seq, body) for seq, body in enumerate(burst, start=1)]
    assert intake.store(basement.pk, "s1", frames) == 3
    assert {alarm.kind for alarm in Alarm.objects.all()} == {"input", "tamper"}
    assert QuarantinedReport.objects.filter(device=lobby, kind="InputChanged").count() == 1


def test_a_signal_that_comes_twice_counts_once(basement: Connector, lobby: Device) -> None:
    Alarm.objects.all().delete()
    tampered = neutral.AlarmRaised(str(lobby.pk), clock.now(), neutral.AlarmKind.TAMPER, ())
    for _ in range(2):
        assert intake.store(basement.pk, "s1", [report(1, tampered)]) == 1
    assert [alarm.count for alarm in Alarm.objects.all()] == [1]


def test_bursts_of_several_connectors_are_stored_together(
    cast: Cast, basement: Connector, lobby: Device
) -> None:
    other = Device.objects.exclude(connector=basement).order_by("pk")[0]
    theirs = intake.Burst(other.connector_id, other.connector.spool, rows(other, 1))
    ours = intake.Burst(basement.pk, "s1", rows(lobby, 1, 2))
    assert intake.store_all([ours, theirs]) == [2, 1]
    assert (stored(lobby), stored(other)) == (["row-1", "row-2"], ["row-1"])


def test_the_gap_of_one_connector_keeps_no_other_waiting(
    basement: Connector, lobby: Device
) -> None:
    other = Device.objects.exclude(connector=basement).order_by("pk")[0]
    theirs = intake.Burst(other.connector_id, other.connector.spool, rows(other, 2))
    gap, good = intake.store_all([theirs, intake.Burst(basement.pk, "s1", rows(lobby, 1))])
    assert isinstance(gap, LinkCut)
    assert (good, stored(lobby), stored(other)) == (1, ["row-1"], [])


def test_a_row_that_spoils_it_is_set_apart_from_those_of_all_connectors(
    basement: Connector, lobby: Device
) -> None:
    other = Device.objects.exclude(connector=basement).order_by("pk")[0]
    mad = badge(other, "mad", RITAS_CARD, generation=2**40)
    theirs = [report(1, mad), *rows(other, 2)]
    bursts = [
        intake.Burst(other.connector_id, other.connector.spool, theirs),
        intake.Burst(basement.pk, "s1", rows(lobby, 1, 2)),
    ]
    before = QuarantinedReport.objects.count()
    assert intake.store_all(bursts) == [2, 2]
    assert (stored(lobby), stored(other)) == (["row-1", "row-2"], ["row-2"])
    assert QuarantinedReport.objects.count() == before + 1


def test_confirmations_of_many_devices_are_noted_together(
    basement: Connector, lobby: Device
) -> None:
    devices = list(Device.objects.filter(connector=basement).order_by("pk"))
    heads = {device.pk: ShelfHead.objects.get(device=device) for device in devices}
    words = [
        neutral.ChangesApplied(
            str(device.pk), clock.now(), heads[device.pk].epoch, heads[device.pk].revision, ()
        )
        for device in devices
    ]
    told = [report(seq, word) for seq, word in enumerate(words, start=1)]
    assert len(told) > 1
    assert intake.store(basement.pk, "s1", told) == len(told)
    for device in devices:
        assert ShelfHead.objects.get(device=device).in_sync
        assert not device.entries.filter(synced_at=None).exists()


def test_a_confirmation_of_another_epoch_is_old_news(basement: Connector, lobby: Device) -> None:
    head = ShelfHead.objects.get(device=lobby)
    word = neutral.ChangesApplied(str(lobby.pk), clock.now(), head.epoch + 1, head.revision, ())
    assert intake.store(basement.pk, "s1", [report(1, word)]) == 1
    after = ShelfHead.objects.get(device=lobby)
    assert (after.confirmed_epoch, after.confirmed) == (head.confirmed_epoch, head.confirmed)
