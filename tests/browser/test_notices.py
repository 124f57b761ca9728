"""Notices and messages as they are met: the bell rings, a notice is read, a message goes down."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints, field, pick
from tests.journeys.on_site import eventually

pytestmark = pytest.mark.browser


def test_an_alarm_rings_and_is_read(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("property_manager")
    complaints = Complaints.of(page)
    page.goto("/notices/")
    bell = page.get_by_role("banner").get_by_role("link", name="notice")
    expect(page.get_by_role("main").get_by_text("tampered with").first).to_be_visible()
    if page.get_by_role("button", name="Mark all as read").count():
        page.get_by_role("button", name="Mark all as read").click()
        expect(page.get_by_text("read.").first).to_be_visible()
    expect(bell).to_have_accessible_name("Notices")

    # The page hears of a new one by itself.
    demo.scenario(1, "/tamper", {"on": True})
    expect(bell).to_have_accessible_name("1 notice is unread", timeout=SOON)
    row = page.get_by_role("row").filter(has_text="New")
    expect(row).to_have_count(1, timeout=SOON)
    row.get_by_role("link", name="tampered with").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("was tampered with")
    expect(bell).to_have_accessible_name("Notices")
    demo.scenario(1, "/tamper", {"on": False})
    assert complaints.said == []


def test_a_message_goes_down_and_is_counted(signed_in: SignedIn) -> None:
    author, reader = signed_in("distributor"), signed_in("installer")
    complaints = [Complaints.of(page) for page in (author, reader)]
    author.goto("/messages/")
    author.get_by_role("link", name="New message").first.click()
    author.get_by_label("Installer", exact=True).check()
    author.get_by_label("Title").fill("New prices from May")
    author.get_by_label("Text").fill("They fall.\nhttps://example.com/")
    author.get_by_role("button", name="Save the draft").click()
    author.get_by_role("button", name="Send…").click()
    author.get_by_role("dialog").get_by_role("button", name="Send it").click()
    expect(author.get_by_text("It was sent.")).to_be_visible()
    expect(author.locator("#reads")).to_contain_text("0 (0 %)")

    reader.goto("/messages/")
    row = reader.get_by_role("row").filter(has_text="New prices from May")
    expect(row).to_contain_text("New")
    row.get_by_role("link").click()
    expect(reader.get_by_role("heading", level=1, name="New prices from May")).to_be_visible()
    expect(reader.get_by_role("main").get_by_text("They fall.")).to_be_visible()
    # The author's page hears of it by itself.
    expect(author.locator("#reads")).not_to_contain_text("0 (0 %)", timeout=SOON)

    author.get_by_role("button", name="Recall…").click()
    author.get_by_role("dialog").get_by_role("button", name="Recall it").click()
    expect(author.get_by_text("It is taken back.")).to_be_visible()
    assert reader.reload().status == 404  # type: ignore[union-attr]
    # A page that is not there is an error to the browser too.
    assert complaints[0].said == []


def test_a_message_to_a_site_comes_by_mail_and_its_mail_leads_back(
    signed_in: SignedIn, demo: Installation
) -> None:
    author, reader = signed_in("installer"), signed_in("property_manager")
    complaints = [Complaints.of(page) for page in (author, reader)]
    author.goto("/messages/new/")
    author.get_by_label("Property Manager", exact=True).check()
    pick(author, "Only at these sites", "Maple Court")
    field(author, "Title").fill("The lift stands still")
    field(author, "Text").fill("On Monday.\nUse the stairs.")
    author.get_by_label("Also by mail").check()
    author.get_by_role("button", name="Save the draft").click()
    expect(author.locator("#reads")).to_contain_text("1 account; 1 of them by mail, too")
    expect(author.locator("#reads")).to_contain_text("Maple Court")
    author.get_by_role("button", name="Send…").click()
    asked = author.get_by_role("dialog")
    expect(asked).to_contain_text("It goes to 1 account.")
    expect(asked).to_contain_text("1 of them gets it by mail, too.")
    asked.get_by_role("button", name="Send it").click()
    expect(author.get_by_text("It was sent.")).to_be_visible()

    eventually(lambda: letters(demo, "The lift stands still"), "the mail is in the folder")
    (letter,) = letters(demo, "The lift stands still")
    assert "To: mona@demo.example" in letter
    message, setting = (urlsplit(link).path for link in re.findall(r"http\S+", letter))
    reader.goto(message)
    expect(reader.get_by_role("heading", level=1, name="The lift stands still")).to_be_visible()
    reader.goto(setting)
    box = reader.get_by_label("Messages by mail")
    expect(box).to_be_checked()
    box.uncheck()
    reader.get_by_role("button", name="Save").click()
    expect(reader.get_by_text("The setting is saved.")).to_be_visible()
    expect(box).not_to_be_checked()
    # For whatever comes next here.
    box.check()
    reader.get_by_role("button", name="Save").click()
    assert [one for found in complaints for one in found.said] == []


def letters(demo: Installation, words: str) -> list[str]:
    """Return the letters in the folder of an installation that say something."""
    found = (file.read_text(encoding="utf-8") for file in Path(demo.data, "mail").glob("*.txt"))
    return [letter for letter in found if words in letter]


def test_of_very_many_sites_the_one_that_is_typed_is_offered(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    complaints = Complaints.of(page)
    page.goto("/messages/new/")
    carry_none(page)
    typed = page.get_by_role("combobox", name="Only at these sites")
    offered = page.get_by_role("listbox", name="Only at these sites").get_by_role("option")
    typed.focus()
    # By the keyboard alone: what there is without typing, then what is typed.
    page.keyboard.press("ArrowDown")
    expect(offered.filter(has_text="Maple Court")).to_be_visible()
    expect(offered.last).to_have_text("Type to find others")
    page.keyboard.type("nothing like it")
    expect(offered).to_have_text(["Nothing matches"])
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("cou map")
    expect(offered).to_have_text([re.compile("^Maple Court")])
    page.keyboard.press("Enter")
    chosen = page.get_by_role("button", name="Remove Maple Court")
    expect(chosen).to_be_visible()
    page.keyboard.press("Backspace")
    expect(chosen).to_have_count(0)

    # With a finger.
    typed.fill("maple")
    offered.filter(has_text="Maple Court").click()
    page.get_by_label("Property Manager", exact=True).check()
    field(page, "Title").fill("Found by typing")
    field(page, "Text").fill("For one of many.")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("#reads")).to_contain_text("Maple Court")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete message").click()
    expect(page.get_by_text("The message is deleted.")).to_be_visible()
    assert complaints.said == []


def test_an_answer_that_does_not_come_is_no_lack_of_sites(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    page.goto("/messages/new/")
    carry_none(page)
    page.route("**/messages/sites/*", lambda route: route.abort())
    typed = page.get_by_role("combobox", name="Only at these sites")
    offered = page.get_by_role("listbox", name="Only at these sites").get_by_role("option")
    typed.fill("maple")
    expect(offered).to_have_text([re.compile("^The answer did not come.")])
    page.unroute("**/messages/sites/*")
    typed.fill("maple c")
    expect(offered).to_have_text([re.compile("^Maple Court")])


def carry_none(page: Page) -> None:
    """Make the form that of hundreds of sites: it carries none, and asks for what is typed."""
    page.locator("select[name=sites]").evaluate(
        """(select, address) => {
          select.dataset.searchUrl = address;
          for (const option of [...select.options]) option.remove();
        }""",
        "/messages/sites/",
    )
