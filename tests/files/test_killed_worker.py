"""SIGKILL of a real worker in the middle of long work: nothing is left, nothing is done twice."""

import subprocess

import pytest

from doorward.files.actions import cancel_work, start_work
from doorward.files.models import Work
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from tests.cast import Cast
from tests.workers import StartWorker, after, kill, let_the_dead_be_noticed, wait_until

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

State = Work.State


def lingering(actor: Actor, cast: Cast, long_tries: int) -> Work:
    parameters = {"site": cast.maple.pk, "long_tries": long_tries}
    node = cast.maple.node
    return start_work(actor, node, kind="linger", title="Linger", parameters=parameters)


def founded() -> int:
    return Company.objects.filter(name="Lingering").count()


def kill_in_the_middle(work: Work, worker: "subprocess.Popen[bytes]", attempt: int) -> None:
    """Kill a worker as soon as progress shows, which it does before anything else shows."""

    def is_under_way() -> bool:
        now = after(work)
        return now.attempts == attempt and now.state == State.RUNNING and now.done > 0

    wait_until(is_under_way, "the work is under way")
    assert founded() == 0
    kill(worker)


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
