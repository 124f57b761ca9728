"""The worker goes on by itself with what waits for another job."""

import asyncio

import procrastinate
from procrastinate.testing import InMemoryConnector

from doorward.worker import PromptWorker

JOBS = 3
PATIENCE = 30.0


async def test_a_job_begins_once_the_one_of_its_lock_has_ended() -> None:
    app = procrastinate.App(connector=InMemoryConnector())
    done: list[int] = []
    over = asyncio.Event()

    @app.task(name="step")
    async def step(number: int) -> None:
        # Long enough for the worker to look for the next one in vain.
        await asyncio.sleep(0.1)
        done.append(number)
        if len(done) == JOBS:
            over.set()

    async with app.open_async():
        for number in range(JOBS):
            await app.configure_task("step", lock="one after the other").defer_async(number=number)
        # It looks by itself far too late for this test.
        worker = PromptWorker(
            app,
            concurrency=2,
            fetch_job_polling_interval=10 * PATIENCE,
            install_signal_handlers=False,
        )
        running = asyncio.create_task(worker.run())
        try:
            await asyncio.wait_for(over.wait(), PATIENCE)
        finally:
            worker.stop()
            await running
    assert done == [*range(JOBS)]
