"""The level above keeps the level below: a new installer, a sub-installer and its limits."""

import re
from urllib.parse import urlsplit

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.looks import looked_over
from tests.browser.sight import Complaints, field, give_password, sign_in

pytestmark = pytest.mark.browser

PASSWORD = "a-lantern-by-the-harbour"
# What was sent is forgotten: the link is sent again, and read before the worker has it.
LETTER = """
from django.db import transaction
from doorward.kit.models import Mail
from doorward.tenancy.actions.invitations import invite_again
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Invitation
with transaction.atomic():
    invite_again(Actor.system("test"), Invitation.objects.get(email={address!r}))
    text = Mail.objects.filter(recipient={address!r}).latest("pk").text
    print(next(word for word in text.split() if "/invitation/" in word))
"""


def accept(page: Page, demo: Installation, address: str, name: str | None = None) -> None:
    """Open the link that went to an address, make the account and sign in with it."""
    link = demo.shell(LETTER.format(address=address)).splitlines()[-1]
    page.goto(urlsplit(link).path)
    login = name or field(page, "User name").input_value()
    field(page, "User name").fill(login)
    field(page, "New password").fill(PASSWORD)
    field(page, "The same again").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    give_password(page, PASSWORD)
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()


def menu_of(page: Page) -> list[str]:
    menu = page.get_by_role("navigation", name="Main")
    return menu.get_by_role("link").all_inner_texts()


def test_a_distributor_creates_an_installer_who_signs_in_to_the_dashboard(
    signed_in: SignedIn, stranger: Page, demo: Installation
) -> None:
    page = signed_in("distributor")
    complaints = Complaints.of(page)
    page.goto("/")
    menu = page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Organisations").click()
    page.get_by_role("link", name="New installer").click()
    field(page, "Name of the organisation").fill("Harbour Access")
    field(page, "First name of its first account").fill("Hanna")
    field(page, "Last name").fill("Harbour")
    field(page, "E-mail of its first account").fill("hanna@example.com")
    page.get_by_label("Registers MACs itself").uncheck()
    page.get_by_role("button", name="Add and invite").click()
    expect(page.get_by_role("heading", level=1, name="Harbour Access")).to_be_visible()
    expect(page.get_by_text("hanna@example.com")).to_be_visible()
    faults = list(looked_over(page, "organisation-new-there", unrolled=True))
    assert not faults, "\n".join(faults)
    accept(stranger, demo, "hanna@example.com", "hanna")
    expect(stranger.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
    assert "Sites" in menu_of(stranger)
    assert "Organisations" not in menu_of(stranger)
    expect(stranger.get_by_role("link", name="New office").first).to_be_visible()
    # Suspended, she is out and told why; resumed, she is in again.
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Suspend…").click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend it").click()
    expect(page.get_by_text("It is suspended.")).to_be_visible()
    stranger.goto("/sites/")
    stranger.get_by_label("User name or e-mail").fill("hanna")
    stranger.get_by_role("button", name="Next").click()
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    told = stranger.get_by_role("heading", level=1, name="Your organisation is suspended")
    expect(told).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("It is resumed")).to_be_visible()
    stranger.goto("/")
    sign_in(stranger, "hanna", PASSWORD)
    # Nothing stands below it, so it can be deleted.
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the organisation").click()
    expect(page.get_by_text("The organisation is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Harbour Access")).to_have_count(0)
    assert complaints.said == []


def test_the_form_asks_what_a_role_needs_as_soon_as_it_is_chosen(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    complaints = Complaints.of(page)
    page.goto("/accounts/new/")
    role = page.get_by_label("Role")
    field(page, "E-mail").fill("paula@example.com")
    role.select_option(label="Property Manager")
    expect(field(page, "Monthly password update reminder")).to_be_visible()
    expect(field(page, "Account name")).to_have_count(0)
    role.focus()
    role.select_option(label="Sub-installer")
    expect(field(page, "Account name")).to_be_visible()
    expect(role).to_be_focused()
    expect(field(page, "E-mail")).to_have_value("paula@example.com")
    assert complaints.said == []


def test_a_sub_installer_has_its_limits(
    signed_in: SignedIn, stranger: Page, demo: Installation
) -> None:
    page = signed_in("installer")
    page.goto("/accounts/")
    page.get_by_role("navigation", name="Accounts").get_by_role("link", name="Sub Account").click()
    page.get_by_role("link", name="New sub account").click()
    field(page, "Account name").fill("sally")
    field(page, "E-mail").fill("sally@example.com")
    field(page, "Phone").fill("+1 212 555 0123")
    faults = list(looked_over(page, "user-new-sub", unrolled=True))
    assert not faults, "\n".join(faults)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation is on its way.")).to_be_visible()
    accept(stranger, demo, "sally@example.com")
    # The main account's sites, and the same menu.
    assert "Sites" in menu_of(stranger)
    stranger.goto("/sites/")
    expect(stranger.get_by_role("link", name="Maple Court").first).to_be_visible()
    stranger.goto("/accounts/")
    expect(stranger.get_by_role("link", name="Sub Account")).to_have_count(0)
    # Nor by an address that is made up.
    stranger.goto("/accounts/new/?role=sub_installer")
    roles = field(stranger, "Role").locator("option").all_inner_texts()
    assert "Sub-installer" not in roles
    assert "Property Manager" in roles
    # The installer ticks it.
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/accounts/?role=sub_installer")
    page.get_by_role("link", name="sally").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(field(page, "Phone")).to_have_value(re.compile("2125550123|212-555-0123"))
    page.get_by_label("Create and delete sub-installers").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The account is saved.")).to_be_visible()
    stranger.goto("/accounts/?role=sub_installer")
    expect(stranger.get_by_role("link", name="New sub account")).to_be_visible()
    page.get_by_role("button", name="Delete the account…").click()
    faults = list(looked_over(page, "user-delete", within="dialog[open]"))
    assert not faults, "\n".join(faults)
    page.get_by_role("dialog").get_by_role("button", name="Delete the account").click()
    expect(page.get_by_text("The account is deleted.")).to_be_visible()
    stranger.goto("/sites/")
    expect(stranger.get_by_label("User name or e-mail")).to_be_visible()
