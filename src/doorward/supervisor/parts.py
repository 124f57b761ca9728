"""The parts of an installation: what they are, and how each is kept alive and ended."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from doorward.kit.env import (
    DATABASE_PASSWORD_FILE,
    DATABASE_URL,
    MASTER_KEY_FILE,
    Environment,
)
from doorward.supervisor.launch import launch
from doorward.supervisor.terminal import say

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
HEALTHY_AFTER = 30.0
# Every part carries its name in this variable, by which a leftover of it is known for ours.
PART = "DOORWARD_PART"
# How a part that serves is told the number of its socket.
SOCKET = "--socket"
SECRETS = frozenset({DATABASE_URL, DATABASE_PASSWORD_FILE, MASTER_KEY_FILE})


@dataclass(frozen=True)
class Part:
    """A process of the installation: `patience` is the seconds it has to end when asked to.

    What `serves` is told which socket takes the calls. What stands `on_site` with a customer learns
    neither the database's password nor the key.
    """

    name: str
    command: tuple[str, ...]
    patience: float = 1.5
    serves: bool = False
    awaits_front: bool = False
    on_site: bool = False


@dataclass(frozen=True)
class Plan:
    """What is run once before the parts, and the parts in the order in which they start."""

    setup: tuple[str, ...]
    fronts: tuple[Part, ...]
    others: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.fronts, *self.others)


PlanFor = Callable[[Environment], Plan]


class Backoff:
    """How long to wait before the next start: longer each time, and short again after health."""

    def __init__(self) -> None:
        self._delay = FIRST_DELAY

    def after(self, lived: float) -> float:
        """Return the seconds to wait after a life of `lived` seconds."""
        if lived >= HEALTHY_AFTER:
            self._delay = FIRST_DELAY
        delay = self._delay
        self._delay = min(self._delay * 2, LONGEST_DELAY)
        return delay


class Papers(Protocol):
    """Where it is written down which process a part is; its log, if that is not the terminal."""

    def write_pid(self, part: str, pid: int) -> None: ...

    def forget_pid(self, part: str) -> None: ...

    def log(self, part: str) -> Path | None: ...


class Keeper:
    """Keeps one process alive: starts it again when it ends, and says so."""

    def __init__(
        self,
        name: str,
        papers: Papers,
        start: Callable[[], subprocess.Popen[bytes]],
        stop: Callable[[subprocess.Popen[bytes]], None],
    ) -> None:
        self.name = name
        self._papers = papers
        self._start = start
        self._stop = stop
        self._backoff = Backoff()
        self.process: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._delay = 0.0
        self._due = 0.0

    def start(self) -> subprocess.Popen[bytes]:
        self.process = self._start()
        self._since = time.monotonic()
        self._papers.write_pid(self.name, self.process.pid)
        return self.process

    def look(self) -> None:
        """Notice an end, and start again when its time has come."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._due:
                self.start()
        elif (code := self.process.poll()) is not None:
            self._ended(code, now)

    def stop(self) -> None:
        if self.process is not None:
            self._stop(self.process)
        self.process = None
        self._papers.forget_pid(self.name)

    def _ended(self, code: int, now: float) -> None:
        before, delay = self._delay, self._backoff.after(now - self._since)
        self.process, self._delay = None, delay
        self._due = now + delay
        self._papers.forget_pid(self.name)
        if before == LONGEST_DELAY == delay:
            return  # said before, and nothing has changed
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        when = "every" if delay == LONGEST_DELAY else "in"
        log = self._papers.log(self.name)
        where = f" Its log: {log}" if log else ""
        say(f"{self.name} ended ({how}); it starts again {when} {delay:.1f} s.{where}")


def _environ_of(part: Part, environ: dict[str, str]) -> dict[str, str]:
    kept = SECRETS if part.on_site else frozenset()
    told = {name: value for name, value in environ.items() if name not in kept}
    return told | {PART: part.name}


def keep(
    part: Part, papers: Papers, environ: dict[str, str], door: socket.socket | None = None
) -> Keeper:
    """Return the keeper of an ordinary part; `door` is where a part that serves takes calls."""
    serves = door if part.serves else None
    command = part.command if serves is None else (*part.command, SOCKET, str(serves.fileno()))

    def start() -> subprocess.Popen[bytes]:
        with _pen(papers.log(part.name)) as log:
            return launch(command, log=log, environ=_environ_of(part, environ), door=serves)

    def stop(process: subprocess.Popen[bytes]) -> None:
        end([process], part.patience)

    return Keeper(part.name, papers, start, stop)


def stop_together(keepers: Sequence[Keeper], patience: float) -> None:
    """Stop parts that are alike: all are asked before any is waited for."""
    end([keeper.process for keeper in keepers if keeper.process], patience)
    for keeper in keepers:
        keeper.stop()


def end(processes: Sequence[subprocess.Popen[bytes]], patience: float) -> None:
    """Ask to end, wait `patience` seconds for all of them, then insist."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
    for process in processes:
        process.wait()


@contextmanager
def _pen(log: Path | None) -> Iterator[IO[bytes]]:
    if log is None:
        yield sys.stderr.buffer
        return
    with log.open("ab") as file:
        yield file


def tail(log: Path, count: int = 4) -> str:
    """Return the last lines of a log, which mostly say what went wrong."""
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    return "\n".join(lines[-count:])
