"""The level above keeps accounts: names, address, reminder, what a sub-installer may, the end."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.kit import clock
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy.actions import accounts, details, endings, invitations, profile
from doorward.tenancy.actions.details import DetailsForm
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, ApiToken, AuditEntry, Invitation, Node, Standing
from doorward.tenancy.permissions import Grant, Role
from tests.cast import PASSWORD, Cast
from tests.signin.conftest import Visitor, letters
from tests.signin.test_accounts import NEW, account, link_in

pytestmark = pytest.mark.django_db

MANAGER, SUB = Role.PROPERTY_MANAGER, Role.SUB_INSTALLER
ALL = frozenset({Grant.SUB_INSTALLERS})


def details_form(email: str = "mona@example.com", **told: object) -> DetailsForm:
    return DetailsForm(**{"first_name": "Mona", "last_name": "Meyer", "email": email, **told})  # type: ignore[arg-type]


def confirmed(name: str = "mona") -> Account:
    Account.objects.filter(username=name).update(email_confirmed_at=clock.now())
    return account(name)


def email_link(address: str) -> str:
    found = re.search(r"https?://[^/]+(/email/\S+)", letters(address)[-1].text)
    assert found
    return found[1]


# --- Property managers --------------------------------------------------------------------------


def test_a_property_manager_has_a_first_and_a_last_name(ivan: Actor, maple: Site) -> None:
    form = InvitationForm(role=MANAGER, name="Nils", email="nils@example.org")
    with pytest.raises(Invalid) as fault:
        invitations.invite(ivan, maple.node, form)
    assert set(fault.value.faults) == {"first_name", "last_name"}
    with pytest.raises(Invalid) as fault:
        details.change_details(ivan, account("mona"), details_form(last_name=" "))
    assert set(fault.value.faults) == {"last_name"}


def test_what_is_told_of_a_property_manager_comes_with_the_account(
    ivan: Actor, maple: Site
) -> None:
    form = InvitationForm(
        role=MANAGER,
        first_name=" Nils ",
        last_name="Nyman",
        email="nils@example.org",
        remind_monthly=True,
    )
    invitations.invite(ivan, maple.node, form)
    visitor, link = Visitor(), link_in(letters("nils@example.org")[-1])
    assert "Hello Nils Nyman," in letters("nils@example.org")[-1].text
    visitor.post(link, {"username": "nils", "password": NEW, "again": NEW})
    nils = account("nils")
    assert (nils.first_name, nils.last_name, nils.name) == ("Nils", "Nyman", "Nils Nyman")
    assert nils.remind_monthly
    with time_machine.travel(clock.now() + timedelta(days=31)):
        answer = visitor.post(reverse("account_login"), {"login": "nils", "password": NEW})
    assert answer["Location"].startswith(reverse("account-reminder"))


def test_an_installer_edits_a_property_manager(ivan: Actor, cast: Cast) -> None:
    mona, browser = account("mona"), cast.client("ivan")
    page = reverse("user-edit", args=[mona.pk])
    text = browser.get(page).content.decode()
    assert "Monthly password update reminder" in text
    assert 'name="language"' not in text
    body = {
        "first_name": "Monica",
        "last_name": "Meyer",
        "email": "mona@example.com",
        "remind_monthly": "on",
        "second_factor_required": "on",
    }
    assert browser.post(page, body)["Location"] == reverse("user", args=[mona.pk])
    mona = account("mona")
    assert (mona.name, mona.remind_monthly, mona.second_factor_required) == (
        *("Monica Meyer", True, True),
    )
    entry = AuditEntry.objects.filter(verb="change", subject="account").latest("pk")
    assert entry.after["remind_monthly"] is True
    # Her own page has the name apart, too.
    assert 'value="Monica"' in cast.client("mona").get(reverse("account")).content.decode()


def test_nothing_is_saved_of_a_form_with_a_fault(ivan: Actor, cast: Cast) -> None:
    mona = account("mona")
    body = {"first_name": "Monica", "last_name": "", "email": "mona@example.com"}
    answer = cast.client("ivan").post(reverse("user-edit", args=[mona.pk]), body)
    assert answer.status_code == 422
    assert account("mona").name == mona.name


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("oscar", "mona"),
        ("mona", "mona"),
        ("mona", "ivan"),
        ("ivan", "ivan"),
        ("iris", "ivan"),
        ("iris", "iris"),
        ("ada", "mona"),
        ("sven", "mona"),
        ("dora", "iris"),
    ],
)
def test_nobody_changes_or_deletes_an_account_that_is_not_theirs_to_give(
    who: str, whom: str, cast: Cast
) -> None:
    actor, other = cast.actor(who), account(whom)
    with pytest.raises(Forbidden):
        details.change_details(actor, other, details_form("thief@example.org"))
    with pytest.raises(Forbidden):
        endings.delete_account(actor, other)
    assert account(whom).email_wanted == ""
    assert letters("thief@example.org") == []


def test_a_manager_does_not_raise_themself(mona: Actor, maple: Site, cast: Cast) -> None:
    for role, node in ((Role.INSTALLER, maple.installer), (SUB, maple.installer)):
        form = InvitationForm(role=role, name="Mona", email="mona@example.com")
        with pytest.raises(Forbidden):
            invitations.invite(mona, node, form)
    body = {"role": "installer", "node": maple.installer_id, "email": "mona@example.com"}
    answer = cast.client("mona").post(
        reverse("user-new"), {**body, "first_name": "Mona", "language": "en"}
    )
    assert answer.status_code == 422
    assert not Invitation.objects.filter(email="mona@example.com").exists()


# --- Another address ----------------------------------------------------------------------------


def test_another_address_counts_once_its_link_is_opened(ivan: Actor, cast: Cast) -> None:
    mona = confirmed()
    details.change_details(ivan, mona, details_form("Mona.New@example.org"))
    assert (account("mona").email, account("mona").email_wanted) == (
        *("mona@example.com", "mona.new@example.org"),
    )
    told = letters("mona@example.com")[-1]
    assert told.subject == "Your e-mail address is to be changed"
    assert "mona.new@example.org" in told.text
    assert "mona.new@example.org" in told.html
    # A forgotten password still goes to the old one, whoever asks.
    accounts.send_password_link(ivan, account("mona"))
    assert letters("mona.new@example.org")[-1].subject == "Confirm your e-mail address"
    assert letters("mona@example.com")[-1].subject != told.subject
    assert Visitor().post(email_link("mona.new@example.org")).status_code == 302
    mona = account("mona")
    assert (mona.email, mona.email_wanted) == ("mona.new@example.org", "")
    assert letters("mona@example.com")[-1].subject == "Your e-mail address was changed"


def test_its_owner_keeps_the_address(ivan: Actor, cast: Cast) -> None:
    details.change_details(ivan, confirmed(), details_form("mona.new@example.org"))
    link, browser = email_link("mona.new@example.org"), cast.client("mona")
    assert "mona.new@example.org" in browser.get(reverse("account")).content.decode()
    browser.post(reverse("account-email-keep"))
    assert Visitor().post(link).status_code == 409
    assert account("mona").email == "mona@example.com"


def test_the_level_above_thinks_better_of_it(ivan: Actor, cast: Cast) -> None:
    details.change_details(ivan, confirmed(), details_form("mona.new@example.org"))
    link = email_link("mona.new@example.org")
    details.change_details(ivan, account("mona"), details_form("mona@example.com"))
    assert account("mona").email_wanted == ""
    assert Visitor().post(link).status_code == 409


def test_a_link_to_an_address_before_the_last_is_void(ivan: Actor, cast: Cast) -> None:
    details.change_details(ivan, confirmed(), details_form("one@example.org"))
    first = email_link("one@example.org")
    details.change_details(ivan, account("mona"), details_form("two@example.org"))
    assert Visitor().post(first).status_code == 409
    assert Visitor().post(email_link("two@example.org")).status_code == 302


def test_a_link_that_is_too_old_is_sent_again(ivan: Actor, cast: Cast) -> None:
    details.change_details(ivan, confirmed(), details_form("mona.new@example.org"))
    old = email_link("mona.new@example.org")
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        browser = cast.client("ivan")
        assert Visitor().post(old).status_code == 409
        # Saving the same once more asks nobody anew.
        details.change_details(ivan, account("mona"), details_form("mona.new@example.org"))
        assert email_link("mona.new@example.org") == old
        key = account("mona").pk
        again = reverse("user-email-again", args=[key])
        assert again in browser.get(reverse("user", args=[key])).content.decode()
        browser.post(again)
        new = email_link("mona.new@example.org")
        assert new != old
        assert Visitor().post(new).status_code == 302
        assert account("mona").email == "mona.new@example.org"
        with pytest.raises(Refused) as refusal:
            details.ask_for_email_again(ivan, account("mona"))
    assert refusal.value.code == "email.settled"


def test_somebody_else_s_address_is_neither_given_nor_told(ivan: Actor, cast: Cast) -> None:
    confirmed()
    browser = cast.client("ivan")

    def said(address: str) -> str:
        page = reverse("user-edit", args=[account("mona").pk])
        body = {"first_name": "Mona", "last_name": "Meyer", "email": address}
        answer = browser.post(page, body, follow=True)
        text = re.sub(r"X-CSRFToken\": \"\w+|value=\"[^\"]*\"", "", answer.content.decode())
        details.keep_email(ivan, account("mona"))
        return re.sub(r"[\w:.\-]{24,}", "", text.replace(address, ""))

    # Oscar's account is in another branch, and nobody has the other.
    before = len(letters("oscar@example.com"))
    assert said("oscar@example.com") == said("nobody@example.com")
    assert len(letters("oscar@example.com")) == before
    assert letters("nobody@example.com")


def test_one_s_own_link_goes_on_working(cast: Cast) -> None:
    confirmed()
    profile.ask_for_email(cast.actor("mona"), "mine@example.org", "192.0.2.1")
    assert Visitor().post(email_link("mine@example.org")).status_code == 302
    assert account("mona").email == "mine@example.org"


def test_one_s_own_address_that_waits_is_shown_sent_again_and_withdrawn(cast: Cast) -> None:
    confirmed()
    browser, page = cast.client("mona"), reverse("account")
    profile.ask_for_email(cast.actor("mona"), "mine@example.org", "192.0.2.1")
    first = email_link("mine@example.org")
    assert "A link went to mine@example.org" in browser.get(page).content.decode()
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        browser = cast.client("mona")
        assert "is too old to be opened" in browser.get(page).content.decode()
        browser.post(reverse("account-email-again"))
        again = email_link("mine@example.org")
        assert again != first
        assert "is too old to be opened" not in browser.get(page).content.decode()
        browser.post(reverse("account-email-withdraw"))
        assert "mine@example.org" not in browser.get(page).content.decode()
        assert Visitor().post(again).status_code == 409
    assert account("mona").email == "mona@example.com"


def test_only_the_last_address_one_asked_for_counts(cast: Cast) -> None:
    confirmed()
    profile.ask_for_email(cast.actor("mona"), "one@example.org", "192.0.2.1")
    first = email_link("one@example.org")
    profile.ask_for_email(cast.actor("mona"), "two@example.org", "192.0.2.1")
    assert Visitor().post(first).status_code == 409
    assert Visitor().post(email_link("two@example.org")).status_code == 302
    assert (account("mona").email, account("mona").email_asked) == ("two@example.org", "")


def test_without_an_address_that_waits_no_link_is_sent(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        profile.ask_for_email_once_more(cast.actor("mona"), "192.0.2.1")
    assert refusal.value.code == "email.settled"


def test_strangers_mailboxes_are_not_filled_by_way_of_an_account(ivan: Actor, cast: Cast) -> None:
    mona = confirmed()
    for number in range(100):
        details.change_details(ivan, mona, details_form(f"n{number}@example.org"))
    with pytest.raises(Refused) as refusal:
        details.change_details(ivan, mona, details_form("one-more@example.org"))
    assert refusal.value.code == "signin.later"
    assert letters("one-more@example.org") == []


# --- Sub-installers -----------------------------------------------------------------------------


def sub(actor: Actor, installer: Node, **told: object) -> str:
    """Invite a sub-installer; return the link of the mail."""
    form = InvitationForm(role=SUB, email="sam@example.org", **{"username": "sam", **told})  # type: ignore[arg-type]
    invitations.invite(actor, installer, form)
    return link_in(letters("sam@example.org")[-1])


def test_a_sub_account_has_the_name_and_the_phone_it_was_given(ivan: Actor, maple: Site) -> None:
    link = sub(ivan, maple.installer, username="sam.field", phone="+1 212 555 0123")
    visitor = Visitor()
    assert 'value="sam.field"' in visitor.get(link).content.decode()
    visitor.post(link, {"username": "sam.field", "password": NEW, "again": NEW})
    assert account("sam.field").phone.as_e164 == "+12125550123"
    assert [str(one) for one in account("sam.field").standings.all()] == [
        "Sub-installer, Ivan's installations"
    ]


def test_a_phone_without_its_country_is_told_at_its_field(ivan: Actor, cast: Cast) -> None:
    body = {
        "role": "sub_installer",
        "node": cast.maple.installer_id,
        "username": "sam",
        "email": "sam@example.org",
        "phone": "5550123",
        "language": "en",
    }
    answer = cast.client("ivan").post(reverse("user-new"), body)
    assert answer.status_code == 422
    assert "country code" in answer.content.decode()
    assert not Invitation.objects.filter(email="sam@example.org").exists()


def test_a_sub_installer_makes_no_others_unless_it_is_ticked(
    ivan: Actor, iris: Actor, maple: Site, cast: Cast
) -> None:
    with pytest.raises(Forbidden):
        sub(iris, maple.installer)
    form = details_form("iris@example.com", grants=ALL)
    details.change_details(ivan, account("iris"), form)
    allowed = cast.actor("iris")
    link = sub(allowed, maple.installer)
    Visitor().post(link, {"username": "sam", "password": NEW, "again": NEW})
    assert allowed.account is not None
    assert endings.delete_account(allowed, account("sam"))
    # Never the installer's own account, nor what it may itself.
    with pytest.raises(Forbidden):
        endings.delete_account(allowed, account("ivan"))
    with pytest.raises(Forbidden):
        details.change_details(allowed, account("iris"), form)


def test_nobody_ticks_what_they_may_not_do_themselves(
    ivan: Actor, iris: Actor, maple: Site, cast: Cast
) -> None:
    details.change_details(ivan, account("iris"), details_form("iris@example.com", grants=ALL))
    allowed = cast.actor("iris")
    link = sub(allowed, maple.installer, grants=ALL)
    Visitor().post(link, {"username": "sam", "password": NEW, "again": NEW})
    assert account("sam").standings.get().grants == [Grant.SUB_INSTALLERS]
    details.change_details(
        ivan, account("iris"), details_form("iris@example.com", grants=frozenset())
    )
    with pytest.raises(Forbidden):
        details.change_details(cast.actor("iris"), account("sam"), details_form("sam@example.org"))


def test_a_grant_is_for_sub_installers_alone(ivan: Actor, maple: Site) -> None:
    form = InvitationForm(
        role=MANAGER, first_name="N", last_name="N", email="n@example.org", grants=ALL
    )
    with pytest.raises(Invalid):
        invitations.invite(ivan, maple.node, form)


def test_a_grant_counts_with_a_token_too(ivan: Actor, maple: Site, cast: Cast) -> None:
    body = {"node": maple.installer_id, "role": "sub_installer", "name": "S", "email": "s@x.org"}
    program = Client(headers={"Authorization": f"Bearer {cast.token('iris')}"})
    asked = ("/api/v1/invitations", body, "application/json")
    assert program.post(*asked).status_code in {403, 422}
    details.change_details(ivan, account("iris"), details_form("iris@example.com", grants=ALL))
    assert program.post(*asked).status_code == 201


def test_several_sub_installers_are_in_at_once_and_see_the_same(
    ivan: Actor, maple: Site, cast: Cast
) -> None:
    link = sub(ivan, maple.installer)
    Visitor().post(link, {"username": "sam", "password": NEW, "again": NEW})
    one, two, three = Visitor(), Visitor(), Visitor()
    codes = (one.sign_in("iris"), two.sign_in("sam", NEW), three.sign_in("iris"))
    assert codes == (302, 302, 302)
    assert all(visitor.is_in for visitor in (one, two, three))
    for visitor in (one, two, three):
        assert "Maple Court" in visitor.get(reverse("sites")).content.decode()
    assert set(Site.objects.visible_to(cast.actor("sam"))) == {maple}


def test_the_tabs_part_managers_from_sub_accounts(cast: Cast) -> None:
    browser = cast.client("ivan")

    def names(role: str) -> set[str]:
        text = browser.get(reverse("users"), {"role": role}).content.decode()
        listed = text[text.index('id="list"') :]
        return {name for name in ("mona", "iris", "ada") if f">{name}<" in listed}

    assert names("property_manager") == {"mona"}
    assert names("sub_installer") == {"iris"}
    page = browser.get(reverse("users"), {"role": "sub_installer"}).content.decode()
    assert "New sub account" in page
    # A manager gives neither of the roles, so there are no tabs.
    assert "Sub Account" not in cast.client("mona").get(reverse("users")).content.decode()


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("ivan", {"mona", "iris", "ada", "rita"}),
        ("mona", {"ada", "rita"}),
        ("ada", {"rita"}),
        ("rita", set()),
    ],
)
def test_a_row_leads_to_its_form_where_all_of_the_account_is_below(
    who: str, whom: set[str], cast: Cast
) -> None:
    text = cast.client(who).get(reverse("users")).content.decode()
    names = Account.objects.values_list("username", flat=True)
    offered = {name for name in names if reverse("user-edit", args=[account(name).pk]) in text}
    assert offered == whom


def test_whoever_invites_finds_a_role_and_a_place_that_go_together(cast: Cast) -> None:
    form = cast.client("ivan").get(reverse("user-new")).context["form"]
    assert form.fields["role"].choices[0][0] == SUB
    assert form["node"].value() == cast.maple.installer_id
    assert "username" in form.fields


def test_the_form_asks_what_the_chosen_role_needs_and_keeps_what_was_typed(cast: Cast) -> None:
    body = {
        "choosing": "yes",
        "role": "property_manager",
        "node": cast.maple.installer_id,
        "username": "sam",
        "email": "sam@example.org",
        "second_factor_required": "on",
        "language": "de",
    }
    answer = cast.client("ivan").post(reverse("user-new"), body)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert not form.errors
    assert {"first_name", "last_name", "remind_monthly"} <= form.fields.keys()
    assert "username" not in form.fields
    told = {name: form[name].value() for name in ("role", "email", "language")}
    assert told == {"role": "property_manager", "email": "sam@example.org", "language": "de"}
    assert form["second_factor_required"].value() is True
    # Where it was to be does not go with this role.
    assert str(form["node"].value()) in {key for key, _name in form.fields["node"].choices}
    assert not Invitation.objects.filter(email="sam@example.org").exists()


def test_a_role_that_is_settled_is_not_chosen(cast: Cast) -> None:
    page = f"{reverse('user-new')}?role=property_manager"
    answer = cast.client("ivan").get(page)
    assert answer.context["form"].fields["role"].widget.is_hidden
    assert "New property manager" in answer.content.decode()
    refused = cast.client("ivan").post(page, {"role": "property_manager"})
    assert refused.status_code == 422
    assert refused.context["form"].fields["role"].widget.is_hidden


def test_without_a_script_the_chosen_role_asks_once_it_was_sent(cast: Cast) -> None:
    body = {"role": "property_manager", "email": "sam@example.org", "language": "en"}
    form = cast.client("ivan").post(reverse("user-new"), body).context["form"]
    assert "last_name" in form.errors
    assert not form.fields["role"].widget.is_hidden
    assert form["email"].value() == "sam@example.org"


# --- The end ------------------------------------------------------------------------------------


def test_a_deleted_account_is_out_and_what_it_did_stays(ivan: Actor, cast: Cast) -> None:
    visitor = Visitor()
    visitor.sign_in("mona")
    mona, deeds = account("mona"), AuditEntry.objects.filter(actor="mona").count()
    answer = cast.client("ivan").post(reverse("user-delete", args=[mona.pk]), follow=True)
    assert "The account is deleted." in answer.content.decode()
    assert not Account.objects.filter(pk=mona.pk).exists()
    assert not visitor.is_in
    assert not ApiToken.objects.filter(account=mona.pk).exists()
    program = Client(headers={"Authorization": f"Bearer {cast.token('mona')}"})
    assert program.get("/api/v1/sites").status_code == 401
    assert AuditEntry.objects.filter(actor="mona").count() >= deeds
    assert AuditEntry.objects.filter(verb="delete", label="mona").count() == 1
    # The trail still reads.
    assert "mona" in cast.client("ivan").get(reverse("audit")).content.decode()
    assert letters("mona@example.com")[-1].subject == "Your account was deleted"
    again = Visitor().post(reverse("account_login"), {"login": "mona", "password": PASSWORD})
    assert again.status_code == 422


def test_an_account_with_a_role_elsewhere_loses_only_what_is_one_s_own_to_take(
    ivan: Actor, oak: Site, cast: Cast
) -> None:
    mona = account("mona")
    Standing.objects.create(account=mona, node=oak.node, role=MANAGER)
    visitor = Visitor()
    visitor.sign_in("mona")
    assert not endings.delete_account(ivan, mona)
    assert [one.node for one in mona.standings.all()] == [oak.node]
    assert visitor.is_in


def test_the_last_account_of_an_installer_is_not_deleted(
    sven: Actor, otto: Actor, maple: Site, cast: Cast
) -> None:
    for actor in (sven, otto):
        with pytest.raises(Refused) as refusal:
            endings.delete_account(actor, account("ivan"))
        assert refusal.value.code == "account.last"
    Standing.objects.create(account=account("oscar"), node=maple.installer, role=Role.INSTALLER)
    assert endings.delete_account(sven, account("ivan"))


def test_people_outlive_their_accounts(ivan: Actor, cast: Cast) -> None:
    assert endings.delete_account(ivan, account("rita"))
    rita = Person.objects.get(first_name="Rita")
    assert (rita.account, rita.credentials.count()) == (None, 1)


def test_nobody_deletes_their_own_account(otto: Actor, ivan: Actor, cast: Cast) -> None:
    for name in ("otto", "ivan"):
        with pytest.raises(Forbidden):
            endings.delete_account(cast.actor(name), account(name))


def test_the_list_of_accounts_sorts_by_name_and_is_searched(ivan: Actor, cast: Cast) -> None:
    iris = details_form("iris@example.com", last_name="Zeder", phone="+12125550123")
    details.change_details(ivan, account("iris"), iris)
    browser = cast.client("ivan")

    def told(**asked: str) -> str:
        text = browser.get(reverse("users"), asked).content.decode()
        return text[text.index('id="list"') :]

    up, down = told(sort="name"), told(sort="-name")
    assert up.index(">mona<") < up.index(">iris<")
    assert down.index(">iris<") < down.index(">mona<")
    by_account = told(sort="-username")
    assert by_account.index(">mona<") < by_account.index(">iris<")
    assert "iris@example.com" in up
    assert "+1 212-555-0123" in up
    for words in ("iris", "Mona Zeder", "iris@example"):
        found = told(q=words)
        assert (">iris<" in found, ">mona<" in found) == (True, False)


def test_whoever_takes_a_role_elsewhere_keeps_the_address(
    ivan: Actor, oscar: Actor, oak: Site, cast: Cast
) -> None:
    """Or the one who wanted another could let themselves in there."""
    details.change_details(ivan, confirmed(), details_form("mine@example.org"))
    link = email_link("mine@example.org")
    told = {"first_name": "Mona", "last_name": "Meier", "email": "mona@example.com"}
    form = InvitationForm(role=Role.PROPERTY_MANAGER, **told)
    invitations.invite(oscar, oak.node, form)
    invited = link_in(letters("mona@example.com")[-1])
    invitations.accept(cast.actor("mona"), invited.strip("/").rpartition("/")[2])
    assert Visitor().post(link).status_code == 409
    assert account("mona").email == "mona@example.com"


def test_a_name_that_is_one_is_taken_apart_alike_everywhere(ivan: Actor, cast: Cast) -> None:
    Account.objects.filter(username="mona").update(first_name="", last_name="", name="Mary Ann Lee")
    api = Client(headers={"Authorization": f"Bearer {cast.token('ivan')}"})
    address = f"/api/v1/accounts/{account('mona').pk}"
    etag = api.get(address)["ETag"]
    answer = api.patch(
        address, {"last_name": "Low"}, content_type="application/json", headers={"if-match": etag}
    )
    assert answer.status_code == 200, answer.json()
    assert account("mona").get_full_name() == "Mary Ann Low"
