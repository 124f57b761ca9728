"""P1, unlock overhead: from the API to the relay and back, against one reply and one fdatasync.

The functional check of the run: each order left one audit row and one pulse, and was done.
"""

import http.client
import json
import os
import tempfile
import time

from bench.figure import Sample, interleave, line, sample
from bench.installation import Installation, running_installation

ORDERS = 60
SYNC_SECONDS = 60
GOAL = "p50 ≤ 15 ms, p99 ≤ 50 ms"


def measure() -> str:
    with running_installation() as installation:
        return _measure(installation)


def _measure(installation: Installation) -> str:
    door = _first_door(installation)
    wait_until_online(installation)
    before = installation.scenario(0, "/state")["relays"][0]["pulses"]
    ours, theirs = interleave(
        lambda: _unlocks(installation, door), lambda: _yardstick(installation)
    )
    pulses = installation.scenario(0, "/state")["relays"][0]["pulses"] - before
    wanted = ORDERS * len(ours)
    if pulses != wanted:
        raise AssertionError(f"{wanted} orders made {pulses} pulses: the figure is void")
    return line("P1 unlock", ours, theirs, GOAL)


def wait_until_online(installation: Installation) -> None:
    """Wait until every device of the demo is bound, online and in sync."""
    deadline = time.monotonic() + SYNC_SECONDS
    while time.monotonic() < deadline:
        _, found = installation.call("GET", "/devices")
        if all(d["state"] == "online" and d["sync"]["in_sync"] for d in found["items"]):
            return
        time.sleep(0.5)
    raise TimeoutError("the demo's devices did not come online and in sync")


def _first_door(installation: Installation) -> str:
    _, doors = installation.call("GET", "/doors")
    device = installation.demo["devices"][0]["id"]
    return next(d["id"] for d in doors["items"] if d["device"] == device and d["relay"] == 1)


def _unlocks(installation: Installation, door: str) -> Sample:
    """Time orders until the API says they are done; asking again is part of the time."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
    headers = {"Authorization": f"Bearer {installation.account('installer')['token']}"}
    took = []
    for _ in range(ORDERS):
        begun = time.perf_counter()
        order = _ask(connection, "POST", f"/api/v1/doors/{door}/unlock", headers)
        path = f"/api/v1/doors/{door}/commands/{order['id']}"
        while order["status"] in ("queued", "sent"):
            time.sleep(0.001)
            order = _ask(connection, "GET", path, headers)
        took.append((time.perf_counter() - begun) * 1000)
        if order["status"] != "done":
            raise AssertionError(f"an order ended as {order['status']}: the figure is void")
    return sample(took)


def _yardstick(installation: Installation) -> Sample:
    """Time one request and reply through the same event loop plus one fdatasync."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
    took = []
    with tempfile.TemporaryFile(dir=installation.data) as file:
        for place in range(ORDERS):
            begun = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            os.pwrite(file.fileno(), b"x" * 512, place * 512)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return sample(took)


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]
) -> dict[str, str]:
    connection.request(method, path, headers=headers)
    answer: dict[str, str] = json.loads(connection.getresponse().read())
    return answer
