"""A company's groups as a tree that one can read, change and move."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.people.actions import create_group, move_people
from doorward.people.models import Group, Person
from doorward.sites.actions import SiteForm, create_site
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from tests.at_home import SignedIn
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(cast: Cast) -> Group:
    return cast.crew("Workshop")


@pytest.fixture
def nights(cast: Cast) -> Group:
    return cast.crew("Night shift")


def tree(browser: Client, company: Company) -> str:
    address = reverse("people-groups", args=[company.site_id])
    return browser.get(address, {"company": company.pk}).content.decode()


def page(name: str, group: Group) -> str:
    return reverse(name, args=[group.site_id, group.pk])


def test_the_tree_counts_with_what_lies_beneath(
    signed_in: SignedIn, acme: Company, rita: Person, nights: Group
) -> None:
    move_people(BUILDER, [rita], acme, nights)
    shown = " ".join(tree(signed_in("mona"), acme).split())
    assert "0 people · 1 with the groups below" in shown
    assert "1 person" in shown
    assert shown.index("Workshop") < shown.index("Night shift")
    assert "Studio" not in shown


def test_without_a_company_one_is_led_to_adding_it(
    signed_in: SignedIn, ivan: Actor, maple: Site
) -> None:
    empty = create_site(ivan, maple.installer, SiteForm(name="Empty House", zone="Europe/Berlin"))
    shown = signed_in("ivan").get(reverse("people-groups", args=[empty.pk])).content.decode()
    assert reverse("company-new", args=[empty.pk]) in shown


def test_an_administrator_meets_no_other_company(
    signed_in: SignedIn, acme: Company, birch: Company
) -> None:
    ada = signed_in("ada")
    assert "Workshop" in tree(ada, acme)
    address = reverse("people-groups", args=[birch.site_id])
    assert ada.get(address, {"company": birch.pk}).status_code == 404
    new = reverse("people-group-new", args=[birch.site_id])
    assert ada.post(f"{new}?company={birch.pk}", {"name": "Mine"}).status_code == 404
    choices = reverse("people-group-choices", args=[birch.site_id])
    found = ada.get(choices, {"of": birch.pk}).json()
    assert found == []


def test_a_group_is_added_below_another(
    signed_in: SignedIn, acme: Company, workshop: Group
) -> None:
    address = reverse("people-group-new", args=[acme.site_id])
    typed = {"name": "Welders", "parent": workshop.pk, "floors": "1, B1"}
    assert signed_in("ada").post(f"{address}?company={acme.pk}", typed).status_code == 302
    welders = Group.objects.get(name="Welders")
    assert (welders.parent, welders.floors) == (workshop, ["1", "B1"])


def test_a_group_is_renamed_and_moved_at_once(signed_in: SignedIn, nights: Group) -> None:
    typed = {"name": "Nights", "parent": "", "floors": ""}
    assert signed_in("ada").post(page("people-group-edit", nights), typed).status_code == 302
    nights.refresh_from_db()
    assert (nights.name, nights.parent, nights.ancestors) == ("Nights", None, [nights.pk])


def test_a_group_is_not_offered_what_lies_within_it(
    signed_in: SignedIn, workshop: Group, nights: Group
) -> None:
    mona = signed_in("mona")
    address = page("people-group-edit", workshop)
    assert f'value="{nights.pk}"' not in mona.get(address).content.decode()
    answer = mona.post(address, {"name": "Workshop", "parent": nights.pk})
    assert answer.status_code == 422
    workshop.refresh_from_db()
    assert workshop.parent is None


def test_a_parent_of_another_company_is_refused(
    signed_in: SignedIn, cast: Cast, nights: Group
) -> None:
    typed = {"name": "Night shift", "parent": cast.crew("Studio").pk}
    assert signed_in("mona").post(page("people-group-edit", nights), typed).status_code == 422


def test_deleting_tells_what_follows_and_keeps_everybody(
    signed_in: SignedIn, acme: Company, rita: Person, workshop: Group, nights: Group
) -> None:
    move_people(BUILDER, [rita], acme, nights)
    mona = signed_in("mona")
    asked = mona.get(page("people-group-delete", nights)).content.decode()
    assert "1 person moves up to Workshop." in asked
    mona.post(page("people-group-delete", nights))
    asked = mona.get(page("people-group-delete", workshop)).content.decode()
    assert "1 person is left ungrouped." in asked
    mona.post(page("people-group-delete", workshop))
    rita.refresh_from_db()
    assert rita.group is None
    assert "No groups yet" in tree(mona, acme)


def test_choices_are_told_by_their_whole_path(signed_in: SignedIn, nights: Group) -> None:
    address = reverse("people-group-choices", args=[nights.site_id])
    (found,) = signed_in("mona").get(address, {"q": "night"}).json()
    assert found == {
        "value": nights.pk,
        "label": "Workshop › Night shift",
        "hint": "Acme",
        "of": nights.company_id,
    }


def test_five_levels_end_the_tree(signed_in: SignedIn, acme: Company, nights: Group) -> None:
    deepest = nights
    for level in range(3):
        deepest = create_group(BUILDER, acme, name=f"Level {level}", parent=deepest)
    assert f"below={deepest.pk}" not in tree(signed_in("mona"), acme)
    assert f"below={nights.pk}" in tree(signed_in("mona"), acme)
