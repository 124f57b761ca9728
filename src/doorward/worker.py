"""The worker process: does the jobs that actions and the clock have written down."""

import asyncio
import gc
import signal

from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from doorward.files.actions.works import QUEUE
from doorward.kit import connections, turns

# By queue, how many jobs run at once: long work leaves the others their places.
LANES = {"default": 4, QUEUE: 2}


class PromptWorker(Worker):
    """A worker that looks for the next job as soon as one has ended.

    By itself it looks when a job is written down, and else after five seconds (procrastinate 3.10,
    `Worker._run_loop`): so long would lie what waits for another job of the same lock.
    """

    async def _process_job(self, context: JobContext) -> None:
        try:
            await super()._process_job(context)
        finally:
            self._new_job_event.set()


def main(argv: list[str]) -> int:
    """Work until SIGTERM; what is under way is finished first, as far as it goes in one turn."""
    _collect_seldom()
    asyncio.run(_work())
    return 0


def _collect_seldom() -> None:
    """Look for unreachable rings of objects less often: an import holds a hundred thousand rows.

    As Python has it, a fifth of the time of such a work goes into looking at them again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _work() -> None:
    connector = PsycopgConnector(kwargs=connector_params(), max_size=connections.QUEUE)
    with app.replace_connector(connector) as worker:
        async with worker.open_async(), asyncio.TaskGroup() as group:
            worker.perform_import_paths()  # type: ignore[no-untyped-call]
            lanes = [
                group.create_task(_lane(worker, queue, places)) for queue, places in LANES.items()
            ]
            _stop_by_signal(lanes)


async def _lane(queues: App, queue: str, places: int) -> None:
    worker = PromptWorker(
        queues,
        name=queue,
        queues=[queue],
        concurrency=places,
        delete_jobs="successful",
        # Each would put the other's handler out of place.
        install_signal_handlers=False,
    )
    await worker.run()  # type: ignore[no-untyped-call]


def _stop_by_signal(lanes: list["asyncio.Task[None]"]) -> None:
    def stop() -> None:
        turns.end_all()
        for lane in lanes:
            lane.cancel()

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop)
