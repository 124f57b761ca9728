"""What stays the owner's while somebody acts for them, by page, over the API and as a deed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from doorward.devices.actions import connectors
from doorward.files.actions import store
from doorward.files.models import StoredFile
from doorward.kit.errors import Forbidden
from doorward.tenancy.actions import (
    accounts,
    invitations,
    managing,
    passwords,
    profile,
    providers,
    saved_views,
    tokens,
)
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actions.providers import ServiceForm
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Invitation, SavedView, Standing
from doorward.tenancy.permissions import Role
from tests.cast import Cast
from tests.house.addresses import address_of
from tests.support.conftest import Enter, access_of, account, acting, enable, standing

pytestmark = pytest.mark.django_db

AGAIN = {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
OWN = sorted(
    str(one.name)
    for one in get_resolver().url_patterns
    if isinstance(one, URLPattern) and str(one.pattern).startswith("account/")
)


@pytest.fixture
def browser(enter: Enter) -> Client:
    """Dora acts for Ivan here."""
    return enter("dora", "ivan")


@pytest.fixture
def dora_for_ivan(browser: Client) -> Actor:
    return acting(browser, "dora")


@pytest.mark.parametrize("name", [name for name in OWN if name not in AGAIN])
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_ones_own_account_say_why_not(
    name: str, method: str, browser: Client, cast: Cast
) -> None:
    answer = getattr(browser, method)(address_of(name, cast))
    assert answer.status_code == 403
    shown = answer.content.decode()
    assert "You are acting for Ivan." in shown
    # The band and the way out are there as well.
    assert reverse("support-end") in shown


def test_one_may_still_sign_in_again_for_what_the_other_may_see(browser: Client) -> None:
    assert browser.get(reverse("account_reauthenticate")).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        *("user-factor", "user-factors-remove", "user-password", "user-unlock", "user-shut"),
        *("user-sessions-end", "user-open", "user-role-end", "account-setting"),
    ],
)
def test_deeds_on_accounts_below_are_refused(name: str, browser: Client, cast: Cast) -> None:
    address = reverse(name) if name == "account-setting" else address_of(name, cast)
    answer = browser.get(address) if name == "account-setting" else browser.post(address)
    assert answer.status_code == 403
    assert "You are acting for Ivan." in answer.content.decode()


@pytest.mark.parametrize("deed", ["account-setting-permission", "account-setting-app"])
def test_the_switches_are_out_of_reach(deed: str, browser: Client) -> None:
    access = access_of("ivan")
    answer = browser.post(reverse(deed, args=[access.pk]), {"wanted": "no"})
    assert answer.status_code == 403
    assert (access_of("ivan").granted, access_of("ivan").app_allowed) == (True, True)


def test_the_level_below_is_not_enabled_in_anothers_name(browser: Client) -> None:
    page = reverse("support-access", args=[standing("mona").pk])
    assert browser.post(page, {"wanted": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "second-factor"),
        ("delete", "second-factors"),
        ("post", "password-link"),
        ("post", "unlock"),
        ("post", "shut"),
        ("post", "open"),
    ],
)
def test_the_api_refuses_the_same(method: str, path: str, browser: Client) -> None:
    address = f"/api/v1/accounts/{account('mona').pk}/{path}"
    body = {"required": True} if path == "second-factor" else {}
    answer = getattr(browser, method)(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "support.barred")
    assert "You are acting for Ivan." in answer.json()["detail"]
    assert account("mona").is_active


Deed = Callable[[Actor], object]


@pytest.mark.parametrize(
    "deed",
    [
        lambda actor: passwords.change_own_password(actor, account("dora"), "x", keep=""),
        lambda actor: passwords.change_own_password(actor, account("ivan"), "x", keep=""),
        lambda actor: profile.change_profile(actor, name="X", language="en"),
        lambda actor: profile.ask_for_email(actor, "x@example.com", ""),
        lambda actor: profile.note_factor(actor, "add factor", "x"),
        lambda actor: tokens.issue_token(actor, account("ivan"), "x"),
        lambda actor: tokens.issue_token(actor, account("dora"), "x"),
        lambda actor: tokens.revoke_token(actor, account("ivan").tokens.get()),
        lambda actor: accounts.send_password_link(actor, account("mona")),
        lambda actor: accounts.require_factor(actor, account("mona"), required=True),
        lambda actor: accounts.remove_factors(actor, account("mona")),
        lambda actor: accounts.end_all_sessions(actor, account("mona")),
        lambda actor: accounts.shut(actor, account("mona")),
        lambda actor: accounts.end_role(actor, Standing.objects.get(account=account("mona"))),
        lambda actor: invitations.accept(actor, "a-link"),
        lambda actor: saved_views.save_view(actor, "sites", None, name="X", query=""),
        lambda actor: deeds.grant(actor, access_of("ivan"), granted=False),
        lambda actor: deeds.allow_apps(actor, access_of("ivan"), allowed=False),
        lambda actor: deeds.enable(actor, standing("mona"), enabled=True),
        lambda actor: deeds.choose_default(actor, granted=False),
    ],
)
def test_a_deed_on_what_is_the_owners_is_refused(deed: Deed, dora_for_ivan: Actor) -> None:
    with pytest.raises(Forbidden) as refusal:
        deed(dora_for_ivan)
    assert refusal.value.code == "support.barred"


def test_nobody_stays_in_by_an_account_that_they_invite(
    browser: Client, dora_for_ivan: Actor, cast: Cast
) -> None:
    waiting = Invitation.objects.get(name="Nora")
    again = reverse("invitation-again", args=[waiting.pk])
    assert browser.post(again).status_code == 403
    # Whatever the role and the address: nobody knows whose mailbox it is.
    for role, node in (
        (Role.SUB_INSTALLER, standing("ivan").node),
        (Role.PROPERTY_MANAGER, cast.maple.node),
        (Role.COMPANY_ADMINISTRATOR, cast.acme.node),
    ):
        form = InvitationForm(role=role, first_name="X", last_name="Y", email="x@example.com")
        with pytest.raises(Forbidden) as refusal:
            invitations.invite(dora_for_ivan, node, form)
        assert refusal.value.code == "support.barred"
    assert list(Invitation.objects.all()) == [waiting]
    shown = browser.get(reverse("users")).content.decode()
    assert "While you act for another you invite nobody" in shown
    assert reverse("user-new") not in shown
    assert again not in shown
    # What takes away is open.
    assert browser.post(reverse("invitation-withdraw", args=[waiting.pk])).status_code == 302


def test_nobody_lets_a_machine_in_meanwhile(
    browser: Client, dora_for_ivan: Actor, cast: Cast
) -> None:
    basement = cast.connector("Basement")
    before = basement.code_digest
    for deed in (
        lambda: connectors.create_connector(dora_for_ivan, cast.maple, name="Mine"),
        lambda: connectors.renew_code(dora_for_ivan, basement),
    ):
        with pytest.raises(Forbidden) as refusal:
            deed()
        assert refusal.value.code == "support.barred"
    basement.refresh_from_db()
    assert basement.code_digest == before
    shown = browser.get(reverse("connector", args=[cast.maple.pk, basement.pk])).content.decode()
    assert "While you act for another you make no code" in shown
    assert 'data-dialog-open="new-code"' not in shown


def test_no_mail_is_led_to_the_helper_meanwhile(dora_for_ivan: Actor, cast: Cast) -> None:
    service = ServiceForm(phone="", email="dora@example.com", receives_feedback=True)
    with pytest.raises(Forbidden) as refusal:
        providers.change_service(dora_for_ivan, cast.maple.installer, service)
    assert refusal.value.code == "support.barred"


def test_the_band_offers_what_one_may_and_nothing_else(browser: Client) -> None:
    shown = browser.get("/").content.decode()
    for name in ("account", "account-password", "account-setting", "support"):
        assert f'href="{reverse(name)}"' not in shown
    page = browser.get(reverse("user", args=[account("mona").pk])).content.decode()
    assert "While you act for another you look at accounts" in page
    assert reverse("user-shut", args=[account("mona").pk]) not in page


def test_views_that_are_saved_are_nobodys_meanwhile(browser: Client, cast: Cast) -> None:
    for name in ("dora", "ivan"):
        saved_views.save_view(
            cast.actor(name), "sites", None, name=f"View of {name}", query="q=Oak"
        )
    SavedView.objects.update(is_default=True)
    answer = browser.get(reverse("sites"))
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "View of" not in shown
    assert "Views belong to who saves them" in shown
    assert browser.post(reverse("sites"), {"view": "save", "name": "X"}).status_code == 403


def test_in_person_all_of_it_goes_as_ever(cast: Cast) -> None:
    enable("ivan")
    dora = cast.client("dora")
    assert dora.get(reverse("account")).status_code == 200
    assert dora.get(reverse("account-tokens")).status_code == 200
    assert Account.objects.visible_to(cast.actor("dora")).filter(username="ivan").exists()


def test_no_role_is_given_or_taken_away_meanwhile(dora_for_ivan: Actor, cast: Cast) -> None:
    for deed, who in (
        (managing.assign_managers, "dora"),
        (managing.assign_managers, "mona"),
        (managing.withdraw_managers, "mona"),
    ):
        with pytest.raises(Forbidden) as refusal:
            deed(dora_for_ivan, cast.maple.node, [account(who).pk])
        assert refusal.value.code == "support.barred"


def test_what_stays_outlives_whoever_helped(dora_for_ivan: Actor, cast: Cast) -> None:
    def kept(kind: StoredFile.Kind) -> StoredFile:
        told = {"name": "a", "content": [b"a"], "content_type": "image/jpeg"}
        return store(dora_for_ivan, cast.maple.node, kind=kind, **told)  # type: ignore[arg-type]

    photo, export = kept(StoredFile.Kind.PHOTO), kept(StoredFile.Kind.EXPORT)
    assert (photo.visit_id, export.visit_id is None) == (None, False)
    account("dora").delete()
    assert set(StoredFile.objects.all()) & {photo, export} == {photo}
