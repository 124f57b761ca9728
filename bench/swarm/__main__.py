"""The swarm's process: told by lines of JSON what to do, and telling by lines what it did."""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from bench.swarm.members import Member

# Handshakes that are under way at once.
AT_ONCE = 200


class Swarm:
    """All members of this process. Any: what JSON says."""

    def __init__(self, url: str, held: dict[str, dict[str, list[int]]]) -> None:
        self._url = url
        self.members = [
            Member(int(key), {d: (at[0], at[1]) for d, at in devices.items()}, self.tell)
            for key, devices in held.items()
        ]
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._running: list[asyncio.Task[None]] = []

    def tell(self, word: str, **facts: object) -> None:
        """Tell with the steady time, which is the same in all processes of a machine."""
        sys.stdout.write(json.dumps({"told": word, "at": time.monotonic(), **facts}) + "\n")
        sys.stdout.flush()

    async def connect(self, session: aiohttp.ClientSession, *, count: int = 0) -> None:
        """Connect as many members as there are to be, and wait until each was answered once."""
        already = len(self._running)
        for member in self.members[already : count or len(self.members)]:
            run = member.run(session, self._url, self._gate)
            self._running.append(asyncio.create_task(run))
        for member in self.members[: len(self._running)]:
            await member.settled_in.wait()
        self.tell("connected", count=len(self._running))

    async def settle(self) -> None:
        """Wait until every member that was told to connect is connected, and was answered."""
        for member in self.members[: len(self._running)]:
            await member.settled_in.wait()
        self.tell("settled")

    async def badges(self, *, each: int, cards: list[list[str]]) -> None:
        """Have every member tell so many badges, and wait until all are acknowledged.

        `cards` has the cards that are held up at each member's doors, in turn.
        """
        for member, held in zip(self.members, cycle(cards), strict=False):
            devices, at_hand = cycle(member.devices), cycle(held)
            for _ in range(each):
                member.report(member.badge(next(devices), next(at_hand)))
        begun = time.monotonic()
        for member in self.members:
            member.go()
        for member in self.members:
            await member.drained()
        count = each * len(self.members)
        self.tell("badges", count=count, seconds=time.monotonic() - begun)

    async def check(self, *, seconds: float, members: int = 0) -> None:
        """Have members ask again and again whether their devices are up to date."""
        end = time.monotonic() + seconds
        asking = self.members[: members or len(self.members)]
        begun = time.monotonic()
        asked = await asyncio.gather(*(self._ask(one, end) for one in asking))
        took = time.monotonic() - begun
        devices = sum(len(m.devices) * n for m, n in zip(asking, asked, strict=True))
        self.tell("checks", frames=sum(asked), devices=devices, seconds=took)

    async def _ask(self, member: Member, end: float) -> int:
        asked = 0
        while time.monotonic() < end:
            await member.check()
            asked += 1
        return asked

    async def count(self) -> None:
        """Tell how the swarm stands."""
        refusals: Counter[str] = Counter()
        for member in self.members:
            refusals.update(member.refusals)
        self.tell(
            "count",
            online=sum(member.online for member in self.members),
            answered=sum(member.settled_in.is_set() for member in self.members),
            waiting=sum(len(member.spool) for member in self.members),
            shed=sum(member.shed for member in self.members),
            welcomes=sum(member.welcomes for member in self.members),
            pulses=dict(sum((member.pulses for member in self.members), Counter())),
            refusals=dict(refusals),
        )


async def _obey(swarm: Swarm) -> None:
    loop = asyncio.get_running_loop()
    told = asyncio.StreamReader(limit=1 << 26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        # Any: the words of an order.
        while line := await told.readline():
            order: dict[str, Any] = json.loads(line)
            word = order.pop("do")
            if word == "connect":
                await swarm.connect(session, **order)
            else:
                await getattr(swarm, word)(**order)


def main(words: list[str]) -> None:
    url, file = words
    held = json.loads(Path(file).read_text(encoding="ascii"))

    async def run() -> None:
        await _obey(Swarm(url, held))

    uvloop.run(run())


if __name__ == "__main__":
    main(sys.argv[1:])
