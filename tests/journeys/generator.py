"""Someone who swipes and unlocks without a pause, and writes down what became of it.

Run as a process of its own, so that what it wrote survives whatever is killed:
`python -m tests.journeys.generator DATA PORT FILE SECONDS`.
"""

import http.client
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any, TextIO

from bench.installation import Installation

# Rita's card, a stranger's, Rita's again: openings and refusals.
CARDS = ("0BADC0DE", "DEADBEEF")
SWIPED, UNLOCKED = 0, 1
SETTLED = ("done", "failed", "expired")


def main(words: list[str]) -> int:
    data, port, file, seconds = words
    installation = Installation(Path(data), int(port), process=None)  # type: ignore[arg-type]
    with Path(file).open("a", encoding="utf-8") as told:
        _play(installation, told, time.monotonic() + float(seconds))
    return 0


def _play(installation: Installation, told: TextIO, until: float) -> None:
    door = _door_of(installation, UNLOCKED)
    turn = 0
    while time.monotonic() < until:
        swiped = installation.scenario(SWIPED, "/swipe", {"card": CARDS[turn % len(CARDS)]})
        _tell(told, {"swipe": swiped["log_id"]})
        if turn % 5 == 0:
            _tell(told, _unlock(installation, door))
        turn += 1
        time.sleep(0.05)


def _unlock(installation: Installation, door: str) -> dict[str, object]:
    """Order one opening, and count what the relay did until the order was settled.

    Where the answer is cut off the same order is asked for again, by its key: twice is once.
    """
    before = _pulses(installation)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    status, order = _ask(installation, "POST", f"/doors/{door}/unlock", key)
    if status != 202:
        return {"order": None, "status": "refused", "pulses": _pulses(installation) - before}
    state = _settled(installation, f"/doors/{door}/commands/{order['id']}")
    return {"order": order["id"], "status": state, "pulses": _pulses(installation) - before}


def _ask(
    installation: Installation, method: str, path: str, headers: dict[str, str]
) -> tuple[int, Any]:
    """Ask until there is an answer; a fault of the cloud's own is none."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            status, answer = installation.call(method, path, headers=headers)
        except (OSError, http.client.HTTPException):
            status, answer = 500, None
        if status < 500:
            return status, answer
        time.sleep(0.2)
    raise TimeoutError("the installation did not come back")


def _settled(installation: Installation, path: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        _, order = _ask(installation, "GET", path, {})
        if isinstance(order, dict) and order.get("status") in SETTLED:
            return str(order["status"])
        time.sleep(0.01)
    return "unknown"


def _pulses(installation: Installation) -> int:
    state = installation.scenario(UNLOCKED, "/state")
    return sum(relay["pulses"] for relay in state["relays"])


def _door_of(installation: Installation, place: int) -> str:
    device = installation.demo["devices"][place]["id"]
    _, doors = installation.call("GET", f"/doors?device={device}")
    return str(doors["items"][0]["id"])


def _tell(told: TextIO, what: dict[str, object]) -> None:
    told.write(json.dumps(what) + "\n")
    told.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
