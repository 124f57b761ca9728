"""SIGKILL of all that runs, the database included, while another process swipes and unlocks."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.installation import Installation, running_installation, start, stop
from bench.p1 import wait_until_online

from tests.chaos import TIMES
from tests.journeys.on_site import eventually

pytestmark = [pytest.mark.process, pytest.mark.faults]

# The parts that are killed in turn, and how long the installation may breathe in between.
VICTIMS = ("front", "connector", "postgres", "worker", "front", "connector", "postgres") * TIMES
BREATH = 4.5
SECONDS = int(BREATH * len(VICTIMS)) + 5


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
            begin_sync(demo)
            if victim != "postgres" or demo.database_is_ours:
                demo.kill(victim)
        assert generator.wait(SECONDS + 90) == 0
    finally:
        generator.kill()
    lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    swiped = Counter(line["swipe"] for line in lines if "swipe" in line)
    # A busy machine is slower, and so are several fronts that start at once.
    assert len(swiped) > 5 * len(VICTIMS)
    assert_every_swipe_is_logged_once(demo, swiped)
    assert_no_order_pulsed_twice([line for line in lines if "order" in line])
    wait_until_online(demo)
    orders = sum("order" in line for line in lines)
    print(f"\n{swiped.total()} swipes, {orders} orders, {len(VICTIMS)} kills:", end=" ")
    print("0 lost, 0 invented, 0 doubled")


def test_a_device_and_then_all_that_runs_are_killed_and_nothing_is_missing(
    demo: Installation,
) -> None:
    """The pretend devices are killed as by a power cut; then the supervisor takes all with it."""
    before = logged(demo)
    told = [demo.scenario(0, "/swipe", {"card": "DEADBEEF"})["log_id"] for _ in range(20)]
    demo.kill("emulator")
    eventually(lambda: demo.scenario(0, "/state"), "the devices have power again")
    told += [demo.scenario(0, "/swipe", {"card": "DEADBEEF"})["log_id"] for _ in range(20)]
    demo.process.kill()
    demo.process.wait()
    again = start(demo.data)
    try:
        wanted = before + Counter(told)
        eventually(lambda: sum(logged(again).values()) >= wanted.total(), "all is in the log")
        wait_until_online(again)
        assert logged(again) == wanted
    finally:
        stop(again.process)


def begin_sync(demo: Installation) -> None:
    """Have everything written to the devices anew, so that it is under way."""
    for device in demo.demo["devices"]:
        path = f"/devices/{device['id']}/resync"
        eventually(lambda path=path: demo.call("POST", path)[0] == 202, "a sync has begun")


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
