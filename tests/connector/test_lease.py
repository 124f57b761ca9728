"""A connector that may have lost its devices to another leaves them alone, but for what is over."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from doorward.connector import apply, worker
from doorward.connector.action_urls import ActionUrls
from doorward.connector.clock import CloudClock
from doorward.connector.lease import Lease
from doorward.connector.shelf import Shelf
from doorward.connector.site import Site
from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.protocols.neutral import (
    Assignment,
    AuthMode,
    BadgeScanned,
    Entry,
    Grant,
    Kind,
    LogPlace,
    PersonRecord,
    ScheduleRecord,
)
from tests.connector.plain_door import PlainDoor, PlainDriver

MAC = "0C1105AABB01"
ONE = Assignment("d1", "plain", "here", MAC, AuthMode.NONE, "", "")


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool.db", Vault(tmp_path / "vault.key"))


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(apply, "SETTLING", (0.0, 0.01))


def test_a_lease_ends_so_long_after_what_the_cloud_has_answered(spool: Spool) -> None:
    steady = 100.0
    lease = Lease(spool, CloudClock(steady=lambda: steady))
    assert lease.holds
    lease.agree(30)
    assert not lease.holds
    lease.renew(100_000)
    steady = 129.0
    assert lease.holds
    steady = 131.0
    assert not lease.holds
    assert not Lease(spool, CloudClock()).holds


async def test_without_the_lease_only_what_is_over_goes(spool: Spool) -> None:
    clock = CloudClock()
    door = PlainDoor(MAC, lambda: (0, clock.now_ms()))
    site = Site(
        spool, clock, {"plain": lambda one: PlainDriver(door)}, ActionUrls(spool, clock, None)
    )
    grants = (Grant(1, 1),)
    guest = PersonRecord("Guest", ("AA",), grants, None, clock.now() + timedelta(seconds=3))
    entries = [
        Entry(Kind.SCHEDULE, "1", 1, ScheduleRecord(1, 127, 0, 1440)),
        Entry(Kind.PERSON, "guest", 1, guest),
        Entry(Kind.PERSON, "p1", 1, PersonRecord("Rita", ("BB",), grants)),
    ]
    shelf = Shelf(spool, "d1")
    shelf.receive([shelf.seal(one) for one in entries], epoch=1, revision=1, full=True)
    await site.assign((ONE,))
    async with asyncio.timeout(30):
        while set(door.people) != {"guest", "p1"}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        site.lease.agree(30)
        # Another connector takes Rita away meanwhile.
        door.people.pop("p1")
        while "guest" in door.people:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        site.worker("d1").wake()  # type: ignore[union-attr]
        shelf.sweep()
        await asyncio.sleep(0.5)
        assert door.people == {}
        site.lease.renew(clock.steady_ms())
        site.worker("d1").wake()  # type: ignore[union-attr]
        while set(door.people) != {"p1"}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await site.stop()


async def test_who_takes_a_device_over_reads_on_where_the_cloud_stands(spool: Spool) -> None:
    clock = CloudClock()
    door = PlainDoor(MAC, lambda: (0, clock.now_ms()))
    for number in range(1, 31):
        door.swipe(f"{number:08X}")
    site = Site(
        spool, clock, {"plain": lambda one: PlainDriver(door)}, ActionUrls(spool, clock, None)
    )
    await site.assign((Assignment(**{**vars(ONE), "log": LogPlace(3, 12)}),))
    async with asyncio.timeout(30):
        while spool.depth() < 19:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await site.stop()
    told = [one.body for one in spool.after(0, 100) if isinstance(one.body, BadgeScanned)]
    assert [scan.local_id for scan in told] == [str(number) for number in range(13, 31)]
    assert {scan.generation for scan in told} == {3}


async def test_a_device_that_another_had_meanwhile_is_begun_anew(spool: Spool) -> None:
    clock = CloudClock()
    door = PlainDoor(MAC, lambda: (0, clock.now_ms()))
    site = Site(
        spool, clock, {"plain": lambda one: PlainDriver(door)}, ActionUrls(spool, clock, None)
    )
    shelf = Shelf(spool, "d1")
    rita = Entry(Kind.PERSON, "p1", 1, PersonRecord("Rita", ("BB",), (Grant(1, 1),)))
    shelf.receive([shelf.seal(rita)], epoch=1, revision=1, full=True)
    await site.assign((ONE,))
    await site.assign((Assignment(**{**vars(ONE), "term": 2}),))
    # What another one has taken away since is not put back: the cloud tells all of it.
    assert shelf.head() is None
    assert [(state.epoch, state.revision) for state in site.states()] == [(0, 0)]
    await site.stop()
