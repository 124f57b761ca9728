"""Importing people in a browser: template, check, faults, confirm, done, and a second time."""

import csv
import io
from pathlib import Path

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.workbook import Workbook
from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints

pytestmark = [pytest.mark.browser, pytest.mark.process]

COUNT = 300
HEADS = ("Personnel ID", "First name", "Last name", "Company", "Access groups", "Card 1")


def sheet(path: Path, *, company: str, wrong: bool = False) -> Path:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADS)
    for number in range(COUNT):
        card = "nothing" if wrong and number == 7 else f"{0xF0000000 + number:08X}"
        lines.writerow((f"B-{number}", "Import", f"Number {number}", company, "Office hours", card))
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def choose(page: Page, site: str, file: Path) -> None:
    page.goto(f"/sites/{site}/people/import/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


def drop(page: Page, site: str, file: Path) -> None:
    """Drop a file beside the field, somewhere on the form."""
    page.goto(f"/sites/{site}/people/import/")
    dropped = page.evaluate_handle(
        """([name, text]) => {
            const held = new DataTransfer();
            held.items.add(new File([text], name, { type: "text/csv" }));
            return held;
        }""",
        [file.name, file.read_text(encoding="utf-8")],
    )
    label = page.get_by_text("Create groups that are missing")
    label.dispatch_event("dragover", {"dataTransfer": dropped})
    label.dispatch_event("drop", {"dataTransfer": dropped})
    page.get_by_role("button", name="Check the file").click()


def test_a_file_that_is_too_large_is_told_at_its_field(
    signed_in: SignedIn, demo: Installation, tmp_path: Path
) -> None:
    page, large = signed_in("installer"), tmp_path / "large.csv"
    large.write_bytes(b"x" * (21 << 20))
    page.goto(f"/sites/{demo.demo['site']}/people/import/")
    field, told = page.get_by_label("File"), page.locator("#id_file + [role=alert]")
    field.set_input_files(large)
    expect(told).to_have_text("This file is too large: at most 20 MB are taken.")
    assert field.evaluate("field => field.files.length") == 0
    field.set_input_files(sheet(tmp_path / "people.csv", company="Acme Instruments"))
    expect(told).to_have_count(0)
    assert field.evaluate("field => field.files.length") == 1


def test_hundreds_of_people_are_imported(
    signed_in: SignedIn, demo: Installation, tmp_path: Path
) -> None:
    page = signed_in("installer")
    complaints = Complaints.of(page)
    site = str(demo.demo["site"])
    page.goto(f"/sites/{site}/people/")
    page.get_by_role("link", name="Import", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Template for Excel").click()
    with Path(download.value.path()).open("rb") as template:
        assert Workbook(Archive(template)).sheets == ["People", "How to fill it in"]
    name = demo.call("GET", "/companies")[1]["items"][0]["name"]

    choose(page, site, sheet(tmp_path / "wrong.csv", company=name, wrong=True))
    fault = page.get_by_role("row").filter(has_text="Use only the digits")
    expect(fault).to_contain_text("Card 1 (F9)", timeout=3 * SOON)
    expect(page.get_by_role("button", name="Import…")).to_have_count(0)

    drop(page, site, sheet(tmp_path / "people.csv", company=name))
    page.get_by_role("button", name="Import…").click(timeout=3 * SOON)
    expect(page.get_by_role("dialog")).to_contain_text("Cards given: 300", timeout=SOON)
    page.get_by_role("button", name="Import 300 people").click()
    expect(page.get_by_role("link", name="Download")).to_be_visible(timeout=3 * SOON)
    expect(page.locator("#work")).to_contain_text("300")
    page.goto(f"/sites/{site}/people/?q=B-299")
    expect(page.get_by_role("link", name="Import Number 299")).to_be_visible()
    assert not complaints.said
