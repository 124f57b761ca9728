"""A person added in steps: with groups, a PIN and cards, or not at all."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.access.models import AccessGroup, Credential
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.models import Draft
from tests.at_home import SignedIn
from tests.cast import BOBS_CARD, Cast

pytestmark = pytest.mark.django_db


def send(browser: Client, home: Company, step: str, **typed: object) -> HttpResponse:
    address = reverse("person-new", args=[home.site_id])
    answer: HttpResponse = browser.post(f"{address}?step={step}", {"go": "on", **typed})
    return answer


def begin(browser: Client, company: Company, *groups: AccessGroup) -> None:
    """Go through the first two steps."""
    who = {"first_name": "Nils", "last_name": "New", "company": company.pk}
    assert send(browser, company, "person", **who).status_code == 302
    joined = {"groups": [group.pk for group in groups]}
    assert send(browser, company, "access", **joined).status_code == 302


def test_a_person_comes_with_everything(signed_in: SignedIn, cast: Cast, acme: Company) -> None:
    mona, office = signed_in("mona"), cast.group("Office hours")
    begin(mona, acme, office)
    address = reverse("person-new", args=[acme.site_id])
    summary = mona.get(f"{address}?step=holds").content.decode()
    assert "Nils New" in summary
    assert "Office hours" in summary
    answer = send(mona, acme, "holds", pin="on", card_1="CAFEBABE", card_2="DEADBEE0")
    nils = cast.person("Nils")
    assert set(nils.accessgroups.all()) == {office}
    assert nils.credentials.cards().count() == 2
    (told,) = re.findall(r'value="(\d+)"\s+readonly data-copy-value', answer.content.decode())
    assert told == nils.credentials.pins().get().secret
    assert answer["Cache-Control"] == "no-store"
    assert f"{address}?company={acme.pk}" in answer.content.decode()
    assert "The doors are told." in answer.content.decode()
    assert not Draft.objects.exists()


def test_sent_again_it_is_one_person_and_tells_nothing(
    signed_in: SignedIn, cast: Cast, acme: Company
) -> None:
    mona = signed_in("mona")
    begin(mona, acme)
    for _time in range(2):
        answer = send(mona, acme, "holds", pin="on", once="k")
    pin = cast.person("Nils").credentials.pins().get().secret
    assert answer.status_code == 302
    assert pin not in mona.get(answer["Location"]).content.decode()


def test_without_a_door_one_is_led_to_the_access_groups(signed_in: SignedIn, acme: Company) -> None:
    mona = signed_in("mona")
    begin(mona, acme)
    answer = send(mona, acme, "holds").content.decode()
    assert "opens no door yet" in answer
    assert f'<a href="{reverse("groups", args=[acme.site_id])}">access groups</a>' in answer


def test_without_a_pin_none_is_given(signed_in: SignedIn, cast: Cast, acme: Company) -> None:
    ada = signed_in("ada")
    begin(ada, acme, cast.group("Acme nights"))
    answer = send(ada, acme, "holds").content.decode()
    assert "Add another person" in answer
    assert not cast.person("Nils").credentials.exists()


def test_a_card_that_is_held_stops_it_all(signed_in: SignedIn, acme: Company) -> None:
    mona = signed_in("mona")
    begin(mona, acme)
    answer = send(mona, acme, "holds", pin="on", card_1="CAFEBABE", card_2=BOBS_CARD)
    assert answer.status_code == 422
    assert "Bob Bell holds this card" in answer.content.decode()
    assert not Person.objects.filter(first_name="Nils").exists()
    assert not Credential.objects.filter(tail="BABE").exists()


def test_an_administrator_is_offered_own_groups_only(
    signed_in: SignedIn, cast: Cast, acme: Company
) -> None:
    ada = signed_in("ada")
    begin(ada, acme)
    address = reverse("person-new", args=[acme.site_id])
    offered = ada.get(f"{address}?step=access").content.decode()
    assert "Acme nights" in offered
    assert "Birch parking" not in offered
    assert "Office hours" not in offered
    refused = send(ada, acme, "access", groups=[cast.group("Office hours").pk])
    assert refused.status_code == 422
    assert not Person.objects.filter(first_name="Nils").exists()


def test_groups_of_another_company_are_not_offered(
    signed_in: SignedIn, cast: Cast, birch: Company
) -> None:
    mona = signed_in("mona")
    begin(mona, birch)
    address = reverse("person-new", args=[birch.site_id])
    offered = mona.get(f"{address}?step=access").content.decode()
    assert "Birch parking" in offered
    assert "Acme nights" not in offered
