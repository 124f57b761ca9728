"""P1, unlock overhead: from the API to the relay and back to whoever watches the door, against one
reply and one fdatasync. Around the door there are a million people at a thousand sites, all below
the installer who opens it.

The functional check of the run: each order left one audit row and one pulse, and was done.
"""

import http.client
import json
import os
import tempfile
import time
from typing import NamedTuple

from websockets.sync.client import ClientConnection, connect

from bench.figure import Sample, interleave, line, sample, sized
from bench.installation import Installation, running_installation

SITES, PEOPLE = sized(1_000), 1_000
ORDERS = 60
SYNC_SECONDS = 180
ANSWER_SECONDS = 5.0
# An opening is told twice: as settled, and as a line of the log.
QUIET_SECONDS = 0.05
GOAL = "p50 ≤ 15 ms, p99 ≤ 50 ms"


class Listener(NamedTuple):
    """Where an open page listens, and what shows whose it is."""

    address: str
    headers: dict[str, str]


def measure() -> str:
    with running_installation() as installation:
        return _measure(installation)


def _measure(installation: Installation) -> str:
    door = _first_door(installation)
    installation.shell(f"from bench import crowd; crowd.sites({SITES}, each={PEOPLE})")
    wait_until_online(installation)
    page = _page(installation, door)
    before = installation.scenario(0, "/state")["relays"][0]["pulses"]
    ours, theirs = interleave(
        lambda: _unlocks(installation, door, page), lambda: _yardstick(installation)
    )
    pulses = installation.scenario(0, "/state")["relays"][0]["pulses"] - before
    wanted = ORDERS * len(ours)
    if pulses != wanted:
        raise AssertionError(f"{wanted} orders made {pulses} pulses: the figure is void")
    return line(f"P1 unlock among {SITES * PEOPLE:,} people", ours, theirs, GOAL)


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


def _unlocks(installation: Installation, door: str, page_of_door: Listener) -> Sample:
    """Time orders from the request until open pages are told how they ended."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=10)
    headers = {"Authorization": f"Bearer {installation.account('installer')['token']}"}
    took, orders = [], []
    with connect(page_of_door.address, additional_headers=page_of_door.headers) as page:
        for _ in range(ORDERS):
            _listen(page, QUIET_SECONDS)
            begun = time.perf_counter()
            orders.append(_ask(connection, "POST", f"/api/v1/doors/{door}/unlock", headers)["id"])
            _listen(page, ANSWER_SECONDS, until=1)
            took.append((time.perf_counter() - begun) * 1000)
    for order in orders:
        told = _ask(connection, "GET", f"/api/v1/doors/{door}/commands/{order}", headers)
        if told["status"] != "done":
            raise AssertionError(f"an order ended as {told['status']}: the figure is void")
    return sample(took)


def _listen(page: ClientConnection, seconds: float, until: int = 1_000) -> None:
    """Take what the page is told, at most `until` messages, until it is quiet for a while."""
    for _ in range(until):
        try:
            page.recv(timeout=seconds)
        except TimeoutError:
            return


def _page(installation: Installation, door: str) -> Listener:
    """Sign in and mint a ticket as the door's page does, with the installation's own key."""
    login = installation.account("installer")["login"]
    cookie, ticket = installation.shell(
        "from bench import crowd\nfrom doorward.kit import clock, live\n"
        f"cookie = crowd.session_of({login!r})\nsession = cookie.partition('=')[2]\n"
        f"print(cookie, live.ticket(['door:{door}'], session=session, since=clock.now()))"
    ).split()
    address = f"ws://127.0.0.1:{installation.port}/live?ticket={ticket}"
    return Listener(address, {"Cookie": cookie})


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
