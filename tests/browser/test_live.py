"""What is told while a page cannot hear reaches it all the same."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from bench.installation import Installation
from playwright.sync_api import Error, Page, Route, WebSocketRoute, expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON

pytestmark = pytest.mark.browser

# A card that nobody holds.
STRANGER = "DEADBEEF"

Say = Callable[[str], None]


@pytest.fixture
def asked(demo: Installation) -> int:
    """A manager's ticket, which the installer answers."""
    body = {"subject": "Do you hear me?", "text": "I wait for your answer."}
    status, ticket = demo.call("POST", "/tickets", body, role="property_manager")
    assert status == 201, ticket
    key: int = ticket["id"]
    return key


@pytest.fixture
def say(demo: Installation, asked: int) -> Say:
    def said(text: str) -> None:
        status, told = demo.call("POST", f"/tickets/{asked}/answer", {"text": text})
        assert status == 200, told

    return said


def test_what_is_told_before_the_line_stands(signed_in: SignedIn, asked: int, say: Say) -> None:
    page = signed_in("property_manager")
    lines: list[WebSocketRoute] = []

    def hold_up(line: WebSocketRoute) -> None:
        lines.append(line)

    page.route_web_socket("**/live?**", hold_up)
    page.goto(f"/tickets/{asked}/")
    say("Loud and clear.")
    expect(page.get_by_text("Loud and clear.")).to_have_count(0)
    lines[0].connect_to_server()
    expect(page.get_by_text("Loud and clear.")).to_be_visible(timeout=SOON)


def test_what_is_told_while_a_part_looks(signed_in: SignedIn, asked: int, say: Say) -> None:
    page = signed_in("property_manager")
    page.goto(f"/tickets/{asked}/")
    held: list[tuple[Route, Any]] = []

    def hold_first(route: Route) -> None:
        # What the part is given was true when it asked, and comes late.
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    page.route(f"**/tickets/{asked}/", hold_first)
    say("One moment.")
    eventually(page, lambda: held)
    say("Here it is.")
    # What is told is gathered for a moment before anything looks.
    page.wait_for_timeout(1_000)
    route, answer = held[0]
    assert "Here it is." not in answer.text()
    route.fulfill(response=answer)
    expect(page.get_by_text("One moment.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Here it is.")).to_be_visible(timeout=SOON)


def test_a_look_that_was_sent_away_is_taken_again(
    signed_in: SignedIn, asked: int, say: Say
) -> None:
    page = signed_in("property_manager")
    page.goto(f"/tickets/{asked}/")
    sent_away: list[Route] = []

    def send_away_first(route: Route) -> None:
        if sent_away:
            route.continue_()
        else:
            sent_away.append(route)
            route.fulfill(status=503)

    page.route(f"**/tickets/{asked}/", send_away_first)
    say("One moment.")
    expect(page.get_by_text("One moment.")).to_be_visible(timeout=SOON)
    assert sent_away
    # Nobody had asked for it, so nobody is told that it failed.
    expect(page.locator(".toast-note")).to_have_count(0)


def test_what_somebody_asks_for_comes_before_a_look(
    signed_in: SignedIn, asked: int, say: Say
) -> None:
    page = signed_in("property_manager")
    page.goto("/tickets/")
    listed = page.locator("#list").get_by_text("Do you hear me?")
    expect(listed.first).to_be_visible()
    looks: list[Route] = []
    searches: list[Route] = []

    def hold_first(route: Route) -> None:
        held = searches if "q=" in route.request.url else looks
        held.append(route)
        if len(held) > 1:
            route.continue_()

    page.route(re.compile(r"/tickets/(\?.*)?$"), hold_first)
    say("One moment.")
    eventually(page, lambda: looks)
    page.get_by_role("searchbox").fill("what nobody asked")
    eventually(page, lambda: searches)
    # The list's own look was broken off, or else its answer comes first.
    with suppress(Error):
        looks[0].continue_()
    page.wait_for_timeout(1_000)
    searches[0].continue_()
    expect(listed).to_have_count(0, timeout=SOON)


def test_what_is_told_in_a_pause_between_two_looks(signed_in: SignedIn, demo: Installation) -> None:
    page = signed_in("property_manager")
    page.goto(f"/sites/{demo.demo['site']}/")
    figure = page.locator("#figures .stat").filter(has_text="Refused today")
    before = number(figure.inner_text())
    for refused in (1, 2):
        demo.scenario(0, "/swipe", {"card": STRANGER})
        expect(figure).to_contain_text(re.compile(rf"\b{before + refused}\b"), timeout=SOON)


def number(text: str) -> int:
    """Return the only number in what a figure says."""
    (found,) = re.findall(r"\d+", text)
    return int(found)


def eventually(page: Page, happened: Callable[[], object]) -> None:
    """Wait for what the browser does, which it does only while somebody waits for it."""
    for _ in range(SOON // 100):
        if happened():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not happen")
