"""Looks after one device: who it is, what its log says, how it is, what it should hold."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from doorward.connector.action_urls import ActionUrls
from doorward.connector.apply import Pass
from doorward.connector.calling import Calling
from doorward.connector.clock import CloudClock
from doorward.connector.condition import Condition
from doorward.connector.drift import Drift
from doorward.connector.driver import DeviceFault, Driver, Identity, Vitals
from doorward.connector.lease import Lease
from doorward.connector.log_reader import LogReader
from doorward.connector.sensors import Sensors
from doorward.connector.shelf import Shelf
from doorward.connector.spool import Spool
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.neutral import (
    Assignment,
    ChangesApplied,
    DeviceIdentified,
    DeviceRestarted,
    Problem,
)
from doorward.protocols.wire import pack

logger = logging.getLogger(__name__)

POLL_SECONDS = 2.0
VITALS_SECONDS = 15.0
# For so long after an order to restart, every look asks whether it has.
REBOOT_SECONDS = 300.0
WITHOUT_LEASE_SECONDS = 2.0
# A call about an input may get lost; and some models make none.
INPUTS_SECONDS = 4.0
IDENTITY_SECONDS = 5.0
GLIMPSE_SECONDS = 5.0
# Who a device said it was when the cloud was last told.
IDENTITY_NOTE = "identity"
_FAILED_POLLS = 2
_DISK_PAUSE = 5.0
_UPTIME_JITTER = 5.0
# A device that locks out whoever knocks too often is asked less often.
_PAUSES = {
    Problem.AUTH_FAILED: 15.0,
    Problem.API_LOCKED: 15.0,
    Problem.OTHER_MAC: 10.0,
    Problem.TIMED_OUT: 5.0,
}


@dataclass(frozen=True)
class Shared:
    """What the workers of a site share; `changed` is called whenever a device's state may have."""

    spool: Spool
    clock: CloudClock
    urls: ActionUrls
    lease: Lease
    changed: Callable[[], None]


class DeviceWorker:
    """One device of the roster."""

    def __init__(self, assignment: Assignment, driver: Driver, shared: Shared) -> None:
        spool, clock, changed = shared.spool, shared.clock, shared.changed
        self.assignment = assignment
        self.shelf = Shelf(spool, assignment.device)
        self._driver = driver
        self._spool = spool
        self._clock = clock
        self._lease = shared.lease
        self._changed = changed
        self._log = LogReader(assignment, driver, spool, self.shelf, clock)
        self._sensors = Sensors(assignment.device, spool, clock)
        self._calling = Calling(assignment, driver, shared.urls, self._sensors, clock)
        self._drift = Drift(assignment, driver, spool, self.shelf, clock)
        self._pass = Pass(driver, self.shelf, clock, drift=self._drift, lease=shared.lease)
        self._condition = Condition(assignment.device, driver, spool, clock, changed)
        self._online = False
        # Since when it is to restart by an order, and nothing was seen of that yet.
        self._rebooted_at: float | None = None
        self._problem: Problem | None = None
        self._failed_polls = 0
        self._identity: Identity | None = None
        self._identified_at = 0.0
        self._vitals_at = 0.0
        self._inputs_at = 0.0
        self._glimpsed_at = 0.0
        self._began: float | None = None
        self._skew: int | None = None
        self._usable = asyncio.Event()
        self._work = asyncio.Event()

    def state(self) -> DeviceState:
        head = self.shelf.head()
        return DeviceState(
            device=self.assignment.device,
            online=self._online,
            problem=self._problem,
            epoch=head.epoch if head else 0,
            revision=head.revision if head else 0,
            clock_skew=self._skew,
            findings=self._condition.findings + self._calling.findings,
            profile=self._condition.profile,
            tie=self._condition.tie.value if self._condition.tie else "",
        )

    def tell_anew(self) -> None:
        """Tell what has no other sign of being new, as to a cloud that has heard nothing."""
        self._sensors.tell_anew()
        self.wake()

    def wake(self) -> None:
        """Look at the shelf now."""
        self._work.set()

    async def run(self) -> None:
        """Work until cancelled; then let the device go."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch())
                tasks.create_task(self._keep_in_step())
        finally:
            self._calling.stop()
            await self._driver.close()

    async def ready(self) -> None:
        """Make sure that the device is the assigned one; raise `DeviceFault` where it is not."""
        if self._problem is Problem.OTHER_MAC:
            raise DeviceFault(Problem.OTHER_MAC, "another device answers at this address")
        is_known = self._steady() - self._identified_at < 2 * IDENTITY_SECONDS
        if self._online and self._identity is not None and is_known:
            return
        mac = await self._driver.mac_now()
        if not self._is_assigned(mac):
            raise DeviceFault(Problem.OTHER_MAC, "another device answers at this address")

    async def unlock(self, relay: int, seconds: int) -> None:
        await self._driver.unlock(relay, seconds)

    async def reboot(self) -> None:
        """Have the device restart; when it is back, everything on it is compared."""
        self._rebooted_at = self._steady()
        await self._driver.reboot()

    # --- watching -----------------------------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            try:
                await self._look()
            except DeviceFault as fault:
                self._failed(fault)
                await self._condition.ask_why(fault)
                await asyncio.sleep(self._pause_after(fault))
            except sqlite3.Error as refusal:
                # A full disk must not lose a row: nothing is read until it can be kept.
                logger.error("device %s: the disk refuses: %s", self.assignment.device, refusal)
                await asyncio.sleep(_DISK_PAUSE)
            else:
                await self._rest()

    async def _rest(self) -> None:
        """Wait for the next look; a call of the device ends it at once, many calls only once."""
        try:
            await asyncio.wait_for(self._calling.news.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _look(self) -> None:
        self._calling.news.clear()
        if not self._online or self._steady() - self._identified_at > IDENTITY_SECONDS:
            await self._identify()
        if await self._log.read():
            # A reset or a restore lets its ids begin anew.
            self._sweep()
        if self._steady() - self._inputs_at > INPUTS_SECONDS:
            await self._compare_inputs()
        if not self._online or self._vitals_are_due():
            await self._take_vitals()
        if self._steady() - self._glimpsed_at > GLIMPSE_SECONDS:
            await self._glimpse()
        self._succeeded()
        if self._identity is not None:
            await self._condition.look_after(self._identity)
        if await self._calling.see_to():
            self._changed()

    async def _compare_inputs(self) -> None:
        version = self._sensors.version
        self._sensors.compare(await self._driver.inputs(), version)
        self._inputs_at = self._steady()

    async def _identify(self) -> None:
        identity = await self._driver.identify()
        self._tell_identity(identity)
        if not self._is_assigned(identity.mac):
            raise DeviceFault(Problem.OTHER_MAC, "another device answers at this address")
        if identity != self._identity or not self._online:
            await self._driver.learn()
        self._identity, self._identified_at = identity, self._steady()

    def _tell_identity(self, identity: Identity) -> None:
        told = repr(identity)
        if self._spool.note(self.assignment.device, IDENTITY_NOTE) == told:
            return
        with self._spool.transaction():
            self._spool.set_note(self.assignment.device, IDENTITY_NOTE, told)
            self._spool.add(
                DeviceIdentified(
                    device=self.assignment.device,
                    at=self._clock.now(),
                    mac=identity.mac,
                    model=identity.model,
                    firmware=identity.firmware,
                    hardware=identity.hardware,
                )
            )

    def _vitals_are_due(self) -> bool:
        """Say whether to ask for them; somebody waits for the end of a reboot that was ordered."""
        now = self._steady()
        waits = self._rebooted_at is not None and now - self._rebooted_at < REBOOT_SECONDS
        return waits or now - self._vitals_at > VITALS_SECONDS

    async def _take_vitals(self) -> None:
        vitals = await self._driver.vitals()
        skew = None
        if vitals.clock is not None:
            skew = round(vitals.clock - self._clock.now().timestamp())
        if skew != self._skew:
            self._skew = skew
            self._changed()
        restarted = self._restarted(vitals)
        if restarted:
            self._rebooted_at = None
            self._calling.forget()
            self._spool.add(
                DeviceRestarted(self.assignment.device, self._clock.now(), vitals.uptime or 0)
            )
            await self._driver.learn()
        # Each has something to remember.
        signs = (restarted, self._drift.is_odd(vitals, skew), self._drift.night_has_come())
        if any(signs):
            self._sweep()
        self._vitals_at = self._steady()

    async def _glimpse(self) -> None:
        if await self._drift.glimpse():
            logger.info("device %s holds something else than before", self.assignment.device)
            self._sweep()
        self._glimpsed_at = self._steady()

    def _restarted(self, vitals: Vitals) -> bool:
        """True where the device began to run later than it did when last asked."""
        if vitals.uptime is None:
            return False
        began, before = self._steady() - vitals.uptime, self._began
        self._began = began
        return before is not None and began > before + _UPTIME_JITTER

    def _sweep(self) -> None:
        """Compare everything: what is on the device may be another's doing."""
        self.shelf.sweep()
        self.wake()

    def _succeeded(self) -> None:
        self._failed_polls = 0
        self._usable.set()
        if not self._online or self._problem is not None:
            if self._rebooted_at is not None:
                # Not every device says for how long it runs.
                self._rebooted_at = None
                self._sweep()
            self._online, self._problem = True, None
            logger.info("device %s is online", self.assignment.device)
            self._changed()

    def _pause_after(self, fault: DeviceFault) -> float:
        """Look again soon where it may be nothing, and later where a device would lock us out."""
        return POLL_SECONDS if self._online else _PAUSES.get(fault.problem, POLL_SECONDS)

    def _failed(self, fault: DeviceFault) -> None:
        logger.debug("device %s: %s", self.assignment.device, fault)
        self._failed_polls += 1
        wrong_device = fault.problem is Problem.OTHER_MAC
        if self._online and self._failed_polls < _FAILED_POLLS and not wrong_device:
            return
        self._usable.clear()
        if self._online or self._problem is not fault.problem:
            self._online, self._problem = False, fault.problem
            logger.warning("device %s is offline: %s", self.assignment.device, fault.problem.value)
            self._changed()

    # --- keeping in step ----------------------------------------------------------------------

    async def _keep_in_step(self) -> None:
        while True:
            await self._usable.wait()
            self._work.clear()
            try:
                worked = await self._pass.run()
                if worked:
                    # Count anew soon.
                    self._glimpsed_at = self._vitals_at = 0.0
                self._tell_applied()
            except DeviceFault as fault:
                logger.info("device %s: a pass ended early: %s", self.assignment.device, fault)
                await asyncio.sleep(_PAUSES.get(fault.problem, POLL_SECONDS))
            except sqlite3.Error as refusal:
                logger.error("device %s: the disk refuses: %s", self.assignment.device, refusal)
                await asyncio.sleep(_DISK_PAUSE)
            else:
                if not worked:
                    await self._wait_for_work()

    async def _wait_for_work(self) -> None:
        due = self.shelf.next_due()
        wait = 60.0 if due is None else min(60.0, max(0.2, due - self._clock.now().timestamp()))
        if not self._lease.holds:
            # What is due waits for the lease, all but what is over.
            wait = max(wait, WITHOUT_LEASE_SECONDS)
        try:
            async with asyncio.timeout(wait):
                await self._work.wait()
        except TimeoutError:
            return

    def _tell_applied(self) -> None:
        """Report a revision once it is done, and again when the list of failures changes."""
        head = self.shelf.head()
        if head is None or head.sweep or self.shelf.untried():
            return
        failures, complete = self.shelf.failures()
        told = f"{head.epoch} {head.revision} {pack(failures)} {complete}"
        if told == head.told:
            return
        with self._spool.transaction():
            self.shelf.tell(told)
            self._spool.add(
                ChangesApplied(
                    device=self.assignment.device,
                    at=self._clock.now(),
                    epoch=head.epoch,
                    revision=head.revision,
                    failures=failures,
                    complete=complete,
                )
            )
        logger.info(
            "device %s holds revision %d, %d failures",
            self.assignment.device,
            head.revision,
            len(failures),
        )

    def _is_assigned(self, mac: str) -> bool:
        wanted = "".join(one for one in self.assignment.mac if one.isalnum()).upper()
        return mac == wanted

    def _steady(self) -> float:
        return self._clock.steady_ms() / 1000
