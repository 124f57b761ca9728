"""Events, orders and rights over a line that repeats, delays, drops and cuts, against a model.

Everything but the line and the device is the connector itself, in this process, and is killed and
started again on what lies on its disk.
"""

import asyncio
import contextlib
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from aiohttp import web
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from doorward.connector import apply, link, worker
from doorward.connector.clock import CloudClock
from doorward.connector.config import Config
from doorward.protocols.link import frames
from doorward.protocols.neutral import (
    ApplyChanges,
    AssignDevices,
    Assignment,
    AuthMode,
    BadgeScanned,
    Entry,
    Grant,
    Kind,
    OrderSettled,
    Outcome,
    PersonRecord,
    ScheduleRecord,
    UnlockDoor,
)
from tests.chaos import TIMES, Chaos, Mood
from tests.connector.conftest import Connector
from tests.connector.fake_cloud import FakeCloud
from tests.connector.plain_door import PlainDoor, PlainDriver

T = TypeVar("T")
MAC = "0C1105AABB01"
BEGAN = time.time() - time.monotonic()
QUIET_SECONDS = 60
# Between its last look at the clock and the pulse a busy machine may stop the connector.
PREEMPTED_MS = 2000
ALWAYS = ScheduleRecord(1, 127, 0, 1440)
PEOPLE = ("p1", "p2", "p3", "p4", "p5")
BAD = st.lists(st.sampled_from(Mood), min_size=5, max_size=30)
TRIED: Counter[str] = Counter()


class WatchedClock(CloudClock):
    """Knows the true time of the cloud, and what it was at the last look."""

    def __init__(self, true_ms: Callable[[], int]) -> None:
        super().__init__()
        self._true_ms = true_ms
        self.looked_ms = 0
        self.furthest_behind_ms = 0

    def latest_ms(self) -> int:
        self.looked_ms = self._true_ms()
        latest = super().latest_ms()
        self.furthest_behind_ms = max(self.furthest_behind_ms, self.looked_ms - latest)
        return latest


class Shelving(FakeCloud):
    """A cloud with facts: who may open is given to the device as it is, in small parts."""

    people: dict[str, PersonRecord]
    log: list[tuple[int, str]]
    epoch = 1
    roster: AssignDevices

    def begin(self) -> None:
        self.people, self.log = {}, []
        one = Assignment("d1", "plain", "here", MAC, AuthMode.NONE, "", "")
        self.roster = AssignDevices((one,))

    def now_ms(self) -> int:
        """Go by the steady clock: a step of the machine's own one is nobody's fault here."""
        return int((BEGAN + time.monotonic()) * 1000)

    @property
    def revision(self) -> int:
        return len(self.log) + 1

    def change(self, key: str, card: str) -> None:
        if card:
            self.people[key] = PersonRecord(key, (card,), (Grant(1, 1),))
        elif self.people.pop(key, None) is None:
            return
        self.log.append((self.revision + 1, key))

    async def welcomed(self, socket: web.WebSocketResponse) -> None:
        await socket.send_str(frames.encode(frames.order("roster", self.roster)))

    async def heard(self, socket: web.WebSocketResponse, state: frames.StateFrame) -> None:
        for device in state.devices:
            if (device.epoch, device.revision) != (self.epoch, self.revision):
                for part in self.changes(device.epoch, device.revision):
                    await socket.send_str(frames.encode(frames.order("shelf", part)))

    async def push(self) -> None:
        """Tell at once what has changed, by what the connector stated last."""
        if self._socket is not None and self.states:
            with contextlib.suppress(ConnectionError):
                await self.heard(self._socket, self.states[-1])

    def changes(self, epoch: int, revision: int) -> list[ApplyChanges]:
        full = epoch != self.epoch
        keys = sorted(self.people if full else {key for at, key in self.log if at > revision})
        entries = [Entry(Kind.PERSON, key, self.revision, self.people.get(key)) for key in keys]
        if full:
            entries.insert(0, Entry(Kind.SCHEDULE, "1", 1, ALWAYS))
        parts = [entries[at : at + 2] for at in range(0, max(1, len(entries)), 2)]
        base = 0 if full else revision
        return [
            ApplyChanges(
                device="d1",
                epoch=self.epoch,
                base=base,
                revision=self.revision,
                full=full,
                last=place == len(parts),
                entries=tuple(part),
                part=place,
            )
            for place, part in enumerate(parts, start=1)
        ]


@contextlib.contextmanager
def hurried() -> Iterator[None]:
    """Let nothing wait for the sake of slow devices and networks."""
    with (
        patch.object(worker, "POLL_SECONDS", 0.01),
        patch.object(worker, "VITALS_SECONDS", 0.05),
        patch.object(link, "FIRST_PAUSE", 0.005),
        patch.object(link, "LONGEST_PAUSE", 0.02),
        patch.object(link, "_SIGN_IN_SECONDS", 0.3),
        patch.object(apply, "SETTLING", (0.0, 0.01)),
        patch.object(frames, "HEARTBEAT_SECONDS", 1.0),
    ):
        yield


class BadLine(RuleBasedStateMachine):
    """R1 and R2 of the house's figures, step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.hurry = contextlib.ExitStack()
        self.hurry.enter_context(hurried())
        self.folder = tempfile.TemporaryDirectory(prefix="chaos-", dir=_in_memory())
        self.cloud = Shelving(bears_gaps=True)
        self.cloud.begin()
        self.door = PlainDoor(MAC, lambda: (self.clock.looked_ms, self.cloud.now_ms()))
        self.moods: list[Mood] = []
        self.orders: dict[int, int] = {}
        self.run(self.cloud.start())
        self.chaos = Chaos(self.cloud.port, self.choose, delay=0.03)
        self.run(self.chaos.start())
        self.start()
        # What lies in a log before its first reading is nobody's.
        self.run(self.until(self.is_online, "comes"))

    def is_online(self) -> bool:
        return any(one.online for state in self.cloud.states[-1:] for one in state.devices)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def let_go_on(self, seconds: float = 0.01) -> None:
        self.run(asyncio.sleep(seconds))

    def choose(self, up: bool) -> Mood:
        return self.moods.pop() if self.moods else Mood.DELIVER

    def start(self) -> None:
        config = Config(
            f"ws://127.0.0.1:{self.chaos.port}/link", Path(self.folder.name), "ABCD-1234"
        )

        async def begin() -> None:
            self.clock = WatchedClock(self.cloud.now_ms)
            drivers = {"plain": lambda one: PlainDriver(self.door)}
            self.connector = Connector(config, drivers, self.clock)
            self.task = asyncio.create_task(self.connector.run())

        self.run(begin())

    def await_line(self) -> None:
        """Give the connector some time to be connected; orders are sent over nothing else."""

        async def wait() -> None:
            with contextlib.suppress(TimeoutError):
                await self.cloud.until(lambda: self.cloud._socket, 0.25)

        self.run(wait())

    # --- What happens -------------------------------------------------------------------------

    @rule(count=st.integers(1, 12))
    def swipe(self, count: int) -> None:
        for _ in range(count):
            self.door.swipe(f"{len(self.door.log) + 1:08X}")
        self.let_go_on()

    @rule(good_ms=st.sampled_from([-50, 20, 100, 5000]))
    def unlock(self, good_ms: int) -> None:
        self.await_line()
        name = len(self.orders) + 1
        self.orders[name] = self.cloud.now_ms() + good_ms
        # Its number is its relay, so that each pulse tells whose it is.
        frame = frames.order(f"o{name}", UnlockDoor("d1", name, 1), expires_ms=self.orders[name])

        async def send() -> None:
            if (socket := self.cloud._socket) is not None:
                with contextlib.suppress(ConnectionError):
                    await socket.send_str(frames.encode(frame))

        self.run(send())
        self.let_go_on()

    @rule(key=st.sampled_from(PEOPLE), card=st.sampled_from(["", "AA01", "AA02", "AA03"]))
    def change_access(self, key: str, card: str) -> None:
        self.await_line()
        self.cloud.change(key, f"{key}{card}" if card else "")
        self.run(self.cloud.push())

    @rule()
    def forget_what_the_device_holds(self) -> None:
        self.cloud.epoch += 1
        self.run(self.cloud.push())

    @initialize(moods=BAD)
    def be_bad(self, moods: list[Mood]) -> None:
        self.moods = [*moods]

    @rule(moods=BAD)
    def turn_bad(self, moods: list[Mood]) -> None:
        self.moods = [*moods]

    @rule()
    def cut(self) -> None:
        self.chaos.cut()

    @rule()
    def kill_and_start(self) -> None:
        """Stop at once: no task comes to its end, and nothing is said to anybody."""

        async def kill() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            mine = {t for t in tasks if t.get_name().startswith(("device ", "unlock "))}
            for task in (*mine, self.task):
                task.cancel()
            await asyncio.gather(*mine, self.task, return_exceptions=True)

        with patch.object(self.connector.orders, "stop", _nothing):
            self.run(kill())
        self.start()

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.05, 0.12]))
    def wait(self, seconds: float) -> None:
        self.let_go_on(seconds)

    # --- What always holds --------------------------------------------------------------------

    @invariant()
    def events_are_a_beginning_of_the_log(self) -> None:
        told = [scan.code for scan in self.cloud.reports(BadgeScanned)]
        assert told == self.door.log[: len(told)]

    @invariant()
    def no_order_is_done_twice_or_late(self) -> None:
        for name, pulses in self.door.pulses.items():
            assert len(pulses) == 1, f"order {name} pulsed {len(pulses)} times"
            looked, moved = pulses[0]
            late = looked - self.orders[name]
            assert late < 0, f"order {name} was begun {late} ms late"
            assert moved - looked < PREEMPTED_MS

    @invariant()
    def it_is_never_later_in_the_cloud_than_at_the_latest(self) -> None:
        assert self.clock.furthest_behind_ms == 0

    def teardown(self) -> None:
        try:
            self.run(self.come_to_rest())
            self.count()
        finally:
            self.run(self.end())
            self.loop.close()
            self.folder.cleanup()
            self.hurry.close()

    async def come_to_rest(self) -> None:
        self.moods = []
        await self.until(
            lambda: len(self.cloud.reports(BadgeScanned)) >= len(self.door.log), "is told"
        )
        await self.until(lambda: self.door.people == self.cloud.people, "holds the facts")
        await self.until(lambda: self.connector.spool.depth() == 0, "is acknowledged")
        self.events_are_a_beginning_of_the_log()
        self.no_order_is_done_twice_or_late()
        done = {
            one.order for one in self.cloud.reports(OrderSettled) if one.outcome is Outcome.DONE
        }
        assert done <= {f"o{name}" for name in self.door.pulses}, "told of what was not done"

    def count(self) -> None:
        TRIED.update(events=len(self.door.log), orders=len(self.orders), examples=1)
        TRIED.update(pulses=len(self.door.pulses), changes=len(self.cloud.log))
        outcomes = {one.order: one.outcome for one in self.cloud.reports(OrderSettled)}
        TRIED.update(f"orders {outcome.value}" for outcome in outcomes.values())
        TRIED.update({f"frames {mood.value}": many for mood, many in self.chaos.did.items()})

    async def until(self, holds: Callable[[], object], what: str) -> None:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                while not holds():  # noqa: ASYNC110 - anything may be waited for
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"never: {what}") from None

    async def end(self) -> None:
        await self.chaos.stop()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.cloud.stop()


async def _nothing() -> None:
    pass


def _in_memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


@pytest.fixture
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# A failure is a matter of chance and time: it is told, not shrunk.
HARDSHIP = settings(
    max_examples=25 * TIMES,
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.generate,),
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.faults
@pytest.mark.usefixtures("_quiet")
def test_a_bad_line_loses_doubles_and_delays_nothing_that_counts() -> None:
    TRIED.clear()
    run_state_machine_as_test(BadLine, settings=HARDSHIP)
    assert TRIED["events"], "nothing was tried"
    assert TRIED["pulses"], "no order was carried out"
    print(f"\n{dict(TRIED)}: 0 lost, 0 invented, 0 doubled, 0 late, 0 rights astray")
