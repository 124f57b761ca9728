"""P5, revocation: a card is taken over the API until the last of a thousand online doors confirms.

Yardstick: the same for a person of one door, in turn. The functional check of the run: each online
door was told once and confirmed, and the API lists just the doors that are offline as unconfirmed.
"""

import json
import statistics
import time
from typing import Any

from bench.figure import line, sample, sized
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online
from bench.swarm.handle import Swarm, fill_site, running_swarm

CONNECTORS, DEVICES = sized(100), 10
DOORS = CONNECTORS * DEVICES
ROUNDS = 10
PATIENCE = 60.0
GOAL = "p99 ≤ 1 s at our side"


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        site = int(installation.demo["site"])
        # One more stays away; another one has one door.
        held = fill_site(installation, site, 1, CONNECTORS, devices=DEVICES)
        alone = fill_site(installation, site, 201, 201, devices=1)
        away = fill_site(installation, site, 301, 301, devices=DEVICES)
        many = _guest(installation, [*held, *away], "Everywhere")
        one = _guest(installation, [*alone], "Somewhere")
        with running_swarm(installation, {**held, **alone}) as swarm:
            swarm.do("connect")
            swarm.confirmations(DOORS + 1, PATIENCE)
            _drain(swarm)
            return _measure(installation, swarm, many, one)


def _measure(installation: Installation, swarm: Swarm, many: int, one: int) -> str:
    ours, theirs, last = [], [], []
    for number in range(ROUNDS):
        each = _revoke(installation, swarm, many, DOORS, f"{0xAB000000 + number:08X}")
        ours.append(sample(each))
        last.append(max(each))
        theirs.append(sample(_revoke(installation, swarm, one, 1, f"{0xCD000000 + number:08X}")))
    _check_list(installation, many)
    told = line(f"P5 {DOORS:,} doors", ours, theirs, GOAL)
    return f"{told}; the last door p50 {statistics.median(last):.0f} ms, at most {max(last):.0f} ms"


def _guest(installation: Installation, connectors: list[str], name: str) -> int:
    keys = [int(key) for key in connectors]
    told = json.loads(
        installation.shell(
            f"from bench.one_card import guest_of; print(guest_of({keys}, '{name}'))"
        )
    )
    return int(told["person"])


def _revoke(
    installation: Installation, swarm: Swarm, person: int, doors: int, card: str
) -> list[float]:
    """Give a card, wait until all know it, take it; return each door's milliseconds."""
    body = {"person": str(person), "kind": "card", "number": card}
    given = _ask(installation, "POST", "/credentials", body)
    _require(swarm.confirmations(doors, PATIENCE), doors)
    begun = time.monotonic()
    _ask(installation, "DELETE", f"/credentials/{given['id']}")
    told = swarm.confirmations(doors, PATIENCE)
    _require(told, doors)
    return [(one["at"] - begun) * 1000 for one in told]


def _require(told: list[dict[str, Any]], doors: int) -> None:
    if len({one["device"] for one in told}) != doors:
        raise AssertionError(f"{len(told)} of {doors} doors confirmed: the figure is void")


def _drain(swarm: Swarm) -> None:
    while swarm.confirmations(1, 2.0):
        pass


def _check_list(installation: Installation, person: int) -> None:
    """Raise `AssertionError` unless just the doors that are away are listed as unconfirmed."""
    end = time.monotonic() + PATIENCE
    while True:
        left = [one for one in _doors(installation, person) if one["leaving"]]
        if len(left) == DEVICES and all(one["state"] == "pending" for one in left):
            return
        if time.monotonic() > end:
            raise AssertionError(f"{len(left)} doors are listed as unconfirmed: the figure is void")
        time.sleep(0.5)


def _doors(installation: Installation, person: int) -> list[dict[str, Any]]:
    found, path = [], f"/people/{person}/doors?limit=100"
    while True:
        told = _ask(installation, "GET", path)
        found += told["items"]
        if not told["next_cursor"]:
            return found
        path = f"/people/{person}/doors?limit=100&cursor={told['next_cursor']}"


# Any: JSON.
def _ask(installation: Installation, method: str, path: str, body: object = None) -> Any:
    status, told = installation.call(method, path, body, role="property_manager")
    if status >= 300:
        raise AssertionError(f"{method} {path} is answered {status}, {told}: the figure is void")
    return told
