"""A body is whole before Django is asked: slow senders, hang-ups and giants cost no thread."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from doorward.gateway.listeners import pages
from doorward.gateway.listeners.pages import LARGEST_BODY, WholeRequests

CHUNKED = {"type": "http", "headers": [(b"transfer-encoding", b"chunked"), (b"x-own", b"1")]}


class Pages:
    """Stands where Django stands, and notes what it is asked."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: dict[bytes, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        assert message["more_body"] is False
        self.bodies.append(message["body"])
        self.headers = dict(scope["headers"])


async def ask(*parts: Message, hang: bool = False) -> tuple[Pages, list[Message]]:
    django, answers, waiting = Pages(), [], list(parts)

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        if hang:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answers.append(message)

    await WholeRequests(django)(dict(CHUNKED), receive, send)
    return django, answers


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_parts_arrives_whole_and_with_its_length() -> None:
    django, _ = await ask(part(b"door=", more=True), part(b"12", more=False))
    assert django.bodies == [b"door=12"]
    assert django.headers == {b"x-own": b"1", b"content-length": b"7"}


async def test_a_sender_that_stalls_is_answered_and_costs_django_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "BODY_SECONDS", 0.05)
    django, answers = await ask(part(b"d", more=True), hang=True)
    assert (django.bodies, answers[0]["status"]) == ([], 408)


async def test_a_giant_is_refused_before_it_is_whole() -> None:
    half = b"x" * (LARGEST_BODY // 2 + 1)
    django, answers = await ask(part(half, more=True), part(half, more=True))
    assert (django.bodies, answers[0]["status"]) == ([], 413)


async def test_nobody_is_asked_for_a_sender_that_hung_up() -> None:
    django, answers = await ask(part(b"d", more=True))
    assert (django.bodies, answers) == ([], [])
