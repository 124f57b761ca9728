"""What a person holds, by hand: a PIN is told once, and again after signing in again."""

import re

import pytest
from bench.installation import Installation
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import Complaints, Rules, barriers

pytestmark = pytest.mark.browser


def person_of(demo: Installation, first_name: str) -> str:
    _, found = demo.call("GET", "/people?limit=100")
    key = next(row["id"] for row in found["items"] if row["first_name"] == first_name)
    return f"/sites/{demo.demo['site']}/people/{key}/"


def menu_of(page: Page, what: str) -> None:
    page.locator("#holds").get_by_role("button", name=what, exact=True).click()


def test_a_pin_is_given_shown_again_and_removed(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("property_manager")
    complaints = Complaints.of(page)
    address = person_of(demo, "Jonas")
    page.goto(address)
    page.get_by_role("link", name="Give a PIN").click()
    page.get_by_role("button", name="Give PIN").click()
    told = page.get_by_label("PIN", exact=True)
    expect(told).to_have_value(re.compile(r"^\d{6}$"))
    pin = told.input_value()
    assert barriers(page, Rules.ALL) == []
    page.get_by_role("link", name="Done").click()
    assert pin not in page.content()

    menu_of(page, "PIN")
    page.get_by_role("button", name="Show PIN…").click()
    page.get_by_label("Password").fill(demo.account("property_manager")["password"])
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Show PIN").click()
    expect(page.get_by_label("PIN", exact=True)).to_have_value(pin)
    assert barriers(page, Rules.ALL) == []
    page.get_by_role("link", name="Done").click()

    menu_of(page, "PIN")
    page.get_by_role("button", name="Remove PIN…").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove PIN").click()
    expect(page.get_by_role("link", name="Give a PIN")).to_be_visible()
    assert complaints.said == []
