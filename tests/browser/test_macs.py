"""Many MACs from a sheet, and what a site still lacks, in a browser."""

from pathlib import Path

import pytest
from bench.installation import Installation
from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints

pytestmark = [pytest.mark.browser, pytest.mark.process]

KEY = "Config.DoorSetting.CONNECT.ServerMode"


def test_a_sheet_of_macs_is_checked_and_registered(signed_in: SignedIn, tmp_path: Path) -> None:
    page = signed_in("installer")
    complaints = Complaints.of(page)
    page.goto("/macs/")
    page.get_by_role("link", name="Register many").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Template as CSV").click()
    template = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert template.splitlines() == ["MAC *", "0C11050B9814"]

    wrong = tmp_path / "wrong.csv"
    wrong.write_text(f"{template}0C11050BFF01\n0c:11:05:0b:ff:01\n", encoding="utf-8")
    page.get_by_label("File").set_input_files(wrong)
    page.get_by_role("button", name="Check the file").click()
    fault = page.get_by_role("row").filter(has_text="Row 3 has this MAC too.")
    expect(fault).to_contain_text("MAC (A4)", timeout=3 * SOON)
    expect(page.get_by_role("button", name="Register…")).to_have_count(0)

    page.get_by_role("link", name="Choose another file").click()
    right = tmp_path / "right.csv"
    right.write_text(f"{template}0C11050BFF01\n0c:11:05:0b:ff:02\n", encoding="utf-8")
    page.get_by_label("File").set_input_files(right)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Register…").click(timeout=3 * SOON)
    page.get_by_role("button", name="Register 2 MACs").click()
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=3 * SOON)
    page.goto("/macs/?q=0c11.050b.ff02")
    expect(page.get_by_text("0C11050BFF02", exact=True)).to_be_visible()
    assert not complaints.said


def test_a_tie_to_another_manager_shows_and_goes_by_itself(
    signed_in: SignedIn, demo: Installation
) -> None:
    page = signed_in("installer")
    page.goto(f"/sites/{demo.demo['site']}/readiness/")
    line = page.get_by_role("listitem").filter(has_text="None is tied to the on-premise manager")
    expect(line).to_contain_text("say that they are not", timeout=3 * SOON)
    demo.scenario(0, "/set_locally", {"key": KEY, "value": "1"})
    try:
        expect(line).to_contain_text("CONNECT.ServerMode", timeout=5 * SOON)
        expect(line).to_contain_text("To mend")
    finally:
        demo.scenario(0, "/set_locally", {"key": KEY, "value": "0"})
    expect(line).to_contain_text("say that they are not", timeout=5 * SOON)


def test_the_dashboard_draws_the_day_and_has_it_as_a_table(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    complaints = Complaints.of(page)
    page.goto("/")
    chart = page.locator("#hours")
    chart.get_by_text("As a table").click(timeout=SOON)
    expect(chart.get_by_role("row")).to_have_count(25)
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_contain_text("Dashboard")
    assert not complaints.said
