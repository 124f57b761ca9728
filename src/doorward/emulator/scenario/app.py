"""The application behind one scenario port: the wall, what one sees, and what one can do."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import resources

from aiohttp import web

from doorward.emulator.local_api import LocalApi
from doorward.emulator.scenario import at_the_device, at_the_door
from doorward.emulator.scenario.given import Mistake, read_body
from doorward.emulator.scenario.kinds import Deed
from doorward.emulator.scenario.state import holds, state

LARGEST_BODY = 64_000

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
_LOOKS: Mapping[str, Callable[[LocalApi], object]] = {"state": state, "holds": holds}
DEEDS: Mapping[str, Deed] = {**at_the_door.DEEDS, **at_the_device.DEEDS}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def scenario_app(own: LocalApi, devices: Mapping[str, LocalApi]) -> web.Application:
    """Return the application behind one scenario port.

    Paths at the root are about `own`; every device of the process is at /d/<mac>.
    """
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_same_origin])

    def chosen(request: web.Request) -> LocalApi:
        mac = request.match_info.get("mac")
        if mac is None:
            return own
        for place, device in devices.items():
            if mac.upper() in (place, device.device.mac):
                return device
        raise Mistake("mac", "no such device", "take a mac from GET /devices", status=404)

    async def shown_devices(_request: web.Request) -> web.Response:
        return web.json_response({"devices": [state(device) for device in devices.values()]})

    for path in _PAGES:
        app.router.add_get(path, _page)
    app.router.add_get("/devices", shown_devices)
    for prefix in ("", "/d/{mac}"):
        for name, look in _LOOKS.items():
            app.router.add_get(f"{prefix}/{name}", _looking(chosen, look))
        for name, deed in DEEDS.items():
            app.router.add_post(f"{prefix}/{name}", _doing(chosen, deed))
    return app


def _looking(
    chosen: Callable[[web.Request], LocalApi], look: Callable[[LocalApi], object]
) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(look(chosen(request)))

    return handler


def _doing(chosen: Callable[[web.Request], LocalApi], deed: Deed) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(await deed(chosen(request), read_body(await request.read())))

    return handler


async def _page(request: web.Request) -> web.StreamResponse:
    name, content_type = _PAGES[request.path]
    page = resources.files("doorward.emulator").joinpath("page", name)
    text = page.read_text(encoding="utf-8")
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
