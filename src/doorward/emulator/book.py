"""Contacts and the groups they are in; on some models an apartment book that nobody may write."""

from doorward.emulator.fields import row_of
from doorward.emulator.profile import Profile, Row
from doorward.emulator.records import (
    APARTMENTS,
    CONTACT_FIELDS,
    DEFAULT_GROUP,
    GROUP_FIELDS,
)
from doorward.emulator.refusal import Rejected
from doorward.emulator.store import ALL, Change, Store

COUNTERS = "counters"

# `Ret` of refused rows [F]; a positive one is no success here.
NO_SUCH_GROUP = -4
EMPTY_GROUP_NAME = 14
NO_SUCH_CONTACT = -7
FULL = -5  # [G]


class Groups:
    TABLE = "groups"

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self) -> list[Row]:
        """Return all groups but the default one, which is never listed [F]."""
        return list(self._store.table(self.TABLE).values())

    def known(self, name: str) -> bool:
        return any(row["Name"] == name for row in self.rows())

    def add(self, given: object) -> None:
        name = _group_name(row_of(given, GROUP_FIELDS))
        key, counted = _next_id(self._store, self.TABLE)
        self._store.commit([Change(self.TABLE, key, {"ID": key, "Name": name}), counted])

    def replace(self, given: object) -> None:
        row = row_of(given, GROUP_FIELDS)
        key = row.get("ID", "")
        if key not in self._store.table(self.TABLE):
            raise Rejected(retcode=NO_SUCH_GROUP)
        fresh = {"ID": key, "Name": _group_name(row)}
        self._store.commit([Change(self.TABLE, key, fresh)])

    def remove(self, given: object) -> None:
        """Drop a group; one that is not there is no fault [F]."""
        self._store.commit([Change(self.TABLE, _key(given), None)])

    def clear(self) -> None:
        self._store.commit([Change(self.TABLE, ALL, None)])


class Contacts:
    TABLE = "contacts"

    def __init__(self, store: Store, groups: Groups, profile: Profile) -> None:
        self._store = store
        self._groups = groups
        self._profile = profile

    def rows(self) -> list[Row]:
        if self._profile.apartment_book:
            return list(APARTMENTS)
        return list(self._store.table(self.TABLE).values())

    def add(self, given: object) -> None:
        if len(self._store.table(self.TABLE)) >= self._profile.contacts:
            raise Rejected(retcode=FULL)
        key, counted = _next_id(self._store, self.TABLE)
        fresh = self._checked({**CONTACT_FIELDS, **row_of(given, CONTACT_FIELDS), "ID": key})
        self._store.commit([Change(self.TABLE, key, fresh), counted])

    def replace(self, given: object) -> None:
        """Put a whole contact in the place of another; what it leaves out becomes empty."""
        row = row_of(given, CONTACT_FIELDS)
        key = row.get("ID", "")
        if key not in self._store.table(self.TABLE):
            raise Rejected(retcode=NO_SUCH_CONTACT)
        fresh = self._checked({**dict.fromkeys(CONTACT_FIELDS, ""), **row})
        self._store.commit([Change(self.TABLE, key, fresh)])

    def remove(self, given: object) -> None:
        """Drop a contact; one that is not there is no fault [F]."""
        self._store.commit([Change(self.TABLE, _key(given), None)])

    def clear(self) -> None:
        self._store.commit([Change(self.TABLE, ALL, None)])

    def _checked(self, row: Row) -> Row:
        """Return a row with a group that exists: another name becomes the default's [F]."""
        if not row["Name"]:
            raise Rejected
        known = self._groups.known(row["Group"])
        return row | {"Group": row["Group"] if known else DEFAULT_GROUP}


def _group_name(row: Row) -> str:
    name = row.get("Name", "")
    if not name:
        raise Rejected(retcode=EMPTY_GROUP_NAME)
    return name


def _key(given: object) -> str:
    key = row_of(given, {"ID": ""}).get("ID", "")
    if not key:
        raise Rejected
    return key


def _next_id(store: Store, table: str) -> tuple[str, Change]:
    number = int(store.table(COUNTERS).get(table, {"next": "1"})["next"])
    return str(number), Change(COUNTERS, table, {"next": str(number + 1)})
