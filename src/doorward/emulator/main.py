"""`doorward emulator`: all devices of a spec file in one process."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from doorward.emulator.device import Device, Now, utc_now
from doorward.emulator.local_api import LOOPBACK, LocalApi
from doorward.emulator.scenario import scenario_app
from doorward.emulator.spec import DeviceSpec, SpecError, read_spec


class Emulator:
    """The devices of a spec, each with its local API and its scenario port."""

    def __init__(self, specs: Iterable[DeviceSpec], folder: Path, now: Now = utc_now) -> None:
        self.devices = {spec.mac: _local_api(spec, folder / spec.mac, now) for spec in specs}
        self.scenario_ports: dict[str, int] = {}
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        for mac, device in self.devices.items():
            await device.power_on()
            runner = web.AppRunner(
                scenario_app(device, self.devices), access_log=None, shutdown_timeout=0.1
            )
            self._runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, LOOPBACK, device.device.spec.scenario_port).start()
            self.scenario_ports[mac] = runner.addresses[0][1]

    async def stop(self) -> None:
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))
        await asyncio.gather(*(device.stop() for device in self.devices.values()))

    def announced(self) -> list[str]:
        """Return one line for each device: who it is and where it is reached."""
        return [
            f"{at.device.spec.name} {at.device.spec.model} {mac} "
            f"api=http://{at.address}/api/ wall=http://{LOOPBACK}:{self.scenario_ports[mac]}/"
            for mac, at in self.devices.items()
        ]


def _local_api(spec: DeviceSpec, folder: Path, now: Now) -> LocalApi:
    return LocalApi(Device(spec, folder, now), folder)


async def _run(specs: Iterable[DeviceSpec], folder: Path) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    emulator = Emulator(specs, folder)
    try:
        await emulator.start()
        for line in emulator.announced():
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        await ended.wait()
    finally:
        await emulator.stop()


def main(argv: list[str]) -> int:
    """Serve until SIGTERM. Returns 0, 2 for a spec to mend, 1 where a port is taken."""
    parser = argparse.ArgumentParser(prog="doorward emulator", description=__doc__)
    parser.add_argument("--spec", type=Path, required=True, help="JSON file of devices")
    parser.add_argument("--state", type=Path, required=True, help="folder the devices keep")
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        specs = read_spec(given.spec)
    except SpecError as error:
        sys.stderr.write(f"emulator: {error}\n")
        return 2
    try:
        asyncio.run(_run(specs, given.state))
    except OSError as error:
        sys.stderr.write(f"emulator: {error}\n")
        return 1
    return 0
