"""A device's settings: the factory's, the spec's, and over them what was set since."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping

from doorward.emulator.fields import text_of
from doorward.emulator.refusal import Rejected
from doorward.emulator.store import ALL, Change, Store

TABLE = "settings"

# An X916 prints passwords in base64 and wants them so [F].
_SECRET = re.compile(r"\.(Password\d*|Pwd|Passwd)$")
_DELAY = re.compile(r"^Config\.DoorSetting\.RELAY\.(Hold|Trigger)Delay[A-D]$")
LONGEST_DELAY = 60


class Settings(Mapping[str, str]):
    """Every key the model has, with its value now; a key the model lacks cannot be set."""

    def __init__(self, store: Store, defaults: Mapping[str, str]) -> None:
        self._store = store
        self._defaults = dict(defaults)

    def __getitem__(self, key: str) -> str:
        changed = self._store.table(TABLE).get(key)
        return self._defaults[key] if changed is None else changed["value"]

    def __iter__(self) -> Iterator[str]:
        return iter(self._defaults)

    def __len__(self) -> int:
        return len(self._defaults)

    def printed(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the named keys as the API prints them; keys the model lacks are left out."""
        return {key: _printed(key, self[key]) for key in keys if key in self._defaults}

    def under(self, prefixes: Iterable[str]) -> dict[str, str]:
        """Return every key that begins with one of the prefixes, as the API prints it."""
        beginnings = tuple(prefixes)
        return self.printed(key for key in self if key.startswith(beginnings))

    def set(self, wanted: Mapping[str, object], *, within: str = "Config.") -> None:
        """Set keys, all or none; raise `Rejected` for a key or value the model does not have."""
        if not wanted or any(key not in self or not key.startswith(within) for key in wanted):
            raise Rejected
        values = {key: _read(key, text_of(value)) for key, value in wanted.items()}
        self._store.commit(Change(TABLE, key, {"value": value}) for key, value in values.items())

    def reset(self) -> None:
        self._store.commit([Change(TABLE, ALL, None)])


def _printed(key: str, value: str) -> str:
    return base64.b64encode(value.encode()).decode() if _SECRET.search(key) else value


def _read(key: str, text: str) -> str:
    if _SECRET.search(key):
        try:
            return base64.b64decode(text, validate=True).decode()
        except ValueError as error:
            raise Rejected from error
    if _DELAY.match(key) and not (text.isascii() and text.isdigit() and int(text) <= LONGEST_DELAY):
        raise Rejected
    return text
