"""A database in which all migrations have run: prepared once for a checkout, then copied.

All copies have one password and write nothing safely to the disk. Whoever tests passwords, power
cuts or a really new installation starts without one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path

from bench import shape
from bench.installation import Installation, running_installation

import doorward
from doorward.kit import env
from doorward.supervisor.binaries import postgres_programs
from doorward.supervisor.folder import DataFolder
from doorward.supervisor.owner import database_owner
from doorward.supervisor.postgres import MAJOR, THROWAWAY, Cluster, owned_folder

SOURCES = Path(doorward.__file__).parent
# What the database is made of: edit one of these, and it is prepared anew.
MADE_OF = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "kit/*.py", "settings.py")
MADE_OF += ("supervisor/postgres.py",)
KEPT = Path(__file__).parent.parent / "build" / "clusters"
PASSWORD = "known-to-every-copy"
# Seconds for the last checkpoint: what is copied has nothing to recover.
PATIENCE = 60


@contextmanager
def running_copy() -> Iterator[str]:
    """Run a copy of the prepared database and yield its address (a DATABASE_URL)."""
    with tempfile.TemporaryDirectory(prefix="doorward-") as temporary:
        cluster = _cluster_in(Path(temporary))
        lay_copy(cluster.files)
        with _running(cluster):
            yield cluster.url


@contextmanager
def quick_installation(*options: str, demo: bool = True) -> Iterator[Installation]:
    """Start an installation that finds its tables made; it is new in all else."""
    with tempfile.TemporaryDirectory(prefix="doorward-") as temporary:
        data = Path(temporary)
        data.chmod(0o711)
        # A database outside of all installations is made by its own server.
        if not shape.SERVER:
            _furnish(data)
        with running_installation(*options, data=data, demo=demo) as installation:
            yield installation


def lay_copy(files: Path) -> None:
    """Copy the prepared data folder to `files`; prepare it if nobody has yet."""
    KEPT.mkdir(parents=True, exist_ok=True)
    prepared = KEPT / _fingerprint()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            _prepare(prepared)
        _copy(prepared, files)


def _furnish(data: Path) -> None:
    """Make `data` a folder of Doorward with a database in it, as if one had started there."""
    owner = database_owner()
    folder = DataFolder(data, owner)
    folder.settle_in()
    for name in ("database.password", "postgres.password"):
        folder.secret(name, lambda: PASSWORD)
    files = owned_folder(folder.postgres, owner) / MAJOR
    lay_copy(files)
    with (files / "postgresql.conf").open("a", encoding="ascii") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in THROWAWAY.items())


def _prepare(prepared: Path) -> None:
    """Let all migrations run in a new cluster and leave its files, those of others gone."""
    for path in KEPT.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    unfinished = KEPT / "unfinished"
    with tempfile.TemporaryDirectory(prefix="doorward-") as temporary:
        cluster = _cluster_in(Path(temporary))
        cluster.create()
        with _running(cluster):
            _migrate(cluster.url, Path(temporary))
        if (cluster.files / "postmaster.pid").exists():
            raise RuntimeError(f"the prepared database did not end: see {cluster.log}")
        _copy(cluster.files, unfinished)
    # Whoever finds it under its name finds all of it.
    unfinished.rename(prepared)


def _copy(files: Path, to: Path) -> None:
    """Copy a folder with its owners: of two thousand files, much quicker than one by one here."""
    subprocess.run(["cp", "-a", str(files), str(to)], check=True)


@contextmanager
def _running(cluster: Cluster) -> Iterator[None]:
    server = cluster.start()
    try:
        cluster.wait(server, lambda seconds: None)
        yield
    finally:
        cluster.stop(server, PATIENCE)


def _migrate(url: str, data: Path) -> None:
    key = data / "master.key"
    key.write_text("A" * 43 + "=")
    environ = {env.DATABASE_URL: url, env.MASTER_KEY_FILE: str(key), env.DATA: str(data)}
    command = [
        sys.executable,
        "-P",
        "-m",
        "doorward.cli",
        "manage",
        "migrate",
        "-v0",
        "--skip-checks",
    ]
    subprocess.run(command, env=os.environ | environ, check=True)


def _cluster_in(folder: Path) -> Cluster:
    folder.chmod(0o711)
    owner = database_owner()
    return Cluster(
        folder=owned_folder(folder / "postgres", owner),
        sockets=owned_folder(folder / "sockets", owner),
        programs=postgres_programs(folder / "pgsql", owner),
        owner=owner,
        log=folder / "postgres.log",
        password=PASSWORD,
        superuser_password=PASSWORD,
        durable=False,
    )


def _fingerprint() -> str:
    told = hashlib.sha256(sys.version.encode())
    for one in sorted(f"{found.name} {found.version}" for found in distributions()):
        told.update(one.encode())
    for file in sorted({file for pattern in MADE_OF for file in SOURCES.glob(pattern)}):
        told.update(f"{file.relative_to(SOURCES)}\n".encode() + file.read_bytes())
    return told.hexdigest()[:16]
