"""P2 and P3, "am I up to date?": checks that change nothing, over links that have proved their key.

P2 counts the checks of one front process in a second against a bare answer of the same event loop,
asked over as many connections. P3 is the same check of one device that holds 50,000 people against
one of 500. One check is one device; a connector asks about all of its own in one frame.

The functional check of the run: after all that, a change of the facts still arrives at its device.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence

import aiohttp

from bench.figure import ROUNDS, sized
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online
from bench.swarm.handle import Swarm, fill, running_swarm
from bench.swarm.ids import BASE, device_of

CONNECTORS, DEVICES = sized(200), 10
ALONE = sized(200)
SECONDS = 5.0
ASKERS = 50
FEW, MANY = 500, sized(50_000)
GOAL = "≥ 10 × OpenWISP with two workers (6,090 to 10,790/s)"


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        ten = fill(installation, 1, CONNECTORS, devices=DEVICES)
        one = fill(installation, 1001, 1000 + ALONE, devices=1)
        with running_swarm(installation, ten) as swarm, running_swarm(installation, one) as single:
            swarm.do("connect")
            single.do("connect")
            checks, alone, bare = [], [], []
            for _ in range(ROUNDS):
                told = swarm.do("check", seconds=SECONDS)
                checks.append(told["devices"] / told["seconds"])
                bare.append(asyncio.run(_bare(installation)))
                told = single.do("check", seconds=SECONDS)
                alone.append(told["devices"] / told["seconds"])
            require_changes_to_arrive(installation, swarm, device_of(BASE + 1, 1))
    ratio = statistics.median(a / b for a, b in zip(checks, bare, strict=True))
    return (
        f"P2 checks of {CONNECTORS:,} connectors: "
        f"{statistics.median(checks):,.0f}/s of {DEVICES} devices a frame "
        f"({min(checks):,.0f}–{max(checks):,.0f}), {statistics.median(alone):,.0f}/s of one; "
        f"yardstick {statistics.median(bare):,.0f} bare answers/s, ratio {ratio:.1f}; goal {GOAL}"
    )


def measure_size() -> str:
    """Return the line of P3."""
    with running_installation() as installation:
        wait_until_online(installation)
        few = fill(installation, 1, 1, devices=1, people=FEW)
        many = fill(installation, 11, 11, devices=1, people=MANY)
        with running_swarm(installation, few) as light, running_swarm(installation, many) as heavy:
            light.do("connect")
            heavy.do("connect")
            ratios, took = [], []
            for _ in range(ROUNDS):
                with_few, with_many = _took(light), _took(heavy)
                ratios.append(with_many / with_few)
                took.append(with_many)
            require_changes_to_arrive(installation, heavy, device_of(BASE + 11, 1))
    return (
        f"P3 check with {MANY:,} people on the device ÷ {FEW}: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f}–{max(ratios):.2f} in {ROUNDS} rounds), "
        f"{statistics.median(took) * 1000:.2f} ms a check; goal ≤ 1.1"
    )


def require_changes_to_arrive(installation: Installation, swarm: Swarm, device: int) -> None:
    """Change the length of a door's pulse and wait until its device confirms it."""
    installation.shell(
        "from doorward.devices.models import Door\n"
        "from doorward.devices.actions.devices import refresh_settings\n"
        f"Door.objects.filter(device={device}).update(hold_seconds=9)\n"
        f"refresh_settings([{device}])"
    )
    told = swarm.confirmations(1, 20.0)
    if [one["device"] for one in told] != [device]:
        raise AssertionError(f"a change did not arrive, but {told}: the figure is void")


def _took(swarm: Swarm) -> float:
    told = swarm.do("check", seconds=SECONDS)
    return float(told["seconds"] / told["frames"])


async def _bare(installation: Installation) -> float:
    """Return the bare answers of the same process in a second, over kept connections."""
    connector = aiohttp.TCPConnector(limit=ASKERS)
    end = time.perf_counter() + SECONDS
    async with aiohttp.ClientSession(connector=connector) as session:

        async def ask() -> int:
            count = 0
            while time.perf_counter() < end:
                async with session.get(f"{installation.base}/healthz") as answer:
                    await answer.read()
                count += 1
            return count

        counts: Sequence[int] = await asyncio.gather(*(ask() for _ in range(ASKERS)))
    return sum(counts) / SECONDS
