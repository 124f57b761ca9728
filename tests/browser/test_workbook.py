"""A whole site from a workbook, in a browser: template, faults, mended, confirmed, there."""

from pathlib import Path

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.workbook import Workbook
from tests.books import book_of
from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints

pytestmark = [pytest.mark.browser, pytest.mark.process]

MAC = "0C11050BEE01"


def book(path: Path, *, company: str, connector: str) -> Path:
    person = {"First name": "Wilma", "Last name": "Workbook", "Company": company}
    device = {
        "Name": "Loading bay",
        "Type": "Access control terminal",
        "MAC": MAC,
        "Address": "192.168.77.20",
        "Connector": connector,
    }
    content = book_of(
        {
            "Companies": [{"Name": "Northwind"}],
            "Personnel": [{**person, "Personnel ID": "W-1"}],
            "Devices": [device],
            "Cards": [{"Personnel ID": "W-1", "Card number": "E0E0E001", "Label": "Grey fob"}],
        }
    )
    path.write_bytes(content)
    return path


def companies(demo: Installation) -> list[str]:
    return [one["name"] for one in demo.call("GET", "/companies?limit=100")[1]["items"]]


def choose(page: Page, file: Path) -> None:
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


def test_a_site_is_filled_from_a_workbook(
    signed_in: SignedIn, demo: Installation, tmp_path: Path
) -> None:
    site = str(demo.demo["site"])
    name = demo.call("GET", f"/sites/{site}")[1]["name"]
    connector = demo.call("GET", f"/connectors/{demo.demo['connector']}")[1]["name"]
    page = signed_in("installer")
    complaints = Complaints.of(page)
    page.goto("/sites/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download The Template").click()
    with Path(download.value.path()).open("rb") as template:
        sheets = Workbook(Archive(template)).sheets
    assert sheets == ["Companies", "Personnel", "Devices", "Cards", "How to fill it in"]

    page.get_by_role("link", name=f"Import a workbook into {name}").click()
    choose(page, book(tmp_path / "wrong.xlsx", company="Northwnd", connector=connector))
    fault = page.get_by_role("row").filter(has_text="Did you mean “Northwind”?")
    expect(fault).to_contain_text("Company (C2)", timeout=3 * SOON)
    expect(page.get_by_role("row").filter(has_text="MAC library")).to_contain_text("MAC (C2)")
    expect(page.get_by_role("button", name="Import…")).to_have_count(0)
    assert "Northwind" not in companies(demo)

    assert demo.call("POST", "/macs", {"mac": MAC})[0] == 201
    page.get_by_role("link", name="Choose another file").click()
    choose(page, book(tmp_path / "right.xlsx", company="Northwind", connector=connector))
    page.get_by_role("button", name="Import…").click(timeout=3 * SOON)
    asked = page.get_by_role("dialog")
    for line in ("Companies created: 1", "People created: 1", "Devices created: 1"):
        expect(asked).to_contain_text(line, timeout=SOON)
    page.get_by_role("button", name="Import the workbook").click()
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=3 * SOON)
    assert "Northwind" in companies(demo)
    page.goto(f"/sites/{site}/people/?q=W-1")
    expect(page.get_by_role("link", name="Wilma Workbook")).to_be_visible()
    page.goto(f"/sites/{site}/devices/?q={MAC}")
    expect(page.get_by_role("link", name="Loading bay")).to_be_visible()

    page.goto(f"/sites/{site}/import/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download this office's workbook").click()
    with Path(download.value.path()).open("rb") as filled:
        rows = str(list(Workbook(Archive(filled)).rows("Cards")))
    assert "Grey fob" in rows
    assert "E0E0E001" not in rows
    assert not complaints.said
