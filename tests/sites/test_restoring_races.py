"""An office comes back while somebody else takes what was its own."""

import pytest

from doorward.devices.actions import macs, releasing
from doorward.devices.models import Device, MacEntry
from doorward.kit.errors import Refused
from doorward.sites.actions import delete_site, restore_site
from doorward.sites.models import Site
from doorward.tenancy.models import AuditEntry
from tests.access.test_shelf_races import overlap
from tests.cast import BUILDER, LOBBY_MAC, Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def restored(cast: Cast) -> Site:
    """Maple Court, deleted and brought back, before its devices are bound again."""
    site = cast.maple
    delete_site(BUILDER, site, unbind=True)
    releasing.release_site(site.pk)
    return restore_site(BUILDER, site)


def move_lobbys_mac(cast: Cast) -> None:
    entry = MacEntry.objects.get(mac=LOBBY_MAC)
    macs.move_macs(BUILDER, [entry], cast.oak.installer)


def lobby(cast: Cast) -> Device:
    return Device.objects.get(site=cast.maple, name="Lobby")


def test_a_mac_that_goes_elsewhere_meanwhile_is_not_taken_back(cast: Cast, restored: Site) -> None:
    overlap(lambda: move_lobbys_mac(cast), lambda: releasing.take_back_site(restored.pk))
    assert lobby(cast).release == Device.Release.TAKEN
    assert lobby(cast).mac_entry is None
    assert MacEntry.objects.get(mac=LOBBY_MAC).node == cast.oak.installer
    assert not AuditEntry.objects.filter(verb="bind", label=LOBBY_MAC).exists()
    # Whose MAC nobody took is bound again all the same.
    assert Device.objects.get(site=restored, name="Garage").mac_entry is not None


def test_a_mac_that_is_taken_back_meanwhile_goes_nowhere(cast: Cast, restored: Site) -> None:
    def move_later() -> None:
        with pytest.raises(Refused, match=r"mac\.in_use"):
            move_lobbys_mac(cast)

    overlap(lambda: releasing.take_back_site(restored.pk), move_later)
    assert lobby(cast).mac_entry == MacEntry.objects.get(mac=LOBBY_MAC)
    assert lobby(cast).mac_entry.node == cast.maple.installer
