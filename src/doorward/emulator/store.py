"""What a device keeps through a power cut: tables of rows in a snapshot and a journal."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from doorward.emulator.profile import Row

ALL = "*"
# The journal is folded into the snapshot once it is longer than the tables and this.
JOURNAL_LINES = 20_000

Tables = dict[str, dict[str, Row]]


@dataclass(frozen=True)
class Change:
    """One row put into a table, dropped (`row` is None), or a whole table emptied (key ALL)."""

    table: str
    key: str
    row: Row | None


class Store:
    """Rows by table and key in one folder, in the order in which they were first put.

    Every commit is one line of the journal, so it holds whole or not at all, and what was
    committed outlives a SIGKILL of the process. After `sync` it outlives a power cut too.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._snapshot = folder / "state.json"
        self._journal = folder / "journal.jsonl"
        self._tables: Tables = _read_snapshot(self._snapshot)
        for changes in _read_journal(self._journal):
            self._apply(changes)
        self._fold()

    def table(self, name: str) -> dict[str, Row]:
        """Return a table as it is now; change it by `commit` only."""
        return self._tables.setdefault(name, {})

    def commit(self, changes: Iterable[Change]) -> None:
        """Write changes down, then let them be true."""
        changes = list(changes)
        line = json.dumps([[change.table, change.key, change.row] for change in changes])
        self._file.write(line + "\n")
        self._file.flush()
        self._apply(changes)
        self._lines += 1
        if self._lines > JOURNAL_LINES + sum(map(len, self._tables.values())):
            self._file.close()
            self._fold()

    def sync(self) -> None:
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _apply(self, changes: Iterable[Change]) -> None:
        for change in changes:
            table = self.table(change.table)
            if change.key == ALL:
                table.clear()
            elif change.row is None:
                table.pop(change.key, None)
            else:
                table[change.key] = change.row

    def _fold(self) -> None:
        """Write all tables anew and begin an empty journal.

        A kill between the two replays the old journal onto its own result, which changes nothing.
        """
        fresh = self._snapshot.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(self._tables, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._snapshot)
        self._file = self._journal.open("w", encoding="utf-8")
        self._lines = 0


def _read_snapshot(path: Path) -> Tables:
    if not path.exists():
        return {}
    tables: Tables = json.loads(path.read_text(encoding="utf-8"))
    return tables


def _read_journal(path: Path) -> Iterable[list[Change]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield [Change(*change) for change in json.loads(line)]
        except ValueError:
            # Only the last line can be torn, by a kill in the middle of a write.
            return
