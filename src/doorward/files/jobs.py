"""Long work, and what files need by the clock."""

from doorward.files import running
from doorward.files.actions import forget_expired, forget_old_works, revive_works, sweep
from doorward.files.actions.works import QUEUE, RUN
from doorward.kit.jobs import app, job


# Not retried like other jobs: what failed says so, and is tried again by whoever wants it.
@app.task(name=RUN, queue=QUEUE)
def run_work(work: int) -> None:
    running.run(work)


@job("files.revive_works")
def revive(timestamp: int) -> None:
    revive_works()


@job("files.forget_works")
def forget_works(timestamp: int) -> None:
    forget_old_works()


@job("files.forget_expired")
def forget_files(timestamp: int) -> None:
    forget_expired()


@job("files.sweep")
def sweep_strays(timestamp: int) -> None:
    sweep()
