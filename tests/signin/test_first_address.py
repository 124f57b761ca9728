"""An address is asked of everybody who looks after something, before any page opens."""

from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, SupportVisit
from tests.cast import NAMES, Cast
from tests.signin.conftest import letters
from tests.signin.test_first_steps import (
    DASHBOARD,
    EMAIL,
    POLICY,
    account,
    published,
    signed_in,
    to,
)
from tests.support.conftest import Enter, enter

pytestmark = pytest.mark.django_db

__all__ = ["Enter", "enter"]

ASK = import_module("doorward.tenancy.migrations.0020_ask_for_addresses").ASK


@pytest.fixture
def without(cast: Cast) -> Cast:
    """The cast, of whom nobody has an address and nobody is signed in."""
    Account.objects.update(email="", email_confirmed_at=None)
    return cast


@pytest.mark.parametrize("name", [name for name in NAMES if name != "rita"])
def test_an_address_is_asked_for_where_no_policy_is_published(name: str, without: Cast) -> None:
    visitor = signed_in(name)
    assert visitor.get("/sites/")["Location"] == to(EMAIL, "/sites/")
    assert visitor.post(to(EMAIL, "/sites/"), {"email": " "}).status_code == 422
    assert visitor.get(DASHBOARD)["Location"] == to(EMAIL)
    body = {"email": f"{name}@new.example", "wants_news": "on", "next": "/notices/"}
    assert visitor.post(EMAIL, body)["Location"] == "/notices/"
    assert visitor.get("/notices/").status_code == 200
    assert len(letters(f"{name}@new.example")) == 1
    assert account(name).wants_news is True


def test_whoever_only_opens_doors_needs_no_address(without: Cast) -> None:
    visitor = signed_in("rita")
    assert account("rita").awaits == ""
    published()
    assert visitor.post(POLICY, {"agree": "1"})["Location"] == "/"
    assert account("rita").awaits == ""


def test_nothing_is_done_without_an_address_but_leaving(without: Cast) -> None:
    visitor = signed_in("mona")
    answer = visitor.post(reverse("account"), {"name": "Other", "language": "en"})
    assert answer["Location"] == to(EMAIL)
    assert account("mona").name == "Mona"
    assert visitor.post(reverse("account_logout")).status_code == 302
    assert not visitor.is_in


def test_a_token_goes_on_and_a_session_at_the_api_waits(without: Cast) -> None:
    visitor = signed_in("ivan")
    token = {"Authorization": f"Bearer {without.token('ivan')}"}
    assert Client().get("/api/v1/sites", headers=token).status_code == 200
    refused = visitor.get("/api/v1/sites")
    assert (refused.status_code, refused.json()["code"]) == (403, "account.first_steps")


def test_a_page_asks_the_database_no_more_for_it(cast: Cast) -> None:
    visitor = signed_in("ivan")
    visitor.get("/sites/")
    with CaptureQueriesContext(connection) as before:
        visitor.get("/sites/")
    Account.objects.filter(username="ivan").update(email="", awaits="email")
    with CaptureQueriesContext(connection) as led:
        assert visitor.get("/sites/")["Location"] == to(EMAIL, "/sites/")
    assert len(led) < len(before)


def test_whoever_was_signed_in_when_it_began_is_asked_at_the_next_page(without: Cast) -> None:
    Account.objects.filter(username="dora").update(awaits="policy")
    Account.objects.filter(username="mona").update(email="mona@example.com")
    with connection.cursor() as cursor:
        cursor.execute(ASK)
    asked = set(Account.objects.filter(awaits="email").values_list("username", flat=True))
    assert asked == set(NAMES) - {"dora", "mona", "rita"}
    assert account("dora").awaits == "policy"


def test_whoever_acts_for_another_gives_their_own_and_may_go_back(cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    Account.objects.filter(username="dora").update(
        email="", email_confirmed_at=None, awaits="email"
    )
    assert browser.get(DASHBOARD)["Location"] == to(EMAIL)
    assert browser.post(EMAIL, {"email": "dora@new.example"})["Location"] == "/"
    assert len(letters("dora@new.example")) == 1
    entry = AuditEntry.objects.filter(verb="ask for e-mail").get()
    assert (entry.account, entry.acting_for_account) == (account("dora"), None)
    Account.objects.filter(username="dora").update(awaits="email")
    browser.post(reverse("support-end"))
    assert SupportVisit.objects.latest("pk").ended_at is not None


def test_an_address_that_is_missing_is_no_matter_of_roles_that_are_gone(without: Cast) -> None:
    mona = account("mona")
    mona.standings.all().delete()
    assert Actor.of(mona).places == ()
    signed_in("mona")
    assert account("mona").awaits == ""
