"""Real worker processes on the database of the tests, to be killed and started again."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection

from doorward.files.models import Work
from doorward.kit.env import DATA, DATABASE_URL
from doorward.kit.jobs import app

SECONDS = 120

StartWorker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Start workers on the database of the tests; those that still live are ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        environ = {
            **os.environ,
            DATABASE_URL: url_of_the_database(),
            DATA: str(settings.ENVIRONMENT.data),
        }
        with (tmp_path / "worker.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.files.worker"]
            started.append(subprocess.Popen(command, env=environ, stdout=log, stderr=log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def url_of_the_database() -> str:
    told = connection.settings_dict
    who = f"{quote(told['USER'])}:{quote(told['PASSWORD'])}@" if told["USER"] else ""
    place = {name.lower(): told[name] for name in ("HOST", "PORT") if told[name]}
    return f"postgresql://{who}/{quote(told['NAME'])}?{urlencode(place)}"


def after(work: Work) -> Work:
    return Work.objects.get(pk=work.pk)


def wait_until(true: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < give_up, what
        time.sleep(0.1)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Kill a worker, as a lack of memory or a power cut does: with SIGKILL."""
    worker.kill()
    worker.wait()


def let_the_dead_be_noticed() -> None:
    """Do what half a minute of silence and the clock do: the job goes to a living worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    app.configure_task("kit.rescue_jobs").defer(timestamp=0)
