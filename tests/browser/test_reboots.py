"""Rebooting a device by hand: what follows is said first, and how far it is told live."""

from collections.abc import Iterator

import pytest
from bench.installation import Installation
from bench.p1 import wait_until_online
from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import Complaints, Rules, barriers

pytestmark = pytest.mark.browser
# A device that comes back unnoticed says so with its uptime, which is asked for now and then.
BACK = 60_000


@pytest.fixture(autouse=True)
def _all_back(demo: Installation) -> Iterator[None]:
    yield
    wait_until_online(demo)


def test_a_device_is_rebooted_and_told_to_be_back_without_a_reload(
    signed_in: SignedIn, demo: Installation
) -> None:
    site, device = demo.demo["site"], demo.demo["devices"][0]["id"]
    page = signed_in("property_manager")
    complaints = Complaints.of(page)
    page.goto(f"/sites/{site}/devices/{device}/")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Reboot…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("is back, usually after about a minute")
    # Colours count once it stands there in full.
    dialog.evaluate("shown => Promise.all(shown.getAnimations().map((one) => one.finished))")
    assert barriers(page, Rules.ALL) == []
    dialog.get_by_role("button", name="Reboot device").click()
    page.evaluate("window.here = true")
    shown = page.locator("#device")
    expect(shown.get_by_text("Back online").first).to_be_visible(timeout=BACK)
    assert page.evaluate("window.here")
    assert barriers(page, Rules.ALL) == []
    assert complaints.said == []


def test_of_a_list_those_that_are_ticked_are_rebooted(
    signed_in: SignedIn, demo: Installation
) -> None:
    page = signed_in("installer")
    page.goto(f"/sites/{demo.demo['site']}/devices/")
    page.locator("tbody input[type=checkbox]").nth(1).check()
    page.get_by_role("button", name="Reboot", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Reboot 1 device?")
    expect(dialog).to_contain_text("is back, usually after about a minute")
    # Colours count once it stands there in full.
    dialog.evaluate("shown => Promise.all(shown.getAnimations().map((one) => one.finished))")
    assert barriers(page, Rules.ALL) == []
    dialog.get_by_role("button", name="Reboot 1 device").click()
    expect(page.get_by_text("1 reboot is ordered.")).to_be_visible()
