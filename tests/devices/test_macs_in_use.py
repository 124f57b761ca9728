"""Which MACs are free is kept by the database, whatever a device is done to."""

import importlib

import pytest
from django.db import connection, transaction
from django.urls import reverse

from doorward.devices.actions import devices, releasing
from doorward.devices.models import Device, MacEntry
from doorward.sites.actions import delete_site, restore_site
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, FREE_MAC, GARAGE_MAC, LOBBY_MAC, OAK_MAC, Cast
from tests.devices.test_devices import form

pytestmark = pytest.mark.django_db


def free(cast: Cast, login: str = "otto") -> set[str]:
    """Return what the library lists as free; what it lists as in use has to be all the others."""
    browser = cast.client(login)

    def listed(state: str) -> set[str]:
        page = browser.get(reverse("macs"), {"state": state})
        return {row.record.mac for row in page.context["table"].paginated_rows}

    everything = MacEntry.objects.visible_to(cast.actor(login))
    assert listed("bound") == set(everything.values_list("mac", flat=True)) - listed("free")
    return listed("free")


def test_a_mac_is_in_use_from_when_a_device_is_added_until_it_is_deleted(cast: Cast) -> None:
    assert free(cast) == {FREE_MAC}
    device = devices.create_device(BUILDER, cast.maple, form(cast))
    assert free(cast) == set()
    devices.delete_device(BUILDER, device)
    assert free(cast) == {FREE_MAC}


def test_a_device_with_another_mac_leaves_the_one_it_had(cast: Cast, ivan: Actor) -> None:
    device = devices.create_device(BUILDER, cast.maple, form(cast))
    devices.change_device(ivan, device, form(cast, name="Side gate"))
    assert free(cast) == set()
    Device.objects.filter(name="Garage").update(mac_entry=None, release="taken", freed_mac="0")
    devices.change_device(ivan, device, form(cast, mac=GARAGE_MAC))
    assert free(cast) == {FREE_MAC}


def test_the_macs_of_a_deleted_site_are_free_until_it_is_restored(cast: Cast) -> None:
    site = cast.maple
    delete_site(BUILDER, site, unbind=True)
    releasing.release_site(site.pk)
    assert free(cast) == {FREE_MAC, LOBBY_MAC, GARAGE_MAC}
    restore_site(BUILDER, site)
    releasing.take_back_site(site.pk)
    assert free(cast) == {FREE_MAC}


def test_everybody_is_told_of_their_own_library(cast: Cast) -> None:
    delete_site(BUILDER, cast.oak, unbind=True)
    releasing.release_site(cast.oak.pk)
    assert free(cast, "ivan") == {FREE_MAC}
    assert OAK_MAC in free(cast)


def test_what_devices_used_before_is_in_use_after_an_update(cast: Cast) -> None:
    MacEntry.objects.update(in_use=False)
    note_what_is_used()
    assert free(cast) == {FREE_MAC}


@transaction.atomic
def note_what_is_used() -> None:
    """Do to the library what its migration does."""
    filling = importlib.import_module("doorward.devices.migrations.0019_macs_found_in_use")
    with connection.cursor() as cursor:
        for statement in (filling.HOLD, filling.FILL):
            cursor.execute(statement)
