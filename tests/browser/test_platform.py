"""An operator makes the platform its own: the mail server, tried and used, and the looks."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.looks import looked_over
from tests.browser.sight import SOON, Complaints, field
from tests.journeys.on_site import eventually
from tests.postmaster import Postmaster, free_port

pytestmark = pytest.mark.browser

ACCENT = "#7a2048"
# What any deed does that writes a mail.
WRITE = """
from django.db import transaction
from doorward.kit import outbox

with transaction.atomic():
    outbox.send(
        to="nils@example.com", template="kit/email/trial", context={"place": "here"}, language="en"
    )
"""


@pytest.fixture
def office() -> Iterator[tuple[Postmaster, int]]:
    keeper = Postmaster()
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield keeper, controller.port
    controller.stop()


@pytest.fixture
def operator(signed_in: SignedIn) -> Iterator[Page]:
    """An operator, after whom everything is as it was."""
    page = signed_in("operator")
    yield page
    page.goto("/setting/mail-server/")
    if page.get_by_role("button", name="Forget…").is_visible():
        page.get_by_role("button", name="Forget…").click()
        page.get_by_role("button", name="Forget it").click()
        expect(page.get_by_text("Mail goes as the environment says.").first).to_be_visible()
    page.goto("/setting/branding/")
    field(page, "Platform name").fill("")
    field(page, "Accent colour").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Within a few seconds everybody sees it")).to_be_visible()


def look(page: Page, name: str) -> None:
    """Fail on whatever a look at the page finds, then stand at a desk again."""
    faults = list(looked_over(page, name, unrolled=True))
    assert not faults, "\n".join(faults)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_mail_goes_by_the_server_of_the_page_once_it_is_saved(
    operator: Page, office: tuple[Postmaster, int], demo: Installation
) -> None:
    keeper, port = office
    operator.goto("/setting/mail-server/")
    field(operator, "Host").fill("127.0.0.1")
    field(operator, "Encryption").select_option("none")
    field(operator, "Port").fill(str(free_port()))
    field(operator, "Sender address").fill("doors@example.com")
    operator.get_by_role("button", name="Save", exact=True).click()
    operator.get_by_role("link", name="Send a test mail").click()
    field(operator, "To").fill("otto@example.com")
    operator.get_by_role("button", name="Send the test mail").click()
    expect(operator.get_by_role("alert").first).to_contain_text("the connection was refused")
    look(operator, "mail-server-refused")

    operator.goto("/setting/mail-server/")
    field(operator, "Port").fill(str(port))
    operator.get_by_role("button", name="Save", exact=True).click()
    operator.get_by_role("link", name="Send a test mail").click()
    field(operator, "To").fill("otto@example.com")
    operator.get_by_role("button", name="Send the test mail").click()
    expect(operator.get_by_text("took the mail for otto@example.com")).to_be_visible()
    assert [letter.rcpt_tos for letter in keeper.letters] == [["otto@example.com"]]

    # The worker, which was started long before, goes the new way too.
    keeper.letters.clear()
    demo.shell(WRITE)
    eventually(
        lambda: ["nils@example.com"] in [letter.rcpt_tos for letter in keeper.letters],
        "the worker sends by the new server",
    )


def test_the_looks_that_an_operator_chooses_are_everybody_s(operator: Page, stranger: Page) -> None:
    complaints = Complaints.of(stranger)
    operator.goto("/setting/branding/")
    field(operator, "Platform name").fill("Maple Doors")
    field(operator, "Accent colour").fill("#ffcc00")
    operator.get_by_role("button", name="Save", exact=True).click()
    expect(operator.get_by_role("alert").first).to_contain_text("Choose a darker colour")
    field(operator, "Accent colour").fill(ACCENT)
    operator.get_by_role("button", name="Save", exact=True).click()
    expect(operator.get_by_text("Within a few seconds everybody sees it")).to_be_visible()

    def signs_in_to_maple() -> bool:
        stranger.goto("/sign-in/")
        return "Maple Doors" in stranger.title()

    eventually(signs_in_to_maple, "another front shows the new name")
    button = stranger.get_by_role("button", name="Next")
    expect(button).to_have_css("background-color", "rgb(122, 32, 72)", timeout=SOON)
    look(stranger, "sign-in-branded")
    operator.goto("/")
    look(operator, "dashboard-branded")
    assert complaints.said == []
