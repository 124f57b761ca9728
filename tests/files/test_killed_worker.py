"""SIGKILL of a real worker in the middle of long work: nothing is left, nothing is done twice."""

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

from doorward.files.actions import cancel_work, start_work
from doorward.files.models import Work
from doorward.kit.env import DATA, DATABASE_URL
from doorward.kit.jobs import app
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from tests.cast import Cast

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

SECONDS = 60
State = Work.State

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


def lingering(actor: Actor, cast: Cast, long_tries: int) -> Work:
    parameters = {"site": cast.maple.pk, "long_tries": long_tries}
    node = cast.maple.node
    return start_work(actor, node, kind="linger", title="Linger", parameters=parameters)


def after(work: Work) -> Work:
    return Work.objects.get(pk=work.pk)


def wait_until(true: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < give_up, what
        time.sleep(0.1)


def founded() -> int:
    return Company.objects.filter(name="Lingering").count()


def kill_in_the_middle(work: Work, worker: "subprocess.Popen[bytes]", attempt: int) -> None:
    """Kill a worker as soon as progress shows, which it does before anything else shows."""

    def is_under_way() -> bool:
        now = after(work)
        return now.attempts == attempt and now.state == State.RUNNING and now.done > 0

    wait_until(is_under_way, "the work is under way")
    assert founded() == 0
    worker.kill()
    worker.wait()


def let_the_dead_be_noticed() -> None:
    """Do what half a minute of silence and the clock do: the job goes to a living worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
    app.configure_task("kit.rescue_jobs").defer(timestamp=0)


def test_a_killed_work_is_begun_once_more_and_done_once(
    cast: Cast, mona: Actor, start_worker: StartWorker
) -> None:
    work = lingering(mona, cast, long_tries=1)
    kill_in_the_middle(work, start_worker(), attempt=1)
    assert (founded(), after(work).state) == (0, State.RUNNING)
    let_the_dead_be_noticed()
    start_worker()
    wait_until(lambda: after(work).is_over, "the work is done")
    assert (after(work).state, after(work).attempts, founded()) == (State.DONE, 2, 1)


def test_a_work_that_is_killed_twice_fails_in_words(
    cast: Cast, mona: Actor, start_worker: StartWorker
) -> None:
    work = lingering(mona, cast, long_tries=9)
    for attempt in (1, 2):
        kill_in_the_middle(work, start_worker(), attempt)
        let_the_dead_be_noticed()
    start_worker()
    wait_until(lambda: after(work).is_over, "the work has failed")
    assert (after(work).state, founded()) == (State.FAILED, 0)
    assert "Nothing was changed; try again" in after(work).error


def test_running_work_stops_when_it_is_called_off(
    cast: Cast, mona: Actor, start_worker: StartWorker
) -> None:
    work = lingering(mona, cast, long_tries=9)
    start_worker()
    wait_until(lambda: after(work).done > 0, "the work is under way")
    cancel_work(mona, work)
    wait_until(lambda: after(work).is_over, "the work has stopped")
    assert (after(work).state, founded()) == (State.CANCELLED, 0)
