"""The link to a cloud that forgets, revokes and asks anew."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.protocols.neutral import AssignDevices, DeviceIdentified, OrderSettled, Outcome
from doorward.protocols.wire import WORDS
from tests.connector.conftest import Connector, DoorPhone, assigned, running
from tests.connector.fake_cloud import FakeCloud

NOW = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def tell(spool: Spool, *orders: str) -> None:
    for order in orders:
        spool.add(OrderSettled(order=order, at=NOW, outcome=Outcome.DONE, problem=None))


def heard(cloud: FakeCloud) -> list[str]:
    return [report.order for report in cloud.reports(OrderSettled)]


async def test_a_device_at_another_address_says_again_who_it_is(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    await cloud.until(lambda: len(cloud.reports(DeviceIdentified)) == 1)
    elsewhere = phone.address.replace("127.0.0.1", "localhost")
    await cloud.order("b", AssignDevices(devices=(phone.assignment(address=elsewhere),)))
    await cloud.until(lambda: len(cloud.reports(DeviceIdentified)) == 2)


async def test_a_connector_told_to_stop_as_its_line_is_lost_stops(
    tmp_path: Path, cloud: FakeCloud
) -> None:
    async with asyncio.timeout(5), running(tmp_path / "site", cloud):
        await cloud.until(lambda: cloud.states)
        # Both are noticed in the same turn of the loop.
        await cloud.drop()


@pytest.mark.parametrize("turns", range(6))
async def test_a_connector_told_to_stop_as_a_device_changes_stops(
    tmp_path: Path, cloud: FakeCloud, turns: int
) -> None:
    async with asyncio.timeout(5), running(tmp_path / "site", cloud) as connector:
        await cloud.until(lambda: cloud.states)
        await asyncio.sleep(0.1)
        connector.site.changed.set()
        for _ in range(turns):
            await asyncio.sleep(0)


async def test_a_cloud_that_lost_reports_is_told_the_rest_under_another_spool(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    await assigned(cloud, phone)
    tell(connector.spool, "a")
    await cloud.until(lambda: heard(cloud) == ["a"] and connector.spool.depth() == 0)
    before = connector.spool.id
    cloud.spools[before] = 0
    cloud.stored.clear()
    await cloud.drop()
    tell(connector.spool, "b")
    await cloud.until(lambda: heard(cloud) == ["b"])
    assert connector.spool.id != before
    # Who the device is was among what the cloud has lost.
    await cloud.until(lambda: cloud.reports(DeviceIdentified))


async def test_a_revoked_connector_enrols_with_a_new_code_and_keeps_its_reports(
    tmp_path: Path, cloud: FakeCloud
) -> None:
    code_file = tmp_path / "code"
    code_file.write_text(cloud.code)
    async with running(tmp_path / "site", cloud, code="", code_file=code_file) as connector:
        tell(connector.spool, "a", "b")
        await cloud.until(lambda: heard(cloud) == ["a", "b"])
        await cloud.revoke()
        tell(connector.spool, "c")
        await cloud.until(lambda: cloud.strangers)
        cloud.code = "WXYZ-9876"
        code_file.write_text(cloud.code)
        await cloud.until(lambda: heard(cloud) == ["a", "b", "c"])
    assert cloud.codes == ["ABCD-1234", "WXYZ-9876"]
    assert cloud.stored[-1].seq == 1


async def test_a_revoked_connector_started_with_a_new_code_enrols(
    tmp_path: Path, cloud: FakeCloud
) -> None:
    async with running(tmp_path / "site", cloud):
        await cloud.until(lambda: cloud.connections == 1)
        await cloud.revoke()
    cloud.code = "WXYZ-9876"
    async with running(tmp_path / "site", cloud, code="WXYZ-9876"):
        await cloud.until(lambda: cloud.connections == 2)


async def test_a_revoked_connector_without_a_new_code_says_so_and_knocks_on(
    tmp_path: Path, cloud: FakeCloud, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path / "site", cloud):
        await cloud.until(lambda: cloud.connections == 1)
        await cloud.revoke()
        with caplog.at_level(logging.ERROR):
            await cloud.until(lambda: cloud.strangers >= 2 and "--code-file" in caplog.text)
    assert cloud.codes == ["ABCD-1234"]
    assert "this connector was revoked" in caplog.text


async def test_a_refused_new_code_is_tried_once_and_ends_nothing(
    tmp_path: Path, cloud: FakeCloud
) -> None:
    async with running(tmp_path / "site", cloud):
        await cloud.until(lambda: cloud.connections == 1)
        await cloud.revoke()
    async with running(tmp_path / "site", cloud, code="WRONG"):
        await cloud.until(lambda: cloud.strangers >= 2)
    assert cloud.codes == ["ABCD-1234", "WRONG"]


@pytest.mark.parametrize(
    ("committed", "continues"), [(0, False), (1, False), (2, True), (4, True), (5, False)]
)
def test_a_spool_continues_where_nothing_is_missing(
    tmp_path: Path, committed: int, continues: bool
) -> None:
    spool = Spool(tmp_path / "spool.db", Vault(tmp_path / "vault.key"))
    tell(spool, *"abcd")
    spool.forget(2)
    assert spool.continues(committed) is continues


def test_a_spool_with_nothing_left_continues_at_its_end_only(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", Vault(tmp_path / "vault.key"))
    assert spool.continues(0)
    tell(spool, "a", "b")
    spool.forget(2)
    assert [spool.continues(seq) for seq in (1, 2, 3)] == [False, True, False]


async def test_an_older_cloud_is_greeted_in_its_own_words(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    cloud.words = 1
    await assigned(cloud, phone)
    assert cloud.misunderstood == 1
    await cloud.until(lambda: connector.site.states()[0].profile)
    before = len(cloud.states)
    await cloud.until(lambda: len(cloud.states) > before)
    assert {state.devices[0].profile for state in cloud.states if state.devices} == {None}


async def test_a_cloud_that_has_learned_more_words_is_told_them(
    cloud: FakeCloud, connector: Connector, phone: DoorPhone
) -> None:
    cloud.words = 1
    await assigned(cloud, phone)
    cloud.words = WORDS
    await cloud.drop()
    await cloud.until(
        lambda: cloud.states[-1].devices and cloud.states[-1].devices[0].profile is not None
    )
