"""The help says something of every page that one can look at, in every language."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from doorward.portal import help as guide
from tests.browser.test_pages_look import is_deed, named_patterns
from tests.cast import Cast

TEXTS = Path(guide.__file__).parent / "templates" / "portal" / "help"
LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Addresses that answer with a part of a page, with a file, or that lead elsewhere at once.
NO_PAGES = {
    *("people-group-choices", "door-tile", "command-button", "site-choices", "works-now"),
    *("tickets-now", "site-regions", "message-site-choices"),
    "mac-installer-choices",
    *(
        "dashboard-hours",
        "dashboard-attention",
        "mfa_login_webauthn",
        "file",
        "work-result",
        "work-faults",
        "manual",
    ),
    *("people-template", "mac-template", "workbook-template", "workbook-filled"),
    *("mail-template-body", "brand-logo", "brand-accent"),
    "notice",
    *("help", "help-topic", "help-entrance"),
}


def test_every_page_that_one_can_look_at_has_its_place_in_the_help() -> None:
    """Whoever adds a page names it in `portal/help.py`, at the section that speaks of it."""
    pages = {str(one.name) for one in named_patterns() if not is_deed(one)}
    assert pages - NO_PAGES - guide.PLACES.keys() == set()
    assert guide.PLACES.keys() - pages == set()


def test_no_page_has_two_places() -> None:
    named = [page for topic in guide.TOPICS for pages in topic.sections.values() for page in pages]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", guide.TOPICS, ids=lambda topic: topic.name)
def test_a_topic_says_all_of_its_sections(topic: guide.Topic, language: str) -> None:
    text = (TEXTS / language / f"{topic.name}.html").read_text(encoding="utf-8")
    assert re.findall(r'<section id="([^"]+)">', text) == [*topic.sections]
    assert len(re.findall(r"<h2>", text)) == len(topic.sections)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_that_no_page_leads_to(language: str) -> None:
    written = {file.stem for file in (TEXTS / language).glob("*.html")}
    assert written == {topic.name for topic in guide.TOPICS}


@pytest.mark.django_db
def test_a_page_leads_to_what_is_said_of_it(cast: Cast) -> None:
    ivan = cast.client("ivan")
    for page, args, place in (
        ("dashboard", [], "/help/overview/#dashboard"),
        ("users", [], "/help/accounts/#list"),
        ("site-managers", [cast.maple.pk], "/help/sites/#managers"),
        ("administrators", [cast.maple.pk], "/help/sites/#administrators"),
        ("account-password", [], "/help/your-account/#password"),
    ):
        assert f'href="{place}"' in ivan.get(reverse(page, args=args)).content.decode()
    assert 'href="/help/signing-in/#sign-in"' in Client().get("/sign-in/").content.decode()
    # What is not there leads nobody who is not in any further.
    assert 'href="/help/signing-in/"' in Client().get("/nowhere/").content.decode()
    assert 'href="/help/"' in ivan.get("/nowhere/").content.decode()


@pytest.mark.django_db
def test_it_is_read_in_the_language_of_whoever_reads(cast: Cast) -> None:
    page = reverse("help-topic", args=["sites"])
    assert "<h2>Property managers</h2>" in cast.client("ivan").get(page).content.decode()
    account = cast.actor("mona").account
    assert account is not None
    account.language = "de"
    account.save()
    assert "<h2>Hausverwalter</h2>" in cast.client("mona").get(page).content.decode()
    assert cast.client("ivan", again=True).get("/help/nothing/").status_code == 404


@pytest.mark.django_db
def test_the_contents_offer_what_concerns_their_reader(cast: Cast) -> None:
    offered = {
        who: [
            topic.name
            for topic in guide.TOPICS
            if f'href="{topic.url}"' in cast.client(who).get(reverse("help")).content.decode()
        ]
        for who in ("ivan", "ada", "rita")
    }
    assert offered["ivan"] == [topic.name for topic in guide.TOPICS]
    assert set(offered["ivan"]) - set(offered["ada"]) == {"devices"}
    assert offered["rita"] == ["signing-in", "your-account", "setting", "records", "tickets"]
