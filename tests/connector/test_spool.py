"""What the connector keeps on disk."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.connector.shelf import Settled, Shelf
from doorward.connector.spool import Spool
from doorward.connector.vault import Vault
from doorward.protocols.neutral import (
    Entry,
    Grant,
    Kind,
    Method,
    OrderSettled,
    Outcome,
    PersonRecord,
    ScheduleRecord,
)

NOW = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def opened(folder: Path) -> Spool:
    return Spool(folder / "spool.db", Vault(folder / "vault.key"))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return opened(tmp_path)


def settled(order: str) -> OrderSettled:
    return OrderSettled(order=order, at=NOW, outcome=Outcome.DONE, problem=None)


def person(key: str, card: str, revision: int = 1) -> Entry:
    record = PersonRecord("Rita", (card,), (Grant(1, 1),))
    return Entry(Kind.PERSON, key, revision, record)


def fill(shelf: Shelf, *entries: Entry, revision: int = 1, full: bool = True) -> None:
    shelf.receive([shelf.seal(one) for one in entries], epoch=1, revision=revision, full=full)


def who(shelf: Shelf, card: str, *, accepted: bool = True) -> str:
    return shelf.person_of(Method.CARD, card, accepted=accepted)


def test_a_new_spool_begins_at_one_and_survives(spool: Spool, tmp_path: Path) -> None:
    spool.add(settled("a"))
    spool.close()
    again = opened(tmp_path)
    assert [(one.seq, one.body) for one in again.after(0, 10)] == [(1, settled("a"))]
    assert again.id == opened(tmp_path).id


def test_a_sequence_is_never_given_again(spool: Spool) -> None:
    spool.add(settled("a"))
    spool.forget(1)
    spool.add(settled("b"))
    assert [one.seq for one in spool.after(0, 10)] == [2]


def test_a_failed_transaction_tells_nothing(spool: Spool) -> None:
    def attempt() -> None:
        with spool.transaction():
            spool.set_note("d1", "log", "further")
            spool.add(settled("a"))
            raise sqlite3.OperationalError("disk full")

    with pytest.raises(sqlite3.OperationalError):
        attempt()
    assert (spool.depth(), spool.note("d1", "log")) == (0, "")
    assert not spool.news.is_set()


def test_a_renewed_spool_keeps_its_reports_under_another_name(spool: Spool) -> None:
    for order in "abc":
        spool.add(settled(order))
    spool.forget(1)
    name = spool.id
    spool.renew()
    assert spool.id != name
    assert [(one.seq, one.body) for one in spool.after(0, 10)] == [
        (1, settled("b")),
        (2, settled("c")),
    ]
    spool.add(settled("d"))
    assert spool.last_seq() == 3


def test_an_empty_spool_that_is_renewed_begins_at_one(spool: Spool) -> None:
    spool.add(settled("a"))
    spool.forget(1)
    spool.renew()
    spool.add(settled("b"))
    assert [one.seq for one in spool.after(0, 10)] == [1]


def test_a_person_is_found_by_card_however_it_is_spelled(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    fill(shelf, person("p1", "00AB12"))
    assert who(shelf, "ab12") == "p1"
    assert who(shelf, "AB13") == ""


@pytest.mark.parametrize("full", [False, True])
def test_a_card_is_still_its_holder_s_until_the_device_and_its_log_are_done_with_it(
    spool: Spool, full: bool
) -> None:
    shelf, gone = Shelf(spool, "d1"), Entry(Kind.PERSON, "p1", 2, None)
    fill(shelf, person("p1", "AB12"))
    fill(shelf, *([] if full else [gone]), revision=2, full=full)
    assert (shelf.taken(), who(shelf, "AB12")) == ([], "p1")
    shelf.settle([Settled(gone)], 100.0)
    head = shelf.head()
    assert head
    shelf.swept(head)
    assert who(shelf, "AB12") == "p1"
    assert who(shelf, "AB12", accepted=False) == ""
    shelf.forget_taken(shelf.taken())
    assert who(shelf, "AB12") == ""


def test_what_came_while_everything_was_compared_wants_it_once_more(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    fill(shelf, person("p1", "AB12"), full=True)
    before = shelf.head()
    assert before
    fill(shelf, person("p1", "AB12"), revision=2, full=True)
    shelf.swept(before)
    after = shelf.head()
    assert after
    assert after.sweep
    shelf.swept(after)
    assert not (done := shelf.head()) or not done.sweep


def test_a_card_that_moves_is_its_new_holder_s_at_once(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    fill(shelf, person("p1", "AB12"))
    fill(shelf, person("p2", "AB12", 2), person("p1", "CD34", 2), revision=2, full=False)
    assert who(shelf, "AB12") == "p2"


def test_a_card_that_means_two_people_means_nobody(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    fill(shelf, person("p1", "AB12"), person("p2", "0AB12"))
    assert who(shelf, "AB12") == ""


def test_what_failed_is_due_again_later_each_time(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    entry = person("p1", "AB12")
    fill(shelf, entry)
    shelf.settle([Settled(entry, why="refused")], 100.0)
    first = shelf.next_due()
    shelf.settle([Settled(entry, why="refused")], 100.0)
    assert (first, shelf.next_due()) == (105.0, 110.0)
    (failure,), complete = shelf.failures()
    assert (failure.why, complete) == ("refused", True)


@pytest.mark.parametrize(("failed", "complete"), [(500, True), (501, False)])
def test_a_list_of_failures_that_is_cut_says_so(spool: Spool, failed: int, complete: bool) -> None:
    shelf = Shelf(spool, "d1")
    people = [person(f"p{number}", f"{number:08X}") for number in range(failed)]
    fill(shelf, *people)
    shelf.settle([Settled(one, why="refused") for one in people], 100.0)
    failures, is_complete = shelf.failures()
    assert (len(failures), is_complete) == (500, complete)


def test_a_result_for_an_older_revision_settles_nothing(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    fill(shelf, person("p1", "AB12"))
    fill(shelf, person("p1", "CD34", 2), revision=2, full=False)
    shelf.settle([Settled(person("p1", "AB12"))], 100.0)
    assert [one.revision for one in shelf.due(100.0)] == [2]
    assert shelf.untried() == 1


def test_a_full_revision_replaces_everything(spool: Spool) -> None:
    shelf = Shelf(spool, "d1")
    fill(shelf, person("p1", "AB12"))
    schedule = Entry(Kind.SCHEDULE, "1", 2, ScheduleRecord(1, 127, 0, 1440))
    fill(shelf, schedule, revision=2)
    assert shelf.part(("", ""), 10) == [schedule]
    head = shelf.head()
    assert head is not None
    assert head.sweep


def test_another_vault_key_opens_nothing(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "a").seal("secret")
    with pytest.raises(ValueError, match="another key"):
        Vault(tmp_path / "b").open(sealed)
