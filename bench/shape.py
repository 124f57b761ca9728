"""In which shape installations are started: how many fronts, and whose database.

`DOORWARD_TEST_WORKERS=2` starts all that do not say otherwise with two front processes, and a
`DATABASE_URL` has each make a database of its own on that server, by a role that may.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

WORKERS = os.environ.get("DOORWARD_TEST_WORKERS", "")
SERVER = os.environ.get("DATABASE_URL", "")


def options(given: Sequence[str]) -> list[str]:
    """Return what the command line needs beside what is given."""
    return ["--workers", WORKERS] if WORKERS and "--workers" not in given else []


def environment(data: Path) -> dict[str, str]:
    """Return where the database of this folder is, if it is elsewhere; it is made if need be."""
    if not SERVER:
        return {}
    with psycopg.connect(SERVER, autocommit=True) as connection:
        known = "SELECT FROM pg_database WHERE datname = %s"
        if connection.execute(known, [_name(data)]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(_identifier(data)))
    return {"DATABASE_URL": urlsplit(SERVER)._replace(path=f"/{_name(data)}").geturl()}


def forget(data: Path) -> None:
    """Drop the database of this folder, if it is elsewhere."""
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(_identifier(data)))


def _identifier(data: Path) -> sql.Identifier:
    return sql.Identifier(_name(data))


def _name(data: Path) -> str:
    return f"doorward_{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
