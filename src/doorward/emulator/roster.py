"""The people a device knows: rows by ID, with an index of what must be unique."""

import re
from collections.abc import Iterable, Iterator

from doorward.emulator.decide import grants_of
from doorward.emulator.fields import row_of
from doorward.emulator.profile import Profile, Row
from doorward.emulator.records import USER_ALIASES, USER_FIELDS, USER_WHOLE
from doorward.emulator.refusal import Rejected
from doorward.emulator.store import ALL, Change, Store

TABLE = "users"
COUNTERS = "counters"

# Refused rows carry these as their `Ret` [G].
TAKEN = -3
FULL = -5

_CARD = re.compile(r"^(?:[0-9A-Fa-f]{2}){2,16}$")
_PIN = re.compile(r"^\d{2,8}$")


class Roster:
    def __init__(self, store: Store, profile: Profile, capacity: int) -> None:
        self._store = store
        self._profile = profile
        self.capacity = capacity
        self._owner: dict[str, str] = {}
        for row in self.rows():
            self._remember(row)

    def rows(self) -> list[Row]:
        return list(self._store.table(TABLE).values())

    def __len__(self) -> int:
        return len(self._store.table(TABLE))

    def holder(self, card: str) -> Row | None:
        """Return the user who holds a card, in whatever case its digits are written."""
        return self._store.table(TABLE).get(self._owner.get(f"card {card.upper()}", ""))

    def owner(self, pin: str) -> Row | None:
        """Return the user whose PIN this is."""
        return self._store.table(TABLE).get(self._owner.get(f"pin {pin}", ""))

    def add(self, given: object, **origin: str) -> None:
        """Take in a new person; the device chooses the ID. `origin` marks rows of other sources."""
        if len(self) >= self.capacity:
            raise Rejected(retcode=FULL)
        fresh = {**USER_FIELDS, **self._read(given)}
        number = self._next_id()
        fresh |= {"ID": str(number), "Type": "-1", "Source": "1", "SourceType": "1", **origin}
        self._check(fresh)
        self._store.commit(
            [
                Change(TABLE, fresh["ID"], fresh),
                Change(COUNTERS, "user", {"next": str(number + 1)}),
            ]
        )
        self._remember(fresh)

    def replace(self, given: object) -> None:
        """Put a whole record in the place of another; what it leaves out becomes empty."""
        row = self._read(given)
        before = self._store.table(TABLE).get(row.get("ID", ""))
        if before is None or any(name not in row for name in USER_WHOLE):
            raise Rejected
        kept = {name: before[name] for name in ("Type", "Source", "SourceType")}
        fresh = {**dict.fromkeys(USER_FIELDS, ""), **row, **kept}
        self._check(fresh)
        self._store.commit([Change(TABLE, fresh["ID"], fresh)])
        self._forget(before)
        self._remember(fresh)

    def remove(self, given: object) -> None:
        """Drop a row by its ID; a row that is not there is no fault."""
        key = row_of(given, USER_FIELDS).get("ID", "")
        if not key:
            raise Rejected
        before = self._store.table(TABLE).get(key)
        if before is not None:
            self._store.commit([Change(TABLE, key, None)])
            self._forget(before)

    def clear(self) -> None:
        """Drop everybody, also the rows that another source brought."""
        self._store.commit([Change(TABLE, ALL, None)])
        self._owner.clear()

    def put_back(self, rows: Iterable[Row]) -> None:
        """Hold exactly these rows, as after a backup was restored; new IDs come after them."""
        rows = list(rows)
        self.clear()
        numbers = [int(row["ID"]) for row in rows]
        following = max([self._next_id(), *(number + 1 for number in numbers)])
        self._store.commit(
            [
                *(Change(TABLE, row["ID"], row) for row in rows),
                Change(COUNTERS, "user", {"next": str(following)}),
            ]
        )
        for row in rows:
            self._remember(row)

    def _next_id(self) -> int:
        return int(self._store.table(COUNTERS).get("user", {"next": "1"})["next"])

    def _read(self, given: object) -> Row:
        """Return the fields of a record that is sent, under the names that are kept."""
        aliases = {**USER_ALIASES, self._profile.user_schedule: "ScheduleRelay"}
        row = row_of(given, USER_FIELDS, aliases)
        if self._profile.keeps_first_pair and "ScheduleRelay" in row:
            # Pairs that commas do not part are lost but for the first [F].
            row["ScheduleRelay"] = row["ScheduleRelay"].partition(";")[0]
        return row

    def _check(self, row: Row) -> None:
        cards = _parts(row["CardCode"])
        if not row["Name"] or not row["UserID"] or len(cards) > self._profile.cards_a_user:
            raise Rejected
        if not all(map(_CARD.match, cards)) or not all(map(_PIN.match, _parts(row["PrivatePIN"]))):
            raise Rejected
        try:
            grants_of(row["ScheduleRelay"])
        except ValueError as error:
            raise Rejected from error
        if any(self._owner.get(mark, row["ID"]) != row["ID"] for mark in _marks(row)):
            raise Rejected(retcode=TAKEN)

    def _remember(self, row: Row) -> None:
        self._owner.update(dict.fromkeys(_marks(row), row["ID"]))

    def _forget(self, row: Row) -> None:
        for mark in _marks(row):
            self._owner.pop(mark, None)


def found_in(rows: Iterable[Row], name_or_id: str, source_type: str) -> list[Row]:
    """Return rows whose Name or UserID contains the text, of one SourceType or of all."""
    wanted = name_or_id.casefold()
    return [
        row
        for row in rows
        if (not wanted or wanted in row["Name"].casefold() or wanted in row["UserID"].casefold())
        and source_type in ("", row["SourceType"])
    ]


def _marks(row: Row) -> Iterator[str]:
    yield f"id {row['UserID']}"
    yield from (f"card {card.upper()}" for card in _parts(row["CardCode"]))
    yield from (f"pin {pin}" for pin in _parts(row["PrivatePIN"]))


def _parts(text: str) -> list[str]:
    return [part for part in text.split(";") if part]
