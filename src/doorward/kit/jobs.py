"""The job queue: rows in the same database, written in the deed's own transaction."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

__all__ = ["app", "job"]

P = ParamSpec("P")
R = TypeVar("R")

# About four hours of trying, ever more slowly.
_RETRIES = RetryStrategy(max_attempts=14, exponential_wait=2)


def job(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a job under a name; it is retried on its own until it succeeds."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        app.task(name=name, retry=_RETRIES)(function)
        return function

    return register


@app.task(name="kit.rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of dead workers to living ones."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs():
        await manager.retry_job(stalled)


@app.task(name="kit.prune_jobs", pass_context=True)
async def prune_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that ended a day ago; failed ones stay a week longer for whoever looks."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=24)
    await manager.delete_old_jobs(nb_hours=8 * 24, include_failed=True)
