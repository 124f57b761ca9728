"""Forms as one fills them in: nothing is lost, nothing is done twice, faults are found."""

from collections.abc import Callable

import pytest
from bench.installation import Installation
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import field, pick

pytestmark = pytest.mark.browser

Look = Callable[[str], Page]


@pytest.fixture
def look(signed_in: SignedIn, demo: Installation) -> Look:
    """Open a page of the site as its installer."""

    def open_page(path: str, role: str = "installer") -> Page:
        page = signed_in(role)
        page.goto(f"/sites/{demo.demo['site']}/{path}")
        return page

    return open_page


def person(demo: Installation, first_name: str) -> str:
    _, found = demo.call("GET", "/people?limit=100")
    return next(one["id"] for one in found["items"] if one["first_name"] == first_name)


def warnings(page: Page, *, stay: bool) -> list[str]:
    """Answer the browser's questions, and return which there were."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if stay:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    return asked


def test_leaving_what_is_not_saved_is_warned_of(look: Look) -> None:
    page = look("companies/new/")
    asked = warnings(page, stay=True)
    field(page, "Name").press_sequentially("Half a na")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Doors").click(
        no_wait_after=True
    )
    expect(field(page, "Name")).to_have_value("Half a na")
    assert asked == ["beforeunload"]


def test_leaving_what_nobody_touched_is_not(look: Look) -> None:
    page = look("access-groups/new/")
    asked = warnings(page, stay=True)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Doors").click()
    expect(page.get_by_role("heading", level=1, name="Doors")).to_be_visible()
    assert asked == []


def test_cancelling_is_meant(look: Look) -> None:
    page = look("companies/new/")
    asked = warnings(page, stay=True)
    field(page, "Name").press_sequentially("Half a na")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1, name="Companies")).to_be_visible()
    assert asked == []


def test_saving_is_no_leaving(look: Look) -> None:
    page = look("companies/new/")
    asked = warnings(page, stay=True)
    field(page, "Name").press_sequentially("Saved by keys")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1, name="Saved by keys")).to_be_visible()
    assert asked == []


def test_a_fault_is_told_first_and_leads_to_its_field(look: Look) -> None:
    page = look("companies/new/")
    page.get_by_role("button", name="Add company").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Name").click()
    name = field(page, "Name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    described = str(name.get_attribute("aria-describedby")).split()[-1]
    expect(page.locator(f"#{described}")).to_have_text("This field is required.")


def test_a_fault_in_a_list_to_type_in_leads_there(look: Look) -> None:
    page = look("doors/new/")
    field(page, "Name").fill("A door of no device")
    page.get_by_role("button", name="Add door").click()
    page.get_by_role("alert").get_by_role("link", name="Device").click()
    typed = page.get_by_role("combobox", name="Device", exact=True)
    expect(typed).to_be_focused()
    expect(typed).to_have_attribute("aria-invalid", "true")
    expect(field(page, "Name")).to_have_value("A door of no device")


def test_two_quick_clicks_add_one_company(look: Look, demo: Installation) -> None:
    page = look("companies/new/")
    field(page, "Name").fill("Twice clicked")
    page.get_by_role("button", name="Add company").dblclick()
    expect(page.get_by_role("heading", level=1, name="Twice clicked")).to_be_visible()
    _, found = demo.call("GET", "/companies?q=Twice")
    assert [one["name"] for one in found["items"]] == ["Twice clicked"]


def test_of_two_editors_the_second_sees_both_and_chooses(look: Look, demo: Installation) -> None:
    key = person(demo, "Rita")
    ivan = look(f"people/{key}/edit/")
    mona = look(f"people/{key}/edit/", "property_manager")
    field(mona, "Last name").fill("Rowan")
    mona.get_by_role("main").get_by_role("button", name="Save").click()
    expect(mona.get_by_role("heading", level=1, name="Rita Rowan")).to_be_visible()
    field(ivan, "Last name").fill("Rolf")
    ivan.get_by_role("main").get_by_role("button", name="Save").click()
    expect(ivan.get_by_role("alert")).to_be_focused()
    ivan.get_by_role("radio", name="Rolf").check()
    ivan.get_by_role("button", name="Save what I chose").click()
    expect(ivan.get_by_role("heading", level=1, name="Rita Rolf")).to_be_visible()


def test_a_new_office_goes_on_where_one_left(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    page.goto("/sites/new/")
    field(page, "Name").fill("Elm House")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("label", has_text="Time zone")).to_be_visible()
    page.goto("/sites/new/")
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Back").click()
    expect(field(page, "Name")).to_have_value("Elm House")
    page.get_by_role("button", name="Continue").click()
    pick(page, "Time zone", "Berlin")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create office").click()
    expect(page.get_by_role("heading", level=1, name="Elm House")).to_be_visible()


def test_a_deletion_is_taken_back(look: Look, demo: Installation) -> None:
    key = person(demo, "Rita")
    page = look(f"people/{key}/")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Delete person…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete person").click()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The deletion was taken back")).to_be_visible()
    assert person(demo, "Rita") == key


def test_what_is_wrong_with_hours_stands_at_their_row_and_is_found_by_keys(look: Look) -> None:
    page = look("access-groups/new/")
    field(page, "Name").fill("Odd hours")
    page.get_by_role("button", name="Add hours").click()
    page.keyboard.type("25")
    page.get_by_label("End of hours 2", exact=True).fill("18")
    page.keyboard.press("Control+Enter")
    summary = page.get_by_role("alert")
    fault = "Hours 2: Write a start from 00:00 to 23:59."
    link = summary.get_by_role("listitem").filter(has_text=fault).get_by_role("link")
    start = page.get_by_label("Start of hours 2", exact=True)
    # Nothing is lost, and the row says it too.
    expect(start).to_have_value("25")
    expect(page.get_by_label("Start of hours 1", exact=True)).to_have_value("08:00")
    expect(page.locator(".week-row").nth(1)).to_contain_text(fault)
    expect(start).to_have_attribute("aria-invalid", "true")
    link.focus()
    page.keyboard.press("Enter")
    expect(start).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    expect(start).to_have_value("06:00")
    expect(page.locator(".week-row").nth(1)).not_to_contain_text(fault)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1, name="Odd hours")).to_be_visible()
