"""A flood of reports is shed with a word when to come again, and nothing of it is lost."""

import asyncio
import json

import pytest

from doorward.gateway import desk as desks
from doorward.kit import clock
from doorward.protocols import neutral
from doorward.protocols.link import frames
from tests.gateway.pretend import SlowDesk, connected

ROOM = 10


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> SlowDesk:
    monkeypatch.setattr(desks, "WAITING", ROOM)
    monkeypatch.setattr(desks, "WAITING_OF_EACH", 2)
    return SlowDesk()


def reports(first: int, last: int) -> frames.ReportsFrame:
    now = clock.now()
    told = (frames.report(seq, neutral.AlarmsOver("1", now)) for seq in range(first, last + 1))
    return frames.ReportsFrame(tuple(told))


async def test_what_there_is_no_room_for_is_told_and_comes_again(desk: SlowDesk) -> None:
    async with connected(desk) as line:
        line.tell(reports(1, ROOM))
        line.tell(reports(ROOM + 1, ROOM + 5))
        # On its way already when the word came.
        line.tell(reports(ROOM + 6, ROOM + 8))
        busy = await line.hear()
        assert isinstance(busy, frames.Busy)
        assert (busy.seq, busy.wait_ms > 0) == (ROOM + 1, True)
        assert desk.waiting == ROOM
        desk.open.set()
        assert await line.hear() == frames.Ack(ROOM)
        line.tell(reports(busy.seq, ROOM + 8))
        assert await line.hear() == frames.Ack(ROOM + 8)
    assert desk.stored == list(range(1, ROOM + 9))
    assert desk.waiting == 0


async def test_a_few_of_each_are_taken_however_many_others_wait(desk: SlowDesk) -> None:
    async with connected(desk) as line:
        desk.waiting = ROOM
        line.tell(reports(1, 2))
        desk.open.set()
        assert await line.hear() == frames.Ack(2)
        desk.waiting -= ROOM


async def test_who_knows_no_such_word_is_read_no_further_until_there_is_room(
    desk: SlowDesk,
) -> None:
    async with connected(desk, words=3) as line:
        for seq in range(1, ROOM + 4):
            line.tell(reports(seq, seq).reports[0], 3)
        for _ in range(50):
            await asyncio.sleep(0)
        assert desk.waiting == ROOM
        assert line.sent.empty()
        desk.open.set()
        while await line.hear() != frames.Ack(ROOM + 3):
            pass
    assert desk.stored == list(range(1, ROOM + 4))


async def test_what_waits_of_a_line_that_is_lost_waits_no_longer(desk: SlowDesk) -> None:
    async with connected(desk) as line:
        line.tell(reports(1, ROOM))
    assert desk.waiting == 0


def test_a_busy_frame_and_reports_together_are_read_as_they_were_told() -> None:
    for frame in (frames.Busy(7, 1500), reports(3, 9)):
        assert frames.decode(frames.encode(frame)) == frame
    assert len(json.loads(frames.encode(reports(3, 9)))["reports"]) == 7
