"""The first steps of a sign-in: policy, service provider, e-mail address."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from doorward.kit import clock
from doorward.kit.errors import Forbidden, Refused
from doorward.tenancy.actions import invitations, policies, welcome
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import (
    Account,
    Agreement,
    AuditEntry,
    Node,
    PrivacyPolicy,
    ServiceProvider,
)
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, NAMES, Cast
from tests.house.addresses import page_names
from tests.signin.conftest import HOME, Visitor, letters
from tests.signin.test_accounts import link_in

pytestmark = pytest.mark.django_db

NEW = "harbour-lantern-at-dusk"
POLICY, PROVIDER = reverse("welcome-policy"), reverse("welcome-provider")
EMAIL, DASHBOARD = reverse("welcome-email"), reverse("dashboard")


def account(name: str) -> Account:
    found: Account = Account.objects.get(username=name)
    return found


def published(text: str = "We keep little.", **others: str) -> PrivacyPolicy:
    draft = policies.begin_draft(BUILDER)
    policies.write_draft(BUILDER, draft, {"en": text, **others})
    return policies.publish(BUILDER, draft)


def to(step: str, onward: str = DASHBOARD) -> str:
    return f"{step}?next={quote(onward, safe='')}"


def signed_in(name: str) -> Visitor:
    visitor = Visitor()
    assert visitor.sign_in(name) == 302
    return visitor


def invited(role: Role, node: Node, name: str = "nia") -> Visitor:
    """Let somebody accept an invitation, with an account of their own."""
    email = f"{name}@example.org"
    invitations.invite(BUILDER, node, InvitationForm(role=role, name=name.title(), email=email))
    link, visitor = link_in(letters(email)[-1]), Visitor()
    visitor.post(link, {"username": name, "password": NEW, "again": NEW})
    return visitor


def place_of(name: str) -> Node:
    return account(name).standings.get().node


# --- Without a policy -------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_where_no_policy_is_published_who_has_an_address_is_asked_nothing(
    name: str, cast: Cast
) -> None:
    visitor = signed_in(name)
    assert account(name).awaits == ""
    assert visitor.is_in
    assert "Privacy policy" not in visitor.get(reverse("account")).content.decode()


def test_an_invited_installer_goes_straight_in_where_no_policy_is_published(cast: Cast) -> None:
    visitor = invited(Role.INSTALLER, place_of("ivan"))
    visitor.sign_in("nia", NEW)
    assert visitor.get(DASHBOARD).status_code == 200


# --- The way in -------------------------------------------------------------------------------


def test_an_invited_installer_goes_by_policy_provider_and_news_to_the_page_it_wanted(
    cast: Cast,
) -> None:
    published()
    ServiceProvider.objects.all().delete()
    visitor = invited(Role.INSTALLER, place_of("ivan"))
    page = f"{reverse('account_login')}?next=/sites/"
    answer = visitor.post(page, {"login": "nia", "password": NEW, "next": "/sites/"})
    assert answer["Location"] == to(POLICY, "/sites/")
    assert "We keep little." in visitor.get(answer["Location"]).content.decode()
    answer = visitor.post(answer["Location"], {"agree": "1", "next": "/sites/"})
    assert answer["Location"] == to(PROVIDER, "/sites/")
    told = {"company": "Nia's", "country": "DE", "number": "030 901820", "website": "nia.example"}
    answer = visitor.post(answer["Location"], {**told, "next": "/sites/"})
    assert answer["Location"] == to(EMAIL, "/sites/")
    # Who came by a mail has an address that works: only news is asked.
    assert 'name="email"' not in visitor.get(answer["Location"]).content.decode()
    answer = visitor.post(answer["Location"], {"wants_news": "on", "next": "/sites/"})
    assert answer["Location"] == "/sites/"
    assert visitor.get("/sites/").status_code == 200
    provider = ServiceProvider.objects.get()
    assert (provider.node, str(provider.mobile)) == (place_of("ivan"), "+49 30 901820")
    assert provider.website == "https://nia.example"
    assert account("nia").wants_news is True


def test_an_agreement_is_kept_with_version_language_time_and_address(cast: Cast) -> None:
    policy = published()
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    kept = Agreement.objects.get(account=account("mona"))
    assert (kept.policy, kept.language, kept.address) == (policy, "en", HOME)
    entry = AuditEntry.objects.filter(verb="agree").get()
    assert (entry.account, entry.address) == (account("mona"), HOME)
    assert entry.after == {"version": 1, "language": "en"}


def test_a_text_is_read_in_the_account_s_language_where_there_is_one(cast: Cast) -> None:
    published(de="Wir behalten wenig.", fr="Nous gardons peu.")
    Account.objects.filter(username="mona").update(language="de")
    Account.objects.filter(username="ada").update(language="it")
    visitor = signed_in("mona")
    assert "Wir behalten wenig." in visitor.get(POLICY).content.decode()
    visitor.post(POLICY, {"agree": "1"})
    assert Agreement.objects.get(account=account("mona")).language == "de"
    assert "We keep little." in signed_in("ada").get(POLICY).content.decode()


def test_a_text_is_escaped(cast: Cast) -> None:
    published("<script>alert(1)</script>\n\nSecond paragraph")
    shown = signed_in("mona").get(POLICY).content.decode()
    assert "<script>alert" not in shown
    assert "<p>Second paragraph</p>" in shown


def test_whoever_disagrees_is_signed_out_and_asked_again(cast: Cast) -> None:
    published()
    visitor = signed_in("mona")
    assert visitor.post(POLICY, {"disagree": "yes"})["Location"] == reverse("account_login")
    assert not visitor.is_in
    assert not Agreement.objects.exists()
    assert AuditEntry.objects.filter(verb="disagree", account=account("mona")).count() == 1
    assert visitor.sign_in() == 302
    assert visitor.get(DASHBOARD)["Location"] == to(POLICY)
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "mona@example.com"})
    assert visitor.get(DASHBOARD).status_code == 200


def test_no_page_opens_before_one_has_agreed(cast: Cast) -> None:
    published()
    visitor = signed_in("otto")
    kept_open = {
        *("account_login", "account_logout", "account_inactive", "account-forgotten"),
        *("welcome-policy", "welcome-provider", "welcome-email", "help-entrance"),
        # One acts for nobody any more.
        "support-end",
    }
    for name in page_names():
        if name in kept_open:
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            # With ids in its address; they all go through the same gate.
            continue
        answer = visitor.get(address)
        assert answer.status_code == 302, name
        assert answer["Location"] == to(POLICY, address), name


def test_nothing_is_done_by_whoever_never_agreed(cast: Cast) -> None:
    visitor = signed_in("ivan")
    published()
    answer = visitor.post(reverse("site-new"), {"name": "Elm", "zone": "Europe/Berlin"})
    assert answer["Location"] == to(POLICY)
    assert not Node.objects.filter(name="Elm").exists()


def test_a_form_that_is_open_can_still_be_sent_when_a_new_version_comes(cast: Cast) -> None:
    published()
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "mona@example.com"})
    published("We keep less.")
    answer = visitor.post(reverse("account"), {"name": "Mona M.", "language": "en"})
    assert answer["Location"] == reverse("account")
    assert account("mona").name == "Mona M."
    assert visitor.get(answer["Location"])["Location"] == to(POLICY, reverse("account"))


def test_a_form_is_not_sent_an_hour_after_a_new_version_came(cast: Cast) -> None:
    published()
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "mona@example.com"})
    published("We keep less.")
    PrivacyPolicy.objects.filter(version=2).update(published_at=clock.now() - timedelta(minutes=61))
    answer = visitor.post(reverse("account"), {"name": "Mona M.", "language": "en"})
    assert answer["Location"] == to(POLICY)
    assert account("mona").name != "Mona M."


def test_whoever_signs_in_after_a_new_version_sends_nothing_before_agreeing(cast: Cast) -> None:
    published()
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "mona@example.com"})
    published("We keep less.")
    answer = signed_in("mona").post(reverse("account"), {"name": "Mona M.", "language": "en"})
    assert answer["Location"] == to(POLICY)
    assert account("mona").name != "Mona M."


def test_an_installer_is_not_kept_by_a_question_that_a_colleague_has_answered(cast: Cast) -> None:
    published()
    ServiceProvider.objects.all().delete()
    first, second = signed_in("ivan"), invited(Role.INSTALLER, place_of("ivan"))
    second.sign_in("nia", NEW)
    for visitor in (first, second):
        assert visitor.post(POLICY, {"agree": "1"})["Location"] == to(PROVIDER, "/")
    told = {"company": "Ivan's", "installer": str(place_of("ivan").pk)}
    first.post(PROVIDER, told)
    for answer in (second.get(PROVIDER), second.post(PROVIDER, {"skip": "yes"})):
        assert answer["Location"] == to(EMAIL, "/")
    assert ServiceProvider.objects.get().company == "Ivan's"


def test_what_is_told_is_of_the_installer_that_was_on_the_page(cast: Cast) -> None:
    published()
    ServiceProvider.objects.all().delete()
    visitor = signed_in("ivan")
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(PROVIDER, {"company": "Ivan's", "installer": str(Node.root().pk)})
    assert not ServiceProvider.objects.exists()


def test_a_policy_that_comes_while_the_address_is_told_is_asked_for(cast: Cast) -> None:
    published()
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    published("We keep less.")
    step = welcome.tell_email(Actor.of(account("mona")), "mona@example.com", HOME, wants_news=False)
    assert (step, account("mona").awaits) == ("policy", "policy")


def test_a_request_of_a_part_of_a_page_leads_the_whole_page(cast: Cast) -> None:
    visitor = signed_in("mona")
    published()
    told = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sites/?q=elm"}
    answer = visitor.get("/sites/", headers=told)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == to(POLICY, "/sites/?q=elm")
    told["HX-Current-URL"] = "https://evil.example/sites/"
    assert visitor.get("/sites/", headers=told)["HX-Redirect"] == to(POLICY)


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example/", "javascript:x"])
def test_one_is_led_nowhere_else(onward: str, cast: Cast) -> None:
    published()
    visitor = signed_in("rita")
    answer = visitor.post(to(POLICY, onward), {"agree": "1", "next": onward})
    assert answer["Location"] == "/"
    assert visitor.get(to(POLICY, onward))["Location"] == "/"


def test_tokens_are_not_asked_but_a_session_at_the_api_is(cast: Cast) -> None:
    visitor = signed_in("ivan")
    published()
    token = {"Authorization": f"Bearer {cast.token('ivan')}"}
    assert Client().get("/api/v1/sites", headers=token).status_code == 200
    refused = visitor.get("/api/v1/sites")
    assert (refused.status_code, refused.json()["code"]) == (403, "account.first_steps")


def test_the_reminder_comes_after_the_policy(cast: Cast) -> None:
    published()
    Account.objects.filter(username="mona").update(
        remind_monthly=True, created_at="2020-01-01T00:00Z", wants_news=False
    )
    visitor = Visitor()
    page = {"login": "mona", "password": "maple-leaves-fall-early", "next": "/sites/"}
    way = visitor.post(reverse("account_login"), page)["Location"]
    assert way.startswith(POLICY)
    way = visitor.post(way, {"agree": "1"})["Location"]
    assert way == f"{reverse('account-reminder')}?next=%2Fsites%2F"
    assert visitor.get(way).status_code == 200
    assert visitor.post(way)["Location"] == "/sites/"


# --- New versions -----------------------------------------------------------------------------


def test_a_new_version_asks_everybody_again_and_nothing_but_that(cast: Cast) -> None:
    published()
    visitor = signed_in("ivan")
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "ivan@example.com"})
    assert visitor.get(DASHBOARD).status_code == 200
    published("We keep less.")
    assert visitor.get("/sites/")["Location"] == to(POLICY, "/sites/")
    assert visitor.post(to(POLICY, "/sites/"), {"agree": "2"})["Location"] == "/sites/"
    assert account("ivan").agreed_version == 2


def test_whoever_read_the_version_before_is_shown_the_new_one(cast: Cast) -> None:
    published()
    visitor = signed_in("ivan")
    published("We keep less.")
    answer = visitor.post(to(POLICY, "/sites/"), {"agree": "1", "next": "/sites/"}, follow=True)
    assert "published anew" in answer.content.decode()
    assert "We keep less." in answer.content.decode()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("sent", ["", "x", "-1", "9" * 30, "2"])
def test_only_what_was_read_is_agreed_to(sent: str, cast: Cast) -> None:
    published()
    visitor = signed_in("ivan")
    visitor.post(POLICY, {"agree": sent})
    assert not Agreement.objects.exists()
    assert account("ivan").awaits == "policy"


def test_asking_everybody_is_one_statement_and_a_page_asks_nothing_for_it(cast: Cast) -> None:
    visitor = signed_in("ivan")
    visitor.get("/sites/")
    with CaptureQueriesContext(connection) as before:
        visitor.get("/sites/")
    draft = policies.begin_draft(BUILDER)
    policies.write_draft(BUILDER, draft, {"en": "We keep little."})
    with CaptureQueriesContext(connection) as asked:
        policies.publish(BUILDER, draft)
    assert sum("tenancy_account" in one["sql"] for one in asked.captured_queries) == 1
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "ivan@example.com"})
    visitor.get("/sites/")
    with CaptureQueriesContext(connection) as after:
        assert visitor.get("/sites/").status_code == 200
    assert len(after) <= len(before)


# --- The operator's page ----------------------------------------------------------------------


def test_the_operator_writes_previews_and_publishes(cast: Cast) -> None:
    operator = cast.client("otto")
    edit = operator.post(reverse("policy-new"))["Location"]
    answer = operator.post(edit, {"en": "First.\r\n\r\nSecond."})
    draft = PrivacyPolicy.objects.drafts().get()
    assert answer["Location"] == reverse("policy", args=[draft.pk])
    shown = operator.get(answer["Location"]).content.decode()
    assert "<p>First.</p>" in shown
    assert "accounts are asked to agree at their next page" in shown
    operator.post(reverse("policy-publish", args=[draft.pk]))
    draft.refresh_from_db()
    assert (draft.version, draft.is_draft) == (1, False)
    assert not Account.objects.exclude(awaits="policy").exists()
    operator.post(POLICY, {"agree": "1"})
    operator.post(EMAIL, {"email": "otto@example.com"})
    listed = operator.get(reverse("policies")).content.decode()
    assert f"1 account agreed, {len(NAMES) - 1} not yet" in listed
    assert "1 account agreed" in operator.get(answer["Location"]).content.decode()
    # Who agreed and is shut since has agreed; who is shut is not waited for.
    Account.objects.filter(username__in=("otto", "mona")).update(is_active=False)
    policy, agreed = PrivacyPolicy.objects.with_agreed().get(), len(NAMES) - 2
    assert policy.agreed == 1
    waiting = Account.objects.asked_to_agree(policy.version)
    assert sum(part.count() for part in waiting) == agreed
    Account.objects.filter(username="ivan").update(agreed_version=policy.version)
    assert sum(part.count() for part in waiting) == agreed - 1
    newer = Account.objects.asked_to_agree(policy.version + 1)
    assert sum(part.count() for part in newer) == agreed
    assert "English" in listed


def test_what_is_published_never_changes(cast: Cast) -> None:
    policy = published()
    otto = cast.actor("otto")
    for deed in (
        lambda: policies.write_draft(otto, policy, {"en": "Other"}),
        lambda: policies.discard_draft(otto, policy),
        lambda: policies.publish(otto, policy),
    ):
        with pytest.raises(Refused) as refusal:
            deed()
        assert refusal.value.code == "policy.published"
    assert policy.texts.get().text == "We keep little."


def test_a_policy_needs_a_text_that_everybody_can_read(cast: Cast) -> None:
    otto = cast.actor("otto")
    draft = policies.begin_draft(otto)
    policies.write_draft(otto, draft, {"en": " ", "de": "Wenig."})
    with pytest.raises(Refused) as refusal:
        policies.publish(otto, draft)
    assert refusal.value.code == "policy.no_text"
    assert not Account.objects.exclude(awaits="").exists()


def test_a_new_version_begins_with_the_texts_in_force(cast: Cast) -> None:
    published(de="Wenig.")
    draft = policies.begin_draft(cast.actor("otto"))
    told = {one.language: one.text for one in draft.texts.all()}
    assert told == {"en": "We keep little.", "de": "Wenig."}
    assert policies.begin_draft(cast.actor("otto")) == draft


@pytest.mark.parametrize("name", [name for name in NAMES if name != "otto"])
def test_only_the_operator_writes_policies(name: str, cast: Cast) -> None:
    actor, draft = cast.actor(name), PrivacyPolicy.objects.get()
    for deed in (
        lambda: policies.begin_draft(actor),
        lambda: policies.write_draft(actor, draft, {"en": "Mine"}),
        lambda: policies.discard_draft(actor, draft),
        lambda: policies.publish(actor, draft),
    ):
        with pytest.raises(Forbidden):
            deed()
    assert draft.texts.get().text == "We keep little."


# --- Who provides the service -----------------------------------------------------------------


def test_a_provider_that_was_skipped_is_not_asked_again(cast: Cast) -> None:
    published()
    ServiceProvider.objects.all().delete()
    visitor = signed_in("ivan")
    visitor.post(POLICY, {"agree": "1"})
    assert account("ivan").awaits == "provider"
    assert visitor.post(PROVIDER, {"skip": "yes"})["Location"] == to(EMAIL, "/")
    visitor.post(EMAIL, {"email": "ivan@example.com"})
    assert visitor.get(DASHBOARD).status_code == 200
    visitor.sign_in("ivan")
    assert account("ivan").awaits == ""
    assert not ServiceProvider.objects.get(node=place_of("ivan")).says_something


def test_a_sub_installer_is_not_asked_who_provides_the_service(cast: Cast) -> None:
    published()
    ServiceProvider.objects.all().delete()
    signed_in("iris").post(POLICY, {"agree": "1"})
    assert account("iris").awaits == "email"


@pytest.mark.parametrize("name", ["mona", "ada", "rita"])
def test_end_users_read_who_provides_their_service(name: str, cast: Cast) -> None:
    published()
    visitor = signed_in(name)
    assert "Ivan&#x27;s firm" in visitor.get(POLICY).content.decode()
    ServiceProvider.objects.update(company="")
    shown = visitor.get(POLICY).content.decode()
    assert "Your service provider" in shown
    assert "<p>Operator</p>" in shown


def test_all_that_a_provider_tells_of_itself_is_read(cast: Cast) -> None:
    told = {
        "company": "Ivan & Co",
        "company_address": "Ring 1, Munich",
        "country": "DE",
        "number": "030 901820",
        "email": "desk@ivan.example",
        "tax_id": "DE 123",
        "website": "https://ivan.example",
    }
    assert cast.client("ivan").post(reverse("provider"), told).status_code == 302
    published()
    shown = signed_in("mona").get(POLICY).content.decode()
    for words in ("Ivan &amp; Co", "Ring 1, Munich", "+49 30 901820", "desk@ivan.example"):
        assert words in shown
    assert "DE 123" in shown
    assert "https://ivan.example" in shown


@pytest.mark.parametrize("name", ["otto", "dora", "ivan", "iris"])
def test_whoever_is_no_end_user_reads_of_no_provider(name: str, cast: Cast) -> None:
    published()
    assert "Your service provider" not in signed_in(name).get(POLICY).content.decode()


def test_a_bare_country_code_is_no_number_and_no_fault(cast: Cast) -> None:
    visitor, page = cast.client("ivan"), reverse("provider")
    assert "United States +1" in visitor.get(page).content.decode()
    told = {"company": "Ivan & Co", "country": "US", "number": ""}
    assert visitor.post(page, told).status_code == 302
    provider = ServiceProvider.objects.get(node=place_of("ivan"))
    assert (provider.company, str(provider.mobile)) == ("Ivan & Co", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "12"),
        ("number", "not a number"),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
        ("country", "XX"),
        ("company", "x" * 129),
    ],
)
def test_a_provider_s_faults_stand_at_their_fields(field: str, value: str, cast: Cast) -> None:
    visitor, page = cast.client("ivan"), reverse("provider")
    answer = visitor.post(page, {"company": "Other", "country": "US", field: value})
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert ServiceProvider.objects.get(node=place_of("ivan")).company == "Ivan's firm"


def test_another_installer_s_information_cannot_be_named(cast: Cast) -> None:
    visitor, other = cast.client("ivan"), place_of("oscar")
    page = reverse("provider")
    foreign = visitor.post(f"{page}?at={other.pk}", {"company": "Mine"})
    absent = visitor.post(f"{page}?at=999999", {"company": "Mine"})
    assert foreign.status_code == absent.status_code == 403
    assert ServiceProvider.objects.get(node=other).company == "Oscar's firm"


# --- The address ------------------------------------------------------------------------------


@pytest.fixture
def without_address(cast: Cast) -> Actor:
    Account.objects.filter(username="mona").update(email="")
    published()
    return cast.actor("mona")


def test_whoever_has_no_address_gives_one_to_go_on(without_address: Actor) -> None:
    visitor = signed_in("mona")
    assert visitor.post(POLICY, {"agree": "1"})["Location"] == to(EMAIL, "/")
    assert visitor.post(EMAIL, {"email": ""}).status_code == 422
    assert visitor.get(DASHBOARD)["Location"] == to(EMAIL)
    assert visitor.post(EMAIL, {"email": "mona@new.example"})["Location"] == "/"
    assert visitor.get(DASHBOARD).status_code == 200
    # It is theirs once the link is opened, and not before.
    assert (account("mona").email, account("mona").wants_news) == ("", False)
    (letter,) = letters("mona@new.example")
    link = next(word for word in letter.text.split() if "/email/" in word)
    Visitor().post("/" + link.split("/", 3)[3])
    assert account("mona").email == "mona@new.example"
    assert account("mona").email_confirmed_at


def test_whoever_does_not_confirm_is_asked_at_the_next_sign_in(without_address: Actor) -> None:
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    for _time in range(7):
        # However often: nobody is kept out because too many links were sent.
        visitor.post(EMAIL, {"email": "mona@new.example"})
        assert visitor.get(DASHBOARD).status_code == 200
        visitor = signed_in("mona")
        assert visitor.get(DASHBOARD)["Location"] == to(EMAIL)
    assert 1 <= len(letters("mona@new.example")) < 7


def test_news_are_chosen_under_setting_too(cast: Cast) -> None:
    visitor, page = cast.client("mona"), reverse("setting-notification")
    visitor.post(page, {"wants_news": "on"})
    assert account("mona").wants_news is True
    (box,) = re.findall(r'<input[^>]*name="wants_news"[^>]*>', visitor.get(page).content.decode())
    assert "checked" in box
    visitor.post(page, {})
    assert account("mona").wants_news is False


# --- Later ------------------------------------------------------------------------------------


def test_the_policy_can_be_read_again_from_any_menu(cast: Cast) -> None:
    published()
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    visitor.post(EMAIL, {"email": "mona@example.com"})
    for page in (DASHBOARD, reverse("site", args=[cast.maple.pk])):
        assert f'href="{reverse("privacy-policy")}"' in visitor.get(page).content.decode()
    shown = visitor.get(reverse("privacy-policy")).content.decode()
    assert "We keep little." in shown
    assert "Your agreement:" in shown
    assert "Ivan&#x27;s firm" in shown


def test_steps_that_are_not_due_lead_on(cast: Cast) -> None:
    visitor = signed_in("mona")
    for step in (POLICY, PROVIDER, EMAIL):
        assert visitor.get(to(step, "/sites/"))["Location"] == "/sites/"
    published()
    assert visitor.post(PROVIDER, {"company": "Mona's"})["Location"] == to(POLICY, "/")
    assert set(ServiceProvider.objects.values_list("company", flat=True)) == {
        "Ivan's firm",
        "Oscar's firm",
    }


def test_agreeing_twice_is_agreeing_once(cast: Cast) -> None:
    published()
    mona = cast.actor("mona")
    welcome.agree(mona, 1)
    welcome.agree(mona, 1)
    assert Agreement.objects.count() == 1
    assert AuditEntry.objects.filter(verb="agree").count() == 1


def test_whoever_is_asked_again_sees_what_they_said_of_news(cast: Cast) -> None:
    published()
    Account.objects.filter(username="mona").update(email="", email_confirmed_at=None)
    visitor = signed_in("mona")
    visitor.post(POLICY, {"agree": "1"})
    # Not confirmed yet, so the next sign-in asks once more.
    visitor.post(EMAIL, {"email": "mona@example.com", "wants_news": "on"})
    again = signed_in("mona").get(EMAIL).content.decode()
    (box,) = re.findall(r'<input[^>]*name="wants_news"[^>]*>', again)
    assert "checked" in box
