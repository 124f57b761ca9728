"""The worker process: does the jobs that actions and the clock have written down."""

import asyncio
from typing import cast

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY = 4


def main(argv: list[str]) -> int:
    """Work until SIGTERM; a job under way is finished first."""
    asyncio.run(_work())
    return 0


async def _work() -> None:
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker:
        async with worker.open_async():
            await worker.run_worker_async(concurrency=CONCURRENCY, delete_jobs="successful")
