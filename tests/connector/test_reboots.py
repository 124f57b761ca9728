"""A device is rebooted once for an order, goes away, and is looked at anew when it is back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from doorward.connector.driver import DeviceFault
from doorward.connector.drivers import api_client
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.emulator.local_api import LocalApi
from doorward.protocols.neutral import (
    Assignment,
    AuthMode,
    DeviceRestarted,
    DriftFound,
    Kind,
    Outcome,
    Problem,
    RebootDevice,
    RelayRecord,
    UnlockDoor,
)
from tests.connector.conftest import MAC, Connector, DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud
from tests.connector.test_against_emulator import applied, changes
from tests.connector.test_process import process
from tests.connector.test_strict_devices import driving, emulated

ORDER = RebootDevice("d1")


@pytest.fixture(autouse=True)
def reboots(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every reboot that an emulated device begins."""
    noted: list[str] = []
    begin = LocalApi.reboot

    def note(phone: LocalApi) -> None:
        if not phone.booting:
            noted.append(phone.address)
        begin(phone)

    monkeypatch.setattr(LocalApi, "reboot", note)
    return noted


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[DoorPhone]:
    """A device that is away for long enough to be missed."""
    async with emulated(tmp_path, reboot_seconds=6.0) as phone:
        yield phone


async def reboot(cloud: FakeCloud, name: str = "r1") -> None:
    await cloud.order(name, ORDER, expires_ms=cloud.now_ms() + 60_000)


async def test_a_device_takes_it_is_away_and_comes_back(
    cloud: FakeCloud, connector: Connector, slow: DoorPhone, reboots: list[str]
) -> None:
    await assigned(cloud, slow)
    await reboot(cloud)
    assert (await cloud.settled("r1")).outcome is Outcome.DONE
    await cloud.until(lambda: not cloud.states[-1].devices[0].online)
    assert not slow.at.up
    await cloud.until(lambda: cloud.states[-1].devices[0].online, 30)
    assert len(reboots) == 1


async def test_what_was_changed_meanwhile_is_found_when_it_is_back(
    cloud: FakeCloud, connector: Connector, slow: DoorPhone
) -> None:
    await assigned(cloud, slow)
    await cloud.order("o1", changes(1, full=True, r1=RelayRecord(1, "Main door", 7)))
    await applied(cloud, 1)
    settings = slow.at.device.settings
    names = [name for name in settings if settings[name] == "Main door"]
    settings.put(dict.fromkeys(names, "Somebody's"))
    await reboot(cloud)
    restarted = await cloud.until(lambda: cloud.reports(DeviceRestarted), 40)
    assert restarted[0].device == "d1"
    (found,) = await cloud.until(lambda: cloud.reports(DriftFound), 40)
    assert [one.kind for one in found.differences] == [Kind.RELAY]
    await cloud.until(lambda: [settings[name] for name in names] == ["Main door"] * len(names), 40)


async def test_an_order_that_comes_again_is_answered_and_not_done_again(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, reboots: list[str]
) -> None:
    await assigned(cloud, phone)
    for _ in range(3):
        await reboot(cloud)
    await cloud.settled("r1")
    await cloud.until(lambda: not phone.at.booting)
    await reboot(cloud)
    await asyncio.sleep(1)
    assert len(reboots) == 1


async def test_an_order_whose_time_is_over_is_not_begun(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, reboots: list[str]
) -> None:
    await assigned(cloud, phone)
    await cloud.order("r1", ORDER, expires_ms=cloud.now_ms() - 1)
    assert (await cloud.settled("r1")).outcome is Outcome.EXPIRED
    assert phone.at.up
    assert reboots == []


async def test_an_outcome_survives_a_line_that_breaks(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, reboots: list[str]
) -> None:
    await assigned(cloud, phone)
    cloud.acknowledges = False
    await reboot(cloud)
    await cloud.drop()
    cloud.acknowledges = True
    assert (await cloud.settled("r1", 30)).outcome is Outcome.DONE
    assert len(reboots) == 1


async def test_a_door_opens_before_its_device_goes_down(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.order("u1", UnlockDoor("d1", 1, 1), expires_ms=cloud.now_ms() + 5000)
    await reboot(cloud)
    assert (await cloud.settled("u1")).outcome is Outcome.DONE
    assert (await cloud.settled("r1")).outcome is Outcome.DONE
    assert phone.pulses() == 1


async def test_another_device_at_the_address_is_left_alone(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone, reboots: list[str]
) -> None:
    await assigned(cloud, phone)
    await phone.do("fault", mode="other_mac")
    await cloud.until(lambda: cloud.states[-1].devices[0].problem is Problem.OTHER_MAC)
    await reboot(cloud)
    settled = await cloud.settled("r1")
    assert (settled.outcome, settled.problem) == (Outcome.FAILED, Problem.OTHER_MAC)
    assert reboots == []


@pytest.mark.process
async def test_a_killed_connector_reboots_at_most_once(
    tmp_path: Path, cloud: FakeCloud, phone: DoorPhone, reboots: list[str]
) -> None:
    folder = tmp_path / "site"
    async with process(cloud, folder, "--code", cloud.code):
        await assigned(cloud, phone)
    names = [f"r{number}" for number in range(4)]
    for position, name in enumerate(names):
        connections = cloud.connections
        async with process(cloud, folder):
            await cloud.until(lambda known=connections: cloud.connections > known)
            await reboot(cloud, name)
            await asyncio.sleep(0.01 * position)
        await cloud.until(lambda: not phone.at.booting)
    connections = cloud.connections
    async with process(cloud, folder):
        await cloud.until(lambda: cloud.connections > connections)
        outcomes = []
        for name in names:
            await reboot(cloud, name)
            outcomes.append((await cloud.settled(name, 40)).outcome)
            await cloud.until(lambda: not phone.at.booting)
    assert outcomes.count(Outcome.DONE) <= len(reboots) <= len(names)


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[AkuvoxDriver]:
    """Drive a device that says what it likes to the call."""
    app = web.Application()
    app.router.add_get("/api/system/reboot", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"127.0.0.1:{runner.addresses[0][1]}"
    device = Assignment("d1", "akuvox", address, MAC, AuthMode.NONE, "", "")
    try:
        async with driving(device) as driver:
            yield driver
    finally:
        await runner.cleanup()


async def nothing(request: web.Request) -> web.StreamResponse:
    """Go down without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b'{"retcode":0,' * 1000)


async def rubbish(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"\xff\x00<html>")


async def refusing(request: web.Request) -> web.StreamResponse:
    return web.json_response({"retcode": -1, "action": "reboot", "message": "error param"})


async def unknowing(request: web.Request) -> web.StreamResponse:
    return web.json_response({"retcode": 0, "message": "Api unsupported", "data": {}})


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (nothing, Problem.UNREACHABLE),
        (endless, Problem.GARBLED),
        (rubbish, Problem.GARBLED),
        (refusing, Problem.REJECTED),
        (unknowing, Problem.REJECTED),
    ],
)
async def test_what_is_no_proper_answer_is_no_reboot(answer: Answer, problem: Problem) -> None:
    async with answering(answer) as driver:
        with pytest.raises(DeviceFault) as fault:
            await driver.reboot()
    assert fault.value.problem is problem


async def test_a_device_that_never_answers_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_client, "_TIMEOUT", api_client.aiohttp.ClientTimeout(total=0.2))

    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async with answering(silent) as driver:
        with pytest.raises(DeviceFault) as fault:
            await driver.reboot()
    assert fault.value.problem is Problem.TIMED_OUT
