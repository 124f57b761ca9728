"""What one does to a list as a whole: its views and its files, by keyboard and without barriers."""

import re

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Rules, barriers

pytestmark = pytest.mark.browser


@pytest.fixture
def people(signed_in: SignedIn, demo: Installation) -> Page:
    """The list of people, searched for Rita."""
    page = signed_in("property_manager")
    page.goto(f"/sites/{demo.demo['site']}/people/?q=rita")
    return page


def test_a_view_is_saved_opened_and_deleted_by_keyboard_alone(people: Page) -> None:
    people.get_by_role("button", name="Views").focus()
    people.keyboard.press("Enter")
    people.get_by_label("Save what is shown now as").focus()
    people.keyboard.type("Only Rita")
    people.keyboard.press("Enter")
    expect(people.get_by_role("button", name="Only Rita")).to_be_visible(timeout=SOON)
    people.goto(people.url.split("?")[0])
    people.get_by_role("button", name="Views").focus()
    people.keyboard.press("Enter")
    people.get_by_role("link", name="Only Rita").focus()
    people.keyboard.press("Enter")
    expect(people).to_have_url(re.compile(r"\?q=rita$"), timeout=SOON)
    people.get_by_role("button", name="Only Rita").click()
    people.get_by_label("Change the view Only Rita").click()
    people.get_by_role("button", name="Delete").click()
    expect(people.get_by_role("button", name="Views")).to_be_visible(timeout=SOON)


def test_a_list_is_downloaded(people: Page) -> None:
    people.get_by_role("button", name="Export").click()
    with people.expect_download() as download:
        people.get_by_role("button", name="Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("menu", ["columns", "views", "export"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_menus_are_without_barriers(people: Page, menu: str, scheme: str) -> None:
    people.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    people.locator(f"[popovertarget={menu}]").click()
    expect(people.locator("[popover]:popover-open")).to_be_visible()
    assert barriers(people, Rules.ALL) == []
