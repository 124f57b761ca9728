"""A body is whole before Django is asked: slow senders, hang-ups and giants cost no thread."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from doorward.gateway.listeners import pages
from doorward.gateway.listeners.pages import (
    IN_MEMORY,
    LARGEST_BODY,
    LARGEST_UPLOAD,
    Knows,
    WholeRequests,
    nobody,
)

Headers = Sequence[tuple[bytes, bytes]]
# Any: a scope has values of every kind.
CHUNKED: dict[str, Any] = {
    "type": "http",
    "headers": [(b"transfer-encoding", b"chunked"), (b"x-own", b"1")],
}


FORM = (b"content-type", b"multipart/form-data; boundary=x")


class Pages:
    """Stands where Django stands, and notes what it is asked."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.largest_part = 0
        self.headers: dict[bytes, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
            self.largest_part = max(self.largest_part, len(message["body"]))
        self.bodies.append(body)
        self.headers = dict(scope["headers"])


async def somebody(scope: Scope) -> bool:
    return True


async def ask(
    *parts: Message,
    hang: bool = False,
    headers: Headers = (),
    knows: Knows = nobody,
    path: str = "/",
) -> tuple[Pages, list[Message]]:
    django, answers, waiting = Pages(), [], list(parts)

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        if hang:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {**CHUNKED, "path": path, "headers": [*headers, *CHUNKED["headers"]]}
    await WholeRequests(django, knows)(scope, receive, send)
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


async def test_a_giant_is_told_what_is_taken() -> None:
    size = (b"content-length", str(LARGEST_BODY + 1).encode())
    _django, (start, body) = await ask(hang=True, headers=[size])
    headers = dict(start["headers"])
    assert headers[b"content-type"].startswith(b"text/html")
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"content-language"] == b"en"
    assert b"Files are taken up to 20 MB" in body["body"]


async def test_a_program_that_sends_a_giant_gets_a_problem_document() -> None:
    size = (b"content-length", str(LARGEST_BODY + 1).encode())
    _django, (start, body) = await ask(hang=True, headers=[size], path="/api/v1/people/import")
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert json.loads(body["body"])["code"] == "body.too_large"


async def test_nobody_is_asked_for_a_sender_that_hung_up() -> None:
    django, answers = await ask(part(b"d", more=True))
    assert (django.bodies, answers) == ([], [])


async def test_a_giant_that_says_so_is_refused_before_it_sends_anything() -> None:
    size = (b"content-length", str(LARGEST_BODY + 1).encode())
    django, answers = await ask(hang=True, headers=[size])
    assert (django.bodies, answers[0]["status"]) == ([], 413)


async def test_whoever_is_known_sends_a_file() -> None:
    piece = b"x" * (1 << 20)
    parts = [part(piece, more=place < 9) for place in range(10)]
    django, _ = await ask(*parts, headers=[FORM], knows=somebody)
    assert django.bodies == [piece * 10]
    assert django.headers[b"content-length"] == str(10 << 20).encode()
    # It comes back in pieces: nobody holds all of it in memory.
    assert django.largest_part <= IN_MEMORY


@pytest.mark.parametrize(
    ("headers", "knows"), [([FORM], nobody), ([], somebody)], ids=["a stranger", "no form"]
)
async def test_nobody_else_sends_so_much(headers: Headers, knows: Knows) -> None:
    piece = b"x" * (LARGEST_BODY // 2 + 1)
    parts = [part(piece, more=True), part(piece, more=False)]
    django, answers = await ask(*parts, headers=headers, knows=knows)
    assert (django.bodies, answers[0]["status"]) == ([], 413)


async def test_a_file_beyond_all_measure_is_refused() -> None:
    size = (b"content-length", str(LARGEST_UPLOAD + 1).encode())
    django, answers = await ask(hang=True, headers=[FORM, size], knows=somebody)
    assert (django.bodies, answers[0]["status"]) == ([], 413)
    piece = b"x" * (1 << 20)
    parts = [part(piece, more=True) for _ in range(30)]
    django, answers = await ask(*parts, headers=[FORM], knows=somebody)
    assert (django.bodies, answers[0]["status"]) == ([], 413)


async def test_a_long_body_lies_on_disk_sealed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lying = tmp_path / "body"
    monkeypatch.setattr(pages.folder, "scratch", lambda: lying.open("w+b"))
    canary = b"canary of a body, " * 100_000
    django, _ = await ask(part(canary, more=False), headers=[FORM], knows=somebody)
    assert django.bodies == [canary]
    sealed = lying.read_bytes()
    assert len(sealed) > len(canary)
    assert b"canary" not in sealed
