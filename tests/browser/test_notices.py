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
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tampered with")
    expect(bell).to_have_accessible_name("Notices")
    demo.scenario(1, "/tamper", {"on": False})
    assert complaints.said == []
