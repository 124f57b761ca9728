"""An office from its creation to its deletion and back, by hand."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import Complaints, Rules, barriers, field, pick

pytestmark = pytest.mark.browser

# The property manager of the demo.
MANAGER = "Mona Meier"


def test_an_office_from_its_creation_to_its_deletion_and_back(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    complaints = Complaints.of(page)
    create(page, "Larch House")
    expect(page.locator(".site-name")).to_contain_text("GMT")

    assign_a_manager(page)
    page.goto("/sites/?q=Larch")
    row = page.get_by_role("row", name="Larch House")
    expect(row).to_contain_text(MANAGER)

    row.get_by_role("link", name="Edit Larch House").click()
    expect(page.locator("#id_state")).to_have_value("Tyrol")
    expect(field(page, "City")).to_have_value("Hintertupfing")
    field(page, "Name").fill("Larch Hall")
    page.get_by_role("main").get_by_role("button", name="Save office").click()
    expect(page.get_by_text("Saved.").first).to_be_visible()

    delete(page, "Larch Hall")
    row = page.get_by_role("row", name="Larch Hall")
    expect(row).to_be_visible()
    assert barriers(page, Rules.ALL) == []
    page.goto("/sites/?q=Larch")
    expect(page.get_by_text("Nothing matches")).to_be_visible()

    page.goto("/sites/deleted/")
    page.get_by_role("button", name="Restore Larch Hall").click()
    expect(page.get_by_role("heading", level=1, name="Larch Hall")).to_be_visible()
    expect(page.get_by_text("is back with all that was in it")).to_be_visible()
    # The name that was mistyped, and nothing else.
    (refused,) = complaints.said
    assert "422" in refused


def create(page: Page, name: str) -> None:
    page.goto("/sites/new/")
    field(page, "Name").fill(name)
    place(page)
    page.get_by_role("button", name="Continue").click()
    pick(page, "Time zone", "Berlin")
    page.get_by_role("button", name="Continue").click()
    field(page, "Landline service").check()
    assert barriers(page, Rules.ALL) == []
    page.get_by_role("button", name="Create office").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def place(page: Page) -> None:
    """By keys alone: country and state from their lists, the city in one's own words."""
    page.get_by_role("combobox", name="Country", exact=True).focus()
    page.keyboard.type("Austri")
    page.keyboard.press("Enter")
    expect(page.locator("#id_country")).to_have_value("Austria")
    expect(page.locator("#id_state option[value='Tyrol']")).to_have_count(1)
    # The list that has come becomes one to type in a moment later.
    state = page.locator("#div_id_state input[role=combobox]")
    expect(state).to_have_accessible_name("State or region")
    state.focus()
    # Whoever types what it is called there finds it as well.
    page.keyboard.type("Tirol")
    page.keyboard.press("Enter")
    expect(page.locator("#id_state")).to_have_value("Tyrol")
    expect(page.locator("#id_city_list option[value='Innsbruck']")).to_have_count(1)
    field(page, "City").fill("Hintertupfing")
    assert barriers(page, Rules.ALL) == []


def assign_a_manager(page: Page) -> None:
    """By keys alone, once one is there."""
    page.get_by_role("link", name="Property managers").first.click()
    page.get_by_role("link", name="Assign managers").first.click()
    page.get_by_role("row").nth(1).get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    button = page.get_by_role("button", name="Assign", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    asked = page.get_by_role("dialog").get_by_role("button", name="Assign 1 manager")
    asked.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 property manager was assigned.")).to_be_visible()


def delete(page: Page, name: str) -> None:
    page.get_by_role("link", name="Delete office…").click()
    field(page, "Type the name of the office to delete it").fill("Larch")
    page.get_by_role("button", name="Delete office").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the name of the office.")
    field(page, "Type the name of the office to delete it").fill(name)
    page.get_by_role("button", name="Delete office").click()
    expect(page.get_by_role("heading", level=1, name="Deleted offices")).to_be_visible()
