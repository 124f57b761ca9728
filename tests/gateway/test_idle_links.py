"""A link that is idle costs one task; who is silent, or reads nothing, is shown out."""

import asyncio

import pytest

from doorward.gateway import sessions as links
from doorward.gateway.listeners import link as listener
from doorward.gateway.sessions import Session, Sessions
from doorward.kit import clock
from doorward.protocols import neutral
from doorward.protocols.link import frames
from tests.gateway.pretend import Line, SlowDesk, connected


def ack(seq: int) -> frames.Ack:
    return frames.Ack(seq)


def theirs(sessions: Sessions) -> Session:
    (session,) = sessions.all()
    return session


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Deaf(Line):
    """Takes nothing of what it is sent."""

    async def send_text(self, text: str) -> None:
        await asyncio.Event().wait()


async def test_an_idle_link_is_one_task() -> None:
    before = asyncio.all_tasks()
    async with connected(SlowDesk()) as line:
        await settle()
        assert len(asyncio.all_tasks() - before) == 1
        line.coming.put_nowait({"type": "websocket.disconnect"})


async def test_frames_come_in_the_order_in_which_they_were_sent() -> None:
    sessions = Sessions()
    async with connected(SlowDesk(), sessions=sessions) as line:
        await settle()
        session = theirs(sessions)
        for seq in range(5):
            session.send(ack(seq))
        await session.reply(ack(5))
        assert [await line.hear() for _ in range(6)] == [ack(seq) for seq in range(6)]
        await settle()
        assert session.is_idle
        session.send(ack(6))
        assert await line.hear() == ack(6)


async def test_who_has_told_nothing_for_long_is_shown_out() -> None:
    sessions = Sessions()
    async with connected(SlowDesk(), sessions=sessions) as line:
        await settle()
        sessions.end_silent(30)
        assert theirs(sessions).fault is None
        sessions.end_silent(0)
        told = await line.hear()
        assert isinstance(told, frames.Refusal)
        assert told.code == "link.silent"
        assert sessions.all() == []


async def test_whom_we_keep_waiting_ourselves_is_not_silent() -> None:
    session = Session(1)
    sessions = Sessions()
    sessions.add(session)
    sessions.end_silent(0)
    assert session.fault is None


async def test_who_reads_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "OUTBOX", 3)
    session = Session(1)

    async def serve() -> None:
        session.open(Deaf())
        await asyncio.Event().wait()

    serving = asyncio.create_task(serve())
    await settle()
    for seq in range(4):
        session.send(ack(seq))
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert session.fault is not None
    assert str(session.fault) == "link.slow"
    session.close()


async def test_who_takes_no_answer_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "GOODBYE_SECONDS", 0.05)
    sessions = Sessions()
    desk = SlowDesk()
    desk.open.set()
    async with connected(desk, sessions=sessions) as line:
        await settle()
        monkeypatch.setattr(line, "send_text", Deaf().send_text)
        line.tell(frames.report(1, neutral.LogUnreadable("1", clock.now(), "", "")))
        await settle()
        session = theirs(sessions)
        assert session.sending_since is not None
        sessions.end_silent(30)
        assert session.fault is None
        sessions.end_silent(0)
        await asyncio.wait_for(line.hung_up.wait(), 5)
        assert str(session.fault) == "link.slow"
        assert sessions.all() == []


async def test_of_two_links_of_one_connector_the_older_is_shown_out() -> None:
    sessions = Sessions()
    async with connected(SlowDesk(), sessions=sessions) as older:
        await settle()
        async with connected(SlowDesk(), sessions=sessions):
            told = await older.hear()
            assert isinstance(told, frames.Refusal)
            assert told.code == "link.replaced"
            assert len(sessions.all()) == 1
