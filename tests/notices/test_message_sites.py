"""Messages to those of some sites alone, and to nobody of any other."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.kit import offers
from doorward.kit.errors import Invalid, Refused
from doorward.notices.actions import announcements as deeds
from doorward.notices.models import Announcement
from doorward.notices.reach import Reach, reach_of
from doorward.sites.actions import SiteForm, create_company, create_site, delete_site
from doorward.sites.models import Site
from doorward.tenancy.actions import create_account
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Node
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, PASSWORD, Cast
from tests.notices.test_messages import got, sent, written

pytestmark = pytest.mark.django_db

ALL = (Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL)


@pytest.fixture
def ash(cast: Cast) -> Site:
    """Another site of Ivan's, with a manager and an administrator of its own."""
    Announcement.objects.all().delete()
    site = create_site(
        BUILDER, cast.maple.installer, SiteForm(name="Ash Yard", zone="Europe/Paris")
    )
    _account("nick", site.node, Role.PROPERTY_MANAGER)
    company = create_company(BUILDER, site, name="Ashes")
    _account("anna", company.node, Role.COMPANY_ADMINISTRATOR)
    return site


def _account(name: str, node: Node, role: Role) -> None:
    told = {"username": name, "password": PASSWORD, "name": name, "email": f"{name}@example.com"}
    create_account(BUILDER, node, role, **told)


def test_a_message_to_a_site_reaches_those_of_it_and_of_no_other(
    cast: Cast, ivan: Actor, ash: Site
) -> None:
    assert got(sent(ivan, *ALL, sites=[ash.pk])) == {"nick", "anna"}
    assert got(sent(ivan, *ALL, sites=[cast.maple.pk])) == {"mona", "ada", "rita"}
    both = written(ivan, *ALL, sites=[ash.pk, cast.maple.pk])
    assert reach_of(both) == Reach(5, 0)
    assert got(deeds.send_message(ivan, both)) == {"nick", "anna", "mona", "ada", "rita"}
    assert got(sent(ivan, Role.PROPERTY_MANAGER, sites=[ash.pk])) == {"nick"}


def test_the_operator_names_any_site(cast: Cast, ash: Site) -> None:
    otto = cast.actor("otto")
    assert got(sent(otto, Role.PROPERTY_MANAGER, sites=[ash.pk])) == {"nick"}


def test_a_foreign_site_is_answered_as_one_that_does_not_exist(cast: Cast, ivan: Actor) -> None:
    for sites in ([cast.oak.pk], [10**9], [cast.maple.pk, cast.oak.pk]):
        with pytest.raises(Invalid) as refusal:
            written(ivan, *ALL, sites=sites)
        assert [*refusal.value.faults] == ["sites"]
    assert not Announcement.objects.filter(title="New prices").exists()


def test_a_form_offers_the_sites_one_sees_and_refuses_others_alike(cast: Cast, ash: Site) -> None:
    browser, page = cast.client("ivan"), reverse("message-new")
    text = browser.get(page).content.decode()
    assert "Maple Court" in text
    assert "Oak Lane" not in text
    body = {"kind": "message", "title": "T", "text": "T", "targets": ["property_manager"]}
    answers = [
        browser.post(page, {**body, "sites": [str(key)]}).content.decode().replace(str(key), "N")
        for key in (cast.oak.pk, 10**9)
    ]
    faults = [answer[answer.index('id="error_') :][:300] for answer in answers]
    assert faults[0] == faults[1]
    assert browser.post(page, {**body, "sites": [str(ash.pk)]}).status_code == 302
    message = Announcement.objects.get()
    assert message.sites == [ash.pk]
    form = browser.get(reverse("message-edit", args=[message.pk])).context["form"]
    assert form["sites"].value() == [ash.pk]


def test_roles_that_belong_to_no_site_go_with_none(cast: Cast, ivan: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        written(ivan, Role.SUB_INSTALLER, *ALL, sites=[cast.maple.pk])
    assert [*refusal.value.faults] == ["targets"]


@pytest.mark.parametrize("name", ["dora", "sven"])
def test_whoever_reaches_nobody_at_a_site_names_none(cast: Cast, name: str) -> None:
    assert 'name="sites"' not in cast.client(name).get(reverse("message-new")).content.decode()
    with pytest.raises(Invalid):
        written(cast.actor(name), Role.INSTALLER, sites=[cast.maple.pk])


def test_a_hundred_sites_are_the_most(ivan: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        written(ivan, *ALL, sites=range(1, 102))
    assert [*refusal.value.faults] == ["sites"]


def test_a_draft_says_of_which_sites_and_how_many(cast: Cast, ivan: Actor, ash: Site) -> None:
    message = written(ivan, *ALL, sites=[ash.pk])
    text = cast.client("ivan").get(reverse("message", args=[message.pk])).content.decode()
    assert "Ash Yard" in text
    assert "It goes to 2 accounts." in text
    deeds.send_message(ivan, message)
    read = cast.client("mona").get(reverse("message", args=[message.pk]))
    assert read.status_code == 404


def test_where_the_site_is_gone_by_then_nobody_gets_it(cast: Cast, ivan: Actor, ash: Site) -> None:
    noon = datetime(2030, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as time:
        message = written(ivan, *ALL, sites=[ash.pk], send_at=noon + timedelta(hours=1))
        deeds.send_message(ivan, message)
        delete_site(BUILDER, ash)
        time.shift(timedelta(hours=1))
        deeds.send_due()
        message.refresh_from_db()
        assert (message.state, got(message)) == ("draft", set())
        with pytest.raises(Refused):
            deeds.send_message(ivan, message)
    text = cast.client("ivan").get(reverse("message", args=[message.pk])).content.decode()
    assert "sites that are gone" in text
    body = {"kind": "message", "title": "T", "text": "T", "targets": ["property_manager"]}
    answer = cast.client("ivan").post(reverse("message-edit", args=[message.pk]), body)
    assert answer.status_code == 422
    message.refresh_from_db()
    assert message.sites == [ash.pk]


def test_over_the_api_sites_are_named_by_their_ids(cast: Cast, ash: Site) -> None:
    head = {"Authorization": f"Bearer {cast.token('ivan')}"}
    browser, path = Client(), "/api/v1/messages"

    def post(sites: list[str]) -> object:
        body = {"title": "T", "text": "T", "targets": ["property_manager"], "sites": sites}
        return browser.post(path, json.dumps(body), content_type="application/json", headers=head)

    foreign, absent = post([str(cast.oak.pk)]), post([str(10**9)])
    assert foreign.status_code == absent.status_code == 422  # type: ignore[attr-defined]
    assert foreign.json()["errors"] == absent.json()["errors"]  # type: ignore[attr-defined]
    made = post([str(ash.pk)]).json()  # type: ignore[attr-defined]
    assert (made["sites"], made["would_reach"]) == ([str(ash.pk)], 1)
    there = f"{path}/{made['id']}"
    changed = browser.patch(
        there,
        json.dumps({"sites": []}),
        content_type="application/json",
        headers={**head, "If-Match": browser.get(there, headers=head)["ETag"]},
    )
    assert (changed.json()["sites"], changed.json()["would_reach"]) == ([], 2)


def test_the_trail_names_the_sites(ivan: Actor, ash: Site) -> None:
    sent(ivan, *ALL, sites=[ash.pk])
    assert AuditEntry.objects.latest("pk").after["sites"] == ["Ash Yard"]


# --- Of very many sites -----------------------------------------------------------------------


def found(browser: Client, words: str) -> list[str]:
    """Return what the picker of sites is answered when this is typed."""
    return [
        one["label"] for one in browser.get(reverse("message-site-choices"), {"q": words}).json()
    ]


def test_beyond_some_hundred_sites_a_form_carries_the_chosen_alone(
    cast: Cast, ash: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, page = cast.client("ivan"), reverse("message-new")
    choices = f'data-search-url="{reverse("message-site-choices")}"'
    assert choices not in browser.get(page).content.decode()
    monkeypatch.setattr(offers, "CARRIED", 1)
    text = browser.get(page).content.decode()
    assert choices in text
    assert "Ash Yard" not in text
    # Nothing of what was chosen is lost by a fault, and a foreign site is not named by one.
    faulty = {"targets": ["property_manager"], "sites": [ash.pk, cast.oak.pk, "x"]}
    text = browser.post(page, faulty).content.decode()
    assert f'<option value="{ash.pk}" selected>Ash Yard</option>' in text
    assert "Oak Lane" not in text
    body = {"kind": "message", "title": "T", "text": "T", "targets": ["property_manager"]}
    assert browser.post(page, {**body, "sites": [ash.pk]}).status_code == 302
    draft = Announcement.objects.get(title="T")
    assert draft.sites == [ash.pk]
    text = browser.get(reverse("message-edit", args=[draft.pk])).content.decode()
    assert f'<option value="{ash.pk}" selected>Ash Yard</option>' in text


def test_sites_are_found_by_the_beginnings_of_their_words(cast: Cast, ash: Site) -> None:
    Site.objects.filter(pk=ash.pk).update(name="St.James (Ash)", city="Köln")
    browser = cast.client("ivan")
    assert found(browser, "") == ["Maple Court", "St.James (Ash)"]
    assert found(browser, "cour map") == ["Maple Court"]
    assert found(browser, "JAMES köl") == ["St.James (Ash)"]
    assert found(browser, "aple") == found(browser, "ash") == found(browser, "[a-z]") == []
    assert found(browser, "(ash") == ["St.James (Ash)"]
    assert found(browser, "oak") == []
    assert found(cast.client("otto"), "oak") == ["Oak Lane"]
