"""The schedules a device holds: two built in, and a limited number of others."""

import re

from doorward.emulator.decide import NORMAL, seconds_of
from doorward.emulator.fields import row_of
from doorward.emulator.profile import Row
from doorward.emulator.records import (
    BUILT_IN_SCHEDULES,
    FIRST_SCHEDULE_ID,
    SCHEDULE_FIELDS,
    SCHEDULE_WHOLE,
    WEEKDAYS,
)
from doorward.emulator.refusal import Rejected
from doorward.emulator.store import ALL, Change, Store

TABLE = "schedules"
COUNTERS = "counters"
FULL = -5

_BUILT_IN_IDS = {row["ID"] for row in BUILT_IN_SCHEDULES}


class Schedules:
    def __init__(self, store: Store, capacity: int) -> None:
        self._store = store
        self._capacity = capacity

    def rows(self) -> list[Row]:
        """Return all schedules, the built-in ones first."""
        return [*BUILT_IN_SCHEDULES, *self._store.table(TABLE).values()]

    def by_display_id(self) -> dict[str, Row]:
        return {row["DisplayID"]: row for row in self.rows()}

    def __len__(self) -> int:
        """Count those that are not built in."""
        return len(self._store.table(TABLE))

    def add(self, given: object) -> None:
        """Take in a schedule; the device chooses ID and DisplayID."""
        if len(self) >= self._capacity:
            raise Rejected(retcode=FULL)
        fresh = {**SCHEDULE_FIELDS, **row_of(given, SCHEDULE_FIELDS)}
        counter = self._store.table(COUNTERS).get("schedule", {"next": str(FIRST_SCHEDULE_ID)})
        fresh |= {"ID": counter["next"], "DisplayID": self._free_display_id(), "SourceType": "1"}
        _check(fresh)
        following = str(int(counter["next"]) + 1)
        self._store.commit(
            [
                Change(TABLE, fresh["ID"], fresh),
                Change(COUNTERS, "schedule", {"next": following}),
            ]
        )

    def replace(self, given: object) -> None:
        """Put a whole schedule in the place of another; its DisplayID stays."""
        row = row_of(given, SCHEDULE_FIELDS)
        before = self._store.table(TABLE).get(row.get("ID", ""))
        if before is None or any(name not in row for name in SCHEDULE_WHOLE):
            raise Rejected
        kept = {name: before[name] for name in ("ID", "DisplayID", "SourceType")}
        fresh = {**dict.fromkeys(SCHEDULE_FIELDS, ""), **row, **kept}
        _check(fresh)
        self._store.commit([Change(TABLE, fresh["ID"], fresh)])

    def remove(self, given: object) -> None:
        """Drop a schedule by its ID, in use or not; a missing one is no fault."""
        key = row_of(given, SCHEDULE_FIELDS).get("ID", "")
        if not key or key in _BUILT_IN_IDS:
            raise Rejected
        if key in self._store.table(TABLE):
            self._store.commit([Change(TABLE, key, None)])

    def clear(self) -> None:
        self._store.commit([Change(TABLE, ALL, None)])

    def _free_display_id(self) -> str:
        taken = {row["DisplayID"] for row in self._store.table(TABLE).values()}
        return next(str(n) for n in range(1, self._capacity + 1) if str(n) not in taken)


def _check(row: Row) -> None:
    if row["Type"] not in ("0", "1", "2"):
        raise Rejected
    if any(row[day] not in ("", "0", "1") for day in WEEKDAYS):
        raise Rejected
    dates = (row["DateStart"], row["DateEnd"])
    if any(date and not re.fullmatch(r"\d{8}", date) for date in dates):
        raise Rejected
    if row["Type"] == NORMAL and not all(dates):
        raise Rejected
    try:
        seconds_of(row["TimeStart"])
        seconds_of(row["TimeEnd"])
    except ValueError as error:
        raise Rejected from error
