"""The worker process: does the jobs that actions and the clock have written down."""

import asyncio
import gc
import signal

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params

from doorward.files.actions.works import QUEUE
from doorward.kit import connections

# By queue, how many jobs run at once: long work leaves the others their places.
LANES = {"default": 4, QUEUE: 2}


def main(argv: list[str]) -> int:
    """Work until SIGTERM; a job under way is finished first."""
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
            lanes = [
                group.create_task(
                    worker.run_worker_async(
                        name=queue,
                        queues=[queue],
                        concurrency=places,
                        delete_jobs="successful",
                        # Each would put the other's handler out of place.
                        install_signal_handlers=False,
                    )
                )
                for queue, places in LANES.items()
            ]
            _stop_by_signal(lanes)


def _stop_by_signal(lanes: list["asyncio.Task[None]"]) -> None:
    def stop() -> None:
        for lane in lanes:
            lane.cancel()

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop)
