"""Pages, mails and formats in the reader's language, and nobody's in another's."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from time_machine import TimeMachineFixture

from doorward.kit.models import Mail
from doorward.sites.models import Site
from doorward.sites.words import country_choices
from doorward.tenancy.actions import profile
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry
from tests.cast import Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db
Reader = Callable[[str, str], Client]


@pytest.fixture
def reader(cast: Cast) -> Reader:
    """Somebody of the cast who has chosen a language."""

    def signed_in(name: str, language: str) -> Client:
        Account.objects.filter(username=name).update(language=language)
        return cast.client(name)

    return signed_in


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_is_in_the_account_s_language_whatever_the_browser_asks_for(reader: Reader) -> None:
    text = text_of(reader("ivan", "de"), reverse("sites"), accept_language="fr, en;q=0.5")
    assert '<html lang="de">' in text
    assert "Standorte" in text
    assert "Sites" not in text


def test_a_language_that_the_product_has_not_leaves_the_browser_s(reader: Reader) -> None:
    assert '<html lang="de">' in text_of(
        reader("ivan", "fr"), reverse("sites"), accept_language="de"
    )


def test_before_signing_in_the_browser_s_language_counts(client: Client, db: None) -> None:
    login = reverse("account_login")
    german = text_of(client, login, accept_language="de-AT, en;q=0.5")
    assert '<html lang="de">' in german
    assert "Benutzername oder E-Mail" in german
    assert "User name or e-mail" in text_of(client, login, accept_language="fr")


@pytest.mark.parametrize("page", ["people", "door-log", "groups", "devices", "site"])
def test_what_is_kept_drawn_is_kept_for_each_language(
    page: str, reader: Reader, maple: Site
) -> None:
    """The frame, heads of tables and links to pages are drawn once, and said again."""
    address = reverse(page, args=[maple.pk])
    german = text_of(reader("ivan", "de"), address)
    english = text_of(reader("ivan", "en"), address)
    again = text_of(reader("ivan", "de"), address)
    words = ("Übersicht", "Türprotokoll", "Zutrittsgruppen", "Abmelden", "Einstellungen")
    for word in words:
        assert word in german
        assert word not in english
        assert word in again
    for word in ("Overview", "Door log", "Access groups", "Sign out", "Setting"):
        assert word in english
        assert word not in german
        assert word not in again


def test_a_table_s_head_is_in_the_reader_s_language(reader: Reader, maple: Site) -> None:
    address = reverse("people", args=[maple.pk])
    for language, here, elsewhere in (
        ("de", "Gültigkeit", "Validity"),
        ("en", "Validity", "Gültigkeit"),
        ("de", "Gültigkeit", "Validity"),
    ):
        text = text_of(reader("mona", language), address)
        head = text.partition("<thead")[2].partition("</thead>")[0]
        assert here in head
        assert elsewhere not in head


def test_the_language_is_chosen_in_the_profile_and_counts_at_once(reader: Reader) -> None:
    browser = reader("mona", "en")
    answer = browser.post(reverse("account"), {"name": "Mona", "language": "de"}, follow=True)
    text = answer.content.decode()
    assert '<html lang="de">' in text
    assert "Ihr Profil ist gespeichert." in text


def test_an_invitation_is_offered_in_the_language_of_whoever_invites(reader: Reader) -> None:
    text = text_of(reader("ivan", "de"), reverse("user-new"))
    assert '<option value="de" selected>Deutsch</option>' in text
    assert '<option value="en">English</option>' in text


def test_choices_and_recipients_are_in_the_reader_s_language(reader: Reader, cast: Cast) -> None:
    ivan = reader("ivan", "de")
    office = text_of(ivan, reverse("site-edit", args=[cast.maple.pk]))
    assert '<option value="4">4 Stellen</option>' in office
    message = text_of(ivan, reverse("message-new"))
    assert "An<span" in message


def test_the_api_speaks_the_language_that_is_asked_for(reader: Reader) -> None:
    browser = reader("ivan", "de")
    missing = "/api/v1/sites/999999999"
    assert (
        "nichts, was Sie sehen"
        in browser.get(missing, headers={"accept-language": "de"}).content.decode()
    )
    assert "nothing here" in browser.get(missing).content.decode()


def test_a_mail_is_in_its_reader_s_language_not_in_the_doer_s(
    reader: Reader, cast: Cast, run_jobs: RunJobs, mailoutbox: list[EmailMessage]
) -> None:
    reader("mona", "de")
    mona = Account.objects.get(username="mona")
    cast.client("ivan").post(reverse("user-password", args=[mona.pk]))
    run_jobs()
    (letter,) = mailoutbox
    assert letter.subject == "Ein neues Passwort"
    assert "Wählen Sie es hier" in letter.body
    assert letter.extra_headers["Content-Language"] == "de"


def test_dates_and_numbers_of_a_mail_are_written_as_its_reader_does(
    cast: Cast, time_machine: TimeMachineFixture
) -> None:
    at = datetime(2027, 3, 4, 15, 6, tzinfo=UTC)
    time_machine.move_to(at, tick=False)
    for language, words in (("de", "04.03.2027 15:06 UTC"), ("en", "2027-03-04 15:06 UTC")):
        Account.objects.filter(username="mona").update(language=language)
        mona = Account.objects.get(username="mona")
        profile.note_factor(Actor.of(mona), "add factor", "x")
        assert words in Mail.objects.latest("pk").text


def test_the_audit_trail_writes_times_as_its_reader_does(reader: Reader) -> None:
    browser = reader("ivan", "de")
    browser.post(reverse("account"), {"name": "Ivan the installer", "language": "de"})
    at = AuditEntry.objects.latest("pk").at
    german, iso = f"{at:%d.%m.%Y %H:%M:%S}", f"{at:%Y-%m-%d %H:%M:%S}"
    text = text_of(browser, reverse("audit"))
    assert german in text
    assert iso not in text
    text = text_of(reader("ivan", "en"), reverse("audit"))
    assert iso in text
    assert german not in text


def test_a_site_s_own_formats_go_before_the_reader_s(reader: Reader, maple: Site) -> None:
    Site.objects.filter(pk=maple.pk).update(date_format=Site.DateFormat.MDY)
    text = text_of(reader("mona", "de"), reverse("door-log", args=[maple.pk]))
    assert "Türprotokoll" in text
    shown = text.partition('class="log-time"')[2].partition("</time>")[0]
    assert "/" in shown.rpartition(">")[2]


def test_countries_are_called_and_sorted_as_in_the_reader_s_language() -> None:
    with override("de"):
        german = country_choices()
    assert ("Germany", "Deutschland") in german
    labels = [label for _name, label in german]
    assert labels.index("Äthiopien") < labels.index("Belgien") < labels.index("Oman")
    assert labels.index("Oman") < labels.index("Österreich") < labels.index("Zypern")
    with override("en"):
        assert ("Germany", "Germany") in country_choices()
