"""What an installer brings along: a pretend device, and a connector on a small box."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from bench.installation import Installation, free_port

MAC = "0C1105AABB01"
USER, PASSWORD = "admin", "Kx7-panel"
DOORWARD = (sys.executable, "-P", "-m", "doorward.cli")


@dataclass(frozen=True)
class Panel:
    """A pretend X916: where its API answers, and where one plays its surroundings."""

    address: str
    scenario: str

    # Any: what the scenario API's JSON says.
    def play(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.scenario + path, data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def panel(folder: Path, *, mac: str = MAC) -> Iterator[Panel]:
    """Run an emulator with one device."""
    api, scenario = free_port(), free_port()
    spec = folder / "spec.json"
    device = {
        "name": "Lobby panel",
        "model": "X916",
        "firmware": "916.30.10.114",
        "mac": mac,
        "port": api,
        "scenario_port": scenario,
        "auth_mode": "digest",
        "user": USER,
        "password": PASSWORD,
        "relays": 2,
    }
    spec.write_text(json.dumps({"devices": [device]}), encoding="utf-8")
    found = Panel(f"127.0.0.1:{api}", f"http://127.0.0.1:{scenario}")
    with running("emulator", "--spec", str(spec), "--state", str(folder / "panel")):
        eventually(lambda: found.play("/state"), "the panel answers")
        yield found


@contextmanager
def connector(base: str, folder: Path, code: str) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a connector that enrols with its one-time code."""
    cloud = base.replace("http", "ws", 1) + "/link"
    with running("connector", "--cloud", cloud, "--data", str(folder), "--code", code) as process:
        yield process


@contextmanager
def running(*words: str) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen([*DOORWARD, *words], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def eventually(ask: Callable[[], Any], what: str, *, seconds: float = 30) -> Any:
    """Ask until the answer is true, and return it; a refused connection is a no."""
    deadline = monotonic() + seconds
    answer = None
    while monotonic() < deadline:
        try:
            answer = ask()
        except OSError as refusal:
            answer, said = None, refusal
        else:
            said = answer
        if answer:
            return answer
        sleep(0.1)
    raise AssertionError(f"it never came true that {what}; last answer: {said!r}")


def make(installation: Installation, path: str, **facts: object) -> Any:
    status, made = installation.call("POST", path, facts)
    assert status == 201, made
    return made


def bind(installation: Installation, lobby: Panel, site: str, connector: str) -> Any:
    device = make(
        installation,
        "/devices",
        site=site,
        connector=connector,
        name="Lobby panel",
        mac=MAC,
        address=lobby.address,
        user=USER,
        password=PASSWORD,
    )
    return eventually(
        lambda: made_so(installation.call("GET", f"/devices/{device['id']}")[1], binding="bound"),
        "the device is bound",
    )


def made_so(answer: Any, **wanted: object) -> Any:
    """Return what the API says of a thing once it is as it should be."""
    return answer if all(answer.get(name) == value for name, value in wanted.items()) else None
