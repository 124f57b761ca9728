"""SIGKILL of the front process and of the connector while another process swipes and unlocks."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online

from tests.journeys.on_site import eventually

pytestmark = pytest.mark.process

SECONDS = 24
# The parts that are killed in turn, and how long the installation may breathe in between.
VICTIMS = ("front", "connector", "front", "connector")
BREATH = 5.0


@pytest.fixture(scope="module")
def demo() -> Iterator[Installation]:
    with running_installation() as installation:
        wait_until_online(installation)
        yield installation


def test_kills_lose_no_event_and_pulse_no_relay_twice(demo: Installation, tmp_path: Path) -> None:
    told = tmp_path / "generator.jsonl"
    words = [str(demo.data), str(demo.port), str(told), str(SECONDS)]
    generator = subprocess.Popen([sys.executable, "-m", "tests.journeys.generator", *words])
    try:
        for victim in VICTIMS:
            time.sleep(BREATH)
            os.kill(demo.pid(victim), signal.SIGKILL)
        assert generator.wait(SECONDS + 60) == 0
    finally:
        generator.kill()
    lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    swiped = Counter(line["swipe"] for line in lines if "swipe" in line)
    assert len(swiped) > 50
    assert_every_swipe_is_logged_once(demo, swiped)
    assert_no_order_pulsed_twice([line for line in lines if "order" in line])


def assert_every_swipe_is_logged_once(demo: Installation, swiped: Counter[str]) -> None:
    eventually(
        lambda: sum(logged(demo).values()) >= sum(swiped.values()), "all swipes are in the log"
    )
    found = logged(demo)
    assert found - swiped == Counter(), "invented or doubled"
    assert swiped - found == Counter(), "lost"


def logged(demo: Installation) -> Counter[str]:
    """Count the lines of the swiped device by its own row id, each scan by its first relay."""
    device = demo.demo["devices"][0]["id"]
    rows: list[Any] = []
    cursor = ""
    while True:
        _, page = demo.call("GET", f"/door-events?limit=100{cursor}")
        rows += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    scans = [row["local_id"] for row in rows if (row["device"], row["method"]) == (device, "card")]
    return Counter(scan for scan in scans if "/" not in scan)


def assert_no_order_pulsed_twice(orders: list[dict[str, Any]]) -> None:
    outcomes = Counter((order["status"], order["pulses"]) for order in orders)
    assert outcomes["done", 1] > 5, outcomes
    # A done order moved the relay once, one that was refused not at all, and one that nobody
    # answered for at most once.
    allowed = {("done", 1), ("refused", 0)}
    allowed |= {(status, pulses) for status in ("failed", "expired") for pulses in (0, 1)}
    assert set(outcomes) <= allowed, outcomes
