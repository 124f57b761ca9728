"""The scenario API and the wall: people's and tests' hands on pretend devices."""

import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources

from aiohttp import web

from doorward.emulator.device import Asked
from doorward.emulator.fault import Fault, Mode
from doorward.emulator.local_api import LocalApi
from doorward.emulator.relays import letter_of

LARGEST_BODY = 64_000
LOG_ROWS_SHOWN = 8
CARDS_SHOWN = 12
# Ten years: a clock further out has no dates a calendar can hold for sure.
FURTHEST_SKEW = 315_360_000
LONGEST_DELAY = 600

# Wide enough for any real serial number.
_CARD = re.compile(r"^(?:[0-9A-F]{2}){2,16}$")
_PIN = re.compile(r"[0-9]{2,8}", re.ASCII)
_PAGES = {
    "/": ("wall.html", "text/html"),
    "/wall.css": ("wall.css", "text/css"),
    "/wall.js": ("wall.js", "text/javascript"),
    "/wall.svg": ("wall.svg", "image/svg+xml"),
}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

Given = Mapping[str, object]
Deed = Callable[[LocalApi, Given], Awaitable[object]]


@dataclass
class Mistake(Exception):
    """What is wrong with a request, where, and how to mend it."""

    field: str
    problem: str
    mend: str
    status: int = 400

    def response(self) -> web.Response:
        body = {"field": self.field, "problem": self.problem, "mend": self.mend}
        return web.json_response(body, status=self.status)


def scenario_app(own: LocalApi, devices: Mapping[str, LocalApi]) -> web.Application:
    """Return the application behind one scenario port.

    Paths at the root are about `own`; every device of the process is at /d/<mac>.
    """
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_same_origin])

    def chosen(request: web.Request) -> LocalApi:
        mac = request.match_info.get("mac")
        if mac is None:
            return own
        if mac.upper() not in devices:
            raise Mistake("mac", "no such device", "take a mac from GET /devices", status=404)
        return devices[mac.upper()]

    async def shown_devices(_request: web.Request) -> web.Response:
        return web.json_response({"devices": [state(device) for device in devices.values()]})

    for path in _PAGES:
        app.router.add_get(path, _page)
    app.router.add_get("/devices", shown_devices)
    for prefix in ("", "/d/{mac}"):
        for name, look in _LOOKS.items():
            app.router.add_get(f"{prefix}/{name}", _looking(chosen, look))
        for name, deed in _DEEDS.items():
            app.router.add_post(f"{prefix}/{name}", _doing(chosen, deed))
    return app


def state(at: LocalApi) -> dict[str, object]:
    """Return what one sees of a device from outside."""
    device = at.device
    return {
        "name": device.spec.name,
        "model": device.spec.model,
        "firmware": device.firmware,
        "mac": device.spec.mac,
        "power": at.powered,
        "booting": at.booting,
        "fault": device.fault.mode.value,
        "clock": device.clock().isoformat(timespec="seconds"),
        "clock_offset_seconds": round(device.skew.total_seconds(), 3),
        "users": len(device.users),
        "schedules": len(device.schedules),
        "relays": [_relay(at, number) for number in device.relays.numbers],
        "log": device.log.newest(LOG_ROWS_SHOWN),
        "cards": _shown(at, "CardCode", "card"),
        "pins": _shown(at, "PrivatePIN", "pin"),
        "api": f"http://{at.address}/api/",
    }


def holds(at: LocalApi) -> dict[str, object]:
    """Return all that a device holds, rows of other sources and built-in schedules included."""
    device = at.device
    return {"users": device.users.rows(), "schedules": device.schedules.rows()}


def _relay(at: LocalApi, number: int) -> dict[str, object]:
    relays = at.device.relays
    letter = letter_of(number)
    return {
        "relay": number,
        "letter": letter,
        "name": at.device.settings[f"Config.DoorSetting.RELAY.Name{letter}"],
        "open": relays.is_open(number),
        "pulses": relays.pulses(number),
        "last_pulse_at": relays.last_pulse(number),
    }


def _shown(at: LocalApi, field: str, name: str) -> list[dict[str, str]]:
    """Return the first cards or PINs that the device knows, each with its holder."""
    held: list[dict[str, str]] = []
    for row in at.device.users.rows():
        held += [{name: code, "holder": row["Name"]} for code in row[field].split(";") if code]
        if len(held) >= CARDS_SHOWN:
            break
    return held[:CARDS_SHOWN]


# --- Deeds ------------------------------------------------------------------------------------


async def _swipe(at: LocalApi, given: Given) -> object:
    card = given.get("card")
    if not isinstance(card, str) or not _CARD.match(card.upper()):
        raise Mistake("card", "not a card number", "send an even number of hex digits, 4 to 32")
    if not at.up:
        raise Mistake("power", "the device is dark", "restore the power or wait", status=409)
    return _answered(at.device.swipe(card.upper()))


async def _enter_pin(at: LocalApi, given: Given) -> object:
    pin = given.get("pin")
    if not isinstance(pin, str) or not _PIN.fullmatch(pin):
        raise Mistake("pin", "not a PIN", "send 2 to 8 digits")
    if not at.up:
        raise Mistake("power", "the device is dark", "restore the power or wait", status=409)
    return _answered(at.device.enter(pin))


def _answered(done: Asked) -> object:
    return {"accepted": done.accepted, "relay": list(done.relays), "log_id": done.log_id}


async def _clock(at: LocalApi, given: Given) -> object:
    if "set" in given:
        at.device.set_clock(_wall_time(given["set"]))
    else:
        seconds = _seconds(given, "offset_seconds", None, FURTHEST_SKEW)
        at.device.set_skew(timedelta(seconds=seconds))
    return state(at)


def _wall_time(value: object) -> datetime:
    mend = "send local time such as 2026-03-29T01:59:00"
    try:
        wall = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise Mistake("set", "not a time", mend) from error
    if wall.tzinfo is not None or not 1980 <= wall.year <= 2100:
        raise Mistake("set", "has a zone or is out of range", mend)
    return wall


async def _power(at: LocalApi, given: Given) -> object:
    on = given.get("on")
    if not isinstance(on, bool):
        raise Mistake("on", "not true or false", 'send {"on": true} or {"on": false}')
    await (at.power_on() if on else at.power_off())
    return state(at)


async def _reboot(at: LocalApi, _given: Given) -> object:
    if not at.powered:
        raise Mistake("power", "the device is dark", "restore the power first", status=409)
    at.reboot()
    return state(at)


async def _factory_reset(at: LocalApi, _given: Given) -> object:
    at.device.factory_reset()
    at.cure()
    at.reboot()
    return state(at)


async def _fault(at: LocalApi, given: Given) -> object:
    try:
        mode = Mode(str(given.get("mode")))
    except ValueError as error:
        raise Mistake("mode", "no such fault", f"one of {', '.join(Mode)}") from error
    seconds = _seconds(given, "seconds", 1.0, LONGEST_DELAY)
    mac = given.get("mac", "0C1105FFFFFF")
    if not isinstance(mac, str) or not re.fullmatch(r"[0-9A-Fa-f]{12}", mac):
        raise Mistake("mac", "not a MAC", "send twelve hex digits")
    times = given.get("times")
    if times is not None and (type(times) is not int or times < 1):
        raise Mistake("times", "not a count", "send a whole number from 1, or leave it out")
    if mode is Mode.RESTART_LOG_IDS:
        at.device.log.clear()
        mode = Mode.NONE
    at.device.fault = Fault(mode, seconds, mac.upper(), times)
    at.cure()
    return state(at)


def _seconds(given: Given, field: str, default: float | None, most: float) -> float:
    value = given.get(field, default)
    mend = f"send a number up to {most:.0f}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Mistake(field, "not a number of seconds", mend)
    if not math.isfinite(value) or abs(value) > most:
        raise Mistake(field, "too long", mend)
    return float(value)


_LOOKS: Mapping[str, Callable[[LocalApi], object]] = {"state": state, "holds": holds}
_DEEDS: Mapping[str, Deed] = {
    "swipe": _swipe,
    "enter_pin": _enter_pin,
    "clock": _clock,
    "power": _power,
    "reboot": _reboot,
    "factory_reset": _factory_reset,
    "fault": _fault,
}

# --- HTTP -------------------------------------------------------------------------------------

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _looking(
    chosen: Callable[[web.Request], LocalApi], look: Callable[[LocalApi], object]
) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(look(chosen(request)))

    return handler


def _doing(chosen: Callable[[web.Request], LocalApi], deed: Deed) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(await deed(chosen(request), await _body(request)))

    return handler


async def _body(request: web.Request) -> Given:
    raw = await request.read()
    try:
        given: object = json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise Mistake("body", "not JSON", "send a JSON object") from error
    if not isinstance(given, dict):
        raise Mistake("body", "not an object", "send a JSON object")
    return given


async def _page(request: web.Request) -> web.StreamResponse:
    name, content_type = _PAGES[request.path]
    text = resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=content_type, headers=_PAGE_HEADERS)


@web.middleware
async def _same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer mistakes in words, and let no other web site push buttons here."""
    origin = request.headers.get("Origin")
    try:
        if origin is not None and origin.partition("://")[2] != request.host:
            raise Mistake("Origin", "another site", "use the wall of this emulator", status=403)
        return await handler(request)
    except Mistake as mistake:
        return mistake.response()
