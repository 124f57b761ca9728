"""All the devices of this connector: workers come and go with the roster, orders find theirs."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from doorward.connector import action_urls, condition, drift, log_reader, roster, sensors
from doorward.connector.action_urls import ActionUrls
from doorward.connector.clock import CloudClock
from doorward.connector.driver import Driver
from doorward.connector.lease import Lease
from doorward.connector.shelf import Shelf
from doorward.connector.spool import Spool
from doorward.connector.worker import IDENTITY_NOTE, DeviceWorker, Shared
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.neutral import Assignment

logger = logging.getLogger(__name__)

_RESTART_SECONDS = 10.0


class Site:
    """Keeps one worker a device; one that breaks is started again and disturbs no other."""

    def __init__(
        self,
        spool: Spool,
        clock: CloudClock,
        drivers: dict[str, Callable[[Assignment], Driver]],
        calls: ActionUrls,
    ) -> None:
        self._spool = spool
        self._clock = clock
        self._drivers = drivers
        self._workers: dict[str, DeviceWorker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.changed = asyncio.Event()
        self.lease = Lease(spool, clock)
        self._shared = Shared(spool, clock, calls, self.lease, self.changed.set)

    def worker(self, device: str) -> DeviceWorker | None:
        return self._workers.get(device)

    def states(self) -> tuple[DeviceState, ...]:
        return tuple(worker.state() for worker in self._workers.values())

    def start(self) -> None:
        """Take up the devices known from before."""
        for assignment in roster.assigned(self._spool).values():
            self._start(assignment)

    async def assign(self, assignments: tuple[Assignment, ...]) -> None:
        """Make this the list of devices: durable first, then workers follow."""
        before = roster.assigned(self._spool)
        after = {one.device: _as_known(one, before.get(one.device)) for one in assignments}
        with self._spool.transaction():
            roster.keep(self._spool, tuple(after.values()))
            for device, was in before.items():
                if device not in after or after[device].mac != was.mac:
                    self._let_go(device)
                elif after[device].term != was.term:
                    self._begin_term(device)
                elif after[device] != was:
                    # The cloud waits until the device has said anew who it is.
                    _forget_identity(self._spool, device)
        await self._stop([one for one in self._tasks if after.get(one) != before.get(one)])
        for device, assignment in after.items():
            if device not in self._tasks:
                self._start(assignment)
        self.changed.set()

    def tell_anew(self) -> None:
        """Tell all there is to tell about the devices, as to a cloud that has heard nothing."""
        with self._spool.transaction():
            for device in roster.assigned(self._spool):
                _forget_identity(self._spool, device)
                drift.tell_anew(self._spool, device)
                Shelf(self._spool, device).tell("")
        for worker in self._workers.values():
            worker.tell_anew()

    async def stop(self) -> None:
        await self._stop(list(self._tasks))

    def _begin_term(self, device: str) -> None:
        """Begin with nothing: what is kept here may be older than what another one has done."""
        Shelf(self._spool, device).forget()
        drift.let_go(self._spool, device)
        _forget_identity(self._spool, device)

    def _let_go(self, device: str) -> None:
        """Forget what was known; nothing is changed on the device itself."""
        Shelf(self._spool, device).forget()
        log_reader.let_go(self._spool, device)
        condition.let_go(self._spool, device)
        action_urls.let_go(self._spool, device)
        sensors.let_go(self._spool, device)
        drift.let_go(self._spool, device)
        _forget_identity(self._spool, device)

    def _start(self, assignment: Assignment) -> None:
        make = self._drivers.get(assignment.driver)
        if make is None:
            logger.error("device %s needs a driver nobody knows", assignment.device)
            return
        driver = make(assignment)
        worker = DeviceWorker(assignment, driver, self._shared)
        self._workers[assignment.device] = worker
        task = asyncio.create_task(worker.run(), name=f"device {assignment.device}")
        self._tasks[assignment.device] = task
        task.add_done_callback(lambda done: self._ended(assignment, done))

    async def _stop(self, devices: list[str]) -> None:
        """Stop workers, all in one step: none works on while another comes to its end."""
        tasks = [self._tasks.pop(device) for device in devices]
        for device, task in zip(devices, tasks, strict=True):
            self._workers.pop(device, None)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, assignment: Assignment, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._tasks.get(assignment.device) is not task:
            return
        logger.error("device %s: its worker broke", assignment.device, exc_info=task.exception())
        loop = asyncio.get_running_loop()
        loop.call_later(_RESTART_SECONDS, self._start_again, assignment, task)

    def _start_again(self, assignment: Assignment, broken: asyncio.Task[None]) -> None:
        if self._tasks.get(assignment.device) is broken:
            self._start(assignment)


def _as_known(one: Assignment, before: Assignment | None) -> Assignment:
    """Leave out where another's reading stands: of a device that is ours we know it better."""
    if before is None or before.mac != one.mac:
        return one
    return replace(one, log=before.log)


def _forget_identity(spool: Spool, device: str) -> None:
    spool.set_note(device, IDENTITY_NOTE, "")
