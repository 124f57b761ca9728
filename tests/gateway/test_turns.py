"""A flood of requests is sent away with a word when to come again, and others are served."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from doorward.gateway.listeners import turns
from doorward.gateway.listeners.turns import (
    AT_WORK,
    AT_WORK_OF_EACH,
    INSIDE,
    INSIDE_OF_EACH,
    Turns,
)


class Pages:
    """Stands where Django stands; whoever comes in stays until it is `open`."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.at_work: list[bytes] = []
        self.served = 0
        both = Turns()
        self.front = both.gate(both.queue(self))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.at_work.append(dict(scope["headers"])[b"authorization"])
        await self.open.wait()
        self.served += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask(
        self, who: str, path: str = "/api/v1/doors", method: str = "GET"
    ) -> Sequence[Message]:
        said: list[Message] = []

        async def send(message: Message) -> None:
            said.append(message)

        # Any: a scope has values of every kind.
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"authorization", who.encode())],
        }
        await self.front(scope, _nothing, send)
        return said


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_one_caller_has_few_turns_at_once_and_others_have_theirs() -> None:
    pages = Pages()
    asked = [asyncio.create_task(pages.ask("a")) for _ in range(INSIDE_OF_EACH)]
    await settle()
    asked.append(asyncio.create_task(pages.ask("b")))
    await settle()
    assert sorted(pages.at_work) == [b"a"] * AT_WORK_OF_EACH + [b"b"]
    pages.open.set()
    await asyncio.gather(*asked)
    assert pages.served == INSIDE_OF_EACH + 1


async def test_more_than_may_wait_of_one_caller_are_sent_away_with_when_to_come_again() -> None:
    pages = Pages()
    asked = [asyncio.create_task(pages.ask("a")) for _ in range(INSIDE_OF_EACH)]
    await settle()
    start, body = await pages.ask("a")
    assert start["status"] == 429
    assert dict(start["headers"])[b"retry-after"] == b"2"
    assert json.loads(body["body"])["code"] == "rate.at_once"
    pages.open.set()
    await asyncio.gather(*asked)
    start, _ = await pages.ask("a")
    assert start["status"] == 200


async def test_more_than_there_is_room_for_are_sent_away_but_for_who_opens_a_door() -> None:
    pages = Pages()
    callers = [f"caller {number}" for number in range(INSIDE)]
    asked = [asyncio.create_task(pages.ask(who)) for who in callers]
    await settle()
    assert len(pages.at_work) == AT_WORK
    start, body = await pages.ask("late")
    assert (start["status"], json.loads(body["body"])["code"]) == (503, "busy")
    opening = asyncio.create_task(pages.ask("guard", "/api/v1/doors/7/unlock", "POST"))
    await settle()
    assert pages.at_work[-1] == b"guard"
    pages.open.set()
    assert (await opening)[0]["status"] == 200
    await asyncio.gather(*asked)


async def test_nothing_is_kept_of_callers_who_have_gone() -> None:
    both = Turns()
    pages = Pages()
    pages.front = both.gate(both.queue(pages))
    pages.open.set()
    await asyncio.gather(*(pages.ask(f"caller {number}") for number in range(50)))
    assert not both._inside
    assert not both._turns


def test_a_door_of_a_page_and_one_of_the_api_are_opened_before_others() -> None:
    for path in ("/api/v1/doors/12/unlock", "/sites/3/doors/12/open/"):
        assert turns._opens({"method": "POST", "path": path})
    assert not turns._opens({"method": "GET", "path": "/api/v1/doors/12/unlock"})
