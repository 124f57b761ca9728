"""A long form in steps: checked on the way, kept as a draft, saved at the end or not at all."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.kit import clock
from doorward.sites.actions import SiteForm, create_site
from doorward.sites.models import Site
from doorward.tenancy import drafts
from doorward.tenancy.drafts import KEPT
from doorward.tenancy.jobs import forget_drafts
from doorward.tenancy.models import Account, Draft
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

OFFICE = {"name": "Elm House", "country": "Germany", "city": "Bonn", "go": "on"}
TIME = {
    "zone": "Europe/Berlin",
    "time_format": "24",
    "date_format": "YMD",
    "contact_order": "first_last",
    "pin_length": "6",
    "go": "on",
}
SERVICES = {"pay_by_manager": "allowed", "attendance_plan": "large", "go": "on"}


@pytest.fixture
def ivan_browses(cast: Cast) -> Client:
    return cast.client("ivan")


def send(browser: Client, step: str, body: dict[str, str]) -> HttpResponse:
    return browser.post(f"{reverse('site-new')}?step={step}", body)


def look(browser: Client, step: str = "") -> str:
    query = f"?step={step}" if step else ""
    return browser.get(f"{reverse('site-new')}{query}", follow=True).content.decode()


def test_a_form_is_saved_after_its_last_step(ivan_browses: Client) -> None:
    assert send(ivan_browses, "office", OFFICE).url.endswith("?step=time")
    assert not Site.objects.filter(name="Elm House").exists()
    assert send(ivan_browses, "time", TIME).url.endswith("?step=services")
    answer = send(ivan_browses, "services", SERVICES)
    site = Site.objects.get(name="Elm House")
    assert answer.url == reverse("site", args=[site.pk])
    assert (site.city, site.zone) == ("Bonn", "Europe/Berlin")
    assert (site.pay_by_manager, site.attendance_plan) == ("allowed", "large")
    assert (site.landline_service, site.send_renew_email) == (False, False)
    assert not Draft.objects.exists()


def test_a_step_with_a_fault_is_not_left(ivan_browses: Client) -> None:
    answer = send(ivan_browses, "office", {**OFFICE, "name": ""})
    assert answer.status_code == 422
    assert 'href="#id_name"' in answer.content.decode()
    assert 'value="Bonn"' in answer.content.decode()
    assert not Draft.objects.exists()


def test_going_back_loses_nothing_and_judges_nothing(ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    answer = send(ivan_browses, "time", {"zone": "", "date_format": "DMY", "go": "back"})
    assert answer.url.endswith("?step=office")
    assert 'value="Elm House"' in look(ivan_browses, "office")
    time = look(ivan_browses, "time")
    assert '<option value="DMY" selected>' in time
    assert "data-error-summary" not in time


def test_one_cannot_go_beyond_a_step_that_is_open(ivan_browses: Client) -> None:
    assert 'aria-current="step"' in look(ivan_browses, "time")
    assert "id_name" in look(ivan_browses, "time")
    assert send(ivan_browses, "time", TIME).url.endswith("?step=office")
    assert not Site.objects.filter(name="Elm House").exists()
    send(ivan_browses, "office", OFFICE)
    assert re.search(r'<option value="Europe/Berlin"[^>]* selected', look(ivan_browses, "time"))


def test_a_draft_is_offered_again(ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    page = look(ivan_browses)
    assert "You have a draft" in page
    assert f'href="{reverse("site-new")}?step=time"' in page
    assert "id_name" not in page


def test_a_draft_that_is_thrown_away_is_gone(ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    ivan_browses.post(reverse("site-new"), {"go": "discard"})
    page = look(ivan_browses)
    assert "You have a draft" not in page
    assert "Elm House" not in page


def test_a_draft_is_its_owners_alone(cast: Cast, ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    for name in ("iris", "oscar"):
        assert "You have a draft" not in look(cast.client(name))
        cast.client(name).post(reverse("site-new"), {"go": "discard"})
    assert Draft.objects.get().account.username == "ivan"


def test_a_draft_at_one_place_is_none_at_another(cast: Cast) -> None:
    ivan = cast.actor("ivan")
    here, there = cast.maple.node, cast.acme.node
    drafts.keep(ivan, "person-new", here, {})
    assert drafts.find(ivan, "person-new", here)
    assert drafts.find(ivan, "person-new", there) is None
    assert drafts.find(ivan, "person-new", None) is None


def test_a_draft_stands_sealed(ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, d::text FROM tenancy_draft d")
        secret, line = cursor.fetchone()
    assert secret
    assert b"Elm" not in bytes(secret)
    assert "Elm" not in line


def test_what_the_deed_objects_to_comes_back_at_its_step(cast: Cast, ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm House", zone="Europe/Berlin"))
    send(ivan_browses, "time", {**TIME, "date_format": "DMY"})
    answer = send(ivan_browses, "services", SERVICES)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "You already have a site of this name" in page
    assert 'value="Bonn"' in page
    send(ivan_browses, "office", {**OFFICE, "name": "Ash House"})
    assert '<option value="DMY" selected>' in look(ivan_browses, "time")
    send(ivan_browses, "time", TIME)
    send(ivan_browses, "services", SERVICES)
    assert Site.objects.filter(name="Ash House").exists()


def test_the_last_step_sent_twice_saves_once(ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    send(ivan_browses, "time", TIME)
    last = {**SERVICES, "once": "k1"}
    first, second = (send(ivan_browses, "services", last) for _ in range(2))
    assert (first.url, second.url) == (first.url, first.url)
    assert Site.objects.filter(name="Elm House").count() == 1


def test_old_drafts_are_forgotten(ivan_browses: Client, cast: Cast) -> None:
    send(ivan_browses, "office", OFFICE)
    drafts.keep(cast.actor("ivan"), "person-new", cast.maple.node, {})
    Draft.objects.filter(form="site-new").update(
        updated_at=clock.now() - KEPT - timedelta(seconds=1)
    )
    forget_drafts(0)
    assert Draft.objects.get().form == "person-new"


def test_a_draft_goes_with_its_account(ivan_browses: Client) -> None:
    send(ivan_browses, "office", OFFICE)
    Account.objects.filter(username="ivan").delete()
    assert not Draft.objects.exists()
