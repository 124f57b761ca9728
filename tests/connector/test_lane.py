"""Requests to one device queue up; urgent ones do not."""

import asyncio
import time
from itertools import pairwise

from doorward.connector.lane import Lane


async def test_requests_go_one_at_a_time_with_a_pause() -> None:
    lane = Lane(0.05)
    spans: list[tuple[float, float]] = []

    async def request() -> None:
        async with lane.turn():
            began = time.monotonic()
            await asyncio.sleep(0.01)
            spans.append((began, time.monotonic()))

    await asyncio.gather(*(request() for _ in range(4)))
    pauses = [after[0] - before[1] for before, after in pairwise(spans)]
    assert min(pauses) >= 0.045


async def test_an_urgent_request_passes_one_that_hangs() -> None:
    lane = Lane(0.05)

    async def hang() -> None:
        async with lane.turn():
            await asyncio.sleep(30)

    hanging = asyncio.create_task(hang())
    await asyncio.sleep(0.01)
    async with asyncio.timeout(0.5):
        with lane.urgent():
            await asyncio.sleep(0)
    hanging.cancel()


async def test_who_waits_lets_the_urgent_end_first() -> None:
    lane = Lane(0.0)
    order: list[str] = []

    async def patient() -> None:
        async with lane.turn():
            order.append("patient")

    with lane.urgent():
        waiting = asyncio.create_task(patient())
        await asyncio.sleep(0.05)
        order.append("urgent")
    await waiting
    assert order == ["urgent", "patient"]
