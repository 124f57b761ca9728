"""Inputs, contacts, tamper, and the URLs that a device calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from doorward.emulator.action_urls import hook_call, substituted
from doorward.emulator.sensors import Terminal, Wire, wired_as

from .conftest import Site, Start


class Ear:
    """A server that hears what a device calls."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.status = 200
        self.port = 0

    def url(self, rest: str) -> str:
        return f"http://127.0.0.1:{self.port}{rest}"

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(3):
            while len(self.heard) < count:  # noqa: ASYNC110 - a test may poll
                await asyncio.sleep(0.01)
        return self.heard

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(f"{request.method} {request.raw_path}")
        return web.Response(status=self.status)


@asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    ear = Ear()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", ear.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ear.port = runner.addresses[0][1]
    yield ear
    await runner.cleanup()


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    async with listening() as one:
        yield one


async def listen(site: Site, ear: Ear, **urls: str) -> None:
    """Set action URLs, a path for each event."""
    given = {event: ear.url(rest) for event, rest in urls.items()}
    await site.settings(**{f"Features__ACTIONURL__{key}": v for key, v in given.items()})
    await site.settings(Features__ACTIONURL__Enable="1")


# --- Wiring ---


def test_each_door_has_a_button_and_a_contact_as_long_as_there_are_inputs() -> None:
    assert wired_as((), inputs=3, doors=2) == (
        Wire(Terminal.EXIT, 1),
        Wire(Terminal.CONTACT, 1),
        Wire(Terminal.EXIT, 2),
    )
    assert wired_as(("contact 2",), inputs=2, doors=2) == (Wire(Terminal.CONTACT, 2), Wire())


@pytest.mark.parametrize("word", ["contact", "contact 3", "bell 1", "exit 0", "other 1", ""])
def test_a_wire_to_nowhere_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"names no door|is not a valid"):
        wired_as((word,), inputs=2, doors=2)


async def test_an_exit_button_opens_its_door_without_a_card(lobby: Site) -> None:
    state = await lobby.scenario("press_exit", {"door": 2})
    assert [relay["open"] for relay in state["relays"]] == [False, True]
    assert [one["on"] for one in state["inputs"]] == [False, False, True, False]
    assert (await lobby.get("input/status"))["data"]["InputC"] == 1
    await asyncio.sleep(0.6)
    assert (await lobby.get("input/status"))["data"]["InputC"] == 0


async def test_an_input_that_is_switched_off_opens_nothing(lobby: Site) -> None:
    await lobby.settings(DoorSetting__INPUT__EnableA="0")
    await lobby.scenario("press_exit")
    assert lobby.device.relays.pulses(1) == 0


async def test_a_newer_generation_leaves_out_the_letter_of_its_first_input(start: Start) -> None:
    door = await start(model="R20A")
    assert (await door.scenario("press_exit"))["relays"][0]["open"]
    await door.settings(DoorSetting__INPUT__InputEnable="0")
    await door.scenario("power_off")
    await door.scenario("power_on")
    assert not (await door.scenario("press_exit"))["relays"][0]["open"]


# --- Alarms ---


async def test_a_door_that_moves_without_a_pulse_is_forced(lobby: Site) -> None:
    state = await lobby.scenario("open_door")
    assert state["alarms"] == [{"kind": "forced", "door": 1}]
    assert state["relays"][0]["door_open"] is True
    state = await lobby.scenario("close_door")
    assert (state["alarms"], state["relays"][0]["door_open"]) == ([], False)


async def test_a_door_that_was_let_open_is_not(lobby: Site) -> None:
    await lobby.user()
    await lobby.scenario("swipe", {"card": "04A1B2C3"})
    assert (await lobby.scenario("open_door"))["alarms"] == []


async def test_a_door_held_open_is_told_when_its_time_is_over(start: Start) -> None:
    lobby = await start(held_seconds=0.2)
    await lobby.post("relay", "trig", {"num": 1, "delay": 5})
    assert (await lobby.scenario("open_door"))["alarms"] == []
    await asyncio.sleep(0.3)
    assert (await lobby.state())["alarms"] == [{"kind": "held", "door": 1}]


async def test_hold_door_does_all_of_it_at_once(lobby: Site) -> None:
    assert (await lobby.scenario("hold_door", {"seconds": 0.1}))["alarms"] == []
    await asyncio.sleep(0.2)
    assert (await lobby.state())["alarms"] == [{"kind": "held", "door": 1}]


async def test_a_door_that_closes_in_time_is_quiet(lobby: Site) -> None:
    await lobby.scenario("hold_door", {"seconds": 0.2})
    await lobby.scenario("close_door")
    await asyncio.sleep(0.3)
    assert (await lobby.state())["alarms"] == []


async def test_a_tampered_device_says_so_until_it_is_mended(lobby: Site) -> None:
    assert (await lobby.scenario("tamper"))["alarms"] == [{"kind": "tamper", "door": 0}]
    assert (await lobby.scenario("tamper", {"on": False}))["alarms"] == []


async def test_a_door_without_a_contact_cannot_be_seen(start: Start) -> None:
    door = await start(model="R20A")
    refused = await door.scenario("open_door", {"door": 2}, status=409)
    assert (refused["field"], refused["mend"]) == ("door", "doors with one: 1")
    assert (await door.state())["relays"][1]["door_open"] is None


async def test_any_input_can_be_fired(lobby: Site) -> None:
    assert (await lobby.scenario("fire_input", {"input": 4}))["inputs"][3]["on"]
    assert not (await lobby.scenario("fire_input", {"input": 4, "on": False}))["inputs"][3]["on"]
    assert (await lobby.scenario("fire_input", {"input": 5}, status=400))["field"] == "input"


@pytest.mark.parametrize("deed", ["open_door", "hold_door", "press_exit", "tamper", "fire_input"])
async def test_nothing_happens_to_a_dark_device(lobby: Site, deed: str) -> None:
    await lobby.scenario("power_off")
    assert (await lobby.scenario(deed, {"input": 1}, status=409))["field"] == "power"


# --- Action URLs ---


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("http://x/a?m=$mac&s=$relay1status", "http://x/a?m=0C11&s=1"),
        ("http://x/mac=$mac:s=$relay1status", "http://x/mac=0C11:s=1"),
        ("http://x/?n=$user_name&q=$nothing", "http://x/?n=J%C3%B6rg%20%26%20Co&q=$nothing"),
        ("http://x/$", "http://x/$"),
    ],
)
def test_variables_are_put_in_wherever_they_are_typed(template: str, written: str) -> None:
    facts = {"mac": "0C11", "relay1status": "1", "user_name": "Jörg & Co"}
    assert substituted(template, facts) == written


@pytest.mark.parametrize(("method", "meant"), [("", "GET"), ("GET", "GET"), ("POST", "POST")])
def test_an_empty_method_is_get(method: str, meant: str) -> None:
    key = "Config.Features.ACTIONURL."
    settings = {f"{key}Enable": "1", f"{key}Method": method, f"{key}DoorLog": "http://x/"}
    call = hook_call(settings, "DoorLog", {})
    assert call is not None
    assert call.method == meant


@pytest.mark.parametrize("url", ["", "ftp://x/", "file:///etc/passwd", "x"])
def test_only_web_addresses_are_called(url: str) -> None:
    key = "Config.Features.ACTIONURL."
    assert hook_call({f"{key}Enable": "1", f"{key}DoorLog": url}, "DoorLog", {}) is None


async def test_a_card_is_told_with_whose_it_is(lobby: Site, ear: Ear) -> None:
    await lobby.user()
    url = "/v?c=$card_sn&u=$userid&n=$user_name&t=$unlocktype&m=$mac&r=$relay1status"
    await listen(
        lobby, ear, ValidCardEntered=url, InvalidCardEntered="/i:card=$card_sn:user=$userid"
    )
    await lobby.scenario("swipe", {"card": "04A1B2C3"})
    await lobby.scenario("swipe", {"card": "DEADBEEF"})
    assert sorted(await ear.until(2)) == [
        "GET /i:card=DEADBEEF:user=",
        "GET /v?c=04A1B2C3&u=u1&n=Rita&t=Card&m=0C1105AABB01&r=1",
    ]


async def test_relays_tell_of_cards_and_not_of_codes(lobby: Site, ear: Ear) -> None:
    await lobby.user(PrivatePIN="583914")
    await listen(lobby, ear, RelayATriggered="/open", ValidCodeEntered="/code?c=$code")
    await lobby.scenario("enter_pin", {"pin": "583914"})
    assert await ear.until(1) == ["GET /code?c=583914"]
    await lobby.scenario("swipe", {"card": "04A1B2C3"})
    assert (await ear.until(2))[1:] == ["GET /open"]


async def test_a_relay_tells_when_it_falls(lobby: Site, ear: Ear) -> None:
    await listen(lobby, ear, RelayBTriggered="/b/$relay2status", RelayBClosed="/b/$relay2status")
    await lobby.post("relay", "trig", {"num": 2, "delay": 1})
    assert await ear.until(2) == ["GET /b/1", "GET /b/0"]


async def test_alarms_are_told_by_the_keys_the_model_has(lobby: Site, ear: Ear) -> None:
    urls = {"InputBreakIn": "/forced", "InputAlarm": "/held", "AlarmTriggered": "/tamper"}
    await listen(lobby, ear, **{event: f"{url}?a=$alarmstatus" for event, url in urls.items()})
    await lobby.scenario("open_door")
    await ear.until(1)
    await lobby.scenario("hold_door", {"seconds": 0})
    await ear.until(2)
    await lobby.scenario("tamper")
    assert await ear.until(3) == ["GET /forced?a=1", "GET /held?a=1", "GET /tamper?a=1"]


async def test_a_model_without_the_key_cannot_be_told_it(start: Start, ear: Ear) -> None:
    terminal = await start(model="A08S")
    key = "Config.Features.ACTIONURL.InputBreakIn"
    assert (await terminal.post("config", "set", {key: ear.url("/")}))["retcode"] < 0
    await listen(terminal, ear, AlarmTriggered="/tamper")
    await terminal.scenario("open_door")
    await terminal.scenario("tamper")
    assert await ear.until(1) == ["GET /tamper"]
    assert (await terminal.state())["told"] == ["AlarmTriggered"]


async def test_nothing_is_told_until_it_is_switched_on(lobby: Site, ear: Ear) -> None:
    await listen(lobby, ear, InvalidCardEntered="/i", DoorLog="/d")
    await lobby.settings(Features__ACTIONURL__Enable="0")
    await lobby.scenario("swipe", {"card": "DEADBEEF"})
    await lobby.settings(Features__ACTIONURL__Enable="1", Features__ACTIONURL__Method="POST")
    await lobby.scenario("swipe", {"card": "DEADBEEF"})
    assert sorted(await ear.until(2)) == ["POST /d", "POST /i"]


async def test_a_call_that_fails_is_never_made_again(lobby: Site, ear: Ear) -> None:
    ear.status = 503
    await listen(lobby, ear, InvalidCardEntered="/i", ValidCardEntered="/v")
    await lobby.scenario("swipe", {"card": "DEADBEEF"})
    await ear.until(1)
    await lobby.settings(Features__ACTIONURL__InvalidCardEntered="http://127.0.0.1:1/gone")
    assert not (await lobby.scenario("swipe", {"card": "DEADBEEF"}))["accepted"]
    await asyncio.sleep(0.3)
    assert ear.heard == ["GET /i"]


async def test_a_call_is_told_of_by_the_models_that_make_them(lobby: Site, ear: Ear) -> None:
    await listen(lobby, ear, MakeCall="/call?r=$remote", HangUp="/end?r=$remote")
    await lobby.scenario("press_button", {"number": "1007"})
    assert sorted(await ear.until(2)) == ["GET /call?r=1007", "GET /end?r=1007"]
