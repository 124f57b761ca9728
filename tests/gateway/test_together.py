"""What many ask is answered together, and the trouble of one is not that of all."""

import asyncio
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from doorward.gateway.bridge import Bridge
from doorward.gateway.together import Together


class Ledger:
    """Doubles numbers, notes how many came at once, and stumbles over some."""

    def __init__(self, *, refuses: Sequence[int] = (), breaks_at: Sequence[int] = ()) -> None:
        self.calls: list[list[int]] = []
        self.refuses, self.breaks_at = refuses, breaks_at
        self.is_down = False

    def double(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.calls.append(list(numbers))
        if self.is_down:
            raise OperationalError("no database")
        if any(number in self.breaks_at for number in numbers):
            raise RuntimeError("a bug")
        return [ValueError(n) if n in self.refuses else 2 * n for n in numbers]


async def ask_all(ledger: Ledger, numbers: Sequence[int], **limits: int) -> list[object]:
    bridge = Bridge()
    together: Together[int, int] = Together(bridge, ledger.double, **limits)
    try:
        return await asyncio.gather(*map(together.ask, numbers), return_exceptions=True)
    finally:
        bridge.close()


async def test_those_who_ask_meanwhile_are_answered_by_one_call() -> None:
    ledger = Ledger()
    assert await ask_all(ledger, range(20)) == [2 * n for n in range(20)]
    assert len(ledger.calls) <= 2


async def test_a_call_takes_no_more_than_it_may() -> None:
    ledger = Ledger()
    await ask_all(ledger, range(20), most=6)
    assert max(map(len, ledger.calls)) == 6


async def test_who_is_refused_is_alone_with_it() -> None:
    answers = await ask_all(Ledger(refuses=[3]), range(5))
    assert isinstance(answers.pop(3), ValueError)
    assert answers == [0, 2, 4, 8]


async def test_who_breaks_a_call_fails_and_the_others_do_not() -> None:
    answers = await ask_all(Ledger(breaks_at=[3]), range(5))
    assert isinstance(answers.pop(3), RuntimeError)
    assert answers == [0, 2, 4, 8]


async def test_without_a_database_nobody_is_asked_for_alone_for_ever() -> None:
    ledger = Ledger()
    ledger.is_down = True
    answers = await ask_all(ledger, range(500))
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert len(ledger.calls) < 10


async def test_who_gave_up_waiting_takes_nobody_along() -> None:
    bridge, ledger = Bridge(), Ledger()
    together: Together[int, int] = Together(bridge, ledger.double)
    asked = [asyncio.create_task(together.ask(number)) for number in range(3)]
    await asyncio.sleep(0)
    asked[1].cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    bridge.close()
    assert (answers[0], answers[2]) == (0, 4)
    with pytest.raises(asyncio.CancelledError):
        asked[1].result()
