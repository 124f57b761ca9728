"""Dora helps Ivan, Ivan helps Mona, Mona helps Ada: each enters by a click of their own list."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.kit import clock
from doorward.kit.live import handle_of
from doorward.tenancy import support
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AccountAccess, Standing, SupportVisit
from tests.cast import BUILDER, Cast

Enter = Callable[..., Client]


def account(name: str) -> Account:
    found: Account = Account.objects.get(username=name)
    return found


def standing(name: str) -> Standing:
    return Standing.objects.select_related("node", "account").get(account__username=name)


def access_of(name: str) -> AccountAccess:
    node, owner = support.owner_of(standing(name))
    return AccountAccess.objects.select_related("node").get(node=node, account=owner)


def enable(name: str) -> AccountAccess:
    return deeds.enable(BUILDER, standing(name), enabled=True)


def visit_of(doer: str) -> SupportVisit:
    return SupportVisit.objects.filter(account__username=doer).latest("pk")


def acting(browser: Client, doer: str) -> Actor:
    """Return who acts in a browser that is on a visit."""
    session = handle_of(browser.session.session_key or "")
    return support.acting(Actor.of(account(doer)), visit_of(doer).pk, session, clock.now())


@pytest.fixture
def enter(cast: Cast) -> Enter:
    """Let somebody enter another's portal; return their browser."""

    def entered(who: str, whom: str, back: str = "/support/") -> Client:
        enable(whom)
        browser = cast.client(who)
        address = reverse("support-enter", args=[standing(whom).pk])
        assert browser.post(address, {"next": back})["Location"] == "/"
        return browser

    return entered


@pytest.fixture
def clock_hand() -> Iterator[time_machine.Traveller]:
    """The time, standing still until a test moves it."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller
