"""Everybody who signs in: a menu of their own, and nothing of anybody else."""

import re

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints, sign_in

pytestmark = pytest.mark.browser

SEEN = ["Dashboard", "Sites", "Devices", "MAC Library", "Accounts"]
KEPT = [*SEEN[:4], "Organisations", "Accounts"]
EVERYTHING = [*SEEN, "Account access", "Audit"]
KEEPERS = [*KEPT, "Account access", "Audit"]
MESSAGES, OWN = ["Message", "Notification Center"], ["Time zone", "Notification"]
HELP = ["Tickets", "Technical manuals"]
TABS = ["Customer service", "Service provider information", "Single-family e-mail setting"]
MENUS = {
    "operator": [
        *(*KEPT, "Audit", "Mail", *MESSAGES, *OWN, "Policy texts", "Mail server"),
        *("Mail templates", "Branding", "Limits", "Support access", *HELP),
    ],
    "distributor": [
        *(*KEEPERS, *MESSAGES, "Time zone", "Customer contact", "Notification", *HELP),
    ],
    "sub_distributor": [
        *(*KEEPERS, *MESSAGES, "Time zone", "Customer contact", "Notification", *HELP, "Contact"),
    ],
    "installer": [
        *(*EVERYTHING, *MESSAGES, "Time zone", "Billing information", *TABS),
        *("Notification", "Log setting", *HELP, "Contact"),
    ],
    "sub_installer": [
        *(*EVERYTHING, *MESSAGES, "Time zone", *TABS, "Notification", "Log setting"),
        *(*HELP, "Contact"),
    ],
    "property_manager": [
        *("Dashboard", "Sites", "Devices", "Accounts", "Account access", "Audit"),
        *(*MESSAGES, *OWN, *HELP),
    ],
    "company_administrator": [
        *("Dashboard", "Sites", "Accounts", "Audit", *MESSAGES, *OWN, "Tickets"),
    ],
    "personnel": ["My access", "Audit", *MESSAGES, *OWN, "Tickets"],
}


@pytest.mark.parametrize("role", MENUS)
def test_a_role_signs_in_to_its_menu(role: str, stranger: Page, demo: Installation) -> None:
    complaints = Complaints.of(stranger)
    account = demo.account(role)
    stranger.goto("/")
    sign_in(stranger, account["login"], account["password"])
    # Whatever other tests have called her by now.
    title = re.compile("^Rita ") if role == "personnel" else "Dashboard"
    expect(stranger.get_by_role("heading", level=1, name=title)).to_be_visible()
    menu = stranger.get_by_role("navigation", name="Main")
    # Beside an entry may stand how many wait there.
    assert menu.locator(".side-link > span:not(.side-count)").all_inner_texts() == MENUS[role]
    assert complaints.said == []


def test_every_role_of_the_demo_is_tried(demo: Installation) -> None:
    assert {account["role"] for account in demo.demo["accounts"]} == MENUS.keys()


def test_a_wrong_password_is_told_plainly(stranger: Page, demo: Installation) -> None:
    stranger.goto("/")
    name = stranger.get_by_label("User name or e-mail")
    name.fill(demo.account("installer")["login"])
    stranger.get_by_role("button", name="Next").click()
    stranger.get_by_label("Password").fill("not the password")
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    expect(stranger.get_by_role("alert")).to_contain_text(
        "This name and password do not belong together."
    )
    # What was right need not be typed again.
    expect(name).to_have_value(demo.account("installer")["login"])


def test_a_company_administrator_opens_a_granted_door(signed_in: SignedIn) -> None:
    page = signed_in("company_administrator")
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Maple Court").click()
    doors = page.locator(".door-tile").get_by_role("heading")
    expect(doors).to_have_text(["Garage", "Main entrance", "Parcel room"])
    page.get_by_role("button", name="Open Main entrance").click()
    opened = page.get_by_role("button", name=re.compile(r"^Opened \d\d:\d\d:\d\d"))
    expect(opened).to_be_visible(timeout=SOON)


def test_a_company_administrator_sees_only_own_people(
    signed_in: SignedIn, demo: Installation
) -> None:
    site = demo.demo["site"]
    page = signed_in("company_administrator")
    page.goto(f"/sites/{site}/people/?per_page=100")
    companies = page.locator("td[data-label=Company]").all_inner_texts()
    assert len(companies) >= 20
    assert set(companies) == {"Acme Instruments"}
    _, people = demo.call("GET", "/people?limit=100")
    amir = next(person["id"] for person in people["items"] if person["first_name"] == "Amir")
    answer = page.goto(f"/sites/{site}/people/{amir}/")
    assert answer is not None
    assert answer.status == 404
