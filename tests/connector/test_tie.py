"""To what else a device is tied is read from its settings, told, and told again once it changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.connector import condition, worker
from doorward.connector.driver import DeviceFault
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.emulator.profile import PROFILES
from doorward.protocols.akuvox.settings import TIE
from doorward.protocols.neutral import Fitness, Tie
from tests.connector.conftest import Connector, DoorPhone, assigned, running
from tests.connector.fake_cloud import FakeCloud
from tests.connector.test_strict_devices import driving, emulated


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often, so that nobody waits for a minute."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(condition, "_TIE_SECONDS", 0.1)


async def told(cloud: FakeCloud, tie: str) -> None:
    await cloud.until(
        lambda: any(state.tie == tie for frame in cloud.states[-1:] for state in frame.devices)
    )


@pytest.mark.parametrize("model", PROFILES)
async def test_every_model_says_to_what_it_is_tied(tmp_path: Path, model: str) -> None:
    async with emulated(tmp_path, model) as phone, driving(phone.assignment()) as driver:
        assert await driver.tie() is Tie.NONE
        phone.at.device.settings.put({TIE: "1"})
        assert await driver.tie() is Tie.ON_PREMISE


async def test_a_tie_is_told_and_gone_once_it_is_untied(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await phone.do("set_locally", key=TIE, value="1")
    await assigned(cloud, phone)
    await told(cloud, Tie.ON_PREMISE)
    await phone.do("set_locally", key=TIE, value="0")
    await told(cloud, Tie.NONE)


async def test_an_older_cloud_is_not_told(tmp_path: Path, phone: DoorPhone) -> None:
    cloud = FakeCloud(words=4)
    await cloud.start()
    try:
        async with running(tmp_path / "site", cloud):
            await assigned(cloud, phone)
        assert {state.tie for frame in cloud.states for state in frame.devices} == {""}
        assert cloud.connections == 1
    finally:
        await cloud.stop()


async def test_firmware_that_takes_no_question_for_one_setting_shows_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with emulated(tmp_path) as phone, driving(phone.assignment()) as driver:
        phone.at.device.settings.put({TIE: "2"})
        calls: list[str] = []
        whole = AkuvoxDriver._ask

        async def ask(self, request, **how):
            calls.append(request.method)
            if request.method == "POST":
                raise DeviceFault(condition.Problem.REJECTED, "no such call", unsupported=True)
            return await whole(self, request, **how)

        monkeypatch.setattr(AkuvoxDriver, "_ask", ask)
        assert await driver.tie() is Tie.VENDOR_CLOUD
        assert calls == ["POST", "GET"]


@pytest.mark.parametrize(
    ("model", "fitness"),
    [("X915S", Fitness.FIT), ("R20A", Fitness.FIT), ("X916", Fitness.UNKNOWN)],
)
async def test_a_probe_says_whether_the_firmware_is_new_enough(
    tmp_path: Path, model: str, fitness: Fitness
) -> None:
    async with emulated(tmp_path, model) as phone, driving(phone.assignment()) as driver:
        await driver.identify()
        profile = await driver.probe(datetime(2026, 3, 29, tzinfo=UTC))
        assert profile.fitness == fitness
