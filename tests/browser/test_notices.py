"""Notices and messages as they are met: the bell rings, a notice is read, a message goes down."""

import pytest
from bench.installation import Installation
from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints

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
