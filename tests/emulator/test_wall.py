"""The wall in a real browser: a card, a light, a cut, a phone's width, and no barrier."""

import shutil
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from .conftest import Site, Start

pytestmark = pytest.mark.browser


@pytest.fixture
async def lobby(start: Start) -> Site:
    return await start(foreign_users=1)


@pytest.fixture(params=["light", "dark"])
async def wall(lobby: Site, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """The wall's page; whatever the browser complains about fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = await browser.new_page(
            viewport={"width": 390, "height": 844}, color_scheme=request.param
        )
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text))
        await page.goto(lobby.wall)
        await page.wait_for_selector(".tile")
        yield page
        await browser.close()
        assert complaints == []


async def test_a_known_card_lights_the_relay(wall: Page) -> None:
    await wall.get_by_role("button", name="Local Stranger").click()
    tile = wall.locator(".tile").first
    await expect(tile.locator(".answer")).to_have_text("Opened relay A")
    await expect(tile.locator(".relay.open")).to_contain_text("Open · 1 pulse")
    await expect(tile.locator(".rows li").first).to_contain_text("Local Stranger")


async def test_a_strange_card_is_refused_at_its_own_door(wall: Page) -> None:
    gate = wall.locator(".tile").nth(1)
    await gate.get_by_label("Card", exact=True).fill("deadbeef")
    await gate.get_by_role("button", name="Swipe").click()
    await expect(gate.locator(".answer")).to_have_text("Refused: the door stays shut")
    await expect(wall.locator(".tile").first.locator(".rows li")).to_have_count(0)


async def test_a_cut_door_says_so_and_takes_no_card(wall: Page) -> None:
    tile = wall.locator(".tile").first
    await tile.locator("summary").click()
    await tile.get_by_role("button", name="Cut the power").click()
    await expect(tile.locator(".badge")).to_have_text("Power cut")
    await expect(tile.get_by_role("button", name="Swipe")).to_be_disabled()
    await tile.get_by_role("button", name="Restore the power").click()
    await expect(tile.locator(".badge")).to_have_text("Running")


async def test_a_clock_can_be_moved(wall: Page, lobby: Site) -> None:
    tile = wall.locator(".tile").first
    await tile.locator("summary").click()
    await tile.get_by_label("Local time of the device").fill("2026-03-29T01:59:00")
    await tile.get_by_role("button", name="Set", exact=True).click()
    await expect(tile.locator(".answer")).to_have_text("Clock set")
    assert (await lobby.state())["clock"] == "2026-03-29T01:59:00+00:00"


async def test_the_wall_fits_a_phone_and_has_no_barriers(wall: Page) -> None:
    for summary in await wall.locator("summary").all():
        await summary.click()
    assert await wall.evaluate("document.documentElement.scrollWidth") == 390
    found = await Axe().run(wall)
    assert found.violations_count == 0, found.generate_report()
