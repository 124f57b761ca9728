"""A device on the network: its HTTP server, with power and faults before what answers."""

import asyncio
from pathlib import Path

from aiohttp import web

from doorward.emulator import life
from doorward.emulator.answers import NEWER_INFO, Answers
from doorward.emulator.device import Device
from doorward.emulator.fault import Mode
from doorward.emulator.hooks import HookClient
from doorward.emulator.tls import server_context

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 1_000_000
# The answer to a reboot leaves the device before it goes down.
LAST_WORDS = 0.1
# What devices call their server [F]; it tells nobody which dialect they speak.
SERVERS = {"usual": "lighttpd/1.4.30", "newer": "EasyHttpServer"}
GARBAGE = b'\xff\xfe{"retcode":0,"data":{"item":[{"ID":\x00<html>'


class LocalApi:
    """Serves a device while it has power. Ports of 0 are chosen once and kept."""

    def __init__(self, device: Device, folder: Path) -> None:
        self.device = device
        self.port = device.spec.port
        self.tls_port = device.spec.tls_port
        self.powered = False
        self.booting = False
        self._folder = folder
        self._answers = Answers(device, self.reboot)
        self._hooks = HookClient()
        self._runner: web.AppRunner | None = None
        self._turn = asyncio.Lock()
        self._well = asyncio.Event()
        self._restart: asyncio.Task[None] | None = None
        device.send = self._hooks.send

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
        """Cut the power: the port closes, calls break, and what was not saved is lost."""
        self.powered = self.booting = False
        if self._restart is not None:
            self._restart.cancel()
            await asyncio.wait([self._restart])
        life.lose_power(self.device)
        await self._fall_silent()

    async def stop(self) -> None:
        """End with the process; nothing happens to the device."""
        if self._restart is not None:
            self._restart.cancel()
        await self._fall_silent()
        self.device.store.close()

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
        life.rebooted(self.device)
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
        if self.device.spec.tls != "none":
            context = server_context(self._folder, self.device.spec.tls)
            await web.TCPSite(self._runner, LOOPBACK, self.tls_port, ssl_context=context).start()
            self.tls_port = self._runner.addresses[1][1]

    async def _fall_silent(self) -> None:
        self.device.drop()
        self._answers.restarted()
        await self._hooks.close()
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
        if self._moved(request):
            place = f"https://{LOOPBACK}:{self.tls_port}{request.raw_path}"
            return web.Response(status=308, headers={"Location": place})
        # Read outside the turn: a caller who stalls keeps nobody else waiting.
        body = await request.read()
        async with self._turn:
            if mode is Mode.SLOW:
                await asyncio.sleep(self.device.fault.seconds)
            response = self._answers.to(request, body)
        response.headers["Server"] = SERVERS[self.device.spec.web]
        return response

    def _moved(self, request: web.Request) -> bool:
        """Tell whether the newer web stack sends a caller on to HTTPS [F]."""
        return self.device.spec.web == "newer" and not request.secure and request.path != NEWER_INFO
