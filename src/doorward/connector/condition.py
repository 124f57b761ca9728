"""How a device can be worked with: what there is to mend, and what it was found able to do."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta

from doorward.connector.clock import CloudClock
from doorward.connector.driver import DeviceFault, Driver, Identity
from doorward.connector.spool import Spool
from doorward.protocols.neutral import CapabilityProfile, Finding, Problem, Tie
from doorward.protocols.wire import WireError, pack, unpack

logger = logging.getLogger(__name__)

PROFILE_NOTE = "profile"
PROBE_EVERY = timedelta(days=1)
# How often a device is asked anew what there is to mend: while it works, and while it does not.
_WELL_SECONDS = 3600.0
_UNWELL_SECONDS = 60.0
_PROBE_AGAIN_SECONDS = 300.0
# Whoever unties a device looks whether that was heard.
_TIE_SECONDS = 60.0
# Whoever says nothing at all says nothing of what is to be mended either.
_SILENT = frozenset({Problem.UNREACHABLE, Problem.TIMED_OUT})


class Condition:
    """Of one device. `changed` is called whenever there is something new to tell."""

    def __init__(
        self,
        device: str,
        driver: Driver,
        spool: Spool,
        clock: CloudClock,
        changed: Callable[[], None],
    ) -> None:
        self._device = device
        self._driver = driver
        self._spool = spool
        self._clock = clock
        self._changed = changed
        self.findings: tuple[Finding, ...] = ()
        self.profile = kept_profile(spool, device)
        self.tie: Tie | None = None
        self._problem: Problem | None = None
        self._examined_at: float | None = None
        self._probed_at: float | None = None
        self._tie_asked_at: float | None = None
        if self.profile is not None:
            driver.heed(self.profile)

    async def ask_why(self, fault: DeviceFault) -> None:
        """Find out what there is to mend after a fault."""
        if fault.problem in _SILENT and fault.finding is None:
            self._problem = fault.problem
            self._find(())
        elif fault.problem is not self._problem or self._passed(self._examined_at, _UNWELL_SECONDS):
            self._problem = fault.problem
            await self._examine(fault)

    async def look_after(self, identity: Identity) -> None:
        """Examine and probe a device that works, where it is due; a fault waits for the next."""
        if self._problem is not None or self._passed(self._examined_at, _WELL_SECONDS):
            self._problem = None
            self._tie_asked_at = None
            await self._examine(None)
        if self._is_unknown(identity) and self._passed(self._probed_at, _PROBE_AGAIN_SECONDS):
            await self._probe()
        if self._passed(self._tie_asked_at, _TIE_SECONDS):
            await self._ask_tie()

    async def _examine(self, fault: DeviceFault | None) -> None:
        self._examined_at = self._steady()
        try:
            self._find(await self._driver.examine(fault))
        except DeviceFault as trouble:
            logger.debug("device %s: cannot be examined: %s", self._device, trouble)

    async def _probe(self) -> None:
        self._probed_at = self._steady()
        try:
            profile = await self._driver.probe(self._clock.now())
        except DeviceFault as trouble:
            logger.info("device %s: cannot be probed now: %s", self._device, trouble)
            return
        self.profile = profile
        self._spool.set_note(self._device, PROFILE_NOTE, json.dumps(pack(profile)))
        # What cannot be done may be something to mend.
        await self._examine(None)
        self._changed()

    async def _ask_tie(self) -> None:
        self._tie_asked_at = self._steady()
        try:
            tie = await self._driver.tie()
        except DeviceFault as trouble:
            logger.debug("device %s: its settings cannot be read now: %s", self._device, trouble)
            return
        if tie is not self.tie:
            self.tie = tie
            logger.info("device %s is tied to %s", self._device, tie.value if tie else "?")
            self._changed()

    def _is_unknown(self, identity: Identity) -> bool:
        known = self.profile
        if known is None or (known.mac, known.firmware) != (identity.mac, identity.firmware):
            return True
        return self._clock.now() - known.at > PROBE_EVERY

    def _find(self, findings: tuple[Finding, ...]) -> None:
        if findings != self.findings:
            self.findings = findings
            codes = [one.code for one in findings]
            logger.info("device %s: found %s", self._device, ", ".join(codes) or "nothing to mend")
            self._changed()

    def _passed(self, since: float | None, seconds: float) -> bool:
        return since is None or self._steady() - since > seconds

    def _steady(self) -> float:
        return self._clock.steady_ms() / 1000


def kept_profile(spool: Spool, device: str) -> CapabilityProfile | None:
    """Return the profile that was found last, None where there is none that can be read."""
    text = spool.note(device, PROFILE_NOTE)
    if not text:
        return None
    try:
        return unpack(CapabilityProfile, json.loads(text))
    except WireError:
        return None


def let_go(spool: Spool, device: str) -> None:
    """Forget the profile of a device that is no longer the same."""
    spool.set_note(device, PROFILE_NOTE, "")
