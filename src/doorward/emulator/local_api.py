"""A device on the network: its HTTP server, with power, sign-in and faults before the API."""

import asyncio
import logging
import secrets
import time

from aiohttp import web

from doorward.emulator import api
from doorward.emulator.auth import (
    REALM,
    Request,
    Verdict,
    basic_verdict,
    challenge,
    digest_verdict,
)
from doorward.emulator.device import Device
from doorward.emulator.envelope import Reply, named_in, read_get, read_post
from doorward.emulator.fault import Mode
from doorward.emulator.refusal import Rejected

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 1_000_000
SPACING = 0.25
# The answer to a reboot leaves the device before it goes down.
LAST_WORDS = 0.1
GARBAGE = b'\xff\xfe{"retcode":0,"data":{"item":[{"ID":\x00<html>'

_BASIC = ("1", "5")
_WHITELIST = "2"
_DIGEST = ("3", "4", "5")


class LocalApi:
    """Serves a device's local API while it has power. A port of 0 is chosen once and kept."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.port = device.spec.port
        self.powered = False
        self.booting = False
        self._runner: web.AppRunner | None = None
        self._turn = asyncio.Lock()
        self._served_at = 0.0
        self._refusals = 0
        self._well = asyncio.Event()
        self._restart: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def up(self) -> bool:
        return self._runner is not None

    async def power_on(self) -> None:
        self.powered = True
        if not self.up and not self.booting:
            self.device.boot()
            await self._listen()

    async def power_off(self) -> None:
        """Cut the power: the port closes, open calls break and the relays fall."""
        self.powered = self.booting = False
        if self._restart is not None:
            self._restart.cancel()
            await asyncio.wait([self._restart])
        await self._fall_silent()

    def reboot(self) -> None:
        """Go down after a moment and come back after the model's down time."""
        if self.powered and not self.booting:
            self.booting = True
            self._restart = asyncio.get_running_loop().create_task(self._go_down_and_up())

    def cure(self) -> None:
        """Let calls that hang go on; call it after the fault was changed."""
        self._well.set()
        self._well = asyncio.Event()

    async def _go_down_and_up(self) -> None:
        await asyncio.sleep(LAST_WORDS)
        await self._fall_silent()
        await asyncio.sleep(self.device.spec.reboot_seconds)
        self.device.boot()
        await self._listen()
        self.booting = False

    async def _listen(self) -> None:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def _fall_silent(self) -> None:
        self.device.relays.drop()
        runner, self._runner = self._runner, None
        if runner is not None:
            # A power cut in the middle of a reboot must not leave the port half closed.
            await asyncio.shield(runner.cleanup())

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        mode = self.device.fault.strike()
        if mode is Mode.HANG:
            await self._well.wait()
        if mode is Mode.GARBAGE:
            return web.Response(body=GARBAGE, content_type="text/html")
        if mode is Mode.HTTP_500:
            return web.Response(status=500, text="Internal Server Error")
        # Read outside the turn: a caller who stalls keeps nobody else waiting.
        body = await request.read()
        async with self._turn:
            if mode is Mode.SLOW:
                await asyncio.sleep(self.device.fault.seconds)
            return self._answer(request, body)

    def _answer(self, request: web.Request, body: bytes) -> web.Response:
        refused = self._sign_in(request, body) or self._too_soon()
        if refused is not None:
            return refused
        named = named_in(request.path)
        if named is None or request.method not in ("GET", "POST"):
            return web.Response(status=404, text="404 Not Found")
        reply = self._reply(request, named, body)
        self._served_at = time.monotonic()
        return self._printed(reply)

    def _reply(self, request: web.Request, named: tuple[str, str], body: bytes) -> Reply:
        try:
            if request.method == "GET":
                call = read_get(named, request.query)
            else:
                call = read_post(named, body)
        except Rejected as refusal:
            return Reply(named[1], refusal.retcode, refusal.message)
        reply = api.answer(self.device, call)
        logger.debug("%s %s/%s %d", self.device.spec.mac, call.target, call.action, reply.retcode)
        if api.rebooting(call) and reply.retcode == 0:
            self.reboot()
        return reply

    def _printed(self, reply: Reply) -> web.Response:
        # Devices call their JSON text/html, and some leave bytes behind it [F].
        trailing = b"\r\n\x00\x00" if self.device.spec.dirty else b""
        return web.Response(body=reply.printed() + trailing, content_type="text/html")

    def _too_soon(self) -> web.Response | None:
        """Refuse a call that follows too closely, now with 503, now with 401 [F]."""
        if not self.device.spec.strict_spacing:
            return None
        if time.monotonic() - self._served_at >= SPACING:
            return None
        self._refusals += 1
        return web.Response(status=503 if self._refusals % 2 else 401)

    def _sign_in(self, request: web.Request, body: bytes) -> web.Response | None:
        """Return the refusal of a caller who may not come in, None for one who may."""
        device = self.device
        mode = device.auth_mode
        if not device.api_enabled:
            return web.Response(status=403)
        if mode == _WHITELIST:
            return None if device.whitelists(request.remote or "") else web.Response(status=403)
        if mode not in (*_BASIC, *_DIGEST):
            return None
        verdict = Verdict.REFUSED
        given = request.headers.get("Authorization", "")
        if mode in _BASIC:
            verdict = basic_verdict(given, device.account)
        if mode in _DIGEST and verdict is not Verdict.WELCOME:
            asked = Request(request.method, request.raw_path, body, given)
            verdict = digest_verdict(
                asked, device.account, device.nonces, device.opaque, time.monotonic()
            )
        return None if verdict is Verdict.WELCOME else self._challenge(mode, verdict)

    def _challenge(self, mode: str, verdict: Verdict) -> web.Response:
        response = web.Response(status=401)
        if mode in _DIGEST:
            nonce = secrets.token_hex(16)
            self.device.nonces.give(nonce, time.monotonic())
            stale = verdict is Verdict.STALE
            header = challenge(nonce, self.device.opaque, stale=stale)
            response.headers.add("WWW-Authenticate", header)
        if mode in _BASIC:
            response.headers.add("WWW-Authenticate", f'Basic realm="{REALM}"')
        return response
