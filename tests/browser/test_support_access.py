"""A distributor helps an installer: enabled, granted, entered, seen by both, over at a click."""

import re

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.looks import looked_over
from tests.browser.sight import SOON, Complaints, field

pytestmark = pytest.mark.browser

IVAN = "Ivan Installer"


def at(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=SOON)


def look(page: Page, name: str) -> None:
    """Fail on whatever a look at the page finds, then stand at a desk again."""
    faults = list(looked_over(page, name, unrolled=True))
    assert not faults, "\n".join(faults)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_distributor_helps_an_installer_as_long_as_they_want_it(
    signed_in: SignedIn, demo: Installation
) -> None:
    dora, ivan = signed_in("distributor"), signed_in("installer")
    complaints = Complaints.of(dora)
    dora.goto("/support/")
    at(dora, "Account access")
    dora.get_by_role("button", name=f"Enable account access for {IVAN}").click()
    expect(dora.get_by_text(f"Account access is enabled for {IVAN}")).to_be_visible()

    ivan.goto("/")
    ivan.get_by_role("navigation", name="Main").get_by_role("link", name="Account Setting").click()
    at(ivan, "Account Setting")
    expect(ivan.get_by_role("button", name="Switch Permission Granted off")).to_be_visible()

    dora.get_by_role("button", name=f"Enter the portal of {IVAN}").click()
    at(dora, "Dashboard")
    band = dora.get_by_role("complementary", name="Support access")
    expect(band).to_contain_text(f"Acting for {IVAN} as Installer")
    expect(band).to_contain_text(re.compile("(60|59) minutes left"))
    look(dora, "acting")
    dora.goto(f"/sites/{demo.demo['site']}/companies/new/")
    field(dora, "Name").fill("Helped along")
    dora.get_by_role("main").get_by_role("button", name="Add").click()
    expect(band).to_be_visible()

    dora.goto("/account/")
    at(dora, "You may not do this")
    expect(dora.get_by_text(f"You are acting for {IVAN}.")).to_be_visible()
    look(dora, "acting-barred")

    ivan.reload()
    expect(ivan.get_by_text("Under way")).to_be_visible()
    look(ivan, "account-setting-visited")
    ivan.get_by_role("link", name="What they did, in the audit trail").click()
    at(ivan, "Audit")
    expect(ivan.get_by_role("row", name=re.compile("Helped along"))).to_contain_text(f"for {IVAN}")
    ivan.goto("/setting/account/")
    ivan.get_by_role("button", name="Switch Permission Granted off").click()
    expect(ivan.get_by_text("Permission is withdrawn. Whoever was in is out.")).to_be_visible()

    dora.goto("/sites/")
    at(dora, "Account access")
    expect(dora.get_by_text("has withdrawn the permission to act for them")).to_be_visible()
    expect(band).to_have_count(0)
    ivan.get_by_role("button", name="Switch Permission Granted on").click()

    dora.reload()
    dora.get_by_role("button", name=f"Enter the portal of {IVAN}").click()
    expect(band).to_be_visible()
    band.get_by_role("button", name=f"End acting for {IVAN}").click()
    at(dora, "Account access")
    expect(band).to_have_count(0)
    dora.get_by_role("button", name=f"Disable account access for {IVAN}").click()
    expect(dora.get_by_text("is no longer enabled")).to_be_visible()
    # The page that was refused is told as an error of the console, too.
    assert [one for one in complaints.said if "403" not in one] == []
