"""What opens on a page, or says no there: judged like the pages, in each of their looks."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import sight
from tests.browser.guests import arrive
from tests.browser.looks import SIZES, Size, Windows, looked_over, unroll
from tests.browser.shown import Shown
from tests.browser.sight import SOON, Rules, barriers
from tests.browser.test_pages_look import PAGES

pytestmark = pytest.mark.browser

Step = Callable[[Page], None]

# What may stand open.
QUESTION, MENU, TOAST, CHIPS = "dialog[open]", ":popover-open", ".toast-note", "#chips"
FAULTY, PAGE, NOTICE = "form:has([data-error-summary])", "main", ".notice"
SHEET = "First name,Last name,Company\nOpal,Open,Acme Instruments\n"


# "Opened" stays for six seconds; who looks takes longer.
HELD = (
    "((later) => window.setTimeout = (deed, ms) => ms === 6000 ? 0 : later(deed, ms))(setTimeout)"
)


@dataclass(frozen=True)
class Part:
    """A page, what one does there until something is open, and where that is."""

    page: str
    opens: str
    steps: tuple[Step, ...] = ()
    query: str = ""
    seen_by: str = "installer"
    sizes: tuple[Size, ...] = tuple(SIZES)


# --- What one does ------------------------------------------------------------------------------


def press(*names: str) -> Step:
    """Press buttons one after another, each the last one of its name that can be seen."""

    def step(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=name, exact=True).locator("visible=true").last.click()

    return step


def follow(name: str) -> Step:
    return lambda page: page.get_by_role("link", name=name, exact=True).last.click()


def click(selector: str) -> Step:
    return lambda page: page.locator(selector).first.click()


def fill(label: str, words: str) -> Step:
    return lambda page: sight.field(page, label).fill(words)


def pick(label: str, words: str) -> Step:
    return lambda page: sight.pick(page, label, words)


def write(words: str) -> Step:
    return lambda page: page.keyboard.type(words)


def key(name: str) -> Step:
    return lambda page: page.keyboard.press(name)


def see(selector: str) -> Step:
    return lambda page: expect(page.locator(selector).first).to_be_visible(timeout=3 * SOON)


def do(script: str) -> Step:
    return lambda page: page.evaluate(script)


def choose(name: str, text: str) -> Step:
    """Choose a file of this name with this text in it."""
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    return lambda page: page.get_by_label("File").set_input_files(file)


def saved_elsewhere(label: str, words: str, deed: str) -> Step:
    """Let somebody save the same form in another window."""

    def step(page: Page) -> None:
        other = page.context.new_page()
        other.goto(page.url)
        sight.field(other, label).fill(words)
        other.get_by_role("button", name=deed, exact=True).click()
        expect(other.locator(TOAST)).to_be_visible()
        other.close()

    return step


VIEWS = click("[popovertarget=views]")
LAST_ROW = click("tbody tr:last-child [name=ids]")
SAVE = click("main form button.btn-primary[type=submit]")
NEXT = press("Continue")
STEP_2, STEP_3 = (see(f".steps-mark:nth-child({place})[aria-current]") for place in (2, 3))
WANDA = (
    *(fill("First name", "Wanda"), fill("Last name", "Wise"), pick("Company", "Globex")),
    *(NEXT, STEP_2),
)

PARTS: dict[str, Part] = {
    # The frame.
    "account menu": Part("mac-new", MENU, (click(".account-button"),)),
    "site switcher": Part("connector-new", MENU, (click(".site-button"),)),
    "drawer": Part("connector-new", "#side", (press("Open the menu"),), sizes=("phone",)),
    "palette": Part("companies", QUESTION, (key("/"), write("ma"), see("[role=option]"))),
    "palette without": Part("companies", QUESTION, (key("/"), write("zzzz"), see(".palette-said"))),
    "connection lost": Part("mac-new", "#link-lost", (do("window['link-lost'].hidden = false"),)),
    # Lists.
    "columns": Part("people", MENU, (press("Columns"),)),
    "views": Part("people", MENU, (press("Views"),)),
    "export": Part("people", MENU, (press("Export"),)),
    "saved view": Part(
        "companies",
        MENU,
        (
            *(VIEWS, fill("Save what is shown now as", "Mine"), press("Save view")),
            *(VIEWS, click("summary.icon-button")),
        ),
        query="?sort=-name",
    ),
    "filters": Part("people", ".list-bar", (click(".more-filters summary"),)),
    "filters of the log": Part("door-log", ".list-bar", (click(".more-filters summary"),)),
    "chips": Part("people", "#chips", (see(".chip"),), query="?q=a&holds=card&company=1"),
    "nothing found": Part("people", PAGE, query="?q=zzzz"),
    "unknown sort": Part("people", NOTICE, query="?sort=nonsense"),
    "ticked": Part("people", "#bulk", (LAST_ROW,)),
    "bulk question": Part("people", QUESTION, (LAST_ROW, press("Suspend"))),
    "bulk danger": Part("people", QUESTION, (LAST_ROW, press("Delete"))),
    "bulk form": Part("people", QUESTION, (LAST_ROW, press("Move"))),
    "bulk faults": Part(
        "people", QUESTION, (LAST_ROW, press("Add to access group"), click("dialog .btn-primary"))
    ),
    # Taken back at once, so that nobody is suspended by it.
    "undo": Part(
        "people",
        TOAST,
        (LAST_ROW, press("Suspend", "Suspend 1 person", "Undo"), see("text=counts again")),
    ),
    # Questions.
    "menu of a person": Part("person", MENU, (press("More"),)),
    "delete a person": Part("person", QUESTION, (press("More", "Delete person…"),)),
    "menu of a card": Part("person", MENU, (click("#holds .icon-button"),)),
    "remove a card": Part(
        "person", QUESTION, (click("#holds .icon-button"), press("Remove card…"))
    ),
    "more of a card": Part("person", "#holds", (click(".inline-more summary"),)),
    "why not": Part("person", "#why-answer", (press("Ask"), see(".answer"))),
    "delete an access group": Part(
        "group", QUESTION, (press("More"), follow("Delete access group…"))
    ),
    "duplicate an access group": Part("group", QUESTION, (press("Duplicate…"),)),
    "remove from a group": Part("group", QUESTION, (LAST_ROW, press("Remove from the group"))),
    "delete a company": Part("company", QUESTION, (press("More", "Delete company…"),)),
    "menu of a crew": Part("people-groups", MENU, (click(".tree .icon-button"),)),
    "delete a crew": Part(
        "people-groups", QUESTION, (click(".tree .icon-button"), follow("Delete group…"))
    ),
    "delete a door": Part("door", QUESTION, (press("More"), follow("Delete…"))),
    "sync a device anew": Part("device", QUESTION, (press("More", "Sync anew…"),)),
    "delete a device": Part("device", QUESTION, (press("More", "Delete…"),)),
    "new code": Part("connector", QUESTION, (press("More", "New code…"),)),
    "revoke a connector": Part("connector", QUESTION, (press("More", "Revoke…"),)),
    "delete a connector": Part("connector", QUESTION, (press("More", "Delete…"),)),
    "shut an account": Part("user", QUESTION, (press("Shut the account…"),)),
    "revoke a token": Part("account-tokens", QUESTION, (click("[data-dialog-open]"),)),
    # Doors.
    "opened": Part(
        "door",
        PAGE,
        (do(HELD), press("Open Main entrance"), see("[data-state=opened]")),
    ),
    # Forms that say no.
    "no name": Part("person-edit", FAULTY, (fill("First name", ""), fill("E-mail", "x"), SAVE)),
    "no hours": Part("group-new", FAULTY, (press("Clear"), SAVE)),
    "wrong hours": Part(
        "group-new",
        FAULTY,
        (press("Add hours"), fill("Start of hours 1", "9"), fill("End of hours 1", "9"), SAVE),
    ),
    "no company": Part("company-new", FAULTY, (SAVE,)),
    "no office": Part("site-new", FAULTY, (NEXT,)),
    "no zone": Part("site-edit", FAULTY, (fill("Name", ""), SAVE)),
    "no door": Part("door-new", FAULTY, (SAVE,)),
    "no device": Part("device-new", FAULTY, (SAVE,)),
    "no account": Part("user-new", FAULTY, (SAVE,)),
    "no connector": Part("connector-new", FAULTY, (SAVE,)),
    "no MAC": Part("mac-new", FAULTY, (SAVE,)),
    "no crew": Part("people-group-new", FAULTY, (SAVE,)),
    "no card": Part("card-add", FAULTY, (fill("Card number", "x"), SAVE)),
    "a weak PIN": Part("pin-give", FAULTY, (fill("PIN", "1"), SAVE)),
    "no photo": Part("person-photo", FAULTY, (SAVE,)),
    "no list to choose in": Part("group-new", ".picker-list", (click("#id_doors_typed"),)),
    "conflict": Part(
        "person-edit",
        "main form",
        (
            fill("Remark", "Mine"),
            saved_elsewhere("Remark", "Theirs", "Save person"),
            SAVE,
            see(".conflict"),
        ),
    ),
    # Steps.
    "person, faults": Part("person-new", FAULTY, (NEXT,), query="?step=person"),
    "person, access": Part("person-new", PAGE, WANDA, query="?step=person"),
    "person, draft": Part(
        "person-new",
        PAGE,
        (*WANDA, do("location.search = ''"), see(".draft-deeds")),
        query="?step=person",
    ),
    "person, cards": Part("person-new", PAGE, (*WANDA, NEXT, STEP_3), query="?step=person"),
    "person, added": Part(
        "person-new",
        PAGE,
        (*WANDA, NEXT, STEP_3, SAVE, see("text=To Wanda Wise")),
        query="?step=person",
    ),
    "import, no file": Part("people-import", FAULTY, (SAVE,)),
    "import, another file": Part(
        "people-import", PAGE, (choose("people.xlsx", "PK"), SAVE, see(".fault-table"))
    ),
    "import, question": Part(
        "people-import", QUESTION, (choose("people.csv", SHEET), SAVE, press("Import…"))
    ),
    # Whoever is not in.
    "no such name": Part(
        "account_login",
        "body",
        (
            fill("User name or e-mail", "nobody"),
            press("Next"),
            fill("Password", "x"),
            press("Sign in"),
        ),
        seen_by="stranger",
    ),
    "no address": Part("account-forgotten", "body", (SAVE,), seen_by="stranger"),
    "no password": Part("account-new-password", "body", (SAVE,), seen_by="stranger"),
    "no invitation": Part("invitation", "body", (SAVE,), seen_by="stranger"),
    "wrong code": Part(
        "mfa_authenticate",
        "body",
        (fill("Code of your authenticator app", "123456"), SAVE),
        seen_by="tess half in",
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_sound(name: str, windows: Windows, shown: Shown) -> None:
    part = PARTS[name]
    window = windows.of(part.seen_by)
    page = window.page
    page.set_viewport_size(SIZES[part.sizes[0]])
    arrive(page, shown.path_of(part.page, PAGES[part.page]) + part.query)
    for step in part.steps:
        step(page)
    faults = [*looked_over(page, f"open-{name}", sizes=part.sizes, within=part.opens)]
    # What opens can also break what stands around it, all of it: half of a button that lies below
    # the bar at the top is no small button.
    unroll(page)
    faults += barriers(page, Rules.OF_SHAPE)
    assert not faults, "\n".join(faults)
