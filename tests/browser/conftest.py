"""A browser, an installation to look at, and people who are signed in to it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bench.installation import Installation
from bench.p1 import wait_until_online
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.guests import Guests
from tests.browser.looks import Windows
from tests.browser.shown import Shown
from tests.browser.sight import PICTURES, session_of
from tests.clusters import quick_installation
from tests.journeys.on_site import eventually

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
# Swiped at the first device, oldest first: the cards of Rita, two others, and a stranger.
SWIPED = ("0BADC0DE", "0CAEC1DF", "DEADBEEF", "0DAFC2E0", "0BADC0DE")

SignedIn = Callable[..., Page]


# The package's, not the session's: a browser keeps an event loop that other tests stumble over.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def demo() -> Iterator[Installation]:
    """The demo building, online and in sync, where a few things have happened."""
    with quick_installation() as installation:
        wait_until_online(installation)
        for card in SWIPED:
            installation.scenario(0, "/swipe", {"card": card})
        eventually(lambda: len(events_of(installation)) >= len(SWIPED), "the swipes are logged")
        installation.scenario(0, "/tamper", {"on": True})
        eventually(lambda: alarms_of(installation), "the alarm is told")
        yield installation


def events_of(installation: Installation) -> list[Any]:
    items: list[Any] = installation.call("GET", "/door-events")[1]["items"]
    return items


def alarms_of(installation: Installation) -> list[Any]:
    items: list[Any] = installation.call("GET", "/alarms")[1]["items"]
    return items


@pytest.fixture(scope="package")
def sessions() -> dict[str, Any]:
    """What signs each role in again: one sign-in a role is enough for all tests."""
    return {}


@pytest.fixture(scope="package")
def guests(chromium: Browser, demo: Installation, sessions: dict[str, Any]) -> Guests:
    return Guests(chromium, demo, sessions)


@pytest.fixture(scope="package")
def shown(demo: Installation, guests: Guests) -> Shown:
    return Shown(demo, guests)


@pytest.fixture(scope="package")
def windows(guests: Guests) -> Iterator[Windows]:
    found = Windows(guests)
    yield found
    found.close()


@pytest.fixture
def signed_in(
    chromium: Browser,
    demo: Installation,
    sessions: dict[str, Any],
    request: pytest.FixtureRequest,
) -> Iterator[SignedIn]:
    """Give blank pages on which someone of a role of the demo is signed in, or nobody."""
    contexts: list[BrowserContext] = []

    def signed_in_as(role: str | None, **options: Any) -> Page:
        session = session_of(chromium, demo, sessions, role) if role else None
        context = chromium.new_context(base_url=demo.base, storage_state=session, **options)
        contexts.append(context)
        return context.new_page()

    yield signed_in_as
    for context in contexts:
        leave_picture_of_failure(request.node, context)
        context.close()


@pytest.fixture
def stranger(signed_in: SignedIn) -> Page:
    """A page on which nobody is signed in."""
    return signed_in(None)


def leave_picture_of_failure(test: pytest.Item, context: BrowserContext) -> None:
    """Leave a picture of each page that a failed test had open."""
    if not test.stash.get(FAILED, False):
        return
    name = re.sub(r"[^\w-]+", "-", test.name).strip("-")
    for place, page in enumerate(context.pages):
        page.screenshot(path=PICTURES / "failed" / f"{name}-{place}.png", full_page=True)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
