"""The portal without a mouse."""

import re

import pytest
from bench.installation import Installation
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, field

pytestmark = pytest.mark.browser

# More stops than any page has.
STOPS = 90
# As many as one presses without counting.
FEW = 3


def test_sign_in_and_open_a_door(stranger: Page, demo: Installation) -> None:
    account = demo.account("property_manager")
    stranger.goto("/")
    expect(stranger.get_by_label("User name or e-mail")).to_be_focused()
    write(stranger, account["login"], "Enter")
    expect(stranger.get_by_label("Password")).to_be_focused()
    write(stranger, account["password"], "Enter")
    expect(stranger.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
    press_on(stranger, stranger.get_by_role("main").get_by_role("link", name="Maple Court"))
    press_on(stranger, stranger.get_by_role("button", name="Open Parcel room"))
    opened = stranger.get_by_role("button", name=re.compile(r"^Opened \d\d:\d\d:\d\d"))
    expect(opened).to_be_visible(timeout=SOON)


def test_add_a_person_with_a_card(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("installer")
    page.goto(f"/sites/{demo.demo['site']}/")
    press_on(page, page.get_by_role("link", name="Personnel"))
    press_on(page, page.get_by_role("main").get_by_role("link", name="Add a person"))
    tab_to(page, field(page, "First name"))
    write(page, "Petra", "Tab", "Prell")
    tab_to(page, page.get_by_role("combobox", name="Company"))
    write(page, "Glob", "Enter")
    for step in ("Access", "Credentials"):
        press_on(page, page.get_by_role("button", name="Continue"))
        expect(page.locator("[aria-current=step]")).to_contain_text(step)
    tab_to(page, field(page, "Card number"))
    write(page, "0C0FFEE0")
    press_on(page, page.get_by_role("button", name="Add person"))
    expect(page.get_by_role("heading", level=1, name="Petra Prell")).to_be_visible()
    press_on(page, page.get_by_role("link", name="To Petra Prell"))
    holds = page.get_by_role("main")
    expect(holds.get_by_text("••••FEE0", exact=True)).to_be_visible()
    expect(holds.get_by_role("link", name="Globex Studio").first).to_be_visible()


def test_the_skip_link_leads_past_the_menu(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("installer")
    page.goto(f"/sites/{demo.demo['site']}/people/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def test_the_hours_of_an_access_group_can_be_passed_by(
    signed_in: SignedIn, demo: Installation
) -> None:
    page = signed_in("installer")
    page.goto(f"/sites/{demo.demo['site']}/access-groups/new/")
    name = field(page, "Name")
    name.focus()
    write(page, "Cleaners")
    skip = page.get_by_role("link", name="Skip the hours")
    assert stops_to(page, skip) <= FEW
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert stops_to(page, page.get_by_role("combobox", name="Doors")) <= FEW
    expect(name).to_have_value("Cleaners")


def test_a_question_keeps_the_focus_and_gives_it_back(
    signed_in: SignedIn, demo: Installation
) -> None:
    page = signed_in("installer")
    page.goto(f"/sites/{demo.demo['site']}/connectors/{demo.demo['connector']}/")
    more = page.get_by_role("button", name="More")
    press_on(page, more)
    press_on(page, page.get_by_role("button", name="Revoke…"))
    question = page.get_by_role("dialog", name="Revoke Basement rack?")
    expect(question).to_be_visible()
    for _ in range(6):
        # Beside the page's own elements only the browser's may have it.
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('dialog') !== null"
        )
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(more).to_be_focused()


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until the focus is where one wants it."""
    expect(goal).to_be_visible()
    stops_to(page, goal)


def stops_to(page: Page, goal: Locator) -> int:
    """Press Tab until the focus is where one wants it; return how often."""
    for stop in range(STOPS):
        if goal.evaluate("one => one === document.activeElement"):
            return stop
        page.keyboard.press("Tab")
    raise AssertionError(f"{goal} cannot be reached by Tab")


def press_on(page: Page, goal: Locator) -> None:
    tab_to(page, goal)
    page.keyboard.press("Enter")


def write(page: Page, *words: str) -> None:
    """Type words; Tab and Enter are keys."""
    for word in words:
        if word in ("Tab", "Enter"):
            page.keyboard.press(word)
        else:
            page.keyboard.type(word)
