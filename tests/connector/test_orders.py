"""Orders that run out of time."""

import time
from pathlib import Path

from doorward.connector.clock import CloudClock
from doorward.connector.driver import DeviceFault
from doorward.connector.orders import Orders
from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.protocols.link import frames
from doorward.protocols.neutral import (
    AssignDevices,
    OrderSettled,
    Outcome,
    Problem,
    UnlockDoor,
)
from tests.connector.conftest import Connector, DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud

ORDER = UnlockDoor("d1", 1, 1)


async def test_a_request_on_its_way_is_cut_off_when_its_order_expires(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await phone.do("fault", mode="hang")
    began = time.monotonic()
    await cloud.order("u1", ORDER, expires_ms=cloud.now_ms() + 1000)
    settled = await cloud.settled("u1")
    assert (settled.outcome, settled.problem) == (Outcome.FAILED, Problem.TIMED_OUT)
    assert time.monotonic() - began < 2


async def test_an_order_that_expires_before_its_device_answers_is_never_sent(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await phone.do("fault", mode="hang")
    await cloud.order("a", AssignDevices(devices=(phone.assignment(),)))
    began = time.monotonic()
    await cloud.order("u1", ORDER, expires_ms=cloud.now_ms() + 1000)
    settled = await cloud.settled("u1")
    assert (settled.outcome, settled.problem) == (Outcome.EXPIRED, None)
    assert time.monotonic() - began < 2
    await phone.do("fault", mode="none")
    await cloud.until(lambda: any(state.online for state in cloud.states[-1].devices))
    assert phone.pulses() == 0


class BusySite:
    """A site whose only device is ready, but too busy to be told anything."""

    asked = 0

    def worker(self, device: str) -> "BusySite":
        return self

    async def ready(self) -> None:
        pass

    async def unlock(self, relay: int, seconds: int) -> None:
        self.asked += 1
        raise DeviceFault(Problem.REJECTED, "status 503", busy=True)


async def test_an_order_that_expires_while_its_device_is_busy_did_nothing(tmp_path: Path) -> None:
    spool, site, clock = Spool(tmp_path / "s", Vault(tmp_path / "v")), BusySite(), CloudClock()
    orders = Orders(spool, site, clock)
    await orders.take(frames.order("u1", ORDER, expires_ms=clock.now_ms() + 500))
    await orders.stop()
    (report,) = spool.after(0, 10)
    assert isinstance(report.body, OrderSettled)
    assert report.body.outcome is Outcome.EXPIRED
    assert site.asked in (2, 3)
