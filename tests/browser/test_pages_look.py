"""Every page of the portal, at a desk and on a phone, in light and dark."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from bench.installation import Installation
from django.urls import URLPattern, reverse
from playwright.sync_api import Page, expect

from doorward.urls import urlpatterns
from tests.browser.conftest import PICTURES, SignedIn
from tests.browser.sight import Complaints, barriers, overhang

pytestmark = pytest.mark.browser

# Any: options of a browser context.
SIZES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Shown:
    """Which rows of the demo the pages are looked at with."""

    def __init__(self, demo: Installation) -> None:
        self.demo = demo
        self.site = demo.demo["site"]
        self.connector = demo.demo["connector"]
        self.device = demo.demo["devices"][0]["id"]
        self.door = self._first("/doors", name="Main entrance")
        self.company = self._first("/companies")
        self.person = self._first("/people", first_name="Rita")
        self.group = self._first("/access-groups", name="Office hours")
        self.event = self._first("/door-events")

    def _first(self, path: str, **wanted: str) -> str:
        _, found = self.demo.call("GET", f"{path}?limit=100")
        return next(
            str(row["id"])
            for row in found["items"]
            if all(row[name] == value for name, value in wanted.items())
        )

    def path_of(self, page: str) -> str:
        keys = {name: int(getattr(self, row)) for name, row in PAGES[page].items()}
        return reverse(page, kwargs=keys)


SITE = {"site": "site"}
# Every page that one can look at, and the row that each part of its address stands for.
PAGES: dict[str, dict[str, str]] = {
    "account_login": {},
    "account_logout": {},
    "dashboard": {},
    "sites": {},
    "site-new": {},
    "all-devices": {},
    "macs": {},
    "mac-new": {},
    "audit": {},
    "site": SITE,
    "site-edit": SITE,
    "site-delete": SITE,
    "companies": SITE,
    "company-new": SITE,
    "company": {**SITE, "pk": "company"},
    "company-edit": {**SITE, "pk": "company"},
    "people": SITE,
    "person-new": SITE,
    "person": {**SITE, "pk": "person"},
    "person-edit": {**SITE, "pk": "person"},
    "card-add": {**SITE, "pk": "person"},
    "person-why": {**SITE, "pk": "person"},
    "groups": SITE,
    "group-new": SITE,
    "group": {**SITE, "pk": "group"},
    "group-edit": {**SITE, "pk": "group"},
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
PARTS = {"people-choices", "door-tile", "command-button"}
OF_STRANGERS = {"account_login"}


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
def shown(demo: Installation) -> Shown:
    return Shown(demo)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", SIZES)
def test_a_page_is_sound(size: str, name: str, signed_in: SignedIn, shown: Shown) -> None:
    page = signed_in(None if name in OF_STRANGERS else "installer", **SIZES[size])
    complaints = Complaints.of(page)
    page.goto(shown.path_of(name))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    faults = [fault for scheme in SCHEMES for fault in seen(page, f"{name}-{size}", scheme)]
    faults += [*complaints.said, *overhang(page)]
    assert not faults, "\n".join(faults)


def seen(page: Page, name: str, scheme: Literal["light", "dark"]) -> list[str]:
    """Take a picture in a colour scheme; return the barriers that there are in it."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True)
    return [f"{scheme}: {barrier}" for barrier in barriers(page)]
