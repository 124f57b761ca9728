"""A device's logs: rows with ids of their own, newest first, the oldest rolling off."""

from itertools import islice

from doorward.emulator.fields import row_of
from doorward.emulator.profile import Row
from doorward.emulator.store import ALL, Change, Store

COUNTERS = "counters"


class Log:
    """One log in a table of its own; its ids are counted under the same name."""

    def __init__(self, store: Store, table: str, capacity: int) -> None:
        self._store = store
        self._name = table
        self._capacity = capacity

    def newest_first(self) -> list[Row]:
        return list(reversed(self._store.table(self._name).values()))

    def newest(self, count: int) -> list[Row]:
        return list(islice(reversed(self._store.table(self._name).values()), count))

    def write(self, row: Row) -> str:
        """Add a row and return the ID the device gave it."""
        table = self._store.table(self._name)
        number = int(self._store.table(COUNTERS).get(self._name, {"next": "1"})["next"])
        changes = [
            Change(self._name, str(number), {"ID": str(number), **row}),
            Change(COUNTERS, self._name, {"next": str(number + 1)}),
        ]
        if len(table) >= self._capacity:
            changes.append(Change(self._name, next(iter(table)), None))
        self._store.commit(changes)
        return str(number)

    def remove(self, given: object) -> None:
        self._store.commit([Change(self._name, row_of(given, {"ID": ""}).get("ID", ""), None)])

    def clear(self) -> None:
        """Empty the log; ids begin anew, as they may on a device [F]."""
        self._store.commit([Change(self._name, ALL, None), Change(COUNTERS, self._name, None)])
