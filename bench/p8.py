"""P8, memory when idle: what one more connector, and one more device behind it, takes in the front.

Slopes of the proportional set size of the front process: from 1,000 to 10,000 connectors with one
device each, and from one to a hundred devices behind a hundred connectors. Yardstick: idle
connections to a bare application on the same server.

The functional check of the run: all of them are connected and were answered while it is read.
"""

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from bench.installation import Installation, free_port, running_installation
from bench.p1 import wait_until_online
from bench.swarm.handle import Held, Swarm, fill, running_swarm

FEW, MANY = 1_000, 10_000
HUNDRED = 100
BARE_FEW, BARE_MANY = 500, 3_000
# Until beats have come from everybody, and what connecting took is free again.
SETTLE_SECONDS = 25.0
_BARE = """
import uvicorn
async def app(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
uvicorn.run(app, port=%d, loop="uvloop", ws="websockets-sansio", ws_per_message_deflate=False,
    lifespan="off", log_level="critical")
"""


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        held = fill(installation, 1, MANY, devices=1)
        with running_swarm(installation, held) as swarm:
            few = _connected(installation, swarm, FEW)
            many = _connected(installation, swarm, MANY)
    a_connector = (many - few) / (MANY - FEW)
    with running_installation() as installation:
        wait_until_online(installation)
        one = fill(installation, 1, HUNDRED, devices=1)
        hundred = fill(installation, 1001, 1000 + HUNDRED, devices=HUNDRED)
        sparse = _of(installation, one)
        dense = _of(installation, hundred)
    a_device = (dense - sparse) / (HUNDRED * (HUNDRED - 1))
    return (
        f"P8 idle memory: {a_connector:.1f} kB a connector ({FEW:,} to {MANY:,}: "
        f"{few / 1000:.0f} to {many / 1000:.0f} MB), {a_device:.2f} kB a device (1 to {HUNDRED}); "
        f"yardstick {_yardstick():.1f} kB a bare connection; goal ≤ 25 kB, ≤ 2 kB"
    )


def pss(pid: int) -> float:
    """Return a process's proportional set size in kB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    assert found
    return float(found[1])


def _connected(installation: Installation, swarm: Swarm, count: int) -> float:
    swarm.do("connect", count=count)
    time.sleep(SETTLE_SECONDS)
    told = swarm.do("count")
    if told["answered"] != count or told["refusals"]:
        raise AssertionError(f"{told}: the figure is void")
    return pss(installation.pid("front"))


def _of(installation: Installation, held: Held) -> float:
    """Return what the front takes more with these connectors."""
    before = pss(installation.pid("front"))
    with running_swarm(installation, held) as swarm:
        return _connected(installation, swarm, len(held)) - before


def _yardstick() -> float:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _BARE % port])
    try:
        return asyncio.run(_slope(process.pid, f"ws://127.0.0.1:{port}/"))
    finally:
        process.kill()
        process.wait()


async def _slope(pid: int, url: str) -> float:
    connector = aiohttp.TCPConnector(limit=0)
    sizes = []
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.sleep(2.0)
        sockets: list[object] = []
        for count in (BARE_FEW, BARE_MANY):
            while len(sockets) < count:
                sockets.append(await session.ws_connect(url))
            await asyncio.sleep(1.0)
            sizes.append(pss(pid))
    return (sizes[1] - sizes[0]) / (BARE_MANY - BARE_FEW)
