"""The job queue: rows in the same database, written in the deed's own transaction."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.core.management import call_command
from procrastinate import JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from doorward.kit import clock, delivery
from doorward.kit.errors import Invalid, Refused

__all__ = ["app", "job"]

P = ParamSpec("P")
R = TypeVar("R")


class _Patience(RetryStrategy):
    """Ever more slowly, about nine hours in 14 tries; a refusal is an answer, not retried."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, Refused | Invalid):
            return None
        return super().get_retry_decision(exception=exception, job=job)


_TRIES = 14


def job(
    name: str, *, alone: bool = False, tries: int = _TRIES
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a job under a name; it is retried on its own until it succeeds.

    Of one that is `alone` no two run at a time: it comes by the clock, and would fill the lane.
    Few `tries` are for what others wait behind, and what comes back by other ways.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        lock = name if alone else None
        retry = _Patience(max_attempts=tries, exponential_wait=2)
        # No lock of the queue besides: what a killed worker had in hand could not be put back
        # while another like it waits.
        app.task(name=name, retry=retry, lock=lock)(function)
        return function

    return register


@app.task(name="kit.rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of dead workers to living ones."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs():
        await manager.retry_job(stalled)


# One at a time: a server that hangs holds up one job and no more.
@app.task(name="kit.deliver_mail", lock="kit.mail")
def deliver_mail(timestamp: int = 0) -> None:
    """Send the mail that is due; what fails is tried again by the clock, not by the queue."""
    delivery.deliver_due()


@app.task(name="kit.prune_mail")
def prune_mail(timestamp: int) -> None:
    """Forget mail that ended long ago."""
    delivery.prune(clock.now())


@app.task(name="kit.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Delete sign-in sessions that have ended."""
    call_command("clearsessions")


@app.task(name="kit.prune_jobs", pass_context=True)
async def prune_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that ended a day ago; failed ones stay a week longer for whoever looks."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=24)
    await manager.delete_old_jobs(nb_hours=8 * 24, include_failed=True)
