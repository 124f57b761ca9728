"""Two front processes share a port: what one is asked or told goes through the other as well."""

import http.client
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from bench.installation import Installation
from bench.p1 import wait_until_online
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.chaos import TIMES
from tests.clusters import quick_installation
from tests.journeys.on_site import eventually

pytestmark = [pytest.mark.process, pytest.mark.faults]


class Front:
    """One of the two, whichever of them the port would lead to."""

    def __init__(self, house: Installation, pid: int) -> None:
        self.house, self.pid = house, pid

    # Any: what the API's JSON says.
    def call(self, method: str, path: str) -> tuple[int, Any, http.client.HTTPMessage]:
        token = self.house.account("installer")["token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer, body = self._ask(method, f"/api/v1{path}", headers)
        return answer.status, json.loads(body), answer.headers

    def get(self, path: str, cookie: str = "") -> tuple[int, str]:
        answer, body = self._ask("GET", path, {"Cookie": cookie})
        return answer.status, body.decode()

    def _ask(
        self, method: str, path: str, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=20)
        with alone(self):
            # Whoever answers this has the line, and keeps it.
            line.request("GET", "/healthz")
            assert line.getresponse().read() == b"ok\n"
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        line.close()
        return answer, body

    @property
    def has_the_connector(self) -> bool:
        return bool(sockets_of(self.pid) & ends_of_calls(self.house, self.house.pid("connector")))


@contextmanager
def alone(front: Front) -> Iterator[None]:
    """Let this front take all calls: the others stand still meanwhile."""
    others = [pid for pid in front.house.pids("front") if pid != front.pid]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            # One that was killed before is perhaps only now taken off the list.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def sockets_of(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if (inode := re.fullmatch(r"socket:\[(\d+)]", str(descriptor.readlink()))) is not None:
                found.add(inode[1])
        except FileNotFoundError:
            continue
    return found


def ends_of_calls(house: Installation, caller: int) -> set[str]:
    """Return the sockets at the installation's port whose other end is the caller's."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    made = sockets_of(caller)
    calls = {(row[1], row[2]) for row in rows if row[9] in made}
    port = f":{house.port:04X}"
    return {row[9] for row in rows if row[1].endswith(port) and (row[2], row[1]) in calls}


@pytest.fixture(scope="module")
def house() -> Iterator[Installation]:
    with quick_installation("--workers", "2") as installation:
        wait_until_online(installation)
        yield installation


@pytest.fixture
def pair(house: Installation) -> tuple[Front, Front]:
    """The front that holds the connector's link, and the other one."""

    def ready() -> tuple[Front, Front] | None:
        fronts = [Front(house, pid) for pid in house.pids("front")]
        holding = [front for front in fronts if front.has_the_connector]
        if len(fronts) != 2 or len(holding) != 1:
            return None
        (holder,) = holding
        return holder, next(front for front in fronts if front is not holder)

    found: tuple[Front, Front] = eventually(ready, "one of two fronts has the connector")
    wait_until_online(house)
    return found


@pytest.fixture(scope="module")
def door(house: Installation) -> str:
    device = house.demo["devices"][0]["id"]
    _, doors = house.call("GET", f"/doors?device={device}")
    return next(str(door["id"]) for door in doors["items"] if door["relay"] == 1)


@pytest.fixture(scope="module")
def cookie(house: Installation) -> str:
    login = house.account("installer")["login"]
    return house.shell(f"from bench import crowd; print(crowd.session_of({login!r}))")


def test_an_unlock_asked_at_one_front_goes_through_the_connector_of_the_other(
    pair: tuple[Front, Front], door: str
) -> None:
    holder, other = pair
    assert unlock(other, door) == ("done", 1)
    assert unlock(holder, door) == ("done", 1)


def test_a_page_at_one_front_hears_what_was_done_at_the_other(
    pair: tuple[Front, Front], door: str, cookie: str
) -> None:
    holder, other = pair
    with page_at(other, door, cookie) as page:
        assert unlock(holder, door) == ("done", 1)
        assert f"door:{door}" in heard(page, f"door:{door}")


def test_who_signed_in_is_known_at_both(pair: tuple[Front, Front], cookie: str) -> None:
    assert [front.get("/", cookie)[0] for front in pair] == [200, 200]


def test_a_minute_is_counted_once_for_both(pair: tuple[Front, Front]) -> None:
    def in_one_minute() -> list[int]:
        return [
            int(front.call("GET", "/sites")[2]["RateLimit-Remaining"]) for front in (*pair, *pair)
        ]

    def counted_down() -> bool:
        found = in_one_minute()
        return found == [found[0] - step for step in range(4)]

    eventually(counted_down, "each request leaves one less, at whatever front")


@pytest.mark.parametrize("turn", range(2 * TIMES))
def test_a_killed_front_is_missed_by_nobody(
    house: Installation, pair: tuple[Front, Front], door: str, cookie: str, turn: int
) -> None:
    holder, other = pair
    before = len(events(other))
    with page_at(holder, door, cookie) as page:
        os.kill(holder.pid, signal.SIGKILL)
        killed = time.monotonic()
        house.scenario(0, "/swipe", {"card": "DEADBEEF"})
        assert heard(page, "gone") == ["gone"]
    with page_at(other, door, cookie) as page:
        eventually(lambda: opens(other, door), "the door opens again")
        took = time.monotonic() - killed
        assert f"door:{door}" in heard(page, f"door:{door}")
    eventually(lambda: len(events(other)) > before, "the swipe is in the log")
    eventually(lambda: len(house.pids("front")) == 2, "there are two fronts again")
    assert other.pid in house.pids("front")
    print(f"\nopened again {took:.1f} s after the front with the connector was killed")


def unlock(front: Front, door: str) -> tuple[str, int]:
    """Order one opening; return what became of it and how often the relay moved."""
    before = pulses(front.house)
    status, order, _ = front.call("POST", f"/doors/{door}/unlock")
    assert status == 202, order
    path = f"/doors/{door}/commands/{order['id']}"

    def settled() -> str:
        told = str(front.call("GET", path)[1]["status"])
        return told if told in ("done", "failed", "expired") else ""

    state = eventually(settled, "the order is settled")
    return state, pulses(front.house) - before


def opens(front: Front, door: str) -> bool:
    try:
        return unlock(front, door) == ("done", 1)
    except AssertionError:
        # Refused while nobody has the connector.
        return False


def pulses(house: Installation) -> int:
    return sum(relay["pulses"] for relay in house.scenario(0, "/state")["relays"])


def events(front: Front) -> list[Any]:
    found: list[Any] = front.call("GET", "/door-events?limit=100")[1]["items"]
    return found


@contextmanager
def page_at(front: Front, door: str, cookie: str) -> Iterator[ClientConnection]:
    """Open the door's page and its line for live updates, both at this front."""
    site = front.call("GET", f"/doors/{door}")[1]["site"]
    status, shown = front.get(f"/sites/{site}/doors/{door}/", cookie)
    assert status == 200, shown[:500]
    ticket = re.search(r'data-live-ticket="([^"]+)"', shown)
    assert ticket is not None
    address = f"ws://127.0.0.1:{front.house.port}/live?ticket={ticket[1]}"
    with alone(front):
        page = connect(address, additional_headers={"Cookie": cookie})
    with page:
        yield page


def heard(page: ClientConnection, wanted: str, seconds: float = 10) -> list[str]:
    """Listen until the page is told what is wanted, or its line is gone."""
    told: list[str] = []
    until = time.monotonic() + seconds
    while wanted not in told and time.monotonic() < until:
        try:
            told.append(json.loads(page.recv(timeout=1))["topic"])
        except TimeoutError:
            continue
        except ConnectionClosed:
            return ["gone"]
    return told
