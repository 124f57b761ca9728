"""A ticket's life: a manager asks from a device's page, the installer answers, it is solved."""

from io import BytesIO

import pytest
from bench.installation import Installation
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints

pytestmark = pytest.mark.browser


def photo() -> dict[str, object]:
    drawn = BytesIO()
    Image.new("RGB", (800, 600), (40, 90, 160)).save(drawn, "JPEG")
    return {"name": "lobby.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def open_ticket(page: Page, subject: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Tickets").click()
    page.get_by_role("main").get_by_role("link", name=subject).click()
    expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()


def test_a_manager_asks_and_the_installer_answers(signed_in: SignedIn, demo: Installation) -> None:
    manager, installer = signed_in("property_manager"), signed_in("installer")
    complaints = [Complaints.of(page) for page in (manager, installer)]
    site, device = demo.demo["site"], demo.demo["devices"][0]["id"]

    manager.goto(f"/sites/{site}/devices/{device}/")
    name = manager.get_by_role("heading", level=1).inner_text()
    manager.get_by_role("button", name="Account").click()
    manager.get_by_role("link", name="Contact support").click()
    expect(manager.get_by_text(f"and the device {name}")).to_be_visible()
    manager.get_by_label("Subject").fill("The bell is silent")
    manager.get_by_label("Text").fill("Since this morning.\nVisitors knock.")
    manager.get_by_label("Pictures").set_input_files([photo()])  # type: ignore[list-item]
    manager.get_by_role("button", name="Send").click()
    expect(manager.get_by_text("It was sent.")).to_be_visible()

    installer.goto("/")
    open_ticket(installer, "The bell is silent")
    expect(installer.get_by_text("Visitors knock.")).to_be_visible()
    picture = installer.get_by_role("img", name="Picture 1 of")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 800
    expect(installer.get_by_role("link", name=name)).to_be_visible()
    installer.get_by_label("Text").fill("Is its volume at zero?")
    installer.get_by_role("button", name="Answer").click()

    # The manager's page hears of it by itself.
    expect(manager.get_by_text("Is its volume at zero?")).to_be_visible(timeout=SOON)
    expect(manager.locator("#ticket-state")).to_contain_text("Waiting")
    manager.get_by_role("button", name="Mark as solved").click()
    expect(manager.get_by_text("An answer reopens it.").first).to_be_visible()
    # Whoever looks at the ticket meanwhile has read it.
    installer.goto("/tickets/")
    manager.get_by_label("Text").fill("Silent once more.")
    manager.get_by_role("button", name="Answer").click()
    expect(manager.locator("#ticket-state")).to_contain_text("Open")

    installer.goto("/tickets/?unread=unread")
    row = installer.get_by_role("row").filter(has_text="The bell is silent")
    expect(row).to_contain_text("New")
    assert [one.said for one in complaints] == [[], []]
