"""The level above looks after accounts: invites, requires a second factor, unlocks, shuts."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse

from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.models import Mail
from doorward.sites.models import Company, Site
from doorward.tenancy.actions import accounts, invitations
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, Invitation, Standing
from doorward.tenancy.permissions import Role
from doorward.tenancy.places import few_accounts, holding, seen_standings
from tests.at_home import SignedIn
from tests.cast import BUILDER, NAMES, PASSWORD, Cast
from tests.signin.conftest import ELSEWHERE, HOME, Visitor, letters

pytestmark = pytest.mark.django_db

NEW = "harbour-lantern-at-dusk"
ADMINISTRATOR = Role.COMPANY_ADMINISTRATOR


def account(name: str) -> Account:
    found: Account = Account.objects.get(username=name)
    return found


def invited(actor: Actor, company: Company, email: str) -> str:
    """Invite somebody to administer a company; return the link that the mail holds."""
    form = InvitationForm(role=ADMINISTRATOR, name="Nia New", email=email)
    invitations.invite(actor, company.node, form)
    return link_in(letters(email.lower())[-1])


def link_in(mail: Mail) -> str:
    found = re.search(r"https?://[^/]+(/invitation/\S+)", mail.text)
    assert found
    assert found[1] in mail.html
    return found[1]


# --- Invitations ------------------------------------------------------------------------------


def test_whoever_is_invited_chooses_a_name_and_a_password_and_is_in(
    mona: Actor, acme: Company
) -> None:
    link, visitor = invited(mona, acme, "Nia@Example.org"), Visitor()
    assert "Administrator" in visitor.get(link).content.decode()
    weak = visitor.post(link, {"username": "nia", "password": "short", "again": "short"})
    assert weak.status_code == 422
    taken = visitor.post(link, {"username": "MONA", "password": NEW, "again": NEW})
    assert "This user name is taken" in taken.content.decode()
    done = visitor.post(link, {"username": "nia", "password": NEW, "again": NEW})
    assert done["Location"] == reverse("account_login")
    # Once, the next page in this browser knows the name that was chosen.
    signing_in = reverse("account_login")
    assert 'value="nia"' in visitor.get(signing_in).content.decode()
    assert 'value="nia"' not in visitor.get(signing_in).content.decode()
    assert visitor.sign_in("nia", NEW) == 302
    nia = account("nia")
    assert (nia.email, nia.email_confirmed_at is not None) == ("nia@example.org", True)
    assert [str(one) for one in nia.standings.all()] == ["Administrator, Acme"]
    # Their pages go by the clock of the site; an installer has many and chooses one.
    assert nia.zone == acme.site.zone
    # Once is enough.
    assert visitor.get(link).content.decode().count("used or too old") == 1
    assert Visitor().post(link, {"username": "x", "password": NEW, "again": NEW}).status_code == 409


def test_an_account_that_exists_gets_a_further_role_once_its_owner_accepts(
    mona: Actor, birch: Company, cast: Cast
) -> None:
    link = invited(mona, birch, "ada@example.com")
    ada = account("ada")
    assert ada.standings.count() == 1
    stranger = Visitor()
    assert "Sign in to accept" in stranger.get(link).content.decode()
    assert stranger.post(link).status_code == 409
    other = Visitor()
    other.sign_in("oscar")
    assert other.post(link).status_code == 409
    owner = Visitor()
    owner.sign_in("ada")
    assert owner.post(link)["Location"] == "/"
    assert {str(one) for one in ada.standings.all()} == {
        "Administrator, Acme",
        "Administrator, Birch",
    }


def test_nothing_tells_whether_an_invited_address_has_an_account(
    signed_in: SignedIn, acme: Company
) -> None:
    def told(email: str) -> str:
        body = {
            "role": ADMINISTRATOR.value,
            "node": acme.node_id,
            "first_name": "Somebody",
            "email": email,
            "language": "en",
        }
        answer = signed_in("mona").post(reverse("user-new"), body, follow=True)
        text = re.sub(
            r"X-CSRFToken\": \"\w+|/invitations/\d+|value=\"\w+\"", "", answer.content.decode()
        )
        return text.replace(email, "")

    # Oscar's account is in another branch, and nobody has the other.
    first, second = told("oscar@example.com"), told("nobody-at-all@example.com")
    # A line with its two buttons each, and the same words above them.
    assert second.count("Somebody") == 2 * first.count("Somebody")
    assert first.count("The invitation is on its way.") == 1
    assert second.count("The invitation is on its way.") == 1
    assert Invitation.objects.filter(name="Somebody").count() == 2


def test_an_old_link_is_void_after_another_and_after_a_week(
    mona: Actor, acme: Company, clock_hand: time_machine.Traveller
) -> None:
    first = invited(mona, acme, "nia@example.org")
    clock_hand.shift(timedelta(minutes=1))
    invitations.invite_again(mona, Invitation.objects.get(email="nia@example.org"))
    second = link_in(letters("nia@example.org")[-1])
    assert "too old" in Visitor().get(first).content.decode()
    assert "too old" not in Visitor().get(second).content.decode()
    clock_hand.shift(timedelta(days=7, seconds=1))
    assert "too old" in Visitor().get(second).content.decode()


def test_a_withdrawn_invitation_lets_nobody_in(mona: Actor, acme: Company) -> None:
    link = invited(mona, acme, "nia@example.org")
    invitations.withdraw(mona, Invitation.objects.get(email="nia@example.org"))
    body = {"username": "nia", "password": NEW, "again": NEW}
    assert Visitor().post(link, body).status_code == 409
    assert not Account.objects.filter(username="nia").exists()


@pytest.mark.parametrize(
    ("who", "role", "expected"),
    [
        ("mona", Role.PROPERTY_MANAGER, Forbidden),
        ("mona", Role.INSTALLER, Forbidden),
        ("ada", Role.COMPANY_ADMINISTRATOR, Forbidden),
        ("oscar", Role.COMPANY_ADMINISTRATOR, Forbidden),
        ("dora", Role.COMPANY_ADMINISTRATOR, Forbidden),
        ("ivan", Role.PROPERTY_MANAGER, Invalid),
        ("otto", Role.OPERATOR, Forbidden),
    ],
)
def test_nobody_gives_what_is_not_theirs_to_give(
    who: str, role: Role, expected: type[Exception], cast: Cast
) -> None:
    form = InvitationForm(role=role, name="Nia", email="nia@example.org")
    with pytest.raises(expected):
        invitations.invite(cast.actor(who), cast.acme.node, form)


def test_a_required_factor_comes_with_the_invitation(mona: Actor, acme: Company) -> None:
    form = InvitationForm(
        role=ADMINISTRATOR, name="Nia", email="nia@example.org", second_factor_required=True
    )
    invitations.invite(mona, acme.node, form)
    link = link_in(letters("nia@example.org")[-1])
    visitor = Visitor()
    visitor.post(link, {"username": "nia", "password": NEW, "again": NEW})
    visitor.sign_in("nia", NEW)
    assert not visitor.is_in


# --- Second factors -----------------------------------------------------------------------------


def test_a_level_above_requires_a_code_and_takes_the_rule_back(
    signed_in: SignedIn, cast: Cast
) -> None:
    ivan, page = signed_in("ivan"), reverse("user-factor", args=[account("mona").pk])
    ivan.post(page, {"required": "yes"})
    visitor = Visitor()
    visitor.sign_in("mona")
    assert not visitor.is_in
    assert letters("mona@example.com")[-1].subject == "Your sign-in code"
    ivan.post(page, {"required": "no"})
    assert Visitor().sign_in("mona") == 302
    assert AuditEntry.objects.filter(verb="require factor").count() == 2


def test_what_one_has_added_is_asked_for_without_the_rule(ivan: Actor, cast: Cast) -> None:
    mona = account("mona")
    TOTP.activate(mona, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    accounts.require_factor(ivan, mona, required=False)
    visitor = Visitor()
    visitor.sign_in("mona")
    assert not visitor.is_in


def test_a_lost_phone_is_mended_by_the_level_above_and_told_to_the_owner(
    ivan: Actor, cast: Cast
) -> None:
    mona = account("mona")
    TOTP.activate(mona, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    accounts.remove_factors(ivan, mona)
    visitor = Visitor()
    visitor.sign_in("mona")
    assert visitor.is_in
    assert "all second factors removed" in letters("mona@example.com")[-1].text


# --- Shut, unlocked, ended ----------------------------------------------------------------------


def test_a_shut_account_is_out_at_once_and_back_when_it_is_opened(ivan: Actor, cast: Cast) -> None:
    mona, visitor = account("mona"), Visitor()
    visitor.sign_in("mona")
    program = Client(headers={"Authorization": f"Bearer {cast.token('mona')}"})
    accounts.shut(ivan, mona)
    assert not visitor.is_in
    assert program.get("/api/v1/sites").status_code == 401
    Visitor().sign_in("mona")
    answer = visitor.post(reverse("account_login"), {"login": "mona", "password": PASSWORD})
    assert not visitor.is_in, answer
    accounts.reopen(ivan, account("mona"))
    assert Visitor().sign_in("mona") == 302
    assert program.get("/api/v1/sites").status_code == 200


def test_an_unlocked_account_need_not_wait(ivan: Actor, cast: Cast) -> None:
    visitor = Visitor(HOME)
    codes = [visitor.sign_in("mona", "wrong") for _ in range(6)]
    assert codes[-1] == 429
    accounts.forgive(ivan, account("mona"))
    assert visitor.sign_in("mona") == 302
    # What is counted from now on counts as ever.
    stranger = Visitor(ELSEWHERE)
    assert [stranger.sign_in("mona", "wrong") for _ in range(6)][-1] == 429


def test_a_link_to_a_new_password_works(ivan: Actor, cast: Cast) -> None:
    accounts.send_password_link(ivan, account("mona"))
    link = re.search(r"https?://[^/]+(/password/\S+)", letters("mona@example.com")[-1].text)
    assert link
    Visitor().post(link[1], {"password": NEW, "again": NEW})
    assert Visitor().sign_in("mona", NEW) == 302


def test_whose_account_has_a_role_elsewhere_is_not_one_s_own_to_shut(
    ivan: Actor, oak: Site, maple: Site, cast: Cast
) -> None:
    mona = account("mona")
    elsewhere = Standing.objects.create(account=mona, node=oak.node, role=Role.PROPERTY_MANAGER)
    deeds = (
        *(accounts.shut, accounts.forgive, accounts.remove_factors, accounts.send_password_link),
        *(accounts.end_all_sessions, accounts.reopen),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed(ivan, mona)
    with pytest.raises(Forbidden):
        accounts.require_factor(ivan, mona, required=True)
    # Nor is the role elsewhere told.
    page = cast.client("ivan").get(reverse("user", args=[mona.pk])).content.decode()
    assert ("Maple Court" in page, "Oak Lane" in page) == (True, False)
    elsewhere.role = Role.COMPANY_ADMINISTRATOR
    elsewhere.save()
    by_role = cast.client("ivan").get(reverse("users"), {"role": "company_administrator"})
    assert "Mona" not in by_role.content.decode()
    with pytest.raises(Forbidden):
        accounts.end_role(ivan, elsewhere)
    accounts.end_role(ivan, mona.standings.get(node=maple.node))
    assert [one.node for one in mona.standings.all()] == [oak.node]


def test_the_only_role_is_not_taken_away(ivan: Actor, cast: Cast) -> None:
    with pytest.raises(Refused):
        accounts.end_role(ivan, account("mona").standings.get())


@pytest.mark.parametrize("name", ["otto", "ivan"])
def test_nobody_shuts_their_own_account(name: str, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        accounts.shut(cast.actor(name), account(name))


def test_only_parts_of_the_system_create_accounts_without_a_mail(
    ivan: Actor, acme: Company
) -> None:
    told = {"username": "x", "password": NEW, "name": "X", "email": ""}
    with pytest.raises(Forbidden):
        accounts.create_account(ivan, acme.node, ADMINISTRATOR, **told)
    assert accounts.create_account(BUILDER, acme.node, ADMINISTRATOR, **told).pk


# --- Lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("few", [0, 1_000])
def test_few_or_many_everybody_sees_the_same_accounts(
    name: str, few: int, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they are few enough to be named by their keys or not, also by a role."""
    monkeypatch.setattr("doorward.kit.rows._FEW", few)
    monkeypatch.setattr("doorward.tenancy.sight.MOST_APART", 0)
    actor = cast.actor(name)
    seen, held = Account.objects.visible_to(actor), seen_standings(actor)
    assert {*seen.filter(few_accounts(actor))} == {*seen}
    for role in (Role.INSTALLER, Role.PERSONNEL):
        standings = held.filter(role=role)
        whose = {one.account_id for one in standings}
        assert {one.pk for one in seen.filter(holding(standings))} == whose
