"""A page hears only what its ticket names, and a ticket cannot be made up."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core import signing

from doorward.gateway.bridge import Bridge
from doorward.gateway.listeners.live import BACKLOG, LiveListener, Past
from doorward.kit import clock, live
from doorward.kit.live import packed
from doorward.tenancy.actions.signin import is_live
from doorward.tenancy.models import Account
from tests.cast import Cast

KEY = "k3y0fasession0000000000000000000"


def ticket_of(*topics: str) -> str:
    return live.ticket(topics, session=KEY, since=clock.now())


def test_a_ticket_names_its_topics() -> None:
    since = clock.now()
    told = live.read(live.ticket(("door:1", "door:2"), session=KEY, since=since), session=KEY)
    assert told.topics == {"door:1", "door:2", f"session:{live.handle_of(KEY)}"}
    assert timedelta() <= since - told.since < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "ticket",
    ["", "door:1", "x.y.z", signing.dumps(["door:1"])],
    ids=["nothing", "a topic", "three parts", "signed for something else"],
)
def test_a_ticket_that_was_not_given_out_opens_nothing(ticket: str) -> None:
    with pytest.raises(signing.BadSignature):
        live.read(ticket, session=KEY)


def test_a_ticket_that_was_altered_opens_nothing() -> None:
    ticket = ticket_of("door:1")
    other = ticket_of("door:2")
    mixed = ":".join([other.split(":")[0], *ticket.split(":")[1:]])
    with pytest.raises(signing.BadSignature):
        live.read(mixed, session=KEY)


def test_a_page_of_the_version_before_is_told_everything() -> None:
    before = signing.dumps([live.handle_of(KEY), "door:1"], salt="doorward.live", compress=True)
    hearing = live.read(before, session=KEY)
    assert hearing.topics == {"door:1", f"session:{live.handle_of(KEY)}"}
    assert Past().missed(hearing) == ["*"]


def test_a_ticket_is_topics_alone_for_the_version_before() -> None:
    told = signing.loads(ticket_of("door:1"), salt="doorward.live")
    assert all(isinstance(topic, str) for topic in told)


@pytest.mark.parametrize("session", ["", "another-key", KEY.upper()])
def test_a_ticket_of_another_session_opens_nothing(session: str) -> None:
    with pytest.raises(signing.BadSignature):
        live.read(ticket_of("door:1"), session=session)


def test_a_ticket_ends_after_half_a_day() -> None:
    ticket = ticket_of("door:1")
    late = clock.now() + timedelta(seconds=live.TICKET_SECONDS + 1)
    with time_machine.travel(late), pytest.raises(signing.SignatureExpired):
        live.read(ticket, session=KEY)


async def test_a_page_that_falls_behind_is_told_to_look_at_everything() -> None:
    listener = LiveListener(Bridge())
    queue = listener_queue(listener, "door:1")
    for _ in range(BACKLOG + 1):
        listener.hear(live.CHANNEL, ["door:1"])
    assert queue.qsize() == 1
    assert queue.get_nowait() == "*"


async def test_an_end_is_not_lost_in_the_crowd() -> None:
    listener = LiveListener(Bridge())
    queue = listener_queue(listener, "door:1")
    end = f"session:{live.handle_of(KEY)}"
    listener._pages[end].add(queue)
    listener.hear(live.CHANNEL, [end])
    for _ in range(2 * BACKLOG):
        listener.hear(live.CHANNEL, ["door:1"])
    waiting = [queue.get_nowait() for _ in range(queue.qsize())]
    assert end in waiting


async def test_a_page_hears_nothing_of_other_topics() -> None:
    listener = LiveListener(Bridge())
    queue = listener_queue(listener, "door:1")
    listener.hear(live.CHANNEL, ["door:2", "site:1:doors"])
    assert queue.empty()


async def test_a_wake_up_without_topics_is_for_everybody() -> None:
    listener = LiveListener(Bridge())
    queue = listener_queue(listener, "door:1")
    listener.hear(live.CHANNEL, [])
    assert queue.get_nowait() == "*"


def listener_queue(listener: LiveListener, topic: str) -> "asyncio.Queue[str]":
    """Let a page listen without a socket, and return what waits for it."""
    queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
    listener._pages[topic].add(queue)
    return queue


@pytest.mark.django_db
def test_a_session_lives_until_it_is_ended_or_its_account_is_shut(cast: Cast) -> None:
    browser = cast.client("mona")
    key = browser.session.session_key or ""
    assert is_live(key)
    assert not is_live("")
    assert not is_live("no\x00key")
    Account.objects.filter(username="mona").update(is_active=False)
    assert not is_live(key)
    Account.objects.filter(username="mona").update(is_active=True)
    browser.post("/sign-out/")
    assert not is_live(key)


def test_topics_are_told_in_as_few_texts_as_take_them() -> None:
    topics = [f"account:{key}" for key in range(1_000)]
    texts = packed(topics, 300)
    assert " ".join(texts).split() == topics
    assert all(len(text) <= 300 for text in texts)
    assert all(len(one) + 1 + len(two.split()[0]) > 300 for one, two in pairwise(texts))


@pytest.fixture
def clock_hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(clock.now(), tick=False) as hand:
        yield hand


def past_of(clock_hand: time_machine.Traveller, *told: str, remembered: int = 10) -> Past:
    """Return what is known after these topics were told, a second after each other."""
    past = Past(remembered)
    for topic in told:
        clock_hand.shift(1)
        past.note([topic])
    return past


def missed(past: Past, seconds_ago: float, *topics: str) -> list[str]:
    since = clock.now() - timedelta(seconds=seconds_ago)
    return sorted(past.missed(live.Hearing(frozenset(topics), since)))


def test_a_page_hears_what_was_told_since_it_looked(clock_hand: time_machine.Traveller) -> None:
    past = past_of(clock_hand, "door:1", "door:2", "door:3")
    assert missed(past, 1.5, "door:1", "door:2", "door:4") == ["door:2"]
    assert missed(past, 0, "door:3") == ["door:3"]
    assert missed(past, -0.5, "door:3") == []


def test_what_was_told_again_counts_by_the_last_time(clock_hand: time_machine.Traveller) -> None:
    past = past_of(clock_hand, "door:1", "door:2", "door:1", remembered=2)
    assert missed(past, 0.5, "door:1", "door:2") == ["door:1"]
    assert missed(past, 2.5, "door:1", "door:2") == ["door:1", "door:2"]


def test_a_page_older_than_what_is_known_looks_at_everything(
    clock_hand: time_machine.Traveller,
) -> None:
    past = past_of(clock_hand, "door:1", "door:2", "door:3", remembered=2)
    assert missed(past, 2, "door:9") == ["*"]
    assert missed(past, 1.9, "door:9") == []
    clock_hand.shift(1)
    past.forget()
    assert missed(past, 0, "door:9") == ["*"]
    clock_hand.shift(1)
    assert missed(past, 0, "door:3") == []
