"""What connectors find about devices is kept, worded with its mend, and trusted no further."""

from datetime import UTC, datetime

import pytest

from doorward.devices import findings
from doorward.devices.actions import devices
from doorward.devices.actions.presence import note_states
from doorward.devices.models import Connector, Device
from doorward.gateway import rosters
from doorward.kit import clock
from doorward.kit.errors import Invalid
from doorward.portal import troubles
from doorward.portal.amiss import Look
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.neutral import (
    Capability,
    CapabilityProfile,
    Finding,
    FindingCode,
    Limits,
    Operation,
    Verdict,
)
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import BUILDER, DEVICE_PASSWORD, Cast
from tests.devices.test_devices import form

pytestmark = pytest.mark.django_db

FIRST, SECOND = "ab" * 32, "cd" * 32
PROFILE = CapabilityProfile(
    at=datetime(2026, 3, 29, tzinfo=UTC),
    mac="0C1105AABB01",
    firmware="108.30.10.144",
    capabilities=(
        Capability(Operation.PEOPLE, Verdict.SUPPORTED),
        Capability(Operation.CONTACTS, Verdict.REFUSED),
    ),
    limits=Limits(people=2, schedules=100, cards_a_person=5),
)


def tell(
    device: Device, *found: Finding, profile: CapabilityProfile | None = None, online: bool = True
) -> Device:
    """Let the connector say something of a device; return it as it then stands."""
    state = DeviceState(str(device.pk), online, None, 0, 0, 0, found, profile)
    note_states(device.connector_id, clock.now(), 0, [state])
    return Device.objects.get(pk=device.pk)


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_is_worded(code: FindingCode) -> None:
    (said,) = findings.shown([{"code": code.value, "facts": ["the-fact"]}])
    assert said.title
    assert said.message
    assert "%" not in said.title + said.message


def test_an_empty_white_list_is_told_with_the_address_to_add(lobby: Device) -> None:
    told = tell(lobby, Finding(FindingCode.SHUT_OUT, ("10.0.0.2",)), online=False)
    assert "add 10.0.0.2 to the white list" in findings.advice(told.findings, "")


def test_a_finding_that_came_later_is_shown_by_its_code(lobby: Device) -> None:
    told = tell(lobby, Finding("of_tomorrow", ("one",)))
    (said,) = findings.shown(told.findings)
    assert "of_tomorrow" in said.title


def test_a_mad_connector_says_no_more_than_there_is_room_for(lobby: Device) -> None:
    told = tell(lobby, *[Finding("x" * 500, ("y" * 5000,) * 50)] * 500)
    assert len(str(told.findings)) < 20_000


def test_what_was_mended_is_gone_and_a_profile_stays(lobby: Device) -> None:
    tell(lobby, Finding(FindingCode.OPEN_API), profile=PROFILE)
    told = tell(lobby)
    assert told.findings == []
    assert findings.profile_of(told.profile) == PROFILE


def test_a_device_that_anybody_can_open_needs_attention_though_it_works(
    cast: Cast, lobby: Device
) -> None:
    cast.power_on()
    before = troubles.worst_of(troubles.sources(Look(BUILDER, clock.now())))
    assert not any("asks for no password" in one.more for one in before.shown)
    tell(lobby, Finding(FindingCode.OPEN_API))
    found = troubles.worst_of(troubles.sources(Look(BUILDER, clock.now())))
    assert any("asks for no password" in one.more for one in found.shown)


def test_the_first_certificate_is_trusted_and_no_later_one(
    basement: Connector, lobby: Device
) -> None:
    assert tell(lobby, Finding(FindingCode.SELF_SIGNED, (FIRST,))).certificate == FIRST
    assert tell(lobby, Finding(FindingCode.SELF_SIGNED, (SECOND,))).certificate == FIRST
    order = rosters.roster(basement.pk)
    assert order is not None
    assert order.devices[0].certificate == FIRST


def test_what_is_no_fingerprint_is_not_trusted(lobby: Device) -> None:
    assert tell(lobby, Finding(FindingCode.SELF_SIGNED, ("no fingerprint",))).certificate == ""
    assert tell(lobby, Finding(FindingCode.SELF_SIGNED)).certificate == ""


def test_a_certificate_at_another_address_is_another_one_s(
    ivan: Actor, cast: Cast, lobby: Device
) -> None:
    tell(lobby, Finding(FindingCode.SELF_SIGNED, (FIRST,)))
    told = form(
        cast, mac=lobby.mac, address="10.0.0.77", certificate=FIRST, password=DEVICE_PASSWORD
    )
    assert devices.change_device(ivan, lobby, told).certificate == ""


def test_a_new_certificate_wants_the_password_again(ivan: Actor, cast: Cast, lobby: Device) -> None:
    known = {"mac": lobby.mac, "address": lobby.address, "user": lobby.user}
    with pytest.raises(Invalid) as fault:
        devices.change_device(ivan, lobby, form(cast, **known, certificate=SECOND))
    assert set(fault.value.faults) == {"password"}
    told = form(cast, **known, certificate="CD:" * 31 + "CD", password=DEVICE_PASSWORD)
    assert devices.change_device(ivan, lobby, told).certificate == SECOND


def test_a_fingerprint_has_sixty_four_digits(ivan: Actor, cast: Cast, lobby: Device) -> None:
    told = form(cast, mac=lobby.mac, certificate="12", password=DEVICE_PASSWORD)
    with pytest.raises(Invalid) as fault:
        devices.change_device(ivan, lobby, told)
    assert set(fault.value.faults) == {"certificate"}


def test_the_account_for_opening_is_kept_sealed_and_goes_with_its_user(
    ivan: Actor, cast: Cast, basement: Connector
) -> None:
    told = form(cast, relay_user="door", relay_password="canary-opening")
    device = devices.create_device(ivan, cast.maple, told)
    order = rosters.roster(basement.pk)
    assert order is not None
    assert "canary-opening" in {one.relay_password for one in order.devices}
    assert "canary-opening" not in repr(order)
    devices.change_device(ivan, device, form(cast, relay_user="door"))
    assert Device.objects.get(pk=device.pk).relay_password == "canary-opening"
    devices.change_device(ivan, device, form(cast))
    assert not Device.objects.get(pk=device.pk).relay_password
    assert not AuditEntry.objects.filter(after__icontains="canary-opening").exists()


def test_the_account_for_opening_is_not_sent_to_another_place(ivan: Actor, cast: Cast) -> None:
    told = form(cast, relay_user="door", relay_password="canary-opening")
    device = devices.create_device(ivan, cast.maple, told)
    with pytest.raises(Invalid) as fault:
        devices.change_device(ivan, device, form(cast, relay_user="door", address="10.0.0.66"))
    assert set(fault.value.faults) == {"relay_password"}


def test_a_tie_is_kept_until_another_is_told(lobby: Device) -> None:
    def tied(tie: str) -> str:
        state = DeviceState(str(lobby.pk), True, None, 0, 0, 0, tie=tie)
        note_states(lobby.connector_id, clock.now(), 0, [state])
        return Device.objects.get(pk=lobby.pk).tied_to

    assert lobby.tied_to == ""
    assert tied("on_premise") == "on_premise"
    # A connector that has begun anew has not asked yet; another says what nobody knows.
    assert tied("") == "on_premise"
    assert tied("to the moon") == "on_premise"
    assert tied("none") == "none"


def test_another_device_behind_the_address_is_asked_anew(ivan: Actor, cast: Cast) -> None:
    lobby = cast.device("Lobby")
    Device.objects.filter(pk=lobby.pk).update(tied_to="on_premise")
    told = form(cast, mac=lobby.mac, address="10.0.0.78", password=DEVICE_PASSWORD)
    assert devices.change_device(ivan, lobby, told).tied_to == ""
