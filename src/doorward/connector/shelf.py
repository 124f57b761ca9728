"""What a device should hold, as received from the cloud: kept on disk, sealed, with what is due."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from doorward.connector.spool import Spool
from doorward.protocols.neutral import (
    RECORDS,
    Entry,
    EntryFailure,
    Kind,
    Method,
    PersonRecord,
    Record,
)
from doorward.protocols.wire import pack, unpack

# A failed entry is tried again after so many seconds, doubled each time.
_FIRST_RETRY = 5.0
_LAST_RETRY = 600.0
FAILURES_A_REPORT = 500
# The epoch of which all was compared and written, since it was last received in full.
WHOLE_NOTE = "whole"


@dataclass(frozen=True)
class Head:
    """`sweep` asks to compare all of the device with the shelf; `told` is the last report on it."""

    epoch: int
    revision: int
    sweep: bool
    told: str


@dataclass(frozen=True)
class Sealed:
    """An entry ready for the disk, with the marks of its cards and its PIN."""

    kind: Kind
    key: str
    revision: int
    body: bytes | None
    marks: tuple[bytes, ...]


@dataclass(frozen=True)
class Settled:
    """What became of an entry: `why` it failed, or empty; `due` when to look at it again."""

    entry: Entry
    why: str = ""
    due: float | None = None


@dataclass(frozen=True)
class Standing:
    """An entry's record; `is_steady` where it was read back from the device and nothing is due."""

    body: Record | None
    is_steady: bool


class Shelf:
    """The shelf of one device. Times are seconds since 1970 on the cloud's clock."""

    def __init__(self, spool: Spool, device: str) -> None:
        self._spool = spool
        self.device = device

    def head(self) -> Head | None:
        """Return how far the shelf is, None before anything was received."""
        found = self._spool.connection.execute(
            "SELECT epoch, revision, sweep, told FROM heads WHERE device = ?", (self.device,)
        )
        row = found.fetchone()
        return Head(row[0], row[1], bool(row[2]), row[3]) if row else None

    def seal(self, entry: Entry) -> Sealed:
        if entry.body is None:
            return Sealed(entry.kind, entry.key, entry.revision, None, ())
        body = self._spool.vault.seal(json.dumps(pack(entry.body)))
        marks = self._marks(entry.body) if isinstance(entry.body, PersonRecord) else ()
        return Sealed(entry.kind, entry.key, entry.revision, body, marks)

    def receive(self, entries: Iterable[Sealed], *, epoch: int, revision: int, full: bool) -> None:
        """Take in a revision whole; with `full` the entries are all there is."""
        with self._spool.transaction() as connection:
            before = self.head()
            sweep = full or (before is not None and before.sweep)
            if full:
                connection.execute("DELETE FROM shelf WHERE device = ?", (self.device,))
                # What is gone from the shelf may still be on the device.
                self._spool.set_note(self.device, WHOLE_NOTE, "")
                self._take("device = ?", self.device)
            for entry in entries:
                self._put(entry)
            connection.execute(
                "INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?)",
                (self.device, epoch, revision, sweep, ""),
            )

    def sweep(self) -> None:
        """Ask for a comparison of everything."""
        with self._spool.transaction() as connection:
            connection.execute("UPDATE heads SET sweep = 1 WHERE device = ?", (self.device,))

    def swept(self, head: Head) -> None:
        """Note that everything was compared as of a head; what came since wants it once more."""
        with self._spool.transaction() as connection:
            connection.execute(
                "UPDATE heads SET sweep = 0 WHERE device = ? AND epoch = ? AND revision = ?",
                (self.device, head.epoch, head.revision),
            )

    def due(self, now: float) -> list[Entry]:
        """Return the entries to look at now, also those that should be gone."""
        found = self._spool.connection.execute(
            "SELECT kind, key, revision, body FROM shelf WHERE device = ? AND due <= ?",
            (self.device, now),
        )
        return [self._entry(*row) for row in found.fetchall()]

    def part(self, after: tuple[str, str], limit: int) -> list[Entry]:
        """Return the entries behind (kind, key), so that a long shelf is read in parts."""
        found = self._spool.connection.execute(
            "SELECT kind, key, revision, body FROM shelf"
            " WHERE device = ? AND (kind, key) > (?, ?) ORDER BY kind, key LIMIT ?",
            (self.device, *after, limit),
        )
        return [self._entry(*row) for row in found.fetchall()]

    def one(self, kind: Kind, key: str, now: float) -> Standing | None:
        """Return one entry, None where there is none."""
        found = self._spool.connection.execute(
            "SELECT key, revision, body, NOT fresh AND why = '' AND coalesce(due, ?) >= ?"
            " FROM shelf WHERE device = ? AND kind = ? AND key = ?",
            (now, now, self.device, kind.value, key),
        ).fetchone()
        if found is None:
            return None
        return Standing(self._entry(kind.value, *found[:3]).body, bool(found[3]))

    def steady(self, now: float) -> set[tuple[Kind, str]]:
        """Return what the device was read back to hold, and about which nothing is due."""
        found = self._spool.connection.execute(
            "SELECT kind, key FROM shelf WHERE device = ? AND NOT fresh AND why = ''"
            " AND coalesce(due, ?) >= ?",
            (self.device, now, now),
        )
        return {(Kind(kind), str(key)) for kind, key in found}

    def unsettle(self, names: Iterable[tuple[Kind, str]], revision: int) -> None:
        """Note that the device no longer holds these as it did; what we do not know is to go."""
        rows = [(self.device, kind.value, key, revision) for kind, key in names]
        with self._spool.transaction() as connection:
            connection.executemany(
                "INSERT INTO shelf VALUES (?, ?, ?, ?, NULL, 0, 1, 0, '')"
                " ON CONFLICT (device, kind, key) DO UPDATE SET due = 0, fresh = 1, tries = 0",
                rows,
            )

    def next_due(self) -> float | None:
        found = self._spool.connection.execute(
            "SELECT min(due) FROM shelf WHERE device = ? AND due IS NOT NULL", (self.device,)
        )
        due = found.fetchone()[0]
        return None if due is None else float(due)

    def settle(self, results: Iterable[Settled], now: float) -> None:
        """Note what became of entries, but for those that have changed since."""
        with self._spool.transaction():
            for one in results:
                self._settle(one, now)

    def untried(self) -> int:
        """Count the entries that were never tried since they came."""
        found = self._spool.connection.execute(
            "SELECT count(*) FROM shelf WHERE device = ? AND fresh", (self.device,)
        )
        return int(found.fetchone()[0])

    def failures(self) -> tuple[tuple[EntryFailure, ...], bool]:
        """Return the failures that fit into a report, and whether those are all there are."""
        found = self._spool.connection.execute(
            "SELECT kind, key, why FROM shelf WHERE device = ? AND why <> ''"
            " ORDER BY kind, key LIMIT ?",
            (self.device, FAILURES_A_REPORT + 1),
        )
        failures = tuple(EntryFailure(Kind(kind), key, why) for kind, key, why in found)
        return failures[:FAILURES_A_REPORT], len(failures) <= FAILURES_A_REPORT

    def tell(self, text: str) -> None:
        """Note what was last reported about the shelf."""
        with self._spool.transaction() as connection:
            connection.execute("UPDATE heads SET told = ? WHERE device = ?", (text, self.device))

    def person_of(self, method: Method, code: str, *, accepted: bool) -> str:
        """Return our key of the person with a card or a PIN, empty where it is not exactly one.

        What a device accepted and nobody has any more was still with whom it was taken from.
        """
        if not code or method not in (Method.CARD, Method.PIN):
            return ""
        mark = self._pin_mark(code) if method is Method.PIN else self._mark(code)
        people = self._people_with(mark, "cards")
        if accepted and not people:
            people = self._people_with(mark, "taken")
        return people[0] if len(people) == 1 else ""

    def taken(self) -> list[tuple[bytes, str]]:
        """Return the marks that the device has let go, each with whose it was.

        A log that is read after this holds all that was ever done with them.
        """
        found = self._spool.connection.execute(
            "SELECT mark, person FROM taken JOIN heads USING (device)"
            " WHERE device = ? AND NOT sweep AND NOT EXISTS (SELECT 1 FROM shelf"
            " WHERE shelf.device = taken.device AND kind = ? AND key = person"
            " AND (fresh OR why <> ''))",
            (self.device, Kind.PERSON.value),
        )
        return [(bytes(mark), str(person)) for mark, person in found]

    def forget_taken(self, taken: Iterable[tuple[bytes, str]]) -> None:
        """Forget whose cards and PINs these were: the log that knew them is read."""
        self._spool.connection.executemany(
            "DELETE FROM taken WHERE device = ? AND mark = ? AND person = ?",
            [(self.device, mark, person) for mark, person in taken],
        )

    def forget(self) -> None:
        """Drop the shelf of a device that is no longer ours to look after."""
        with self._spool.transaction() as connection:
            for table in ("heads", "shelf", "cards", "taken"):
                connection.execute(f"DELETE FROM {table} WHERE device = ?", (self.device,))  # noqa: S608

    def _put(self, entry: Sealed) -> None:
        connection = self._spool.connection
        connection.execute(
            "INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, ?, ?, 0, 1, 0, '')",
            (self.device, entry.kind.value, entry.key, entry.revision, entry.body),
        )
        if entry.kind is not Kind.PERSON:
            return
        self._take("device = ? AND person = ?", self.device, entry.key)
        connection.executemany(
            "INSERT OR IGNORE INTO cards VALUES (?, ?, ?)",
            [(self.device, mark, entry.key) for mark in entry.marks],
        )

    def _take(self, where: str, *values: str) -> None:
        """Take cards and PINs from people; until the device knows, they go on to work there."""
        connection = self._spool.connection
        connection.execute(
            f"INSERT OR IGNORE INTO taken SELECT * FROM cards WHERE {where}",  # noqa: S608
            values,
        )
        connection.execute(f"DELETE FROM cards WHERE {where}", values)  # noqa: S608

    def _people_with(self, mark: bytes, table: str) -> list[str]:
        found = self._spool.connection.execute(
            f"SELECT person FROM {table} WHERE device = ? AND mark = ? LIMIT 2",  # noqa: S608
            (self.device, mark),
        )
        return [str(person) for (person,) in found]

    def _settle(self, one: Settled, now: float) -> None:
        entry = one.entry
        place = (self.device, entry.kind.value, entry.key, entry.revision)
        connection = self._spool.connection
        if one.why:
            connection.execute(
                "UPDATE shelf SET fresh = 0, why = ?, tries = tries + 1,"
                " due = ? + min(?, ? * (1 << min(tries, 16)))"
                " WHERE device = ? AND kind = ? AND key = ? AND revision = ?",
                (one.why[:200], now, _LAST_RETRY, _FIRST_RETRY, *place),
            )
        elif entry.body is None:
            connection.execute(
                "DELETE FROM shelf WHERE device = ? AND kind = ? AND key = ? AND revision = ?",
                place,
            )
        else:
            connection.execute(
                "UPDATE shelf SET fresh = 0, why = '', tries = 0, due = ?"
                " WHERE device = ? AND kind = ? AND key = ? AND revision = ?",
                (one.due, *place),
            )

    def _entry(self, kind: str, key: str, revision: int, body: bytes | None) -> Entry:
        record: Record | None = None
        if body is not None:
            record = unpack(RECORDS[Kind(kind)], json.loads(self._spool.vault.open(body)))
        return Entry(kind=Kind(kind), key=key, revision=revision, body=record)

    def _marks(self, person: PersonRecord) -> tuple[bytes, ...]:
        pins = (self._pin_mark(person.pin),) if person.pin else ()
        return (*(self._mark(card) for card in person.cards), *pins)

    def _pin_mark(self, pin: str) -> bytes:
        return self._spool.vault.mark(f"pin {pin}")

    def _mark(self, card: str) -> bytes:
        # Some readers drop leading zeros, and logs come in either case.
        return self._spool.vault.mark(card.strip().upper().lstrip("0"))
