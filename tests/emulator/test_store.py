"""What a device keeps outlives its process."""

from pathlib import Path

import pytest

from doorward.emulator import store as stores
from doorward.emulator.store import ALL, Change, Store

ROW = {"Name": "Rita"}


def test_what_was_committed_is_there_without_a_close(tmp_path: Path) -> None:
    Store(tmp_path).commit([Change("users", "1", ROW)])
    assert Store(tmp_path).table("users") == {"1": ROW}


def test_a_torn_last_line_is_as_if_it_never_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([Change("users", "1", ROW)])
    store.close()
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('[["users", "2", {"Na')
    assert Store(tmp_path).table("users") == {"1": ROW}


def test_drops_and_clears_are_remembered(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([Change("users", "1", ROW), Change("users", "2", ROW), Change("log", "1", ROW)])
    store.commit([Change("users", "1", None), Change("log", ALL, None)])
    again = Store(tmp_path)
    assert again.table("users") == {"2": ROW}
    assert again.table("log") == {}


def test_a_kill_between_snapshot_and_journal_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.commit([Change("log", "1", ROW)])
    store.commit([Change("log", ALL, None), Change("log", "1", {"Name": "Ada"})])
    journal = (tmp_path / "journal.jsonl").read_text()
    folded = Store(tmp_path)
    folded.close()
    (tmp_path / "journal.jsonl").write_text(journal)
    assert Store(tmp_path).table("log") == {"1": {"Name": "Ada"}}


def test_the_journal_is_folded_before_it_grows_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "JOURNAL_LINES", 10)
    store = Store(tmp_path)
    for number in range(100):
        store.commit([Change("facts", "count", {"value": str(number)})])
    lines = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert len(lines) <= 11
    assert Store(tmp_path).table("facts") == {"count": {"value": "99"}}
