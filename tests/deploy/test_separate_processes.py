"""What deploy/compose.yaml starts, without containers: each process alone, the database outside."""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from bench.installation import Installation, free_port

from tests.deploy.outside import Outside, outside_database
from tests.journeys import test_main_job_by_api as main_job
from tests.journeys.on_site import DOORWARD, eventually, panel

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="module")
def outside(ground: Path) -> Iterator[Outside]:
    with outside_database(ground) as found:
        yield found


@pytest.fixture(scope="module")
def environ(ground: Path, outside: Outside) -> dict[str, str]:
    """The variables of compose.yaml; password and key are in files."""
    (ground / "key").write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    (ground / "password").write_text(outside.password + "\n")
    port = free_port()
    given = {k: v for k, v in os.environ.items() if not k.startswith("DOORWARD_")}
    return given | {
        "DATABASE_URL": outside.url,
        "DOORWARD_DATABASE_PASSWORD_FILE": str(ground / "password"),
        "DOORWARD_MASTER_KEY_FILE": str(ground / "key"),
        "DOORWARD_DATA": str(ground / "data"),
        "DOORWARD_PORT": str(port),
        "DOORWARD_WORKERS": "2",
    }


@pytest.fixture(scope="module")
def house(ground: Path, environ: dict[str, str]) -> Iterator[Installation]:
    """Set up, serve and work, each by a command of its own."""
    done = run(environ, "setup")
    assert done.returncode == 0, done.stderr
    with ExitStack() as ends:
        web = begin(ends, environ, ground / "web.log", "web")
        begin(ends, environ, ground / "worker.log", "worker")
        house = Installation(ground / "data", int(environ["DOORWARD_PORT"]), web)
        house.__dict__["demo"] = json.loads((house.data / "accounts.json").read_text())
        for part in ("web", "worker"):
            eventually(lambda part=part: well(environ, part), f"the {part} is well", seconds=60)
        yield house


def test_a_door_opens(house: Installation, ground: Path, tmp_path: Path) -> None:
    with panel(tmp_path) as lobby:
        main_job.test_an_empty_installation_comes_to_its_first_door_event(house, lobby, tmp_path)


def test_two_fronts_serve_and_are_told_by_name(house: Installation, ground: Path) -> None:
    told = (ground / "web.log").read_text()
    assert "front-1 is process" in told
    assert "front-2 is process" in told
    assert f"Serving at {house.base}" in told


def test_the_worker_has_done_the_jobs(house: Installation, outside: Outside) -> None:
    with psycopg.connect(outside.with_password, autocommit=True) as connection:

        def waiting() -> int:
            todo = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            return int(connection.execute(todo).fetchone()[0])

        written = connection.execute("SELECT last_value FROM procrastinate_jobs_id_seq").fetchone()
        assert written is not None
        assert written[0] > 3
        eventually(lambda: waiting() == 0, "no job waits")


def test_setting_up_again_changes_nothing(house: Installation, environ: dict[str, str]) -> None:
    before = (house.data / "accounts.json").read_text()
    assert run(environ, "setup").returncode == 0
    assert (house.data / "accounts.json").read_text() == before


def test_a_server_that_takes_too_few_connections_is_told_of(
    house: Installation, environ: dict[str, str]
) -> None:
    said = run(environ | {"DOORWARD_WORKERS": "8"}, "setup").stdout
    assert "PostgreSQL takes 100 connections; 8 front processes and a worker may open 216." in said
    assert "connections" not in run(environ, "setup").stdout


def test_what_is_not_there_is_not_well(house: Installation, environ: dict[str, str]) -> None:
    elsewhere = environ | {"DOORWARD_PORT": str(free_port())}
    assert not well(elsewhere, "web")
    assert not well(environ | {"DATABASE_URL": "postgresql://doorward@127.0.0.1:1/x"}, "worker")


def test_without_a_key_the_mend_is_told(environ: dict[str, str]) -> None:
    done = run(environ | {"DOORWARD_MASTER_KEY_FILE": "/nowhere/key"}, "setup")
    assert done.returncode == 2
    assert "DOORWARD_MASTER_KEY_FILE" in done.stderr
    assert "head -c 32 /dev/urandom | base64" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_refused_by_the_web(house: Installation, environ: dict[str, str]) -> None:
    done = run(environ, "web")
    assert done.returncode == 1
    assert f"Port {house.port} on 127.0.0.1 is in use" in done.stderr


def test_no_password_stands_in_a_command_line(house: Installation, outside: Outside) -> None:
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert outside.password not in words.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue


def test_the_database_is_an_ordinary_users(house: Installation, outside: Outside) -> None:
    with psycopg.connect(outside.with_password) as connection:
        found = connection.execute(
            "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = user"
        )
        assert found.fetchone() == (False,)


def run(environ: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    command = [*DOORWARD, *words]
    return subprocess.run(
        command, env=environ, check=False, capture_output=True, text=True, timeout=120
    )


def well(environ: dict[str, str], part: str) -> bool:
    return run(environ, "healthy", part).returncode == 0


def begin(
    ends: ExitStack, environ: dict[str, str], log: Path, command: str
) -> "subprocess.Popen[bytes]":
    """Start a process that is asked to end, as a container is, when all is over."""
    paper = ends.enter_context(log.open("wb"))
    words = [sys.executable, "-P", "-m", "doorward.cli", command]
    process = subprocess.Popen(words, env=environ, stdout=paper, stderr=paper)
    ends.callback(_end, process)
    return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(30)
