"""What the throwaway database promises to tests and benchmarks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from doorward.supervisor.leftovers import postgres_of
from doorward.supervisor.owner import database_owner
from doorward.supervisor.postgres import (
    MAJOR,
    Cluster,
    fits_a_socket,
    new_password,
    owned_folder,
    running_cluster,
)
from doorward.supervisor.refusal import Refusal

pytestmark = pytest.mark.process


def test_a_throwaway_cluster_serves_and_leaves_nothing_behind(ground: Path) -> None:
    folder = ground / "throwaway"
    folder.mkdir(mode=0o711)
    with running_cluster(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("doorward",)
    assert postgres_of(folder / "postgres" / MAJOR) == []


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_cluster() as url:
        yield url


def test_its_role_may_make_databases_but_is_no_superuser(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_doorward")
        found = connection.execute(
            "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert found.fetchone() == (False, True)


def test_it_searches_letters_beyond_a_to_z(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        found = connection.execute("SELECT lower('ЖАННА'), similarity('Жанна', 'жанна')")
        assert found.fetchone() == ("жанна", 1.0)


def test_it_listens_on_no_network(url: str) -> None:
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize("role", ["doorward", "postgres"])
def test_a_connection_without_the_password_is_refused(url: str, role: str) -> None:
    where = conninfo_to_dict(url)["host"]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=where, user=role, dbname="doorward", password="guess")


def test_it_ends_with_the_process_that_started_it(ground: Path) -> None:
    folder = ground / "orphan"
    folder.mkdir(mode=0o711)
    program = (
        "import os, pathlib, sys\n"
        "from doorward.supervisor.postgres import running_cluster\n"
        "with running_cluster(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
    deadline = time.monotonic() + 10
    while postgres_of(folder / "postgres" / MAJOR):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_interrupted_beginning_is_begun_again(ground: Path) -> None:
    folder = ground / "interrupted"
    (folder / "postgres").mkdir(parents=True)
    folder.chmod(0o711)
    owner = database_owner()
    os.chown(folder / "postgres", owner.uid, owner.gid)
    (folder / "postgres" / "unfinished").mkdir()
    (folder / "postgres" / "unfinished" / "PG_VERSION").write_text("18\n")
    with running_cluster(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_database_of_another_version_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "15").mkdir()
    cluster = Cluster(
        folder=tmp_path,
        sockets=tmp_path,
        programs=tmp_path,
        owner=database_owner(),
        log=tmp_path / "postgres.log",
        password=new_password(),
        superuser_password=new_password(),
    )
    with pytest.raises(Refusal, match="made by PostgreSQL 15"):
        cluster.create()


def test_a_socket_folder_that_somebody_else_made_first_is_refused(tmp_path: Path) -> None:
    owner = database_owner()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "sockets").symlink_to(elsewhere)
    with pytest.raises(Refusal, match="does not belong"):
        owned_folder(tmp_path / "sockets", owner)


def test_the_longest_path_of_a_socket_is_known(tmp_path: Path) -> None:
    room = 107 - len(os.fsencode(tmp_path)) - len("/" + "/.s.PGSQL.5432")
    for length, fits in ((room, True), (room + 1, False)):
        folder = tmp_path / ("x" * length)
        folder.mkdir()
        assert fits_a_socket(folder) is fits
        assert can_listen(folder / ".s.PGSQL.5432") is fits


def can_listen(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.bind(str(path))
        except OSError:
            return False
    return True
