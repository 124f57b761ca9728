"""P4, one fob, one kilobyte: bytes on the connector link after one card changes at a large device.

Both ways and with the frames of WebSocket: the order, the device's word that it has it, and our
receipt. Yardstick: the whole list, which the connector is given first. The functional check of the
run: the order brings the new card, of that person and of nobody else.
"""

import asyncio
import json
import statistics
import time
from typing import Any

import aiohttp

from bench.figure import sized
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online
from bench.swarm.handle import fill_site
from bench.swarm.members import Gone, Member
from doorward.protocols import neutral
from doorward.protocols.link import frames
from doorward.protocols.link.frames import Frame

PEOPLE = sized(20_000)
ROUNDS = 5
PATIENCE = 300.0
GOAL = "≤ 1 kB; first list ≤ 2 s of our side"
# Frames that are sent whether anything changes or not.
_ALWAYS = ('{"t":"state"', '{"t":"beat"')
_SHORT, _LONG = 125, 65_535


class Listener(Member):
    """A pretend connector that counts what goes over its link, and keeps what it is told."""

    def __init__(self, connector: int) -> None:
        super().__init__(connector, {}, lambda *_told, **_facts: None)
        self.bytes = 0
        self.entries: list[neutral.Entry] = []
        self.acknowledged = asyncio.Event()
        self.arrived = asyncio.Event()
        self.last_at = 0.0
        self._raw: list[str] = []

    async def settle(self) -> None:
        """Wait until what was told is acknowledged, and begin to count anew."""
        await asyncio.wait_for(self.acknowledged.wait(), PATIENCE)

    def begin(self) -> None:
        self.bytes, self.entries = 0, []
        self.acknowledged.clear()
        self.arrived.clear()

    async def _put(self, text: str) -> None:
        self._count(text, mask=4)
        await super()._put(text)

    async def _next(self) -> Frame:
        if self._socket is None:
            raise Gone
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Gone
        self._count(message.data)
        return frames.decode(message.data)

    def _hear(self, frame: Frame) -> None:
        if isinstance(frame, frames.OrderFrame) and isinstance(frame.body, neutral.ApplyChanges):
            self.entries += frame.body.entries
            if frame.body.last:
                self.last_at = time.perf_counter()
                self.arrived.set()
        super()._hear(frame)
        if isinstance(frame, frames.Ack) and self.arrived.is_set() and not self.spool:
            self.acknowledged.set()

    def _count(self, text: str, mask: int = 0) -> None:
        if text.startswith(_ALWAYS):
            return
        size = len(text.encode())
        self.bytes += size + mask + (2 if size <= _SHORT else 4 if size <= _LONG else 10)


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        held = fill_site(installation, int(installation.demo["site"]), 1, 1, devices=1)
        (connector,) = (int(key) for key in held)
        crowd = json.loads(
            installation.shell(
                f"from bench.one_card import crowd_at; print(crowd_at({connector}, {PEOPLE}))"
            )
        )
        return asyncio.run(_measure(installation, connector, crowd))


async def _measure(installation: Installation, connector: int, crowd: dict[str, Any]) -> str:
    whole, took, one = [], [], []
    url = f"ws://127.0.0.1:{installation.port}/link"
    async with aiohttp.ClientSession() as session:
        for number in range(ROUNDS):
            listener = Listener(connector)
            begun = time.perf_counter()
            running = asyncio.create_task(listener.run(session, url, asyncio.Semaphore(1)))
            await listener.settle()
            took.append(listener.last_at - begun)
            whole.append(listener.bytes)
            _check_whole(listener.entries, crowd["people"])
            listener.begin()
            card = f"{0xC0FFEE00 + number:08X}"
            # Another each time: one person holds at most five.
            person = crowd["newest"][number]
            await asyncio.to_thread(_give, installation, person, card)
            await listener.settle()
            one.append(listener.bytes)
            _check_one(listener.entries, person, card)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    ratio = statistics.median(a / b for a, b in zip(whole, one, strict=True))
    return (
        f"P4 one card at {crowd['people']:,} people: {statistics.median(one):,.0f} bytes "
        f"(at most {max(one):,}), the whole list {statistics.median(whole):,.0f} bytes, "
        f"{ratio:,.0f} times as many; whole list at hand after {statistics.median(took):.2f} s "
        f"({min(took):.2f}–{max(took):.2f} in {ROUNDS} rounds); goal {GOAL}"
    )


def _give(installation: Installation, person: int, card: str) -> None:
    # Any: a JSON answer.
    body: dict[str, Any] = {"person": str(person), "kind": "card", "number": card}
    status, told = installation.call("POST", "/credentials", body, role="property_manager")
    if status != 201:
        raise AssertionError(f"no card was given, {told}: the figure is void")


def _check_whole(entries: list[neutral.Entry], people: int) -> None:
    told = sum(isinstance(entry.body, neutral.PersonRecord) for entry in entries)
    if told != people:
        raise AssertionError(f"{told} of {people} people were told: the figure is void")


def _check_one(entries: list[neutral.Entry], person: int, card: str) -> None:
    (entry,) = entries
    body = entry.body
    if not isinstance(body, neutral.PersonRecord) or entry.key != str(person):
        raise AssertionError("the change is of somebody else: the figure is void")
    if card not in body.cards:
        raise AssertionError("the new card is not in the change: the figure is void")
