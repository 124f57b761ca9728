"""The list of sites counts what belongs to each, and a site's pages show what is told of it."""

import re

import pytest
from django.db.models import Q
from django.urls import reverse

from doorward.devices.models import Device
from doorward.kit import clock
from doorward.portal.amiss import Look
from doorward.portal.fleet import Fleet, fleet_of
from doorward.portal.pages.sites import with_counts
from doorward.sites.actions import SiteForm, create_site
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Standing
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


def rows_of(text: str) -> list[list[str]]:
    """Return the words of each cell, row by row."""
    body = re.search(r"<tbody.*?</tbody>", text, re.DOTALL)
    assert body
    cells = (re.findall(r"<td.*?</td>", row, re.DOTALL) for row in body[0].split("<tr")[1:])
    return [[" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in row] for row in cells]


def test_sites_are_counted_sorted_by_name_and_told_with_their_numbers(cast: Cast) -> None:
    create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm Yard", zone="Europe/Berlin"))
    browser = cast.client("ivan")
    up = browser.get(reverse("sites"), {"sort": "name"})
    assert up.context["page_count"] == "2"
    assert '<span class="count" id="page-count">2</span>' in up.content.decode()
    heads = re.findall(r"<th [^>]*>(.*?)</th>", up.content.decode(), re.DOTALL)
    names = [" ".join(re.sub(r"<[^>]+>", " ", head).split()) for head in heads]
    elm, maple = (dict(zip(names, row, strict=False)) for row in rows_of(up.content.decode()))
    assert (elm["Name"], elm["People"], elm["Devices"]) == ("Elm Yard", "0", "0")
    assert elm["City"] == "–"
    assert (maple["Name"], maple["People"], maple["Devices"]) == ("Maple Court", "2", "2")
    down = browser.get(reverse("sites"), {"sort": "-name"}).content.decode()
    assert [row[0] for row in rows_of(down)] == ["Maple Court", "Elm Yard"]


def test_each_site_counts_what_is_in_view_there_of_whoever_has_two_roles(cast: Cast) -> None:
    """Ada is Acme's administrator, one company of two, and now manages Oak Lane."""
    ada = Account.objects.get(username="ada")
    Standing.objects.create(account=ada, node=cast.oak.node, role=Role.PROPERTY_MANAGER)
    shown = with_counts(Site.objects.all(), Actor.of(ada)).order_by("name")
    told = [(row.name, row.person_count, row.device_count, row.connector_count) for row in shown]
    assert told == [("Maple Court", 1, 0, 0), ("Oak Lane", 1, 1, 1)]


def test_a_site_without_a_door_has_no_place_for_what_happens(cast: Cast) -> None:
    elm = create_site(
        BUILDER, cast.maple.installer, SiteForm(name="Elm Yard", zone="Europe/Berlin")
    )
    browser = cast.client("ivan")
    empty, busy = (
        browser.get(reverse("site", args=[site.pk])).content.decode() for site in (elm, cast.maple)
    )
    assert ("First steps" in empty, "Just now" in empty) == (True, False)
    assert ("First steps" in busy, "Just now" in busy) == (False, True)


def test_street_and_postcode_stand_above_a_site_s_page(cast: Cast) -> None:
    Site.objects.filter(pk=cast.maple.pk).update(street="Acorn Lane 3", postcode="10115")
    page = cast.client("mona").get(reverse("site", args=[cast.maple.pk])).content.decode()
    assert "Acorn Lane 3, 10115 Berlin" in " ".join(page.split())


def test_times_of_a_site_are_written_as_it_writes_them(cast: Cast) -> None:
    devices = reverse("devices", args=[cast.maple.pk])
    clock_above = re.compile(r"<small>(\d{1,2}:\d\d(?: [ap]m)?) · GMT")

    def shown() -> str:
        found = clock_above.search(cast.client("mona", again=True).get(devices).content.decode())
        assert found
        return found[1]

    assert not shown().endswith("m")
    Site.objects.filter(pk=cast.maple.pk).update(time_format="12")
    assert re.fullmatch(r"\d{1,2}:\d\d [ap]m", shown())


@pytest.mark.parametrize("page", ["site-new", "site-edit"])
def test_the_form_of_an_office_says_that_firmware_should_be_new(page: str, cast: Cast) -> None:
    args = [] if page == "site-new" else [cast.maple.pk]
    text = cast.client("ivan").get(reverse(page, args=args)).content.decode()
    assert "Door phones should run their newest firmware" in text


def test_switches_of_mails_about_payments_are_kept(cast: Cast) -> None:
    assert cast.maple.send_expiration_email
    browser, page = cast.client("ivan"), reverse("site-edit", args=[cast.maple.pk])
    form = browser.get(page).context["form"]
    told = {
        name: form[name].value()
        for name in form.fields
        if name not in ("send_expiration_email", "landline_service")
    }
    assert browser.post(page, told).status_code == 302
    site = Site.objects.get(pk=cast.maple.pk)
    assert (site.send_expiration_email, site.send_renew_email) == (False, True)
    text = browser.get(page).content.decode()
    assert "Switched off, all of them go to installers alone." in text


def test_devices_are_counted_by_whether_they_are_there(cast: Cast) -> None:
    seen = Device.objects.filter(site=cast.maple)
    seen.update(seen_at=None)
    cast.power_on("Lobby")
    fleet = fleet_of(Look(BUILDER, clock.now(), Q(site=cast.maple)))
    assert (fleet.total, fleet.online, fleet.never, fleet.offline) == (2, 1, 1, 0)
    cast.power_on("Garage")
    Device.objects.filter(name="Lobby").update(reachable=False)
    fleet = fleet_of(Look(BUILDER, clock.now(), Q(site=cast.maple)))
    assert (fleet.online, fleet.never, fleet.offline) == (1, 0, 1)


def test_more_devices_than_are_counted_are_told_and_not_called_online(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not Fleet(total=10_001, offline=3, never=1, failed=0).is_counted
    few = Fleet(total=10_000, offline=3, never=1, failed=0)
    assert (few.is_counted, few.online) == (True, 9_996)
    browser, page = cast.client("ivan"), reverse("dashboard")
    assert "Devices online" in browser.get(page).content.decode()
    monkeypatch.setattr("doorward.portal.fleet.MOST", 1)
    shown = browser.get(page)
    assert not shown.context["devices"].is_counted
    assert "Devices online" not in shown.content.decode()
