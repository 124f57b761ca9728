"""Files go out beside Django: whole, or not as if they were whole."""

import os
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from doorward.files import folder
from doorward.files.folder import Bytes
from doorward.files.sealing import CHUNK, Damaged
from doorward.files.sending import CARRIER, HEADER
from doorward.gateway.listeners.files import CarriedFiles

CONTENT = os.urandom(9 * CHUNK + 3)


@pytest.fixture
def written() -> Bytes:
    return folder.write([CONTENT])


class Naming:
    """Stands where Django stands, and answers with the name of a file."""

    def __init__(self, *headers: tuple[bytes, bytes]) -> None:
        self.headers = headers
        self.scope: Scope = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        headers = [(b"content-type", b"text/csv"), *self.headers]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def named(written: Bytes) -> Naming:
    return Naming((HEADER.lower().encode(), str(written.key).encode()))


async def ask(app: Any, answers: list[Message], method: str = "GET") -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answers.append(message)

    await CarriedFiles(app)({"type": "http", "method": method, "headers": []}, receive, send)


async def test_a_named_file_is_sent_whole(written: Bytes) -> None:
    answers: list[Message] = []
    await ask(named(written), answers)
    start, *bodies = answers
    assert b"".join(message["body"] for message in bodies) == CONTENT
    assert [message.get("more_body", False) for message in bodies][-2:] == [True, False]
    # Under which key it lies is nobody's business.
    assert start["headers"] == [(b"content-type", b"text/csv")]


async def test_django_is_told_that_its_files_are_carried(written: Bytes) -> None:
    django = named(written)
    await ask(django, [])
    assert CARRIER in django.scope


async def test_whoever_asks_for_the_head_gets_no_more(written: Bytes) -> None:
    answers: list[Message] = []
    await ask(named(written), answers, method="HEAD")
    assert [message.get("body") for message in answers] == [None, b""]


async def test_an_answer_without_a_file_passes_as_it_is() -> None:
    answers: list[Message] = []
    await ask(Naming(), answers)
    assert [message["type"] for message in answers] == [
        "http.response.start",
        "http.response.body",
    ]


async def test_a_file_that_is_damaged_on_the_way_breaks_off(written: Bytes) -> None:
    place = folder.path_of(written.key)
    sealed = bytearray(place.read_bytes())
    sealed[-CHUNK * 2] ^= 1
    place.write_bytes(sealed)
    answers: list[Message] = []
    with pytest.raises(Damaged):
        await ask(named(written), answers)
    # Without its last message a server knows that something is missing.
    assert all(message["more_body"] for message in answers[1:])
