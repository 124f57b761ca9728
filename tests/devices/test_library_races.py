"""Several want the same MACs of the library at once: they take turns, and none waits for ever."""

from collections.abc import Callable

import pytest

from doorward.devices.actions import devices, macs, releasing
from doorward.devices.models import Device, MacEntry
from doorward.kit.errors import Refused
from doorward.sites.actions import delete_site
from tests.access.test_shelf_races import overlap
from tests.api.conftest import Caller
from tests.cast import BUILDER, FREE_MAC, Cast
from tests.devices.test_devices import form
from tests.devices.test_macs_in_use import note_what_is_used

pytestmark = pytest.mark.django_db(transaction=True)

# In the order of the library.
LOW, HIGH, SPARE = "0C11050000A1", "0C11050000A2", "0C11050000A3"


@pytest.fixture
def crossed(cast: Cast) -> Cast:
    """Maple Court has two devices more, the first of them with the later MAC of the library."""
    for mac in (LOW, HIGH, SPARE):
        macs.register_mac(BUILDER, cast.maple.installer, mac=mac)
    for name, mac in (("First", HIGH), ("Second", LOW)):
        devices.create_device(BUILDER, cast.maple, form(cast, name=name, mac=mac))
    return cast


def hold(*told: str) -> None:
    MacEntry.objects.filter(mac__in=told).hold()


def used(*told: str) -> set[str]:
    entries = MacEntry.objects.filter(mac__in=told, in_use=True)
    return set(entries.values_list("mac", flat=True))


def change(cast: Cast) -> None:
    devices.change_device(BUILDER, cast.device("Second"), form(cast, name="Second", mac=SPARE))


def delete(cast: Cast) -> None:
    devices.delete_device(BUILDER, cast.device("Second"))


def change_over_the_api(cast: Cast) -> None:
    path = f"/devices/{cast.device('Second').pk}"
    assert Caller(cast.token("ivan")).patch(path, {"mac": SPARE}).status_code == 200


def delete_over_the_api(cast: Cast) -> None:
    path = f"/devices/{cast.device('Second').pk}"
    assert Caller(cast.token("ivan")).delete(path).status_code == 204


EVERY_WAY = [change, delete, change_over_the_api, delete_over_the_api]
Way = Callable[[Cast], None]


def test_a_site_is_unbound_while_somebody_goes_through_its_macs(crossed: Cast) -> None:
    site = crossed.maple
    delete_site(BUILDER, site, unbind=True)
    overlap(lambda: hold(LOW), lambda: releasing.release_site(site.pk), then=lambda: hold(HIGH))
    assert used(LOW, HIGH) == set()
    assert not Device.objects.filter(site=site, release=Device.Release.NONE).exists()


@pytest.mark.parametrize("way", [change, change_over_the_api])
def test_a_device_gets_another_mac_while_somebody_goes_through_both(
    crossed: Cast, way: Way
) -> None:
    overlap(lambda: hold(LOW), lambda: way(crossed), then=lambda: hold(SPARE))
    assert used(LOW, SPARE) == {SPARE}


@pytest.mark.parametrize("way", EVERY_WAY)
def test_who_waits_for_a_mac_has_not_locked_its_device(crossed: Cast, way: Way) -> None:
    second = Device.objects.select_for_update().filter(name="Second")
    overlap(lambda: hold(LOW), lambda: way(crossed), then=lambda: list(second.all()))
    assert used(LOW) == set()


def test_a_mac_with_which_a_device_is_added_meanwhile_stays_in_the_library(cast: Cast) -> None:
    def remove_later() -> None:
        with pytest.raises(Refused, match=r"mac\.in_use"):
            macs.remove_mac(BUILDER, MacEntry.objects.get(mac=FREE_MAC))

    overlap(lambda: devices.create_device(BUILDER, cast.maple, form(cast)), remove_later)
    assert used(FREE_MAC) == {FREE_MAC}


def test_a_mac_freed_while_it_is_noted_what_was_used_before_is_free(crossed: Cast) -> None:
    MacEntry.objects.update(in_use=False)
    overlap(lambda: delete(crossed), note_what_is_used)
    assert used(LOW, HIGH, SPARE) == {HIGH}
