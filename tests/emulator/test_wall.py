"""The wall in a real browser: a card, a light, a cut, a phone's width, and no barrier."""

import shutil
from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from doorward.emulator.quirks import Quirk
from doorward.emulator.scenario.app import DEEDS

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
    await tile.get_by_text("Power and life").click()
    await tile.get_by_role("button", name="Cut the power").click()
    await expect(tile.locator(".badge")).to_have_text("Power cut")
    await expect(tile.get_by_role("button", name="Swipe")).to_be_disabled()
    await tile.get_by_role("button", name="Restore the power").click()
    await expect(tile.locator(".badge")).to_have_text("Running")


async def test_a_clock_can_be_moved(wall: Page, lobby: Site) -> None:
    tile = wall.locator(".tile").first
    await tile.get_by_text("Clock", exact=True).click()
    await tile.get_by_label("Local time of the device").fill("2026-03-29T01:59:00")
    await tile.get_by_role("button", name="Set", exact=True).click()
    await expect(tile.locator(".answer")).to_have_text("Clock set")
    assert (await lobby.state())["clock"] == "2026-03-29T01:59:00+00:00"


async def test_a_door_that_is_forced_raises_an_alarm_until_it_shuts(wall: Page) -> None:
    tile = wall.locator(".tile").first
    await tile.get_by_role("button", name="Open door").first.click()
    await expect(tile.locator(".alarm")).to_have_text("Alarm: door A forced")
    await expect(tile.locator(".relay.ajar")).to_contain_text("door open")
    await tile.get_by_role("button", name="Close door").click()
    await expect(tile.locator(".alarm")).to_have_text("")


async def test_an_exit_button_opens_its_own_door(wall: Page) -> None:
    tile = wall.locator(".tile").first
    await tile.get_by_role("button", name="Exit button").nth(1).click()
    await expect(tile.locator(".relay.open")).to_contain_text("Relay B")


async def test_inputs_and_the_tamper_switch_have_buttons(wall: Page, lobby: Site) -> None:
    tile = wall.locator(".tile").first
    await tile.get_by_text("Inputs, tamper and calls").click()
    await tile.get_by_role("button", name="Turn on input C").click()
    await expect(tile.get_by_role("button", name="Turn off input C")).to_be_visible()
    await tile.get_by_role("button", name="Tamper with it").click()
    await expect(tile.locator(".alarm")).to_have_text("Alarm: device tampered with")
    await tile.get_by_role("button", name="Press the call button").click()
    await expect(tile.locator(".answer")).to_have_text("Called 1001")
    assert [row["Num"] for row in lobby.device.calls.newest(1)] == ["1001"]


async def test_people_are_changed_at_the_device_and_put_back(wall: Page) -> None:
    tile = wall.locator(".tile").first
    await tile.get_by_text("Power and life").click()
    await expect(tile.get_by_role("button", name="Restores the backup")).to_be_disabled()
    await tile.get_by_role("button", name="Backs up people").click()
    await expect(tile.locator(".answer")).to_have_text("2 people backed up")
    await tile.get_by_role("button", name="Removes the first person").click()
    await expect(tile.locator(".facts")).to_contain_text("1 person ")
    await tile.get_by_role("button", name="Restores the backup").click()
    await expect(tile.locator(".facts")).to_contain_text("2 people")


async def test_a_device_is_replaced_after_a_question(wall: Page, lobby: Site) -> None:
    tile = wall.locator(".tile").first
    wall.on("dialog", lambda dialog: dialog.accept())
    await tile.get_by_text("Power and life").click()
    await tile.get_by_role("button", name="Replace the device").click()
    await expect(tile.locator(".answer")).to_contain_text("Now it is 0C1105")
    await expect(tile.locator(".facts")).to_contain_text(f"MAC {lobby.device.mac}")
    await expect(wall.locator(".tile")).to_have_count(2)


async def test_habits_are_taken_on_and_dropped(wall: Page, lobby: Site) -> None:
    tile = wall.locator(".tile").first
    await tile.get_by_text("Faults and habits").click()
    await tile.get_by_label("Knows no pages").check()
    await expect(tile.locator(".answer")).to_have_text("Habit taken on")
    await tile.get_by_label("Shows writes after, seconds").fill("1.5")
    await tile.locator(".delays").get_by_role("button", name="Set").click()
    await expect(tile.locator(".answer")).to_have_text("Delays set")
    assert "paging_ignored" in lobby.device.quirks
    assert lobby.device.settling.seconds == 1.5


async def test_every_scenario_has_a_place_on_the_wall(lobby: Site) -> None:
    async with lobby.session.get(f"{lobby.wall}/wall.js") as response:
        script = await response.text()
    assert [deed for deed in DEEDS if f'"{deed}"' not in script] == []


async def test_every_quirk_has_a_box_on_the_wall(lobby: Site) -> None:
    async with lobby.session.get(f"{lobby.wall}/") as response:
        page = await response.text()
    assert [quirk for quirk in Quirk if f'name="{quirk}"' not in page] == []


async def test_the_wall_fits_a_phone_and_has_no_barriers(wall: Page) -> None:
    for summary in await wall.locator("summary").all():
        await summary.click()
    assert await wall.evaluate("document.documentElement.scrollWidth") == 390
    found = await Axe().run(wall)
    assert found.violations_count == 0, found.generate_report()
