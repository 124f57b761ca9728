"""Long lists that come in parts over a bad line: all of it is taken in, or none."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from doorward.connector.clock import CloudClock
from doorward.connector.orders import Orders
from doorward.connector.shelf import Shelf
from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.protocols.link import frames
from doorward.protocols.neutral import ApplyChanges, Entry, Grant, Kind, PersonRecord

WHOLE = ("p1", "p2", "p3")


class OneDevice:
    """A site of one device that does nothing but keep its shelf."""

    def __init__(self, spool: Spool) -> None:
        self.shelf = Shelf(spool, "d1")
        self.changed = asyncio.Event()

    def worker(self, device: str) -> "OneDevice":
        return self

    def wake(self) -> None:
        pass


def part(number: int, *, revision: int = 1) -> ApplyChanges:
    """Return a third of a full list of three people."""
    person = PersonRecord(f"p{number}", (f"AB0{number}",), (Grant(1, 1),))
    entry = Entry(Kind.PERSON, person.name, revision, person)
    return ApplyChanges("d1", 1, 0, revision, True, number == 3, (entry,), number)


@pytest.mark.parametrize(
    ("numbers", "held"),
    [
        ((1, 2, 3), WHOLE),
        ((1, 1, 2, 2, 3, 3), WHOLE),
        ((1, 2, 1, 2, 3, 2, 3), WHOLE),
        ((1, 2, 1, 2, 3, 1, 2, 3), WHOLE),
        # The rest of a list whose beginning was lost is not the list.
        ((3,), ()),
        ((2, 3), ()),
        ((1, 3), ()),
    ],
)
async def test_parts_that_come_twice_or_alone_are_known_for_what_they_are(
    tmp_path: Path, numbers: Sequence[int], held: Sequence[str]
) -> None:
    spool = Spool(tmp_path / "spool.db", Vault(tmp_path / "vault.key"))
    site = OneDevice(spool)
    orders = Orders(spool, site, CloudClock())  # type: ignore[arg-type]
    for number in numbers:
        await orders.take(frames.order("shelf", part(number)))
    assert tuple(entry.key for entry in site.shelf.part(("", ""), 10)) == held
    assert (site.shelf.head() is not None) == bool(held)
    spool.close()
