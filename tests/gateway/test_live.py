"""A page hears only what its ticket names, and a ticket cannot be made up."""

import asyncio
from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from doorward.gateway.listeners.live import BACKLOG, LiveListener
from doorward.kit import clock, live


def test_a_ticket_names_its_topics() -> None:
    assert live.topics_of(live.ticket(["door:1", "door:2"])) == {"door:1", "door:2"}


@pytest.mark.parametrize("ticket", ["", "door:1", "x.y.z", signing.dumps(["door:1"])])
def test_a_ticket_that_was_not_given_out_opens_nothing(ticket: str) -> None:
    with pytest.raises(signing.BadSignature):
        live.topics_of(ticket)


def test_a_ticket_that_was_altered_opens_nothing() -> None:
    ticket = live.ticket(["door:1"])
    other = live.ticket(["door:2"])
    mixed = ":".join([other.split(":")[0], *ticket.split(":")[1:]])
    with pytest.raises(signing.BadSignature):
        live.topics_of(mixed)


def test_a_ticket_ends_after_half_a_day() -> None:
    ticket = live.ticket(["door:1"])
    late = clock.now() + timedelta(seconds=live.TICKET_SECONDS + 1)
    with time_machine.travel(late), pytest.raises(signing.SignatureExpired):
        live.topics_of(ticket)


async def test_a_page_that_falls_behind_is_told_to_look_at_everything() -> None:
    listener = LiveListener()
    queue = listener_queue(listener, "door:1")
    for _ in range(BACKLOG + 1):
        listener.hear(live.CHANNEL, ["door:1"])
    assert queue.qsize() == 1
    assert queue.get_nowait() == "*"


async def test_a_page_hears_nothing_of_other_topics() -> None:
    listener = LiveListener()
    queue = listener_queue(listener, "door:1")
    listener.hear(live.CHANNEL, ["door:2", "site:1:doors"])
    assert queue.empty()


async def test_a_wake_up_without_topics_is_for_everybody() -> None:
    listener = LiveListener()
    queue = listener_queue(listener, "door:1")
    listener.hear(live.CHANNEL, [])
    assert queue.get_nowait() == "*"


def listener_queue(listener: LiveListener, topic: str) -> "asyncio.Queue[str]":
    """Let a page listen without a socket, and return what waits for it."""
    queue: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
    listener._pages[topic].add(queue)
    return queue
