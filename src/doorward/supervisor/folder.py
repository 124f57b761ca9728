"""The data folder of an installation: whose it is, who works in it, what lies where."""

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from doorward.supervisor.owner import Owner
from doorward.supervisor.postgres import fits_a_socket
from doorward.supervisor.refusal import Refusal

MARKER = "doorward.folder"
MARKER_TEXT = "This folder belongs to Doorward. `doorward run --fresh` empties it.\n"
LOCK = "supervisor.lock"
# A folder that is the root of a file system of its own has this in it from the start.
HARMLESS = {"lost+found"}
SYSTEM_FOLDER = Path("/var/lib/doorward")
LARGEST_LOG = 5_000_000


@dataclass(frozen=True)
class DataFolder:
    """`path` is absolute; `owner` is the database's user, None when the database is elsewhere."""

    path: Path
    owner: Owner | None

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def sockets(self) -> Path:
        """Where the database listens: in here, or under /tmp where this path is too long."""
        near = self.run / "pg"
        if fits_a_socket(near):
            return near
        return Path("/tmp") / f"doorward-{sha256(os.fsencode(self.path)).hexdigest()[:12]}"  # noqa: S108

    def settle_in(self) -> None:
        """Make the folder ours with what it needs, or refuse one that serves something else."""
        self._make()
        self._refuse_a_stranger()
        if not (self.path / MARKER).exists():
            _write(self.path / MARKER, MARKER_TEXT)
        self._admit_owner(self.path)
        self.run.mkdir(mode=0o700, exist_ok=True)
        self._admit_owner(self.run)
        for name in ("logs", "secrets"):
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
        if self.owner and not self.owner.reaches(self.path):
            raise Refusal(unreachable(self.path, self.owner))

    def lock(self) -> int:
        """Hold the folder for this process until its end; return the lock's descriptor."""
        lock = os.open(self.run / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = self.pid("supervisor")
            raise Refusal(
                f"Doorward already runs on {self.path} (process {pid}): "
                f"stop it with `kill {pid}`, or choose another folder with --data."
            ) from None
        return lock

    def clear(self) -> None:
        """Delete everything but the marker and the lock. The caller holds the lock."""
        self._refuse_a_stranger()
        for entry in self.path.iterdir():
            if entry.name not in HARMLESS | {MARKER, "run"}:
                _remove(entry)
        for entry in self.run.iterdir():
            if entry.name != LOCK:
                _remove(entry)
        self.settle_in()

    def log(self, part: str) -> Path:
        return self.path / "logs" / f"{part}.log"

    def rotate_logs(self) -> None:
        """Put a large log aside; the one put aside before it is forgotten."""
        for log in (self.path / "logs").glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.rename(log.with_suffix(".log.1"))

    def pid(self, part: str) -> int | None:
        try:
            return int((self.run / f"{part}.pid").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def pids(self) -> dict[str, int]:
        """Return the process ids of all parts as they were written down."""
        names = [file.stem for file in self.run.glob("*.pid")]
        return {name: pid for name in names if (pid := self.pid(name))}

    def write_pid(self, part: str, pid: int) -> None:
        _write(self.run / f"{part}.pid", f"{pid}\n")

    def forget_pid(self, part: str) -> None:
        (self.run / f"{part}.pid").unlink(missing_ok=True)

    def write_private(self, name: str, text: str) -> Path:
        """Write a file under run/ that only we can read, as a whole or not at all."""
        return _write(self.run / name, text)

    def secret(self, name: str, make: Callable[[], str]) -> Path:
        """Return the file of a secret, made on first use and never again."""
        path = self.path / "secrets" / name
        return path if path.exists() else _write(path, make() + "\n")

    def _make(self) -> None:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as trouble:
            raise Refusal(
                f"{self.path} cannot be made ({trouble.strerror}): "
                "choose another folder with --data."
            ) from trouble

    def _refuse_a_stranger(self) -> None:
        if self.path.stat().st_uid != os.geteuid():
            raise Refusal(
                f"{self.path} belongs to another user: start Doorward as that user, "
                "or choose another folder with --data."
            )
        if (self.path / MARKER).exists():
            return
        if any(entry.name not in HARMLESS for entry in self.path.iterdir()):
            raise Refusal(
                f"{self.path} is not empty and not a folder of Doorward: "
                "choose another one with --data."
            )

    def _admit_owner(self, folder: Path) -> None:
        """Let the database's user pass through to what is its own, without seeing the rest."""
        if self.owner and not self.owner.is_us:
            folder.chmod(folder.stat().st_mode & 0o777 | 0o011)


def choose_path(asked: Path | None, owner: Owner | None) -> Path:
    """Return the folder to use: the one asked for, `var` here, or the system's as a last resort."""
    path = (asked or Path("var")).absolute()
    if owner is None or owner.is_us or owner.reaches(_nearest(path)):
        return path
    if asked is None:
        return SYSTEM_FOLDER
    raise Refusal(unreachable(path, owner))


def unreachable(path: Path, owner: Owner) -> str:
    closed = next(folder for folder in (*reversed(path.parents), path) if not owner.reaches(folder))
    return (
        f"The database's user {owner.name} cannot pass through {closed}: "
        f"choose a folder elsewhere with --data, or run `chmod o+x {closed}`."
    )


def _nearest(path: Path) -> Path:
    """Return the nearest folder above `path` that exists."""
    return next(folder for folder in path.parents if folder.exists())


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()


def _write(path: Path, text: str) -> Path:
    """Write as a whole or not at all, readable by us alone, on disk when this returns."""
    draft = path.parent / f".{path.name}.draft"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return path
