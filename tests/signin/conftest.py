"""Browsers that sign in by themselves, from wherever a test says."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.kit import clock
from doorward.kit.models import Mail
from doorward.tenancy.models import Account
from tests.cast import PASSWORD, Cast

HOME, ELSEWHERE, OFFICE = "192.0.2.1", "198.51.100.9", "203.0.113.5"


class Visitor(Client):
    """A browser at an address."""

    def __init__(self, address: str = HOME) -> None:
        super().__init__(REMOTE_ADDR=address, HTTP_USER_AGENT="Mozilla/5.0 Firefox/140.0 (Linux)")

    def sign_in(self, login: str = "mona", password: str = PASSWORD) -> int:
        page = reverse("account_login")
        return self.post(page, {"login": login, "password": password}).status_code

    @property
    def is_in(self) -> bool:
        return self.get(reverse("account")).status_code == 200


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The cast, of whom nobody is signed in."""
    cast.sign_everybody_out()
    return cast


@pytest.fixture
def mona_s(cast: Cast) -> Account:
    """Mona's account, with a confirmed address."""
    account: Account = Account.objects.get(username="mona")
    account.email_confirmed_at = clock.now()
    account.save()
    return account


@pytest.fixture
def clock_hand() -> Iterator[time_machine.Traveller]:
    """The time, standing still until a test moves it."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


def letters(address: str) -> list[Mail]:
    return list(Mail.objects.filter(recipient=address).order_by("pk"))
