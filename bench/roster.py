"""A roster there and back: 20,000 people from a workbook, in a browser, as a manager does it.

The file is checked and imported, the list filtered, all that match are changed, the whole list is
exported, and the export is imported again.

The functional check of the run: what is counted on the way is what the file holds, and the export
changes nobody.
"""

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Page, expect, sync_playwright

from bench.installation import Installation, running_installation

PEOPLE, GROUPS, HAVE_A_PIN = 20_000, 40, 400
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")
# Milliseconds.
PATIENCE = 900_000
HEADS = (
    *("Personnel ID", "First name", "Last name", "Company", "Group", "E-mail", "Mobile"),
    *("Access groups", "PIN", "Card 1", "Card 2"),
)
# None is a part of another, so that a search finds one in ten.
FIRST_NAMES = ("Annegret", "Bela", "Cora", "Dina", "Emil", "Fritz", "Gerd", "Ida", "Jan", "Karl")
KIBIBYTE = 1024


def measure() -> str:
    with running_installation() as installation, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=installation.base, accept_downloads=True)
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        with tempfile.TemporaryDirectory() as folder:
            return _measure(installation, page, Path(folder))


def _measure(installation: Installation, page: Page, folder: Path) -> str:
    sign_in(page, installation)
    home = f"/sites/{installation.demo['site']}/people/"
    company = installation.call("GET", "/companies")[1]["items"][0]["name"]
    walk = Walk(installation, page)
    with walk.watched():
        walk.check(home, workbook(folder / "people.xlsx", company), "Check")
        walk.confirm_import(PEOPLE)
        walk.filter(home)
        changed = walk.suspend(home)
        export = walk.export(home, folder / "export.xlsx")
        walk.check(home, export, "Check of the export", update=True)
        unchanged = walk.nobody_changes()
    if changed != PEOPLE // len(FIRST_NAMES) or unchanged != PEOPLE:
        raise AssertionError(f"{changed} changed, {unchanged} unchanged: the figure is void")
    return (
        f"ROSTER {PEOPLE:,} people: {'; '.join(walk.told)}; {changed:,} changed at once, "
        f"{unchanged:,} people unchanged by their own export; "
        f"the worker took {walk.cpu_seconds():.0f} s of processor time "
        f"and {walk.most_mebibytes:.0f} MB at most"
    )


class Walk:
    """What one does on the pages, and how long one waits each time, in seconds."""

    def __init__(self, installation: Installation, page: Page) -> None:
        self.installation, self.page = installation, page
        self.told: list[str] = []
        self.most_mebibytes = 0.0

    def check(self, home: str, file: Path, name: str, *, update: bool = False) -> None:
        page = self.page
        page.goto(f"{home}import/")
        page.get_by_label("File").set_input_files(file)
        page.get_by_label("Create groups that are missing").set_checked(not update)
        page.get_by_label("Change people whose personnel ID").set_checked(update)
        with self.timed(name):
            page.get_by_role("button", name="Check the file").click()
            expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute(
                "value", "100"
            )

    def confirm_import(self, count: int) -> None:
        page = self.page
        page.get_by_role("button", name="Import…").click()
        with self.timed("import"):
            page.get_by_role("button", name=f"Import {count:,} people").click()
            page.wait_for_url(re.compile(r"/works/\d+/"))
            expect(page.get_by_role("link", name="Download")).to_be_visible()

    def filter(self, home: str) -> None:
        with self.timed("list, searched"):
            self.page.goto(f"{home}?q=R-0199")
        expect(self.page.locator("#page-count")).to_have_text("10")

    def suspend(self, home: str) -> int:
        """Suspend all of one first name, which is more than one waits for."""
        page = self.page
        page.goto(f"{home}?q={FIRST_NAMES[0]}")
        page.get_by_label("Select every row of this page").check()
        page.get_by_label(re.compile("that match")).check()
        page.get_by_role("button", name="Suspend").click()
        sure = page.get_by_role("dialog").get_by_role("button", name=re.compile("^Suspend"))
        words = sure.inner_text()
        with self.timed("change of all that match"):
            sure.click()
            page.wait_for_url(re.compile(r"/works/\d+/"))
            expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute(
                "value", "100"
            )
        return int(re.sub(r"\D", "", words))

    def export(self, home: str, path: Path) -> Path:
        page = self.page
        # All who came by the file: with those of the demo they are more than a file may hold.
        page.goto(f"{home}?q=Roster")
        page.get_by_role("button", name="Export").click()
        with self.timed("export"):
            page.get_by_role("button", name="Excel").click()
            page.wait_for_url(re.compile(r"/works/\d+/"))
            link = page.get_by_role("link", name=re.compile("^Download"))
            expect(link).to_be_visible()
        with page.expect_download() as download:
            link.click()
        download.value.save_as(path)
        return path

    def nobody_changes(self) -> int:
        """Return how many people the check found as they stand in the file."""
        row = self.page.locator("#work").get_by_text(re.compile("unchanged", re.IGNORECASE))
        return int(re.sub(r"\D", "", row.locator("xpath=..").first.inner_text()))

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.told.append(f"{name} {time.perf_counter() - begun:.1f} s")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch how much memory the worker takes."""
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,))
        watcher.start()
        yield
        over.set()
        watcher.join()

    def _watch(self, over: threading.Event) -> None:
        status = Path(f"/proc/{self.installation.pid('worker')}/status")
        while not over.wait(0.5):
            found = re.search(r"VmRSS:\s+(\d+)", status.read_text(encoding="ascii"))
            self.most_mebibytes = max(self.most_mebibytes, int(found[1]) / KIBIBYTE if found else 0)

    def cpu_seconds(self) -> float:
        """Return the processor time that the worker has taken so far."""
        line = Path(f"/proc/{self.installation.pid('worker')}/stat").read_text(encoding="ascii")
        user, system = line.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / 100


def sign_in(page: Page, installation: Installation) -> None:
    account = installation.account("property_manager")
    page.goto("/")
    page.get_by_label("User name or e-mail").fill(account["login"])
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()


def workbook(path: Path, company: str) -> Path:
    """Write people of a company in groups, all with two cards and a few with a PIN."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("People")
        sheet.write_row(0, 0, HEADS)
        for number in range(PEOPLE):
            first = FIRST_NAMES[number % len(FIRST_NAMES)]
            row = (
                f"R-{number:05}",
                first,
                f"Roster {number}",
                company,
                f"Team {number % GROUPS}",
                f"r{number}@example.com",
                f"+49 1512 {3000000 + number}",
                "Office hours",
                f"{4810000 + number * 7}" if number % (PEOPLE // HAVE_A_PIN) == 0 else "",
                f"{0xA0000000 + number:08X}",
                f"{0xB0000000 + number:08X}",
            )
            for column, text in enumerate(row):
                sheet.write_string(number + 1, column, text)
    return path
