"""Which part of a device answers which path, and what it says, before any faults."""

import logging
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from aiohttp import web

from doorward.emulator import api, dirt, open_door
from doorward.emulator.api.system import identity
from doorward.emulator.auth import Request
from doorward.emulator.device import Device
from doorward.emulator.envelope import Reply, named_in, read_get, read_post
from doorward.emulator.gate import Gate, Turned
from doorward.emulator.quirks import Quirk
from doorward.emulator.refusal import Rejected, UnknownCall
from doorward.emulator.web_page import WebPage

logger = logging.getLogger(__name__)

SPACING = 0.25

OLD_FORM = "/fcgi/do"
NEW_FORM = "/fcgi/OpenDoor"
ENCRYPT = "Encrypt"
LEGACY_STATUS = "/web/status/get"
NEWER_INFO = "/api/web/system/info"


class Answers:
    """Answers one request at a time. `reboot` is called once a reboot has been answered."""

    def __init__(self, device: Device, reboot: Callable[[], None]) -> None:
        self._device = device
        self._reboot = reboot
        self._gate = Gate(device)
        self._page = WebPage(device)
        self._served_at = 0.0
        self._refusals = 0

    def restarted(self) -> None:
        """Forget who had signed in at the web page."""
        self._page.forget()

    def to(self, request: web.Request, body: bytes) -> web.Response:
        """Return the answer to a request whose body has been read."""
        if request.path == OLD_FORM and self._is_web_page(request):
            return self._web_page(request, body)
        if request.path in (OLD_FORM, NEW_FORM):
            return self._open_door(request)
        if request.path == LEGACY_STATUS and self._device.profile.legacy_web:
            return self._told({"ProductName": self._device.spec.model})
        if request.path == NEWER_INFO and self._device.spec.web == "newer":
            return self._told({"Status": identity(self._device)})
        return self._api(request, body)

    def _api(self, request: web.Request, body: bytes) -> web.Response:
        turned = self._gate.turns_away(self._asked(request, body), request.remote or "")
        refused = (_shut(turned) if turned else None) or self._too_soon()
        if refused is not None:
            return refused
        named = named_in(request.path)
        if named is None or request.method not in ("GET", "POST"):
            return web.Response(status=404, text="404 Not Found")
        reply = self._reply(request, named, body)
        self._served_at = time.monotonic()
        return self._printed(reply)

    def _reply(self, request: web.Request, named: tuple[str, str], body: bytes) -> Reply:
        device = self._device
        try:
            if request.method == "GET":
                call = read_get(named, request.query)
            else:
                call = read_post(named, body, wants_envelope=device.profile.wants_envelope)
        except Rejected as refusal:
            return Reply(named[1], refusal.retcode, refusal.message)
        except UnknownCall:
            return api.unknown(device, named[1])
        reply = api.answer(device, call)
        logger.debug("%s %s/%s %d", device.mac, call.target, call.action, reply.retcode)
        if api.rebooting(call) and reply.retcode == 0:
            self._reboot()
        return reply

    def _open_door(self, request: web.Request) -> web.Response:
        if request.method != "GET":
            return web.Response(status=404, text="404 Not Found")
        if request.path == OLD_FORM:
            opened = open_door.old_form(self._device, request.query)
        elif not open_door.has_new_form(self._device):
            return web.Response(status=404, text="404 Not Found")
        else:
            asked = self._asked(request, b"")
            turned = self._gate.turns_away_from_doors(asked, request.remote or "")
            if turned is not None:
                return _shut(turned)
            opened = open_door.new_form(self._device, request.query)
        return web.Response(text=opened.printed(), content_type="text/html")

    def _is_web_page(self, request: web.Request) -> bool:
        asked = "id" in request.query or request.query.get("action") == ENCRYPT
        return self._device.profile.older_web and asked

    def _web_page(self, request: web.Request, body: bytes) -> web.Response:
        page, session = request.query.getall("id", []), request.cookies.get("SessionId", "")
        if request.method == "POST":
            form = parse_qs(body.decode("utf-8", "replace")).get("SubmitData", [""])[0]
            text = self._page.sent(page, form, session)
        elif request.query.get("action") == ENCRYPT:
            text = self._page.nonce()
        else:
            text = self._page.shown(page, session)
        return web.Response(text=text, content_type="text/html")

    def _asked(self, request: web.Request, body: bytes) -> Request:
        given = request.headers.get("Authorization", "")
        return Request(request.method, request.raw_path, body, given, self._gate.realm)

    def _told(self, data: dict[str, object]) -> web.Response:
        return self._printed(Reply("info", data=data))

    def _printed(self, reply: Reply) -> web.Response:
        quirks = self._device.quirks
        return web.Response(
            body=dirt.printed(reply, quirks), content_type=dirt.content_type(quirks)
        )

    def _too_soon(self) -> web.Response | None:
        """Refuse a call that follows too closely, now with 503, now with 401 [F]."""
        if Quirk.STRICT_SPACING not in self._device.quirks:
            return None
        if time.monotonic() - self._served_at >= SPACING:
            return None
        self._refusals += 1
        return web.Response(status=503 if self._refusals % 2 else 401)


def _shut(turned: Turned) -> web.Response:
    response = web.Response(status=turned.status)
    for challenge in turned.challenges:
        response.headers.add("WWW-Authenticate", challenge)
    return response
