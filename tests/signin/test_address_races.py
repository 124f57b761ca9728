"""An address that is confirmed by one and kept by another at the same moment."""

import pytest
from django.urls import resolve

from doorward.kit.errors import Refused
from doorward.tenancy.actions import details, profile
from tests.access.test_shelf_races import overlap
from tests.cast import Cast
from tests.signin.conftest import HOME
from tests.signin.test_account_details import confirmed, details_form, email_link
from tests.signin.test_accounts import account

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "mona@example.com", "mona.new@example.org"


@pytest.fixture
def token(cast: Cast) -> str:
    """What the link bears that was sent to the address which Ivan wants for Mona."""
    details.change_details(cast.actor("ivan"), confirmed(), details_form(NEW))
    return str(resolve(email_link(NEW)).kwargs["token"])


def test_an_address_that_is_just_being_kept_is_not_given_away(cast: Cast, token: str) -> None:
    def confirm_later() -> None:
        with pytest.raises(Refused, match=r"link\.used"):
            profile.confirm_email(token, HOME)

    mona = cast.actor("mona")
    overlap(lambda: details.keep_email(mona, account("mona")), confirm_later)
    assert (account("mona").email, account("mona").email_wanted) == (OLD, "")


def test_an_address_that_is_just_being_confirmed_is_not_kept(cast: Cast, token: str) -> None:
    mona = cast.actor("mona")
    overlap(
        lambda: profile.confirm_email(token, HOME),
        lambda: details.keep_email(mona, account("mona")),
    )
    assert (account("mona").email, account("mona").email_wanted) == (NEW, "")
