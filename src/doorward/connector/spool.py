"""The connector's durable memory: one SQLite file, and in it the reports not yet acknowledged."""

import sqlite3
import uuid
from asyncio import Event
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorward.connector.vault import Vault
from doorward.protocols.link import frames
from doorward.protocols.neutral import Report

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS roster (device TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (
    device TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (device, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, begun_ms INTEGER NOT NULL, outcome TEXT, problem TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads (
    device TEXT PRIMARY KEY, epoch INTEGER NOT NULL, revision INTEGER NOT NULL,
    sweep INTEGER NOT NULL, told TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shelf (
    device TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL,
    body BLOB, due REAL, fresh INTEGER NOT NULL, tries INTEGER NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (device, kind, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shelf_due ON shelf (device, due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS cards (
    device TEXT NOT NULL, mark BLOB NOT NULL, person TEXT NOT NULL,
    PRIMARY KEY (device, mark, person)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cards_of_person ON cards (device, person);
CREATE TABLE IF NOT EXISTS taken (
    device TEXT NOT NULL, mark BLOB NOT NULL, person TEXT NOT NULL,
    PRIMARY KEY (device, mark, person)) WITHOUT ROWID;
"""


class Spool:
    """Keeps reports in the order they were told until the cloud has stored them for good.

    Every write is durable when its `transaction` ends; `news` is set when a report was added.
    Raises `sqlite3.Error` where the disk refuses.
    """

    def __init__(self, path: Path, vault: Vault) -> None:
        self.vault = vault
        self.news = Event()
        self._told = False
        self.connection = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.executescript(_SCHEMA)
        if not self.fact("spool"):
            self.set_fact("spool", str(uuid.uuid4()))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write together or not at all; nests into the outer one."""
        if self.connection.in_transaction:
            yield self.connection
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            self._told = False
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        if self._told:
            self._told = False
            self.news.set()

    @property
    def id(self) -> str:
        return self.fact("spool")

    def add(self, body: Report) -> None:
        """Tell the cloud, sooner or later, exactly once."""
        kind, text = frames.encode_report(body)
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO reports (kind, body) VALUES (?, ?)", (kind, self.vault.seal(text))
            )
            self._told = True

    def after(self, seq: int, limit: int) -> list[frames.ReportFrame]:
        """Return the next reports after `seq`, oldest first."""
        found = self.connection.execute(
            "SELECT seq, kind, body FROM reports WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
        )
        return [
            frames.report(number, frames.decode_report(kind, self.vault.open(body)))
            for number, kind, body in found
        ]

    def forget(self, seq: int) -> None:
        """Drop what the cloud has stored for good."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM reports WHERE seq <= ?", (seq,))

    def count_up_to(self, seq: int) -> int:
        """Count the reports that were sent and still lie here."""
        found = self.connection.execute("SELECT count(*) FROM reports WHERE seq <= ?", (seq,))
        return int(found.fetchone()[0])

    def depth(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM reports").fetchone()[0])

    def continues(self, seq: int) -> bool:
        """True where a cloud that has stored everything up to `seq` can be told the rest."""
        found = self.connection.execute("SELECT min(seq) FROM reports").fetchone()
        last = self.last_seq()
        forgotten = last if found[0] is None else int(found[0]) - 1
        return forgotten <= seq <= last

    def last_seq(self) -> int:
        """Return the highest sequence ever given, 0 for a new spool."""
        found = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reports'")
        row = found.fetchone()
        return int(row[0]) if row else 0

    def renew(self) -> None:
        """Begin a new spool with the reports at hand: what the cloud says of this one cannot be."""
        with self.transaction() as connection:
            # In place, however many there are; by way of negative numbers none meets another.
            forgotten = connection.execute("SELECT min(seq) - 1 FROM reports").fetchone()[0]
            connection.execute("UPDATE reports SET seq = ? - seq", (forgotten,))
            connection.execute("UPDATE reports SET seq = -seq")
            connection.execute(
                "UPDATE sqlite_sequence SET seq = (SELECT count(*) FROM reports)"
                " WHERE name = 'reports'"
            )
            self.set_fact("spool", str(uuid.uuid4()))

    def fact(self, name: str) -> str:
        """Return a fact about the connector itself, empty where there is none."""
        found = self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,))
        row = found.fetchone()
        return str(row[0]) if row else ""

    def set_fact(self, name: str, value: str) -> None:
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def note(self, device: str, name: str) -> str:
        """Return what was noted about a device, empty where nothing was."""
        found = self.connection.execute(
            "SELECT body FROM notes WHERE device = ? AND name = ?", (device, name)
        )
        row = found.fetchone()
        return self.vault.open(row[0]) if row else ""

    def set_note(self, device: str, name: str, text: str) -> None:
        """Note something about a device, sealed; an empty text forgets it."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM notes WHERE device = ? AND name = ?", (device, name))
            if text:
                connection.execute(
                    "INSERT INTO notes VALUES (?, ?, ?)", (device, name, self.vault.seal(text))
                )

    def close(self) -> None:
        self.connection.close()
