"""A swarm at hand: its rows written, its process started, told what to do and listened to."""

import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.installation import HERE, Installation

ANSWER_SECONDS = 600.0
# Any: what its lines of JSON say.
Told = dict[str, Any]
Held = dict[str, dict[str, list[int]]]


def fill(
    installation: Installation,
    first: int,
    last: int,
    *,
    devices: int,
    people: int = 0,
    apart: int = 1,
) -> Held:
    """Write connectors with devices, each in a site of its own; see `rows.fill`."""
    words = f"{first}, {last}, devices={devices}, people={people}, apart={apart}"
    held: Held = json.loads(
        installation.shell(f"from bench.swarm.rows import fill; print(fill({words}))")
    )
    return held


def fill_site(
    installation: Installation, site: int, first: int, last: int, *, devices: int
) -> Held:
    """Write connectors with devices and doors into a site that there is; see `rows.fill_site`."""
    words = f"{site}, {first}, {last}, devices={devices}"
    held: Held = json.loads(
        installation.shell(f"from bench.swarm.rows import fill_site; print(fill_site({words}))")
    )
    return held


@dataclass
class Swarm:
    """A swarm's process. What it tells by itself is kept in `heard`, as it came."""

    process: "subprocess.Popen[str]"
    heard: "queue.Queue[Told]" = field(default_factory=queue.Queue)
    _answers: "queue.Queue[Told | None]" = field(default_factory=queue.Queue)

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told: Told = json.loads(line)
            (self.heard if told["told"] == "confirmed" else self._answers).put(told)
        self._answers.put(None)

    def start(self, word: str, **facts: object) -> None:
        """Tell the swarm to do something, without waiting."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": word, **facts}) + "\n")
        self.process.stdin.flush()

    def answer(self, seconds: float = ANSWER_SECONDS) -> Told:
        """Wait for what became of it; raise `RuntimeError` where the swarm has ended."""
        answer = self._answers.get(timeout=seconds)
        if answer is None:
            raise RuntimeError("the swarm's process ended")
        return answer

    def do(self, word: str, **facts: object) -> Told:
        self.start(word, **facts)
        return self.answer()

    def confirmations(self, count: int, seconds: float) -> list[Told]:
        """Wait until devices have confirmed so many changes; return them as far as they came.

        Each has `device`, `revision` and `at`, by this machine's steady clock (`time.monotonic`).
        """
        found: list[Told] = []
        end = time.monotonic() + seconds
        while len(found) < count and (left := end - time.monotonic()) > 0:
            try:
                found.append(self.heard.get(timeout=left))
            except queue.Empty:
                break
        return found


@contextmanager
def running_swarm(installation: Installation, held: Held) -> Iterator[Swarm]:
    """Start a process with these connectors, which connects nothing yet, and end it."""
    with tempfile.TemporaryDirectory(prefix="swarm-") as folder:
        file = Path(folder) / "held.json"
        file.write_text(json.dumps(held), encoding="ascii")
        url = f"ws://127.0.0.1:{installation.port}/link"
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.swarm", url, str(file)],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        swarm = Swarm(process)
        listening = threading.Thread(target=swarm.listen, daemon=True)
        listening.start()
        try:
            yield swarm
        finally:
            process.kill()
            process.wait()
            listening.join()
