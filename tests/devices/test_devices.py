"""MACs, binding and the doors on a device."""

import pytest

from doorward.devices import macs as notation
from doorward.devices.actions import devices, doors, macs
from doorward.devices.models import Device, Door, MacEntry, ShelfHead
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Node
from tests.cast import BUILDER, DEVICE_PASSWORD, FREE_MAC, LOBBY_MAC, OAK_MAC, Cast, identity
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


def form(cast: Cast, **given: object) -> devices.DeviceForm:
    known: dict[str, object] = {
        "name": "Gate phone",
        "mac": FREE_MAC,
        "connector": cast.connector("Basement"),
        "address": "10.0.0.9",
    }
    return devices.DeviceForm(**{**known, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["0C1105AABB03", "0c:11:05:aa:bb:03", "0C-11-05-AA-BB-03", " 0c11.05aa.bb03 "]
)
def test_every_notation_of_a_mac_is_one_mac(text: str) -> None:
    assert notation.canonical(text) == FREE_MAC


@pytest.mark.parametrize(
    "text", ["", "0C1105AABB0", "0C1105AABB033", "0C1105AABBXY", "٠C1105AABB03"]
)
def test_what_is_no_mac_is_refused_at_its_field(text: str, ivan: Actor, maple: Site) -> None:
    with pytest.raises(Invalid) as fault:
        macs.register_mac(ivan, maple.installer, mac=text)
    assert set(fault.value.faults) == {"mac"}


def test_a_mac_is_registered_once_in_the_whole_installation(ivan: Actor, maple: Site) -> None:
    with pytest.raises(Invalid):
        macs.register_mac(ivan, maple.installer, mac=OAK_MAC)


def test_an_installer_whose_distributor_registers_may_not(ivan: Actor, maple: Site) -> None:
    Node.objects.filter(pk=maple.installer_id).update(registers_macs=False)
    with pytest.raises(Forbidden, match=r"mac\.distributor"):
        macs.register_mac(ivan, Node.objects.get(pk=maple.installer_id), mac="0C1105AABB10")


def test_the_distributor_registers_for_them(dora: Actor, maple: Site) -> None:
    Node.objects.filter(pk=maple.installer_id).update(registers_macs=False)
    installer = Node.objects.get(pk=maple.installer_id)
    assert macs.register_mac(dora, installer, mac="0C1105AABB10").node == installer


def test_a_mac_in_use_stays_in_the_library(ivan: Actor) -> None:
    with pytest.raises(Refused, match=r"mac\.in_use"):
        macs.remove_mac(ivan, MacEntry.objects.get(mac=LOBBY_MAC))


def test_a_device_s_mac_comes_from_its_installer_s_library(
    ivan: Actor, maple: Site, cast: Cast
) -> None:
    with pytest.raises(Invalid) as fault:
        devices.create_device(ivan, maple, form(cast, mac="0C1105FFFFFF"))
    assert set(fault.value.faults) == {"mac"}


def test_a_stranger_s_free_mac_is_answered_like_none(
    ivan: Actor, maple: Site, oak: Site, cast: Cast
) -> None:
    macs.register_mac(BUILDER, oak.installer, mac="0C1105CCDD02")
    answers = []
    for mac in ("0C1105CCDD02", "0C1105CCDD03", OAK_MAC):
        with pytest.raises(Invalid) as fault:
            devices.create_device(ivan, maple, form(cast, mac=mac))
        answers.append({field: str(text) for field, text in fault.value.faults.items()})
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("address", ["", "http://10.0.0.9", "10.0.0.9/api", "a b", "host:", "-x"])
def test_an_address_is_a_host_and_maybe_a_port(
    ivan: Actor, maple: Site, cast: Cast, address: str
) -> None:
    with pytest.raises(Invalid) as fault:
        devices.create_device(ivan, maple, form(cast, address=address))
    assert set(fault.value.faults) == {"address"}


def test_a_connector_of_another_site_is_refused(ivan: Actor, maple: Site, cast: Cast) -> None:
    with pytest.raises(Invalid) as fault:
        devices.create_device(ivan, maple, form(cast, connector=cast.connector("Shed")))
    assert set(fault.value.faults) == {"connector"}


def test_a_device_waits_until_it_states_its_mac(ivan: Actor, maple: Site, cast: Cast) -> None:
    device = devices.create_device(ivan, maple, form(cast))
    assert (device.binding, device.state) == ("waiting", "never")


def test_a_device_that_states_its_mac_is_bound_and_filled(
    ivan: Actor, maple: Site, cast: Cast, run_jobs: RunJobs
) -> None:
    device = devices.create_device(ivan, maple, form(cast))
    devices.identify_device(BUILDER, device, identity(device, "0c:11:05:aa:bb:03"))
    run_jobs()
    assert Device.objects.get(pk=device.pk).binding == "bound"
    assert ShelfHead.objects.get(device=device).revision > 0


@pytest.mark.parametrize("stated", ["0C1105FFFFFF", "", "garbage"])
def test_a_device_that_states_another_mac_is_refused(
    ivan: Actor, maple: Site, cast: Cast, run_jobs: RunJobs, stated: str
) -> None:
    device = devices.create_device(ivan, maple, form(cast))
    devices.identify_device(BUILDER, device, identity(device, stated))
    assert run_jobs() == []
    assert Device.objects.get(pk=device.pk).binding == "refused"


def test_a_device_with_another_address_states_its_mac_anew(ivan: Actor, cast: Cast) -> None:
    lobby = cast.device("Lobby")
    devices.change_device(ivan, lobby, form(cast, name="Lobby", mac=LOBBY_MAC, password="again"))
    assert Device.objects.get(pk=lobby.pk).binding == "waiting"


def test_another_box_behind_the_name_gets_everything_anew(ivan: Actor, cast: Cast) -> None:
    lobby = cast.device("Lobby")
    epoch = ShelfHead.objects.get(device=lobby).epoch
    devices.change_device(ivan, lobby, form(cast, name="Lobby", mac=FREE_MAC, password="again"))
    assert ShelfHead.objects.get(device=lobby).epoch == epoch + 1


def test_an_empty_password_keeps_the_known_one(ivan: Actor, cast: Cast) -> None:
    lobby = cast.device("Lobby")
    same = {"mac": LOBBY_MAC, "address": lobby.address, "user": lobby.user}
    devices.change_device(ivan, lobby, form(cast, name="Lobby by the stairs", **same))
    assert Device.objects.get(pk=lobby.pk).password == DEVICE_PASSWORD


def test_a_changed_password_stands_in_the_trail_without_itself(ivan: Actor, cast: Cast) -> None:
    lobby = cast.device("Lobby")
    new = form(cast, name="Lobby", mac=LOBBY_MAC, password="another-secret")
    devices.change_device(ivan, lobby, new)
    entry = AuditEntry.objects.filter(subject="device", verb="change").latest("pk")
    assert entry.after["password"] == "changed"


def test_a_deleted_device_frees_its_mac(ivan: Actor, maple: Site, cast: Cast) -> None:
    device = devices.create_device(ivan, maple, form(cast))
    devices.delete_device(ivan, device)
    assert MacEntry.objects.free().filter(mac=FREE_MAC).exists()


def test_a_device_with_doors_stays(ivan: Actor, lobby: Device) -> None:
    with pytest.raises(Refused, match="in_use"):
        devices.delete_device(ivan, lobby)


# --- Doors ------------------------------------------------------------------------------------


def test_a_relay_moves_one_door(ivan: Actor, maple: Site, lobby: Device) -> None:
    with pytest.raises(Invalid) as fault:
        doors.create_door(ivan, maple, doors.DoorForm(name="Second", device=lobby, relay=1))
    assert set(fault.value.faults) == {"relay"}


@pytest.mark.parametrize("hold", [0, 11, -1])
def test_a_hold_time_is_what_devices_take(
    ivan: Actor, maple: Site, lobby: Device, hold: int
) -> None:
    form = doors.DoorForm(name="Second", device=lobby, relay=2, hold_seconds=hold)
    with pytest.raises(Invalid) as fault:
        doors.create_door(ivan, maple, form)
    assert set(fault.value.faults) == {"hold_seconds"}


def test_a_door_of_another_site_s_device_is_refused(ivan: Actor, maple: Site, cast: Cast) -> None:
    form = doors.DoorForm(name="Second", device=cast.device("Oak"), relay=2)
    with pytest.raises(Invalid) as fault:
        doors.create_door(ivan, maple, form)
    assert set(fault.value.faults) == {"device"}


def test_a_refused_deed_leaves_nothing_behind(ada: Actor, maple: Site, lobby: Device) -> None:
    trail = AuditEntry.objects.count()
    with pytest.raises(Forbidden):
        doors.create_door(ada, maple, doors.DoorForm(name="Second", device=lobby, relay=2))
    assert (Door.objects.filter(name="Second").exists(), AuditEntry.objects.count()) == (
        False,
        trail,
    )


@pytest.mark.parametrize(
    "change", [{"address": "10.0.0.66"}, {"auth_mode": "basic"}, {"user": "other"}]
)
def test_a_known_password_is_not_sent_to_another_place(
    mona: Actor, cast: Cast, lobby: Device, change: dict[str, str]
) -> None:
    known = {
        "name": "Lobby",
        "mac": LOBBY_MAC,
        "address": lobby.address,
        "auth_mode": lobby.auth_mode,
        "user": lobby.user,
    }
    with pytest.raises(Invalid) as fault:
        devices.change_device(mona, lobby, form(cast, **{**known, **change}))
    assert set(fault.value.faults) == {"password"}
    told_again = form(cast, **{**known, **change, "password": "told-again"})
    assert devices.change_device(mona, lobby, told_again).password == "told-again"
