"""Has one device call us when something happens, and hears what it calls."""

from asyncio import Event

from doorward.connector.action_urls import ActionUrls
from doorward.connector.clock import CloudClock
from doorward.connector.driver import Driver
from doorward.connector.sensors import Sensors
from doorward.protocols.neutral import Assignment, Finding

# Somebody may take us out of the settings again.
_EVERY_SECONDS = 3600.0


class Calling:
    """Of one device; `news` is set by every call. Call `stop` in the end."""

    def __init__(
        self,
        assignment: Assignment,
        driver: Driver,
        urls: ActionUrls,
        sensors: Sensors,
        clock: CloudClock,
    ) -> None:
        self._mac = "".join(one for one in assignment.mac if one.isalnum()).upper()
        self._driver = driver
        self._clock = clock
        self._urls = urls
        self._sensors = sensors
        self._token = urls.expect(assignment.device, self._hear)
        self._written: tuple[str, float] | None = None
        self.news = Event()
        self.findings: tuple[Finding, ...] = ()

    async def see_to(self) -> bool:
        """Write where to call, where that is due; return whether there is something new to say."""
        base = self._urls.base(await self._driver.own_address())
        now = self._clock.steady_ms() / 1000
        if not base or (
            self._written and self._written[0] == base and now - self._written[1] < _EVERY_SECONDS
        ):
            return False
        found = await self._driver.have_it_call(f"{base}{self._token}")
        self._written = (base, now)
        found, self.findings = self.findings, found
        return found != self.findings

    def forget(self) -> None:
        """Look at the settings again: the device may have lost them."""
        self._written = None

    def stop(self) -> None:
        self._urls.ignore(self._token)

    def _hear(self, told: str) -> bool:
        call = self._driver.read_call(told)
        if call is None or call.mac not in ("", self._mac):
            return False
        self._sensors.hear(call)
        self.news.set()
        return True
