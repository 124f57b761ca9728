"""Asking for many at once: while one call is under way, what else is asked waits for the next."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import Error

from doorward.gateway.bridge import Bridge

logger = logging.getLogger(__name__)

A = TypeVar("A")
B = TypeVar("B")

# What one call takes: so much of it that others need not wait long for what it holds.
MOST = 500
# After so many that failed one by one it is not they who are at fault.
_PATIENCE = 3


class Together(Generic[A, B]):
    """Asks a function of ours for all who wait, in the order in which they came.

    The function answers each; an exception among the answers is raised to whoever asked. Where a
    call fails as a whole, everybody is asked for alone, so that only the guilty one fails.
    """

    def __init__(
        self,
        bridge: Bridge,
        function: Callable[[Sequence[A]], Sequence[B | Exception]],
        *,
        most: int = MOST,
        weight: Callable[[A], int] = lambda _: 1,
    ) -> None:
        self._bridge = bridge
        self._function = function
        self._most = most
        self._weight = weight
        self._waiting: deque[tuple[A, asyncio.Future[B]]] = deque()
        self._work: asyncio.Task[None] | None = None

    async def ask(self, item: A) -> B:
        future: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._work is None:
            self._work = asyncio.create_task(self._answer_all())
        return await future

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                await self._answer(self._next())
        finally:
            self._work = None
            # Only where we are cancelled does anybody wait still.
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()

    def _next(self) -> list[tuple[A, "asyncio.Future[B]"]]:
        some = [self._waiting.popleft()]
        room = self._most - self._weight(some[0][0])
        while self._waiting and (room := room - self._weight(self._waiting[0][0])) >= 0:
            some.append(self._waiting.popleft())
        return some

    async def _answer(self, some: Sequence[tuple[A, "asyncio.Future[B]"]]) -> None:
        call = self._bridge.call(self._function, [item for item, _ in some])
        # Whoever asked is told of a fault, whatever it is.
        (answers,) = await asyncio.gather(call, return_exceptions=True)
        if isinstance(answers, BaseException):
            if len(some) == 1:
                _fail(some[0][1], answers)
            else:
                logger.warning("%d at once failed: %s", len(some), type(answers).__name__)
                await self._answer_each(some)
            return
        for (_, future), answer in zip(some, answers, strict=True):
            if isinstance(answer, Exception):
                _fail(future, answer)
            else:
                _tell(future, answer)

    async def _answer_each(self, some: Sequence[tuple[A, "asyncio.Future[B]"]]) -> None:
        failed = 0
        for place, one in enumerate(some):
            await self._answer([one])
            fault = None if one[1].cancelled() else one[1].exception()
            failed = failed + 1 if isinstance(fault, Error) else 0
            if isinstance(fault, Error) and failed == _PATIENCE:
                for _, future in some[place + 1 :]:
                    _fail(future, fault)
                return


def _tell(future: "asyncio.Future[B]", answer: B) -> None:
    if not future.done():
        future.set_result(answer)


def _fail(future: "asyncio.Future[B]", fault: BaseException) -> None:
    if not future.done():
        future.set_exception(fault)
