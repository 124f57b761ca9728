"""A property manager's first day, by keyboard alone: from the invitation to the signed-out end.

What an installer does before, the API does here; from the letter on nothing is clicked.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from bench.installation import Installation, running_installation
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import leave_picture_of_failure
from tests.browser.sight import SOON, Complaints, Rules, barriers, field, overhang
from tests.browser.test_keyboard import press_on, tab_to, write
from tests.journeys.on_site import Panel, bind, connector, eventually, make, panel

pytestmark = [pytest.mark.browser, pytest.mark.process]

CARD = "0A1B2C3D"
PASSWORD = "a-lantern-by-the-harbour"
PREPARE = """
from django.db import transaction
from doorward.sites.models import Site
from doorward.tenancy.actions import policies
from doorward.tenancy.actions.invitations import InvitationForm, invite
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Role

builder, ivan = Actor.system("test"), Actor.of(Account.objects.get(username="installer"))
text = "A. What we keep\\n\\n" + "Names, cards and times of entry. " * 60
with transaction.atomic():
    draft = policies.begin_draft(builder)
    policies.write_draft(builder, draft, {"en": text})
    policies.publish(builder, draft)
    mona = InvitationForm(
        role=Role.PROPERTY_MANAGER, first_name="Mona", last_name="Meier", email="mona@example.com"
    )
    invite(ivan, Site.objects.get().node, mona)
"""


@dataclass
class House:
    """An office that an installer has handed over: a device, its door and nobody in it."""

    installation: Installation
    lobby: Panel

    def letter(self) -> str:
        """Return the invitation, as it lies in the folder where mail goes without a server."""
        found = eventually(
            lambda: sorted((self.installation.data / "mail").glob("*mona*.txt")),
            "the invitation is in the outbox",
        )
        text: str = found[0].read_text(encoding="utf-8")
        return text


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as stack:
        installation = stack.enter_context(running_installation(demo=False))
        told = json.loads((installation.data / "accounts.json").read_text(encoding="utf-8"))
        installation.__dict__["demo"] = told
        lobby = stack.enter_context(panel(tmp_path_factory.mktemp("panel")))
        site = make(installation, "/sites", name="Birch House", zone="Europe/Berlin")["id"]
        make(installation, "/macs", mac="0c:11:05:aa:bb:01")
        added = make(installation, "/connectors", site=site, name="Cellar")
        folder = tmp_path_factory.mktemp("connector")
        stack.enter_context(connector(installation.base, folder, added["code"]))
        device = bind(installation, lobby, site, added["id"])
        make(installation, "/doors", site=site, device=device["id"], name="Front door")
        installation.shell(PREPARE)
        yield House(installation, lobby)


@pytest.fixture
def page(chromium: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Page]:
    base = house.installation.base
    with chromium.new_context(base_url=base, reduced_motion="reduce") as context:
        yield context.new_page()
        leave_picture_of_failure(request.node, context)


def test_a_property_manager_s_first_day_without_a_mouse(page: Page, house: House) -> None:
    complaints = Complaints.of(page)
    comes_in_by_the_letter(page, house.letter())
    finds_what_to_do_first(page)
    adds_a_company_and_a_group(page)
    adds_a_person_with_pin_and_card(page)
    lets_the_group_in(page)
    sees_the_door_told(page, house.lobby)
    sees_a_card_open(page, house.lobby)
    opens_from_afar(page, house.lobby)
    asks_the_installer(page, house.installation)
    goes_home(page)
    assert complaints.said == []


def comes_in_by_the_letter(page: Page, letter: str) -> None:
    assert "Installer invites you to Doorward, as Property Manager of Birch House." in letter
    link = next(word for word in letter.split() if "/invitation/" in word)
    page.goto(urlsplit(link).path)
    at(page, "You are invited")
    tab_to(page, field(page, "User name"))
    # What is proposed is chosen whole, so that it is typed over.
    write(page, "mona.meier", "Tab", PASSWORD, "Tab", PASSWORD, "Enter")
    at(page, "Sign in")
    # The name was typed a moment ago, and what is said is said once.
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_text("Your account is ready. Sign in with it.")).to_have_count(1)
    write(page, PASSWORD, "Enter")
    at(page, "Privacy policy")
    press_on(page, page.get_by_role("button", name="Agree", exact=True))
    at(page, "Your e-mail address")
    press_on(page, page.get_by_role("button", name="Continue"))
    at(page, "Dashboard")


def finds_what_to_do_first(page: Page) -> None:
    go(page, main(page).get_by_role("link", name="Birch House"))
    at(page, "Birch House")
    go(page, main(page).get_by_role("link", name="Add people with cards"))
    at(page, "Personnel")
    expect(page.get_by_text("People belong to a company. Add it first.")).to_be_visible()
    go(page, main(page).get_by_role("link", name="Add a company"))
    at(page, "Add a company")


def adds_a_company_and_a_group(page: Page) -> None:
    into_content(page)
    tab_to(page, field(page, "Name"))
    write(page, "Acme", "Enter")
    at(page, "Acme")
    press_on(page, menu(page, "Groups"))
    at(page, "Groups")
    go(page, main(page).get_by_role("link", name="Add a group").first)
    at(page, "Add a group")
    into_content(page)
    tab_to(page, field(page, "Name"))
    write(page, "Front office", "Enter")
    said(page, "The group was added. Add its people next.")


def adds_a_person_with_pin_and_card(page: Page) -> None:
    go(page, main(page).get_by_role("button", name="Front office"))
    press_on(page, main(page).get_by_role("link", name="Add a person"))
    at(page, "Add a person")
    expect(page.get_by_role("combobox", name="Company")).to_have_value("Acme")
    expect(page.get_by_role("combobox", name="Group")).to_have_value("Front office")
    into_content(page)
    tab_to(page, field(page, "First name"))
    write(page, "Rita", "Tab", "Roberts")
    page.keyboard.press("Control+Enter")
    for step in ("Access", "Credentials"):
        # One goes on where one is, and not at the top of the page.
        here = page.locator("[aria-current=step]")
        expect(here).to_contain_text(step)
        expect(here).to_be_focused()
        look(page)
        if step == "Access":
            page.keyboard.press("Control+Enter")
    tab_to(page, field(page, "Card number"))
    write(page, CARD, "Enter")
    at(page, "Rita Roberts")
    assert re.fullmatch(r"\d{6}", page.get_by_label("PIN", exact=True).input_value())
    expect(page.get_by_text("The person was added and opens no door yet.")).to_be_visible()
    go(page, main(page).get_by_role("link", name="access groups"))
    at(page, "Access groups")


def lets_the_group_in(page: Page) -> None:
    go(page, main(page).get_by_role("link", name="Add an access group").first)
    at(page, "Add an access group")
    into_content(page)
    tab_to(page, field(page, "Name"))
    write(page, "Day and night")
    tab_to(page, page.get_by_role("button", name="Always"))
    page.keyboard.press("Space")
    for label, words in (("Doors", "Front"), ("Groups of people", "Front")):
        tab_to(page, page.get_by_role("combobox", name=label, exact=True))
        write(page, words)
        expect(page.get_by_role("option", name=words).first).to_be_visible()
        page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    said(page, "The access group was added with the people of its groups.")
    at(page, "Day and night")
    expect(main(page).get_by_role("link", name="Rita Roberts")).to_be_visible()


def sees_the_door_told(page: Page, lobby: Panel) -> None:
    go(page, main(page).get_by_role("link", name="Rita Roberts"))
    at(page, "Rita Roberts")
    doors = page.locator("#doors")
    expect(doors.get_by_role("link", name="Front door")).to_be_visible()
    expect(doors.get_by_text("Synced")).to_be_visible(timeout=SOON)
    (held,) = lobby.play("/holds")["users"]
    assert (held["Name"], held["CardCode"].strip(";")) == ("Rita Roberts", CARD)
    press_on(page, menu(page, "Devices"))
    at(page, "Devices")
    go(page, main(page).get_by_role("link", name="Lobby panel"))
    at(page, "Lobby panel")
    expect(main(page).get_by_text("Synced").first).to_be_visible()


def sees_a_card_open(page: Page, lobby: Panel) -> None:
    press_on(page, menu(page, "Door log"))
    at(page, "Door log")
    expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    page.evaluate("window.untouched = true")
    assert lobby.play("/swipe", {"card": CARD})["accepted"] is True
    rows = page.locator("[data-key]")
    expect(rows).to_have_count(1, timeout=SOON)
    expect(rows).to_contain_text(re.compile("Rita Roberts.*Acme.*Front door.*Allowed", re.S))
    assert page.evaluate("window.untouched") is True


def opens_from_afar(page: Page, lobby: Panel) -> None:
    press_on(page, menu(page, "Overview"))
    at(page, "Birch House")
    before = lobby.play("/state")["relays"][0]["pulses"]
    go(page, page.get_by_role("button", name="Open Front door"))
    opened = page.get_by_role("button", name=re.compile(r"^Opened \d\d:\d\d:\d\d"))
    expect(opened).to_be_visible(timeout=SOON)
    # Whoever opens once more need not look for the button again.
    expect(opened).to_be_focused()
    eventually(
        lambda: lobby.play("/state")["relays"][0]["pulses"] == before + 1, "the relay has pulsed"
    )


def asks_the_installer(page: Page, installation: Installation) -> None:
    press_on(page, page.get_by_role("button", name="Account"))
    press_on(page, page.get_by_role("link", name="Contact support"))
    at(page, "Contact support")
    into_content(page)
    tab_to(page, field(page, "Subject"))
    write(page, "A second door", "Tab", "How do we add the one at the back?")
    page.keyboard.press("Control+Enter")
    said(page, "It was sent.")
    at(page, "A second door")
    _, told = installation.call("GET", "/tickets")
    assert [ticket["subject"] for ticket in told["items"]] == ["A second door"]


def goes_home(page: Page) -> None:
    press_on(page, page.get_by_role("button", name="Account"))
    press_on(page, page.get_by_role("button", name="Sign out"))
    at(page, "Sign in")
    page.goto("/sites/")
    at(page, "Sign in")


# --- How one gets about -------------------------------------------------------------------------


def at(page: Page, title: str) -> None:
    """Wait for a page, and judge it."""
    heading = page.get_by_role("heading", level=1, name=re.compile(rf"^{re.escape(title)}( \d+)?$"))
    expect(heading).to_be_visible(timeout=SOON)
    # Nor does the bar at the top cover it.
    assert heading.evaluate(
        """(one) => {
          const { left, top, bottom } = one.getBoundingClientRect();
          return one.contains(document.elementFromPoint(left + 1, (top + bottom) / 2));
        }"""
    )
    look(page)


def look(page: Page) -> None:
    """Judge a page as it stands; its other looks are judged where all pages are."""
    assert overhang(page) == []
    assert barriers(page, Rules.ALL) == []


def go(page: Page, goal: Locator) -> None:
    into_content(page)
    press_on(page, goal)


def into_content(page: Page) -> None:
    """Pass the menu: the first stop of a page leads past it, unless one is there already."""
    content = main(page)
    if content.evaluate("one => one.contains(document.activeElement)"):
        return
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(content).to_be_focused()


def said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def menu(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True)
