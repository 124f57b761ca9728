"""Every page of the portal, at a desk and on a phone, in light and dark."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from bench.installation import Installation
from django.urls import URLPattern, reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from doorward.urls import urlpatterns
from tests.browser.conftest import PICTURES
from tests.browser.guests import Guests, arrive
from tests.browser.sight import Complaints, Rules, barriers, overhang
from tests.journeys.on_site import eventually

pytestmark = pytest.mark.browser

# Any: options of a browser context.
SIZES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


class Screen:
    """A size to look at pages in, by whoever sees them; styles and fonts are fetched once."""

    def __init__(self, size: str, guests: Guests) -> None:
        self.size = size
        self._guests = guests
        self._contexts: dict[str, BrowserContext] = {}

    def page(self, who: str) -> Page:
        if who not in self._contexts:
            options = {"reduced_motion": "reduce", **SIZES[self.size]}
            self._contexts[who] = self._guests.context(who, **options)
        return self._contexts[who].new_page()

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


class Shown:
    """Which rows of the demo the pages are looked at with."""

    def __init__(self, demo: Installation, guests: Guests) -> None:
        self.demo = demo
        self.guests = guests
        self.site = demo.demo["site"]
        self.connector = demo.demo["connector"]
        self.device = demo.demo["devices"][0]["id"]
        self.door = self._first("/doors", name="Main entrance")
        self.company = self._first("/companies")
        self.person = self._first("/people", first_name="Rita")
        self.group = self._first("/access-groups", name="Office hours")
        self.crew = self._first("/people-groups")
        self.event = self._first("/door-events")

    def _first(self, path: str, **wanted: str) -> str:
        _, found = self.demo.call("GET", f"{path}?limit=100")
        return next(
            str(row["id"])
            for row in found["items"]
            if all(row[name] == value for name, value in wanted.items())
        )

    @cached_property
    def password_link(self) -> str:
        return self.guests.link("password")

    @cached_property
    def email_link(self) -> str:
        return self.guests.link("email")

    @cached_property
    def user(self) -> str:
        return self._first("/accounts", username=self.demo.account("property_manager")["login"])

    @cached_property
    def invitation_link(self) -> str:
        return self.guests.link("invitation")

    @cached_property
    def check(self) -> str:
        """Let a sheet of people be looked at, in which something is wrong."""
        rows = b"First name,Last name,Company\nNina,North,Nowhere\n"
        status, work = self.demo.send_file("/people/import", "people.csv", rows, site=self.site)
        assert status == 202, work
        key: str = work["id"]

        def is_over() -> bool:
            return bool(self.demo.call("GET", f"/works/{key}")[1]["state"] == "done")

        eventually(is_over, "the file is looked at")
        return key

    @cached_property
    def work(self) -> str:
        return str(self.guests.told["work"])

    @cached_property
    def passkey(self) -> str:
        return self.guests.passkey

    def path_of(self, page: str) -> str:
        keys = {name: str(getattr(self, row)) for name, row in PAGES[page].items()}
        return reverse(page, kwargs=keys)


SITE = {"site": "site"}
# Every page that one can look at, and the row that each part of its address stands for.
PAGES: dict[str, dict[str, str]] = {
    "account_login": {},
    "account-forgotten": {},
    "account-new-password": {"token": "password_link"},
    "account-email-confirm": {"token": "email_link"},
    "account_inactive": {},
    "account_confirm_login_code": {},
    "mfa_authenticate": {},
    # These want that one has signed in a moment ago.
    "mfa_deactivate_totp": {},
    "mfa_generate_recovery_codes": {},
    "mfa_view_recovery_codes": {},
    "mfa_activate_totp": {},
    "mfa_add_webauthn": {},
    "mfa_remove_webauthn": {"pk": "passkey"},
    "account-password-new": {},
    "account-password": {},
    "account-password-done": {},
    "account-reminder": {},
    "account": {},
    "account-email": {},
    "account-sessions": {},
    "account-tokens": {},
    "mfa_index": {},
    "account_reauthenticate": {},
    "mfa_reauthenticate": {},
    "mfa_reauthenticate_webauthn": {},
    "account_logout": {},
    "dashboard": {},
    "search": {},
    "users": {},
    "user-new": {},
    "user": {"pk": "user"},
    "invitation": {"token": "invitation_link"},
    "sites": {},
    "site-new": {},
    "all-devices": {},
    "macs": {},
    "mac-new": {},
    "audit": {},
    "works": {},
    "work": {"pk": "work"},
    "mail": {},
    "site": SITE,
    "site-edit": SITE,
    "site-delete": SITE,
    "companies": SITE,
    "company-new": SITE,
    "company": {**SITE, "pk": "company"},
    "company-edit": {**SITE, "pk": "company"},
    "people": SITE,
    "people-groups": SITE,
    "people-group-new": SITE,
    "people-group-edit": {**SITE, "pk": "crew"},
    "people-import": SITE,
    "people-import-check": {**SITE, "pk": "check"},
    "person-new": SITE,
    "person": {**SITE, "pk": "person"},
    "person-edit": {**SITE, "pk": "person"},
    "card-add": {**SITE, "pk": "person"},
    "pin-give": {**SITE, "pk": "person"},
    "person-photo": {**SITE, "pk": "person"},
    "person-why": {**SITE, "pk": "person"},
    "groups": SITE,
    "group-new": SITE,
    "group": {**SITE, "pk": "group"},
    "group-people": {**SITE, "pk": "group"},
    "group-edit": {**SITE, "pk": "group"},
    "group-copy": {**SITE, "pk": "group"},
    "group-delete": {**SITE, "pk": "group"},
    "doors": SITE,
    "door-new": SITE,
    "door": {**SITE, "pk": "door"},
    "door-edit": {**SITE, "pk": "door"},
    "devices": SITE,
    "device-new": SITE,
    "device": {**SITE, "pk": "device"},
    "device-edit": {**SITE, "pk": "device"},
    "connectors": SITE,
    "connector-new": SITE,
    "connector": {**SITE, "pk": "connector"},
    "connector-edit": {**SITE, "pk": "connector"},
    "door-log": SITE,
    "door-event": {**SITE, "pk": "event"},
    "site-audit": SITE,
}
# Parts of pages: what they show is seen on the pages that fetch them.
PARTS = {"people-group-choices", "door-tile", "command-button"}
PARTS |= {"mfa_login_webauthn"}
# A file is taken home and not looked at.
PARTS |= {"file", "work-result", "work-faults", "works-now"}
# Behind signing in again; tests/browser/test_holdings.py goes there.
PARTS |= {"credential-show"}
PARTS |= {"file", "work-result", "people-template"}
# By whom it is looked at, where that is not the installer.
SEEN_BY = {
    **dict.fromkeys(
        (
            *("account_login", "account-forgotten", "account_inactive"),
            *("account-new-password", "account-email-confirm", "invitation"),
        ),
        "stranger",
    ),
    "account_confirm_login_code": "kate",
    "mfa_authenticate": "tess half in",
    **dict.fromkeys(("mail", "works", "work"), "tess"),
    **dict.fromkeys(
        (
            *("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"),
            *("mfa_index", "mfa_reauthenticate"),
        ),
        "tess",
    ),
    **dict.fromkeys(
        (
            *("mfa_activate_totp", "mfa_add_webauthn", "mfa_remove_webauthn"),
            *("account-password-new", "account_reauthenticate", "mfa_reauthenticate_webauthn"),
            "account-email",
        ),
        "theo",
    ),
}


def is_deed(pattern: URLPattern) -> bool:
    """Say whether an address only takes a POST, so that there is nothing to look at."""
    view = getattr(pattern.callback, "view_class", None)
    return view is not None and "get" not in view.http_method_names


def named_patterns() -> Iterator[URLPattern]:
    return (entry for entry in urlpatterns if isinstance(entry, URLPattern))


def test_every_page_has_an_entry_here() -> None:
    to_look_at = {str(one.name) for one in named_patterns() if not is_deed(one)}
    assert to_look_at == PAGES.keys() | PARTS


@pytest.fixture(scope="module")
def guests(chromium: Browser, demo: Installation, sessions: dict[str, Any]) -> Guests:
    return Guests(chromium, demo, sessions)


@pytest.fixture(scope="module")
def shown(demo: Installation, guests: Guests) -> Shown:
    return Shown(demo, guests)


@pytest.fixture(scope="module", params=SIZES)
def screen(request: pytest.FixtureRequest, guests: Guests) -> Iterator[Screen]:
    found = Screen(request.param, guests)
    yield found
    found.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(name: str, screen: Screen, shown: Shown) -> None:
    page = screen.page(SEEN_BY.get(name, "installer"))
    complaints = Complaints.of(page)
    arrive(page, shown.path_of(name))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert urlsplit(page.url).path == shown.path_of(name)
    faults = [f"{one} sticks out" for one in overhang(page)]
    unroll(page)
    take_picture(page, f"{name}-{screen.size}", "light")
    # On a phone stand the same things in the same colours.
    faults += barriers(page, Rules.ALL if screen.size == "desk" else Rules.OF_SHAPE)
    take_picture(page, f"{name}-{screen.size}", "dark")
    if screen.size == "desk":
        faults += [f"dark: {barrier}" for barrier in barriers(page, Rules.OF_COLOUR)]
    page.close()
    faults += complaints.said
    assert not faults, "\n".join(faults)


def unroll(page: Page) -> None:
    """Make the screen as high as the page: once, where each picture of a whole page would."""
    width = page.evaluate("document.documentElement.clientWidth")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def take_picture(page: Page, name: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    # The new colours are on the screen with the frame after the next.
    page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    page.screenshot(path=PICTURES / f"{name}-{scheme}.png", animations="disabled")
