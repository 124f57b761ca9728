"""A device's door log: rows with ids of its own, newest first, the oldest rolling off."""

from itertools import islice

from doorward.emulator.fields import row_of
from doorward.emulator.profile import Row
from doorward.emulator.store import ALL, Change, Store

TABLE = "log"
COUNTERS = "counters"


class DoorLog:
    def __init__(self, store: Store, capacity: int) -> None:
        self._store = store
        self._capacity = capacity

    def newest_first(self) -> list[Row]:
        return list(reversed(self._store.table(TABLE).values()))

    def newest(self, count: int) -> list[Row]:
        return list(islice(reversed(self._store.table(TABLE).values()), count))

    def write(self, row: Row) -> str:
        """Add a row and return the ID the device gave it."""
        table = self._store.table(TABLE)
        number = int(self._store.table(COUNTERS).get("log", {"next": "1"})["next"])
        changes = [
            Change(TABLE, str(number), {"ID": str(number), **row}),
            Change(COUNTERS, "log", {"next": str(number + 1)}),
        ]
        if len(table) >= self._capacity:
            changes.append(Change(TABLE, next(iter(table)), None))
        self._store.commit(changes)
        return str(number)

    def remove(self, given: object) -> None:
        self._store.commit([Change(TABLE, row_of(given, {"ID": ""}).get("ID", ""), None)])

    def clear(self) -> None:
        """Empty the log; ids begin anew, as they may on a device [F]."""
        self._store.commit([Change(TABLE, ALL, None), Change(COUNTERS, "log", None)])
