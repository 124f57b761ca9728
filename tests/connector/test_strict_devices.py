"""What the connector finds out about devices that are strict, locked, old or of little ability."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from doorward.connector.driver import DeviceFault
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.emulator.main import Emulator
from doorward.emulator.spec import DeviceSpec
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.neutral import (
    AssignDevices,
    Assignment,
    Capability,
    CapabilityProfile,
    FindingCode,
    Operation,
    Problem,
    Verdict,
)
from tests.connector.conftest import MAC, PASSWORD, Connector, DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud


@asynccontextmanager
async def emulated(folder: Path, model: str = "X916", **habits: object) -> AsyncIterator[DoorPhone]:
    spec = DeviceSpec(
        name="Strict",
        model=model,
        mac=MAC,
        port=0,
        scenario_port=0,
        **{"password": PASSWORD, **habits},
    )
    emulator = Emulator([spec], folder / "strict")
    await emulator.start()
    async with aiohttp.ClientSession() as session:
        yield DoorPhone(emulator, session)
    await emulator.stop()


@asynccontextmanager
async def driving(assignment: Assignment) -> AsyncIterator[AkuvoxDriver]:
    driver = AkuvoxDriver(assignment, spacing=0.0)
    try:
        yield driver
    finally:
        await driver.close()


async def state(cloud: FakeCloud, holds: Callable[[DeviceState], object]) -> DeviceState:
    """Wait until the device's last state holds, and return it; who is shut out asks seldom."""
    await cloud.until(lambda: cloud.states and holds(cloud.states[-1].devices[0]), seconds=40)
    return cloud.states[-1].devices[0]


def connector_now() -> datetime:
    return datetime.now(UTC)


def without_relays(profile: CapabilityProfile) -> CapabilityProfile:
    """Return a profile of a device that knows no call about relays."""
    kept = [one for one in profile.capabilities if one.operation != Operation.RELAYS]
    return replace(
        profile, capabilities=(*kept, Capability(Operation.RELAYS, Verdict.REFUSED.value))
    )


def codes(one: DeviceState) -> list[str]:
    return [finding.code for finding in one.findings]


# --- findings -------------------------------------------------------------------------------------


async def test_an_empty_white_list_is_found_with_our_own_address(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, auth_mode="whitelist") as phone:
        await cloud.order("assign", AssignDevices(devices=(phone.assignment(),)))
        found = await state(cloud, lambda one: one.findings)
        assert (found.online, found.problem) == (False, Problem.API_LOCKED)
        assert [(one.code, one.facts) for one in found.findings] == [
            (FindingCode.SHUT_OUT, ("127.0.0.1",))
        ]


async def test_a_device_without_a_password_works_and_is_a_finding(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, auth_mode="none") as phone:
        await assigned(cloud, phone)
        found = await state(cloud, lambda one: one.findings)
        assert (found.online, codes(found)) == (True, [FindingCode.OPEN_API])


async def test_a_wrong_password_is_found_with_the_sign_in_it_wants(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, password=PASSWORD + "x") as phone:
        await cloud.order("assign", AssignDevices(devices=(phone.assignment(),)))
        found = await state(cloud, lambda one: one.findings)
        assert found.problem is Problem.AUTH_FAILED
        assert [(one.code, one.facts) for one in found.findings] == [
            (FindingCode.WRONG_PASSWORD, ("digest",))
        ]


async def test_a_device_that_locks_out_after_wrong_passwords_is_told_apart(tmp_path: Path) -> None:
    async with (
        emulated(tmp_path, password=PASSWORD + "x", quirks=("locks_out",)) as phone,
        driving(phone.assignment()) as driver,
    ):
        found = ()
        for _ in range(8):
            with pytest.raises(DeviceFault) as refused:
                await driver.identify()
            found = await driver.examine(refused.value)
        assert [(one.code, one.facts) for one in found] == [
            (FindingCode.LOCKED_OUT, ("127.0.0.1",))
        ]


async def test_what_was_mended_is_found_no_more(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, auth_mode="digest") as phone:
        await assigned(cloud, phone)
        assert codes(await state(cloud, lambda one: one.profile)) == []
        phone.at.device.settings.put({"Config.DoorSetting.APIFCGI.Enable": "0"})
        assert codes(await state(cloud, lambda one: one.findings)) == [FindingCode.SHUT_OUT]
        phone.at.device.settings.put({"Config.DoorSetting.APIFCGI.Enable": "1"})
        await state(cloud, lambda one: one.online and not one.findings)


# --- profiles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        ("X916", set()),
        ("E18C", set()),
        ("R20A", set()),
        ("A08S", {Operation.CONTACTS, Operation.GROUPS, Operation.CALL_LOG}),
    ],
)
async def test_nine_reads_tell_what_a_model_can_do(
    tmp_path: Path, model: str, refused: set[Operation]
) -> None:
    async with emulated(tmp_path, model) as phone, driving(phone.assignment()) as driver:
        await driver.identify()
        before = phone.users()
        profile = await driver.probe(connector_now())
        assert {one.operation for one in profile.capabilities} == set(Operation)
        assert {
            one.operation for one in profile.capabilities if one.verdict == Verdict.REFUSED
        } == refused
        assert Verdict.UNKNOWN not in {one.verdict for one in profile.capabilities}
        assert phone.users() == before


async def test_a_profile_is_told_and_kept_over_a_restart(
    tmp_path: Path, cloud: FakeCloud, connector: Connector
) -> None:
    async with emulated(tmp_path, "A08S") as phone:
        await assigned(cloud, phone)
        told = (await state(cloud, lambda one: one.profile)).profile
        assert told is not None
        assert (told.mac, told.limits.people) == (MAC, 50_000)
        await cloud.order("again", AssignDevices(devices=(phone.assignment(),)))
        worker = connector.site.worker("d1")
        assert worker is not None
        assert worker.state().profile == told


# --- opening --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "firmware"),
    [("R20A", "320.30.11.63"), ("E18C", "18.30.3.1"), ("X916", "916.30.10.114")],
)
async def test_where_the_api_refuses_relays_a_door_opens_by_http_in_its_form(
    tmp_path: Path, model: str, firmware: str
) -> None:
    async with emulated(
        tmp_path, model, firmware=firmware, relay_user="door", relay_password="p&ss=1#"
    ) as phone:
        account = {"relay_user": "door", "relay_password": "p&ss=1#"}
        async with driving(replace(phone.assignment(), **account)) as driver:
            await driver.identify()
            driver.heed(without_relays(await driver.probe(connector_now())))
            await driver.unlock(2, 5)
        assert (phone.pulses(1), phone.pulses(2)) == (0, 1)


async def test_the_api_goes_first_and_an_account_for_http_then_opens_nothing(
    tmp_path: Path,
) -> None:
    async with emulated(tmp_path, relay_user="door", relay_password="secret") as phone:
        account = {"relay_user": "door", "relay_password": "secret"}
        async with driving(replace(phone.assignment(), **account)) as driver:
            await driver.identify()
            await driver.unlock(1, 5)
        assert phone.pulses() == 1


@pytest.mark.parametrize("mode", ["garbage", "http_500", "hang"])
async def test_an_unlock_whose_answer_is_lost_is_not_tried_another_way(
    tmp_path: Path, mode: str
) -> None:
    async with emulated(tmp_path, relay_user="door", relay_password="secret") as phone:
        account = {"relay_user": "door", "relay_password": "secret"}
        async with driving(replace(phone.assignment(), **account)) as driver:
            await driver.identify()
            await phone.do("fault", mode=mode, times=1)
            with pytest.raises(DeviceFault):
                await driver.unlock(1, 5)
            await phone.do("fault", mode="none")
        assert phone.pulses() == 0


async def test_a_wrong_account_for_opening_is_said_and_opens_nothing(tmp_path: Path) -> None:
    async with emulated(
        tmp_path, "E18C", firmware="18.30.3.1", relay_user="door", relay_password="secret"
    ) as phone:
        account = {"relay_user": "door", "relay_password": "other"}
        async with driving(replace(phone.assignment(), **account)) as driver:
            await driver.identify()
            driver.heed(without_relays(await driver.probe(connector_now())))
            with pytest.raises(DeviceFault) as refused:
                await driver.unlock(1, 5)
        assert refused.value.problem is Problem.AUTH_FAILED
        assert phone.pulses() == 0


async def test_one_without_any_way_to_open_is_a_finding(tmp_path: Path) -> None:
    async with emulated(tmp_path) as phone, driving(phone.assignment()) as driver:
        await driver.identify()
        driver.heed(without_relays(await driver.probe(connector_now())))
        found = await driver.examine(None)
        assert [one.code for one in found] == [FindingCode.NO_WAY_TO_OPEN]


# --- HTTPS ----------------------------------------------------------------------------------------


async def test_a_unit_that_moves_to_https_is_pinned_on_first_use(tmp_path: Path) -> None:
    async with (
        emulated(tmp_path, web="newer", tls="modern") as phone,
        driving(phone.assignment()) as driver,
    ):
        assert (await driver.identify()).mac == MAC
        found = {one.code: one.facts for one in await driver.examine(None)}
        assert set(found) == {FindingCode.HTTPS_ONLY, FindingCode.SELF_SIGNED}
        (fingerprint,) = found[FindingCode.SELF_SIGNED]
        async with driving(replace(phone.assignment(), certificate=fingerprint)) as trusting:
            assert (await trusting.identify()).mac == MAC
            await trusting.unlock(1, 5)
        assert phone.pulses() == 1


async def test_another_certificate_gets_no_password_and_is_a_finding(tmp_path: Path) -> None:
    async with emulated(tmp_path, web="newer", tls="modern") as phone:
        assignment = replace(phone.assignment(), certificate="ab" * 32)
        async with driving(assignment) as driver:
            with pytest.raises(DeviceFault) as refused:
                await driver.identify()
            found = await driver.examine(refused.value)
            assert [one.code for one in found] == [FindingCode.CERTIFICATE_CHANGED]
            assert len(found[0].facts[0]) == 64
            with pytest.raises(DeviceFault):
                await driver.unlock(1, 5)
        assert phone.pulses() == 0


async def test_an_old_protocol_is_spoken_only_where_it_is_allowed(tmp_path: Path) -> None:
    async with emulated(tmp_path, web="newer", tls="legacy") as phone:
        async with driving(phone.assignment()) as strict:
            with pytest.raises(DeviceFault) as refused:
                await strict.identify()
            found = await strict.examine(refused.value)
            assert [one.code for one in found] == [FindingCode.LEGACY_TLS]
        async with driving(replace(phone.assignment(), legacy_tls=True)) as allowed:
            assert (await allowed.identify()).mac == MAC
