"""Finds and ends what a killed supervisor may have left running for an instant."""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

PROCESSES = Path("/proc")


def postgres_of(cluster: Path) -> list[int]:
    """Return the ids of all PostgreSQL processes that work in the folder `cluster`.

    PostgreSQL's processes stay in their data folder, so name and folder tell them from a stranger
    that was given a recycled process id.
    """
    return [pid for pid in _processes() if _name(pid) == "postgres" and _works_in(pid, cluster)]


def started_with(pids: Iterable[int], environ: Mapping[str, str]) -> list[int]:
    """Return those of `pids` that were started with all of `environ`: no recycled process ids."""
    wanted = {os.fsencode(f"{name}={value}") for name, value in environ.items()}
    return [pid for pid in pids if wanted <= set(_read(pid, "environ").split(b"\0"))]


def end(pids: list[int], *, gently: signal.Signals = signal.SIGKILL, seconds: float = 0) -> None:
    """Send `gently`, wait up to `seconds`, kill what is left, and return when all are gone."""
    _send(pids, gently)
    if not _gone(pids, seconds):
        _send(pids, signal.SIGKILL)
        _gone(pids, 10)


def _send(pids: list[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue


def _gone(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(_alive(pid) for pid in pids):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
    return True


def _alive(pid: int) -> bool:
    return _read(pid, "stat").rpartition(b")")[2][1:2] not in (b"", b"Z", b"X")


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in PROCESSES.iterdir() if entry.name.isdigit())


def _name(pid: int) -> str:
    return os.fsdecode(_read(pid, "comm").strip())


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return (PROCESSES / str(pid) / "cwd").readlink() == folder
    except OSError:
        return False


def _read(pid: int, file: str) -> bytes:
    """Read a file about a process; empty when the process has gone or belongs to somebody else."""
    try:
        return (PROCESSES / str(pid) / file).read_bytes()
    except OSError:
        return b""
