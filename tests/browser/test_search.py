"""Searching everything: by keyboard, on a phone, and for everybody's eyes."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from bench.installation import Installation
from playwright.sync_api import Error, Page, Request, Route, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints, Rules, barriers, overhang

pytestmark = pytest.mark.browser

# Rita's, of the demo building.
CARD = "0BADC0DE"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """What is found comes from the server, which others keep busy too."""
    expect.set_options(timeout=SOON)
    yield
    expect.set_options(timeout=5_000)


def palette(page: Page) -> Any:
    return page.get_by_role("dialog", name="Search everything")


def field(page: Page) -> Any:
    return page.get_by_role("combobox", name="Search everything")


def chosen(page: Page) -> Any:
    return palette(page).locator("[role=option][aria-selected=true]")


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_person_is_found_without_a_mouse(signed_in: SignedIn, key: str) -> None:
    page = signed_in("property_manager")
    complaints = Complaints.of(page)
    page.goto("/")
    page.keyboard.press(key)
    expect(field(page)).to_be_focused()
    page.keyboard.type("rita")
    expect(chosen(page)).to_contain_text("Rita")
    assert field(page).get_attribute("aria-activedescendant") == chosen(page).get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rita")
    assert complaints.said == []


def test_arrows_go_round_and_escape_gives_the_focus_back(signed_in: SignedIn) -> None:
    page = signed_in("property_manager")
    page.goto("/")
    opener = page.get_by_role("button", name="Search", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.keyboard.type("ma")
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    options = palette(page).get_by_role("option")
    expect(options.nth(1)).to_be_visible()
    first, last = options.first.get_attribute("id"), options.last.get_attribute("id")
    for key, place in (("ArrowUp", last), ("ArrowDown", first)):
        page.keyboard.press(key)
        expect(field(page)).to_have_attribute("aria-activedescendant", str(place))
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("/")
    # What was typed may have been a card number.
    expect(field(page)).to_have_value("")


def test_a_slash_in_a_field_is_a_slash(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("property_manager")
    page.goto(f"/sites/{demo.demo['site']}/people/new/")
    page.get_by_label("First name").press_sequentially("a/b")
    expect(page.get_by_label("First name")).to_have_value("a/b")
    expect(palette(page)).to_be_hidden()


def test_a_page_is_reached_by_its_name(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("property_manager")
    page.goto(f"/sites/{demo.demo['site']}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("add person")
    expect(chosen(page)).to_contain_text("Add a person")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Add a person")).to_be_visible()


def test_a_card_at_a_reader_leads_to_its_holder_and_stands_nowhere(signed_in: SignedIn) -> None:
    page = signed_in("property_manager")
    asked: list[Request] = []

    # The browser's library takes a function, and no built-in method of a list.
    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    page.goto("/")
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    # As a reader does: no pause before Enter.
    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rita")
    assert [one.url for one in asked if CARD.lower() in one.url.lower()] == []
    assert CARD not in page.content()


def test_an_old_answer_never_stands_for_a_new_question(signed_in: SignedIn) -> None:
    page = signed_in("property_manager")
    page.goto("/")
    held: list[Route] = []

    def answer(route: Route) -> None:
        if str(route.request.post_data).endswith("q=ma"):
            held.append(route)
        else:
            route.continue_()

    page.route("**/search/typing/", answer)
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    with page.expect_request(lambda request: str(request.post_data).endswith("q=ma")):
        page.keyboard.type("ma")
    page.keyboard.type("zzzz")
    said = palette(page).get_by_role("status")
    expect(said).to_contain_text("Nothing you can see matches")
    # The page has given it up; that is what an answer now would meet.
    with contextlib.suppress(Error):
        held[0].fulfill(body='<a role="option" href="/">Old</a>')
    expect(said).to_contain_text("Nothing you can see matches")
    expect(palette(page).get_by_role("option")).to_have_count(0)


def test_whoever_is_signed_out_is_told(signed_in: SignedIn) -> None:
    page = signed_in("property_manager")
    page.goto("/")
    page.keyboard.press("/")
    page.context.clear_cookies()
    page.keyboard.type("rita")
    expect(palette(page).get_by_role("status")).to_contain_text("You are signed out")


def test_a_page_of_results_needs_no_script(signed_in: SignedIn) -> None:
    page = signed_in("property_manager", java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox", name="Search everything").fill("rita")
    page.get_by_role("button", name="Search", exact=True).click()
    assert page.url.endswith("/search/?q=rita")
    page.get_by_role("main").get_by_role("link", name="Rita").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rita")
    page.goto("/search/")
    page.get_by_role("searchbox", name="Search everything").fill(CARD)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("main").get_by_role("link", name="Rita").first).to_be_visible()
    assert page.url.endswith("/search/")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(signed_in: SignedIn, options: dict[str, Any], scheme: Any) -> None:
    page = signed_in("installer", color_scheme=scheme, reduced_motion="reduce", **options)
    page.goto("/")
    opener = page.get_by_role("button", name="Search", exact=True)
    if options:
        opener.tap()
    else:
        opener.click()
    field(page).fill("ma")
    expect(chosen(page)).to_be_visible()
    assert barriers(page, Rules.ALL) == []
    assert overhang(page) == []
    page.goto("/search/?q=ma")
    assert barriers(page, Rules.ALL) == []
    assert overhang(page) == []
