"""P7, reconnect storm: the front process is killed with 10,000 devices behind it that are online.

Timed from the kill until every connector was answered and every device is online and in sync by
the product's own word. The pauses of a pretend connector are those of a real one.

The functional check of the run: badges that were told while it was down are all in the log, each
once; no relay was pulsed twice.
"""

import os
import signal
import statistics
import time
from datetime import UTC, datetime

import psycopg

from bench import p6
from bench.figure import sized
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online
from bench.swarm.handle import Swarm, fill, running_swarm
from bench.swarm.ids import BASE

CONNECTORS, DEVICES = sized(1_000), 10
ROUNDS = 3
PATIENCE = 120.0
_STANDING = """
SELECT count(*) FILTER (
        WHERE device.reachable AND connector.online_since >= %(since)s
            AND connector.last_seen_at > now() - interval '30 seconds'
    ),
    count(*) FILTER (WHERE head.confirmed_epoch = head.epoch AND head.confirmed >= head.revision)
FROM devices_device device
JOIN devices_connector connector ON connector.id = device.connector_id
JOIN devices_shelfhead head ON head.device_id = device.id
WHERE connector.id > %(base)s
"""


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        held = fill(installation, 1, CONNECTORS, devices=DEVICES)
        with running_swarm(installation, held) as swarm:
            swarm.do("connect")
            took, told = [], 0
            with psycopg.connect(p6.address_of_database(installation), autocommit=True) as database:
                for _ in range(ROUNDS):
                    seconds, count = _storm(installation, swarm, database)
                    took.append(seconds)
                    told += count
            p6.require_each_once(installation, told)
            counted = swarm.do("count")
    if any(pulses > 1 for pulses in counted["pulses"].values()) or counted["waiting"]:
        raise AssertionError(f"{counted}: the figure is void")
    return (
        f"P7 reconnect storm of {CONNECTORS * DEVICES:,} devices behind {CONNECTORS:,} connectors: "
        f"{statistics.median(took):.1f} s ({min(took):.1f}–{max(took):.1f} in {ROUNDS} rounds), "
        f"{told:,} badges of the meantime each stored once; goal ≤ 15 s"
    )


def _storm(
    installation: Installation, swarm: Swarm, database: psycopg.Connection
) -> tuple[float, int]:
    devices = CONNECTORS * DEVICES
    asked = {"since": datetime.now(UTC), "base": BASE}
    begun = time.monotonic()
    os.kill(installation.pid("front"), signal.SIGKILL)
    told = swarm.do("badges", each=1, cards=[["DEADBEEF"]])
    swarm.do("settle")
    while database.execute(_STANDING, asked).fetchone() != (devices, devices):
        if time.monotonic() > begun + PATIENCE:
            raise AssertionError(f"not all devices are back after {PATIENCE:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - begun, told["count"]
