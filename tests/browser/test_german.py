"""Pages in German: long words break buttons, heads and menus before anything else."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.guests import arrive
from tests.browser.looks import SIZES, Windows, looked_over
from tests.browser.shown import Shown
from tests.browser.test_pages_look import PAGES

pytestmark = pytest.mark.browser

LOOKED_AT = (
    *("dashboard", "sites", "audit", "users", "user-new", "account", "macs", "all-devices"),
    *("site", "site-edit", "companies", "people", "person", "person-new", "person-why"),
    *("people-import", "groups", "group", "group-new", "doors", "door", "door-edit"),
    *("devices", "device", "device-edit", "connector", "door-log", "door-event", "alarm"),
    *("tickets", "ticket-new", "ticket", "manuals", "site-new", "site-readiness"),
    *("site-managers", "site-managers-add", "administrators", "administrator-new", "administrator"),
    *("site-delete", "sites-deleted", "mac-import"),
    *("setting-zone", "setting-billing", "setting-service", "setting-houses"),
    *("setting-notification", "setting-log", "help", "help-topic"),
)


@pytest.fixture(scope="module")
def in_german(windows: Windows) -> Iterator[None]:
    """Let the installer read German while this file is at it."""
    page = windows.of("installer").page
    choose(page, "de", "Save")
    yield
    choose(windows.of("installer").page, "en", "Speichern")


def choose(page: Page, language: str, button: str) -> None:
    page.goto("/account/")
    page.locator("#id_language").select_option(language)
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_has_room_for_german(
    name: str, in_german: None, windows: Windows, shown: Shown
) -> None:
    path = shown.path_of(name, PAGES[name])
    window = windows.of("installer")
    arrive(window.page, path)
    assert urlsplit(window.page.url).path == path
    expect(window.page.locator("html")).to_have_attribute("lang", "de")
    faults = [*cut_off(window.page), *looked_over(window.page, f"german-{name}", unrolled=True)]
    faults += [*cut_off(window.page), *window.complaints.said]
    assert not faults, "\n".join(faults)


def test_a_stranger_signs_in_in_the_language_of_the_browser(signed_in: SignedIn) -> None:
    page = signed_in(None, locale="de-DE", viewport=SIZES["phone"])
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_label("Benutzername oder E-Mail")).to_be_visible()
    assert not [*cut_off(page), *looked_over(page, "german-sign-in")]


def test_scripts_speak_german_too(in_german: None, windows: Windows, shown: Shown) -> None:
    page = windows.of("installer").page
    arrive(page, shown.path_of("group-new", PAGES["group-new"]))
    expect(page.get_by_role("grid", name="Woche")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Mittwoch")).to_have_text("Mi")


def cut_off(page: Page) -> list[str]:
    """Return buttons, heads of columns and items of menus whose words do not fit into them."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, .btn, th, .side-menu a, .chip, .tab")]
          .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
          .filter((one) => getComputedStyle(one).overflowX !== "visible")
          .map((one) => `cut off: ${one.className} ${one.innerText.trim().slice(0, 40)}`)"""
    )
    return found
