"""Carries out what the cloud orders: once, in time, and with an answer."""

import asyncio
import logging
import math
import sqlite3
from collections.abc import Awaitable, Callable

from doorward.connector.clock import CloudClock
from doorward.connector.driver import DeviceFault
from doorward.connector.shelf import Sealed
from doorward.connector.site import Site
from doorward.connector.spool import Spool
from doorward.connector.worker import DeviceWorker
from doorward.protocols.link.frames import OrderFrame
from doorward.protocols.neutral import (
    ApplyChanges,
    AssignDevices,
    OrderSettled,
    Outcome,
    Problem,
    RebootDevice,
    UnlockDoor,
)

logger = logging.getLogger(__name__)

# Longer than these nobody waits for the answer of a device.
_UNLOCK_SECONDS = 8.0
_REBOOT_SECONDS = 30.0
_BUSY_PAUSE = 0.2
_BUSY_TRIES = 5
_REMEMBERED_MS = 7 * 24 * 3600 * 1000


class _Late(Exception):
    """The order has expired."""


# What a device does once, and never twice.
_Deed = UnlockDoor | RebootDevice


class Orders:
    """One for the whole connector. An unlock runs beside everything else and waits for nothing."""

    def __init__(self, spool: Spool, site: Site, clock: CloudClock) -> None:
        self._spool = spool
        self._site = site
        self._clock = clock
        self._parts: dict[str, _Parts] = {}
        self._deeds: dict[str, asyncio.Task[None]] = {}

    def settle_interrupted(self) -> None:
        """Answer for orders that a stop cut off: nobody knows, and nothing is done twice."""
        with self._spool.transaction() as connection:
            connection.execute(
                "DELETE FROM orders WHERE begun_ms < ? AND outcome IS NOT NULL",
                (self._clock.now_ms() - _REMEMBERED_MS,),
            )
            found = connection.execute("SELECT id FROM orders WHERE outcome IS NULL").fetchall()
            for (order,) in found:
                self._settle(order, Outcome.FAILED, Problem.TIMED_OUT)

    async def take(self, frame: OrderFrame) -> None:
        """Begin an order; raise `sqlite3.Error` where the disk refuses to remember it."""
        if isinstance(frame.body, _Deed):
            self._begin_deed(frame, frame.body)
        elif isinstance(frame.body, ApplyChanges):
            self._receive(frame.body)
        else:
            await self._assign(frame.body)

    async def stop(self) -> None:
        """Let deeds that are on their way come to their end, but not for long."""
        if self._deeds:
            await asyncio.wait(self._deeds.values(), timeout=1.0)

    async def _assign(self, body: AssignDevices) -> None:
        logger.info("assigned %d devices", len(body.devices))
        await self._site.assign(body.devices)
        self._site.lease.agree(body.lease_seconds)

    # --- unlocking and rebooting --------------------------------------------------------------

    def _begin_deed(self, frame: OrderFrame, body: _Deed) -> None:
        if frame.id in self._deeds:
            return
        if self._answered_before(frame.id):
            return
        task = asyncio.create_task(self._do(frame, body), name=f"order {frame.id}")
        self._deeds[frame.id] = task
        task.add_done_callback(lambda _: self._deeds.pop(frame.id, None))

    def _answered_before(self, order: str) -> bool:
        """Answer a repeated order with what became of it the first time."""
        found = self._spool.connection.execute(
            "SELECT outcome, problem FROM orders WHERE id = ?", (order,)
        ).fetchone()
        if found is None:
            return False
        outcome, problem = found
        if outcome is None:
            self._settle(order, Outcome.FAILED, Problem.TIMED_OUT)
        else:
            self._tell(order, Outcome(outcome), Problem(problem) if problem else None)
        return True

    async def _do(self, frame: OrderFrame, body: _Deed) -> None:
        try:
            outcome, problem = await self._try(frame, body)
            self._settle(frame.id, outcome, problem)
        except sqlite3.Error as refusal:
            logger.error("order %s: the disk refuses: %s", frame.id, refusal)

    async def _try(self, frame: OrderFrame, body: _Deed) -> tuple[Outcome, Problem | None]:
        worker = self._site.worker(body.device)
        if worker is None:
            return Outcome.FAILED, Problem.UNREACHABLE
        longest = _UNLOCK_SECONDS if isinstance(body, UnlockDoor) else _REBOOT_SECONDS
        left, is_sent = self._seconds_left(frame), False
        try:
            async with asyncio.timeout(min(longest, left)):
                await self._patiently(frame, worker.ready)
                self._begin(frame.id)
                is_sent = True
                await self._patiently(frame, lambda: _carry(worker, body))
        except _Late:
            return Outcome.EXPIRED, None
        except DeviceFault as fault:
            logger.warning("order %s: %s", frame.id, fault)
            return Outcome.FAILED, fault.problem
        except TimeoutError:
            # What was sent may have been done, in time or not at all: nobody knows.
            if is_sent or left > longest:
                return Outcome.FAILED, Problem.TIMED_OUT
            return Outcome.EXPIRED, None
        return Outcome.DONE, None

    async def _patiently(self, frame: OrderFrame, deed: Callable[[], Awaitable[None]]) -> None:
        """Do a deed once. A device too busy to listen did nothing and is asked again."""
        for attempt in range(1, _BUSY_TRIES + 1):
            if self._seconds_left(frame) <= 0:
                raise _Late
            try:
                return await deed()
            except DeviceFault as fault:
                if not fault.busy or attempt == _BUSY_TRIES:
                    raise
                if self._seconds_left(frame) <= _BUSY_PAUSE:
                    raise _Late from fault
                await asyncio.sleep(_BUSY_PAUSE)
        return None

    def _seconds_left(self, frame: OrderFrame) -> float:
        """Return how long the order is still good, on the cloud's clock."""
        if frame.expires_ms == 0:
            return math.inf
        return (frame.expires_ms - self._clock.latest_ms()) / 1000

    def _begin(self, order: str) -> None:
        """Remember the order on disk: from here on it is never begun again."""
        with self._spool.transaction() as connection:
            connection.execute(
                "INSERT INTO orders VALUES (?, ?, NULL, NULL)", (order, self._clock.now_ms())
            )

    def _settle(self, order: str, outcome: Outcome, problem: Problem | None) -> None:
        with self._spool.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?)",
                (order, self._clock.now_ms(), outcome.value, problem.value if problem else None),
            )
            self._tell(order, outcome, problem)
        logger.info("order %s: %s", order, outcome.value)

    def _tell(self, order: str, outcome: Outcome, problem: Problem | None) -> None:
        self._spool.add(
            OrderSettled(order=order, at=self._clock.now(), outcome=outcome, problem=problem)
        )

    # --- changes ------------------------------------------------------------------------------

    def _receive(self, body: ApplyChanges) -> None:
        """Collect the parts of a revision; the shelf takes it in when it is whole."""
        worker = self._site.worker(body.device)
        if worker is None:
            logger.warning("changes for device %s, which is not ours", body.device)
            return
        parts = self._parts.get(body.device)
        if parts is not None and parts.has(body):
            return
        if parts is None or not parts.continues(body):
            if not self._fits(worker, body):
                # The state says what we have received; the cloud goes on from there.
                self._parts.pop(body.device, None)
                self._site.changed.set()
                return
            parts = self._parts[body.device] = _Parts(body)
        parts.take([worker.shelf.seal(entry) for entry in body.entries])
        if body.last:
            del self._parts[body.device]
            worker.shelf.receive(
                parts.entries, epoch=body.epoch, revision=body.revision, full=body.full
            )
            logger.info("device %s: received revision %d", body.device, body.revision)
            worker.wake()
            self._site.changed.set()

    def _fits(self, worker: DeviceWorker, body: ApplyChanges) -> bool:
        """True for a first part; a later one that comes alone must not pass for all there is."""
        if body.part > 1:
            return False
        if body.full:
            return True
        head = worker.shelf.head()
        held = (head.epoch, head.revision) if head else (0, 0)
        return held == (body.epoch, body.base) and body.revision >= body.base

    def forget_parts(self) -> None:
        """Drop what a lost connection left unfinished."""
        self._parts.clear()


async def _carry(worker: DeviceWorker, body: _Deed) -> None:
    if isinstance(body, UnlockDoor):
        await worker.unlock(body.relay, body.hold_seconds)
    else:
        await worker.reboot()


class _Parts:
    """The parts of one revision so far."""

    def __init__(self, first: ApplyChanges) -> None:
        self._revision = _revision(first)
        self._count = 0
        self.entries: list[Sealed] = []

    def has(self, body: ApplyChanges) -> bool:
        return _revision(body) == self._revision and 0 < body.part <= self._count

    def continues(self, body: ApplyChanges) -> bool:
        return _revision(body) == self._revision and body.part in (0, self._count + 1)

    def take(self, entries: list[Sealed]) -> None:
        self.entries += entries
        self._count += 1


def _revision(body: ApplyChanges) -> tuple[int, int, int, bool]:
    return body.epoch, body.base, body.revision, body.full
