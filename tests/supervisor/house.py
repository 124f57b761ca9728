"""An installation with pretend parts, as the tests start, ask, kill and end it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import psycopg

from doorward.supervisor.postgres import DATABASE, MAJOR, ROLE
from doorward.supervisor.preparation import PREPARED

FAKE = Path(__file__).with_name("fake_house.py")
READY = "Ctrl-C stops everything"
PARTS = ("supervisor", "postgres", "front", "worker", "connector")


@dataclass
class House:
    """A data folder, and the supervisor that runs on it while one does."""

    folder: Path
    port: int
    environ: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        return self._paper.read_text(encoding="utf-8")

    @property
    def cluster(self) -> Path:
        return self.folder / "postgres" / MAJOR

    @property
    def _paper(self) -> Path:
        return self.folder.with_suffix(".said")

    def start(self, *flags: str) -> "House":
        self.begin(*flags)
        eventually(lambda: READY in self.said, self)
        return self

    def begin(self, *flags: str) -> None:
        """Start without waiting."""
        with self._paper.open("wb") as paper:
            self.running = subprocess.Popen(
                self._command(*flags), stdout=paper, stderr=paper, env=self._environ()
            )

    def refusal(self, *flags: str) -> str:
        """Start where a start must be refused; return what was said."""
        done = subprocess.run(
            self._command(*flags),
            check=False,
            capture_output=True,
            text=True,
            env=self._environ(),
            timeout=30,
        )
        assert done.returncode == 1, done.stdout
        return done.stderr

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to the supervisor and return its exit code."""
        assert self.running is not None
        self.running.send_signal(sign)
        code = self.running.wait(20)
        self.running = None
        return code

    def forget_set_up(self) -> None:
        """Let the next start set up anew, as after a change of the code."""
        (self.folder / "postgres" / PREPARED).unlink(missing_ok=True)

    def pid(self, part: str) -> int:
        return int((self.folder / "run" / f"{part}.pid").read_text())

    def pids(self) -> list[int]:
        return [self.pid(part) for part in PARTS]

    def healthy(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text().strip()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement in the database."""
        with psycopg.connect(
            host=str(self.folder / "run" / "pg"),
            user=ROLE,
            dbname=DATABASE,
            password=self.secret("database.password"),
            autocommit=True,
        ) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def answers(self, statement: str) -> bool:
        try:
            self.ask(statement)
        except psycopg.OperationalError:
            return False
        return True

    def _command(self, *flags: str) -> list[str]:
        where = ["--data", str(self.folder), "--port", str(self.port)]
        return [sys.executable, str(FAKE), *where, *flags]

    def _environ(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name != "DATABASE_URL" and not name.startswith("DOORWARD_")
        }
        return inherited | self.environ


def eventually(claim: Callable[[], bool], house: House, seconds: float = 30) -> None:
    """Wait until the claim is true, and tell what the house said if it never is."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, house.said
        assert house.running is None or house.running.poll() is None, house.said
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
