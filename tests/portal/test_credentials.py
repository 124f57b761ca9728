"""PINs and cards on a person's pages: told once, and later to whoever has signed in again."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.access.actions import credentials, pins
from doorward.access.models import Credential
from doorward.kit import clock
from doorward.people.models import Person
from doorward.tenancy.models import Account, AuditEntry
from tests.at_home import SignedIn
from tests.cast import BUILDER, PASSWORD, RITAS_CARD, Cast

pytestmark = pytest.mark.django_db

PIN, ANOTHER = "83604719", "47190836"


def page(name: str, person: Person, credential: Credential | None = None) -> str:
    keys = [person.site_id, person.pk, *([credential.pk] if credential else [])]
    return reverse(name, args=keys)


def sign_in_again(browser: Client, onward: str = "/") -> HttpResponse:
    again = reverse("account_reauthenticate")
    answer: HttpResponse = browser.post(again, {"password": PASSWORD, "next": onward})
    return answer


def shown_in(answer: HttpResponse) -> str:
    """Return the value that an answer offers to copy."""
    (value,) = re.findall(r'value="([^"]+)"\s+readonly data-copy-value', answer.content.decode())
    return str(value)


# --- Given ------------------------------------------------------------------------------------


def test_a_pin_is_generated_and_told_once(signed_in: SignedIn, rita: Person) -> None:
    mona = signed_in("mona")
    answer = mona.post(page("pin-give", rita), {"once": "first"})
    told = shown_in(answer)
    assert told == rita.credentials.pins().get().secret
    assert answer["Cache-Control"] == "no-store"
    again = mona.post(page("pin-give", rita), {"once": "first"}, follow=True)
    assert told not in again.content.decode()
    assert "not told again" in again.content.decode()
    assert rita.credentials.pins().get().secret == told
    assert told not in mona.get(page("person", rita)).content.decode()


def test_a_pin_is_typed_and_replaced(signed_in: SignedIn, rita: Person) -> None:
    mona = signed_in("mona")
    assert shown_in(mona.post(page("pin-give", rita), {"pin": "8360 4719"})) == PIN
    old = rita.credentials.pins().get().pk
    answer = mona.post(page("pin-give", rita), {"pin": ANOTHER, "old": old})
    assert shown_in(answer) == ANOTHER
    assert rita.credentials.pins().get().secret == ANOTHER


def test_a_pin_that_somebody_else_gave_meanwhile_is_not_lost(
    signed_in: SignedIn, rita: Person
) -> None:
    pins.add_pin(BUILDER, rita, PIN)
    answer = signed_in("mona").post(page("pin-give", rita), {"pin": ANOTHER, "old": ""})
    assert answer.status_code == 422
    assert "meanwhile" in answer.content.decode()
    assert rita.credentials.pins().get().secret == PIN


def test_a_clash_tells_nothing_of_the_holder(
    signed_in: SignedIn, rita: Person, bob: Person
) -> None:
    pins.add_pin(BUILDER, bob, PIN)
    ada = signed_in("ada")
    clash = ada.post(page("pin-give", rita), {"pin": PIN}).content.decode()
    weak = ada.post(page("pin-give", rita), {"pin": "12345678"}).content.decode()
    sentence = "This PIN is easy to guess or not free."
    assert clash.count(sentence) == weak.count(sentence) > 0
    assert "Bob" not in clash
    assert "Birch" not in clash


def test_whoever_tries_pin_after_pin_has_to_wait(signed_in: SignedIn, rita: Person) -> None:
    mona, address = signed_in("mona"), page("pin-give", rita)
    for _time in range(20):
        assert "Too many" not in mona.post(address, {"pin": "12345678"}).content.decode()
    assert "Too many PINs were refused" in mona.post(address, {"pin": ANOTHER}).content.decode()
    # A generated one is nobody's guess.
    assert shown_in(mona.post(address))


def test_a_card_is_given_in_a_format_with_a_label(signed_in: SignedIn, rita: Person) -> None:
    typed = {"number": "213,02000", "format": "6H3D5D", "label": "Key fob"}
    assert signed_in("mona").post(page("card-add", rita), typed).status_code == 302
    card = rita.credentials.cards().get(label="Key fob")
    assert (card.secret, card.format) == ("D507D0", "6H3D5D")
    shown = signed_in("mona").get(page("person", rita)).content.decode()
    assert "Key fob" in shown
    assert "D507D0" not in shown


def test_a_sixth_card_is_refused_at_the_field(signed_in: SignedIn, rita: Person) -> None:
    for place in range(4):
        credentials.add_card(BUILDER, rita, number=f"AA00000{place}")
    mona = signed_in("mona")
    answer = mona.post(page("card-add", rita), {"number": "CAFEBABE"})
    assert answer.status_code == 422
    assert "at most five cards" in answer.content.decode()
    assert 'name="number"' not in mona.get(page("person", rita)).content.decode()


def test_pin_and_card_are_removed(signed_in: SignedIn, rita: Person) -> None:
    pins.add_pin(BUILDER, rita, PIN)
    mona = signed_in("mona")
    for one in rita.credentials.all():
        assert mona.post(page("credential-remove", rita, one)).status_code == 302
    assert not rita.credentials.exists()


# --- Looked at later --------------------------------------------------------------------------


@pytest.fixture
def pin(rita: Person) -> Credential:
    return pins.add_pin(BUILDER, rita, PIN).credential


def test_a_pin_is_shown_after_signing_in_again(
    signed_in: SignedIn, rita: Person, pin: Credential
) -> None:
    mona, address = signed_in("mona"), page("credential-show", rita, pin)
    asked = mona.post(address)
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert sign_in_again(mona, address)["Location"] == address
    # Signing in again shows nothing by itself.
    assert PIN not in mona.get(address).content.decode()
    answer = mona.post(address)
    assert shown_in(answer) == PIN
    assert answer["Cache-Control"] == "no-store"


def test_a_card_is_shown_as_it_was_written(signed_in: SignedIn, rita: Person) -> None:
    ada = signed_in("ada")
    sign_in_again(ada)
    (card,) = rita.credentials.cards()
    assert shown_in(ada.post(page("credential-show", rita, card))) == RITAS_CARD


def test_having_signed_in_is_not_signing_in_again(rita: Person, pin: Credential) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": "mona", "password": PASSWORD})
    assert browser.post(page("credential-show", rita, pin)).status_code == 302


def test_a_wrong_password_shows_nothing(signed_in: SignedIn, rita: Person, pin: Credential) -> None:
    mona, address = signed_in("mona"), page("credential-show", rita, pin)
    mona.post(reverse("account_reauthenticate"), {"password": "wrong", "next": address})
    assert mona.post(address).status_code == 302


def test_after_five_minutes_one_signs_in_anew(
    signed_in: SignedIn, rita: Person, pin: Credential
) -> None:
    mona, address = signed_in("mona"), page("credential-show", rita, pin)
    with time_machine.travel(clock.now(), tick=False) as hand:
        sign_in_again(mona)
        hand.shift(timedelta(minutes=4, seconds=59))
        assert mona.post(address).status_code == 200
        hand.shift(timedelta(seconds=2))
        assert mona.post(address).status_code == 302


def test_an_account_with_nothing_to_show_is_told_nothing(
    signed_in: SignedIn, rita: Person, pin: Credential
) -> None:
    mona = signed_in("mona")
    account = Account.objects.get(username="mona")
    account.set_unusable_password()
    account.save()
    mona.force_login(account)
    assert mona.post(page("credential-show", rita, pin)).status_code == 302


def test_each_look_leaves_its_trace_without_the_secret(
    signed_in: SignedIn, rita: Person, pin: Credential, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mona = signed_in("mona")
    sign_in_again(mona)
    for _time in range(2):
        mona.post(page("credential-show", rita, pin))
    looks = AuditEntry.objects.filter(verb="show PIN", subject_id=rita.pk)
    assert [look.actor for look in looks] == ["mona", "mona"]
    assert PIN not in str([(look.before, look.after, look.label) for look in looks])
    assert PIN not in caplog.text
    history = mona.get(page("person", rita)).content.decode()
    assert "PIN shown" in history
    assert PIN not in history


def test_whoever_may_only_look_at_people_is_refused(
    signed_in: SignedIn, rita: Person, pin: Credential
) -> None:
    otto = signed_in("otto")
    sign_in_again(otto)
    assert otto.post(page("credential-show", rita, pin)).status_code == 403
    assert "Show PIN" not in otto.get(page("person", rita)).content.decode()


@pytest.mark.parametrize("name", ["credential-show", "credential-remove"])
def test_a_credential_is_found_at_its_holder_only(
    name: str, signed_in: SignedIn, cast: Cast, rita: Person, bob: Person
) -> None:
    (bobs,) = bob.credentials.all()
    mona, ada = signed_in("mona"), signed_in("ada")
    sign_in_again(mona)
    sign_in_again(ada)
    assert mona.post(page(name, rita, bobs)).status_code == 404
    assert ada.post(page(name, rita, bobs)).status_code == 404
    assert ada.post(page(name, bob, bobs)).status_code == 404
    assert bob.credentials.count() == 1
