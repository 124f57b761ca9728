"""The main job in a browser: from an empty installation to the first opened door."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from bench.installation import Installation, running_installation
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import leave_picture_of_failure
from tests.browser.sight import SOON, Complaints, enter, field, pick
from tests.journeys.on_site import MAC, PASSWORD, USER, Panel, connector, eventually, panel

pytestmark = [pytest.mark.browser, pytest.mark.process]

CARD = "0A1B2C3D"
# A Tuesday and a Saturday, as the panel's clock shows them.
AT_WORK, AT_HOME = "2026-11-24T10:00:00", "2026-11-28T10:00:00"


@pytest.fixture(scope="module")
def empty() -> Iterator[Installation]:
    with running_installation(demo=False) as installation:
        told = json.loads((installation.data / "accounts.json").read_text(encoding="utf-8"))
        installation.__dict__["demo"] = told
        yield installation


@pytest.fixture(scope="module")
def lobby(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    with panel(tmp_path_factory.mktemp("panel")) as found:
        yield found


@pytest.fixture
def desk(chromium: Browser, empty: Installation, request: pytest.FixtureRequest) -> Iterator[Page]:
    with chromium.new_context(base_url=empty.base) as context:
        yield context.new_page()
        leave_picture_of_failure(request.node, context)


def test_an_installer_comes_from_nothing_to_the_first_opened_door(
    desk: Page, empty: Installation, lobby: Panel, tmp_path: Path
) -> None:
    complaints = Complaints.of(desk)
    account = empty.account("installer")
    desk.goto("/")
    enter(desk, account["login"], account["password"])
    # Nobody gave this account an address when it was set up.
    field(desk, "E-mail").fill("installer@example.com")
    desk.get_by_role("button", name="Continue").click()
    create_office(desk)
    register_mac(desk)
    with ExitStack() as on_site:
        code = add_connector(desk)
        on_site.enter_context(connector(empty.base, tmp_path / "connector", code))
        expect(desk.get_by_text("The connector is in")).to_be_visible(timeout=SOON)
        bind_device(desk, lobby)
        name_door(desk)
        add_company(desk)
        person = add_person(desk)
        add_access_group(desk)
        person_is_synced(desk, person)
        holds_exactly(lobby, person.rpartition("/people/")[2].strip("/"))
        log_fills_by_itself(desk, lobby)
        button_opens(desk, lobby)
    assert complaints.said == []


def create_office(desk: Page) -> None:
    desk.get_by_role("link", name="New office").first.click()
    field(desk, "Name").fill("Birch House")
    desk.get_by_role("button", name="Continue").click()
    pick(desk, "Time zone", "Berlin")
    desk.get_by_role("button", name="Continue").click()
    desk.get_by_role("button", name="Create office").click()
    expect(desk.get_by_role("heading", level=1, name="Birch House")).to_be_visible()


def register_mac(desk: Page) -> None:
    desk.goto("/macs/")
    deed(desk, "Register a MAC").click()
    field(desk, "MAC").fill("0c:11:05:aa:bb:01")
    desk.get_by_role("button", name="Register MAC").click()
    expect(main(desk).get_by_text(MAC, exact=True)).to_be_visible()
    # Back into the office by the switcher.
    desk.get_by_role("button", name="Site: All sites").click()
    desk.get_by_role("link", name="Birch House").click()


def add_connector(desk: Page) -> str:
    """Add a connector; return the one-time code that the page shows."""
    menu(desk, "Connectors")
    deed(desk, "Add a connector").click()
    field(desk, "Name").fill("Cellar")
    desk.get_by_role("button", name="Add connector").click()
    return desk.get_by_label("One-time code").input_value()


def bind_device(desk: Page, lobby: Panel) -> None:
    menu(desk, "Devices")
    deed(desk, "Add a device").click()
    field(desk, "Name").fill("Lobby panel")
    field(desk, "MAC").fill(MAC)
    field(desk, "Address").fill(lobby.address)
    field(desk, "API user").fill(USER)
    field(desk, "API password").fill(PASSWORD)
    desk.get_by_role("button", name="Add device").click()
    expect(desk.get_by_role("heading", level=1, name="Lobby panel")).to_be_visible()
    expect(main(desk).get_by_text("Bound", exact=True)).to_be_visible(timeout=SOON)
    expect(main(desk).get_by_text("Online", exact=True).first).to_be_visible(timeout=SOON)


def name_door(desk: Page) -> None:
    menu(desk, "Doors")
    deed(desk, "Add a door").click()
    field(desk, "Name").fill("Front door")
    pick(desk, "Device", "Lobby")
    desk.get_by_role("button", name="Add door").click()
    expect(desk.get_by_role("heading", level=1, name="Front door")).to_be_visible()


def add_company(desk: Page) -> None:
    menu(desk, "Companies")
    deed(desk, "Add a company").click()
    field(desk, "Name").fill("Acme")
    desk.get_by_role("button", name="Add company").click()
    expect(main(desk).get_by_text("Acme").first).to_be_visible()


def add_person(desk: Page) -> str:
    """Add a person with a card; return the address of the person's page."""
    menu(desk, "Personnel")
    deed(desk, "Add a person").click()
    field(desk, "First name").fill("Rita")
    field(desk, "Last name").fill("Roberts")
    pick(desk, "Company", "Acme")
    desk.get_by_role("button", name="Continue").click()
    desk.get_by_role("button", name="Continue").click()
    field(desk, "Give a PIN").uncheck()
    field(desk, "Card number").fill(CARD)
    desk.get_by_role("button", name="Add person").click()
    expect(desk.get_by_role("heading", level=1, name="Rita Roberts")).to_be_visible()
    desk.get_by_role("link", name="To Rita Roberts").click()
    expect(desk.locator("#holds")).to_be_visible()
    return desk.url


def add_access_group(desk: Page) -> None:
    """Add a group whose hours are drawn: Monday to Friday, from 08:00 to 18:00."""
    menu(desk, "Access groups")
    deed(desk, "Add an access group").click()
    field(desk, "Name").fill("Office hours")
    draw_weekdays(desk)
    pick(desk, "Doors", "Front")
    desk.get_by_role("button", name="Add access group").click()
    expect(desk.get_by_role("heading", level=1, name="Office hours")).to_be_visible()
    deed(desk, "Add people").click()
    desk.get_by_role("checkbox", name="Select Rita Roberts").check()
    desk.get_by_role("button", name="Add to the group").click()
    question = desk.get_by_role("dialog", name="Add 1 person to Office hours?")
    expect(question).to_contain_text("1 person gains Front door: Rita Roberts.")
    question.get_by_role("button", name="Add 1 person to Office hours").click()
    expect(desk.get_by_role("heading", level=1, name="Office hours")).to_be_visible()
    expect(main(desk).get_by_role("link", name="Rita Roberts")).to_be_visible()


def draw_weekdays(desk: Page) -> None:
    desk.get_by_role("button", name="Clear").click()
    first, last = cell(desk, "Monday 08:00"), cell(desk, "Friday 17:30")
    first.scroll_into_view_if_needed()
    first.hover()
    desk.mouse.down()
    last.hover(force=True)
    desk.mouse.up()
    expect(desk.get_by_label("Start of hours 1", exact=True)).to_have_value("08:00")
    expect(desk.get_by_label("End of hours 1", exact=True)).to_have_value("18:00")
    expect(desk.get_by_text("Weekdays 08:00–18:00").last).to_be_visible()


def cell(desk: Page, time: str) -> Locator:
    return desk.get_by_role("gridcell", name=re.compile(f"^{time}"))


def person_is_synced(desk: Page, person: str) -> None:
    """The page that is open says by itself that the door knows the person."""
    desk.goto(person)
    doors = desk.locator("#doors")
    expect(doors.get_by_role("link", name="Front door")).to_be_visible()
    expect(doors.get_by_text("Synced")).to_be_visible(timeout=SOON)


def holds_exactly(lobby: Panel, person: str) -> None:
    held = lobby.play("/holds")
    (user,) = held["users"]
    assert user["UserID"] == f"DW{person}"
    assert user["CardCode"].strip(";") == CARD
    (hours,) = [row for row in held["schedules"] if row["Name"].startswith("DW")]
    assert (hours["TimeStart"], hours["TimeEnd"]) == ("08:00", "18:00")
    # Never the device's own "Always".
    assert user["ScheduleRelay"].strip(";") == f"{hours['DisplayID']}-1"


def log_fills_by_itself(desk: Page, lobby: Panel) -> None:
    menu(desk, "Door log")
    expect(desk.get_by_text("Nothing has happened yet")).to_be_visible()
    desk.evaluate("window.untouched = true")
    lobby.play("/clock", {"set": AT_WORK})
    assert lobby.play("/swipe", {"card": CARD})["accepted"] is True
    rows = desk.locator("[data-key]")
    expect(rows).to_have_count(1, timeout=SOON)
    expect(rows.first).to_contain_text(re.compile("Rita Roberts.*Acme.*Front door.*Allowed", re.S))
    lobby.play("/clock", {"set": AT_HOME})
    assert lobby.play("/swipe", {"card": CARD})["accepted"] is False
    expect(rows).to_have_count(2, timeout=SOON)
    expect(rows.first).to_contain_text(
        re.compile("Rita Roberts.*Front door.*Refused.*Out of schedule", re.S)
    )
    lobby.play("/clock", {"offset_seconds": 0})
    assert desk.evaluate("window.untouched") is True


def button_opens(desk: Page, lobby: Panel) -> None:
    menu(desk, "Overview")
    before = pulses(lobby)
    desk.get_by_role("button", name="Open Front door").click()
    opened = desk.get_by_role("button", name=re.compile(r"Opened \d\d:\d\d:\d\d"))
    expect(opened).to_be_visible(timeout=SOON)
    eventually(lambda: pulses(lobby) == before + 1, "the relay has pulsed once")


def pulses(lobby: Panel) -> int:
    count: int = lobby.play("/state")["relays"][0]["pulses"]
    return count


def main(desk: Page) -> Locator:
    return desk.get_by_role("main")


def menu(desk: Page, name: str) -> None:
    desk.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def deed(desk: Page, name: str) -> Locator:
    """Return the page's primary action, which an empty list offers a second time."""
    return main(desk).get_by_role("link", name=name).first
