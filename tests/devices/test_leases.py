"""One connector at a time has a device; a silent one loses it to another of its site."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.activity.models import DoorEvent, QuarantinedReport
from doorward.devices.actions import connectors, doors, leases, orders, timeline
from doorward.devices.actions.presence import note_states
from doorward.devices.models import Connector, Device, Moment
from doorward.gateway import intake, rosters
from doorward.kit import clock
from doorward.protocols import neutral
from doorward.protocols.link.frames import report
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, RITAS_CARD, Cast, badge, reach

pytestmark = pytest.mark.django_db


@pytest.fixture
def attic(cast: Cast) -> Connector:
    """Maple Court's second connector, enrolled and here."""
    attic = cast.connector("Attic")
    code = connectors.renew_code(BUILDER, attic)
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    connectors.enrol(code, public_key=key, version="1")
    connectors.greet(attic.pk, spool="a1", version="1")
    return attic


def fall_silent(connector: Connector, *, seconds: int) -> None:
    at = clock.now() - timedelta(seconds=seconds)
    Connector.objects.filter(pk=connector.pk).update(last_seen_at=at)


def keeper(device: Device) -> str:
    return Device.objects.select_related("connector").get(pk=device.pk).connector.name


def test_a_silent_connector_s_devices_go_to_another_of_the_site(
    basement: Connector, attic: Connector, lobby: Device, cast: Cast
) -> None:
    fall_silent(basement, seconds=31)
    assert leases.hand_over() == 2
    assert keeper(lobby) == "Attic"
    assert keeper(cast.device("Oak")) == "Shed"
    assert rosters.roster(basement.pk) == neutral.AssignDevices((), lease_seconds=30)
    assert leases.hand_over() == 0


def test_a_connector_that_is_heard_of_keeps_its_devices(
    basement: Connector, attic: Connector, lobby: Device
) -> None:
    fall_silent(basement, seconds=25)
    assert leases.hand_over() == 0


def test_where_nobody_else_is_there_devices_stay(basement: Connector, lobby: Device) -> None:
    fall_silent(basement, seconds=3600)
    assert leases.hand_over() == 0
    roster = rosters.roster(basement.pk)
    assert roster is not None
    assert roster.lease_seconds == 0


def test_who_comes_back_has_its_own_devices_again(
    basement: Connector, attic: Connector, lobby: Device
) -> None:
    fall_silent(basement, seconds=31)
    leases.hand_over()
    connectors.greet(basement.pk, spool="s1", version="1")
    lobby.refresh_from_db()
    assert (keeper(lobby), lobby.home, lobby.is_online) == ("Basement", None, False)


def test_an_order_goes_to_who_has_the_device_and_to_nobody_else(
    mona: Actor, basement: Connector, attic: Connector, lobby: Device, cast: Cast
) -> None:
    fall_silent(basement, seconds=31)
    leases.hand_over()
    lobby.refresh_from_db()
    reach(lobby)
    doors.unlock_door(mona, cast.door("Front door"))
    now = clock.now()
    assert orders.claim_commands({basement.pk: now}) == []
    assert len(orders.claim_commands({attic.pk: now})) == 1


def test_a_row_that_two_connectors_have_read_counts_once(
    basement: Connector, attic: Connector, lobby: Device
) -> None:
    intake.store(basement.pk, "s1", [report(1, badge(lobby, 901, RITAS_CARD))])
    fall_silent(basement, seconds=31)
    leases.hand_over()
    roster = rosters.roster(attic.pk)
    assert roster is not None
    assert {one.log for one in roster.devices if one.device == str(lobby.pk)} == {
        neutral.LogPlace(1, 901)
    }
    intake.store(attic.pk, "a1", [report(1, badge(lobby, 902, RITAS_CARD))])
    late = [report(2, badge(lobby, 902, RITAS_CARD)), report(3, badge(lobby, 903, RITAS_CARD))]
    assert intake.store(basement.pk, "s1", late) == 3
    told = DoorEvent.objects.filter(device=lobby, local_id__in=["901", "902", "903"])
    assert sorted(told.values_list("local_id", flat=True)) == ["901", "902", "903"]


def test_who_has_lost_a_device_says_nothing_of_how_it_stands(
    basement: Connector, attic: Connector, lobby: Device
) -> None:
    fall_silent(basement, seconds=31)
    leases.hand_over()
    before = QuarantinedReport.objects.count()
    applied = neutral.ChangesApplied(str(lobby.pk), clock.now(), 1, 1, ())
    assert intake.store(basement.pk, "s1", [report(1, applied)]) == 1
    lobby.shelf.refresh_from_db()
    assert lobby.shelf.confirmed_at is None
    assert QuarantinedReport.objects.count() == before


def test_a_link_that_a_younger_one_has_replaced_carries_and_beats_no_more(
    mona: Actor, basement: Connector, lobby: Device, cast: Cast
) -> None:
    older = connectors.greet(basement.pk, spool="s1", version="1").since
    younger = connectors.greet(basement.pk, spool="s1", version="1").since
    reach(lobby)
    doors.unlock_door(mona, cast.door("Front door"))
    assert orders.claim_commands({basement.pk: older}) == []
    assert note_states(basement.pk, older, 0, []) is False
    assert len(orders.claim_commands({basement.pk: younger})) == 1


def test_the_new_box_of_a_connector_reads_on_where_the_old_one_stood(
    basement: Connector, lobby: Device
) -> None:
    intake.store(basement.pk, "s1", [report(1, badge(lobby, 901, RITAS_CARD))])
    assert place_of(basement, lobby) is None
    connectors.greet(basement.pk, spool="another", version="1")
    assert place_of(basement, lobby) == neutral.LogPlace(1, 901)


def test_of_a_unit_that_has_taken_the_other_s_place_no_row_is_known(
    basement: Connector, lobby: Device
) -> None:
    intake.store(basement.pk, "s1", [report(1, badge(lobby, 901, RITAS_CARD))])
    now = clock.now()
    timeline.record([timeline.moment(lobby, Moment.Kind.IDENTIFIED, now, mac=lobby.mac)])
    connectors.greet(basement.pk, spool="another", version="1")
    assert place_of(basement, lobby) is None


def place_of(connector: Connector, device: Device) -> neutral.LogPlace | None:
    roster = rosters.roster(connector.pk)
    assert roster is not None
    return next(one.log for one in roster.devices if one.device == str(device.pk))
