"""FLOOD: ten times more than is meant to be carried, by the link and by the API at once.

Unlocks are timed before, during and after; beside them the memory of the front process.

The functional check of the run: every badge of the flood is in the log, each once; each order that
was taken moved its relay once; whoever was sent away was told when to come again.
"""

import http.client
import threading
import time
from collections import Counter
from http import HTTPStatus

from bench import p6
from bench.figure import Sample, sample
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online
from bench.p8 import pss
from bench.swarm.handle import fill, running_swarm

CONNECTORS, DEVICES, PEOPLE = 200, 5, 4
# The design is 1,000 events a second; each connector tells so many at once, as fast as it may.
EACH = 300
CALLERS = 60
UNLOCKS, PAUSE = 40, 0.1
QUIET_SECONDS = 3.0


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        held = fill(installation, 1, CONNECTORS, devices=DEVICES, people=PEOPLE)
        with running_swarm(installation, held) as swarm:
            swarm.do("connect")
            front, door = installation.pid("front"), _door(installation)
            before, rest = pss(front), _unlocks(installation, door)
            over = threading.Event()
            answers: Counter[int] = Counter()
            peak = [before]
            threads = [
                *(
                    threading.Thread(target=_ask, args=(installation, over, answers))
                    for _ in range(CALLERS)
                ),
                threading.Thread(target=_watch, args=(front, over, peak)),
            ]
            cards = [["DEADBEEF"]]
            swarm.start("badges", each=EACH, cards=cards)
            for thread in threads:
                thread.start()
            try:
                during = _unlocks(installation, door)
                told = swarm.answer()
            finally:
                over.set()
                for thread in threads:
                    thread.join()
            time.sleep(QUIET_SECONDS)
            after, calm = pss(front), _unlocks(installation, door)
            counted = swarm.do("count")
            p6.require_each_once(installation, told["count"])
    shed = answers[HTTPStatus.TOO_MANY_REQUESTS] + answers[HTTPStatus.SERVICE_UNAVAILABLE]
    if broken := {status: n for status, n in answers.items() if status not in _EXPECTED}:
        raise AssertionError(f"{broken}: the figure is void")
    return (
        f"FLOOD unlock p50/p99 before {_said(rest)}, during {_said(during)}, after {_said(calm)}; "
        f"{told['count']:,} events at {told['count'] / told['seconds']:,.0f}/s, the link said busy "
        f"{counted['shed']} times; API {answers[HTTPStatus.OK]:,} answered, {shed:,} sent away; "
        f"front {before / 1000:.0f} MB, at most {max(peak) / 1000:.0f}, then {after / 1000:.0f}"
    )


_EXPECTED = {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def _door(installation: Installation) -> str:
    """Return the first door of the demo's first device."""
    _, doors = installation.call("GET", "/doors?limit=100")
    device = installation.demo["devices"][0]["id"]
    return str(next(d["id"] for d in doors["items"] if (d["device"], d["relay"]) == (device, 1)))


def _unlocks(installation: Installation, door: str) -> Sample:
    """Time orders until the relay moves. Whoever gives them is not who floods the API."""
    before = installation.scenario(0, "/state")["relays"][0]["pulses"]
    took = []
    for _ in range(UNLOCKS):
        begun = time.perf_counter()
        status, order = installation.call("POST", f"/doors/{door}/unlock", role="property_manager")
        if status != HTTPStatus.ACCEPTED:
            raise AssertionError(f"an unlock was answered {status}: the figure is void")
        # The relay itself says when it moved.
        before += 1
        while installation.scenario(0, "/state")["relays"][0]["pulses"] < before:
            if time.perf_counter() - begun > 10:
                raise AssertionError(f"order {order['id']} moved no relay: the figure is void")
            time.sleep(0.002)
        took.append((time.perf_counter() - begun) * 1000)
        time.sleep(PAUSE)
    return sample(took)


def _ask(installation: Installation, over: threading.Event, answers: Counter[int]) -> None:
    headers = {"Authorization": f"Bearer {installation.account('installer')['token']}"}
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=60)
    while not over.is_set():
        try:
            connection.request("GET", "/api/v1/doors", headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            # Whoever is sent away is also hung up on.
            connection.close()
            continue
        answers[answer.status] += 1
        if answer.status != HTTPStatus.OK:
            if not answer.headers["Retry-After"]:
                answers[0] += 1
            time.sleep(0.05)


def _watch(front: int, over: threading.Event, peak: list[float]) -> None:
    while not over.wait(0.2):
        peak.append(pss(front))


def _said(one: Sample) -> str:
    return f"{one.p50:.0f}/{one.p99:.0f} ms"
