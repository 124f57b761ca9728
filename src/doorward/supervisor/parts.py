"""The parts of an installation: what they are, and how each is kept alive and ended."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from doorward.kit.env import DATABASE_URL, MASTER_KEY_FILE, Environment
from doorward.supervisor.folder import DataFolder
from doorward.supervisor.launch import launch
from doorward.supervisor.terminal import say

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
HEALTHY_AFTER = 30.0
# Every part carries its name in this variable, by which a leftover of it is known for ours.
PART = "DOORWARD_PART"


@dataclass(frozen=True)
class Part:
    """A process of the installation: `patience` is the seconds it has to end when asked to.

    What stands `on_site` with a customer learns neither the database's password nor the key.
    """

    name: str
    command: tuple[str, ...]
    patience: float = 1.5
    awaits_front: bool = False
    on_site: bool = False


@dataclass(frozen=True)
class Plan:
    """What is run once before the parts, and the parts in the order in which they start."""

    setup: tuple[str, ...]
    front: Part
    others: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.front, *self.others)


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


class Keeper:
    """Keeps one process alive: starts it again when it ends, and says so."""

    def __init__(
        self,
        name: str,
        folder: DataFolder,
        start: Callable[[], subprocess.Popen[bytes]],
        stop: Callable[[subprocess.Popen[bytes]], None],
    ) -> None:
        self.name = name
        self._folder = folder
        self._start = start
        self._stop = stop
        self._backoff = Backoff()
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._delay = 0.0
        self._due = 0.0

    def start(self) -> subprocess.Popen[bytes]:
        self._process = self._start()
        self._since = time.monotonic()
        self._folder.write_pid(self.name, self._process.pid)
        return self._process

    def look(self) -> None:
        """Notice an end, and start again when its time has come."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
        elif (code := self._process.poll()) is not None:
            self._ended(code, now)

    def stop(self) -> None:
        if self._process is not None:
            self._stop(self._process)
        self._process = None
        self._folder.forget_pid(self.name)

    def _ended(self, code: int, now: float) -> None:
        before, delay = self._delay, self._backoff.after(now - self._since)
        self._process, self._delay = None, delay
        self._due = now + delay
        self._folder.forget_pid(self.name)
        if before == LONGEST_DELAY == delay:
            return  # said before, and nothing has changed
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        when = "every" if delay == LONGEST_DELAY else "in"
        log = self._folder.log(self.name)
        say(f"{self.name} ended ({how}); it starts again {when} {delay:.1f} s. Its log: {log}")


def _environ_of(part: Part, environ: dict[str, str]) -> dict[str, str]:
    secrets = {DATABASE_URL, MASTER_KEY_FILE} if part.on_site else set()
    told = {name: value for name, value in environ.items() if name not in secrets}
    return told | {PART: part.name}


def keep(part: Part, folder: DataFolder, environ: dict[str, str]) -> Keeper:
    """Return the keeper of an ordinary part."""

    def start() -> subprocess.Popen[bytes]:
        with folder.log(part.name).open("ab") as log:
            return launch(part.command, log=log, environ=_environ_of(part, environ))

    def stop(process: subprocess.Popen[bytes]) -> None:
        end(process, part.patience)

    return Keeper(part.name, folder, start, stop)


def end(process: subprocess.Popen[bytes], patience: float) -> None:
    """Ask to end, wait `patience` seconds, then insist."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log: Path, count: int = 4) -> str:
    """Return the last lines of a log, which mostly say what went wrong."""
    lines = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    return "\n".join(lines[-count:])
