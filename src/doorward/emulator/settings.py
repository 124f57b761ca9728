"""A device's settings: the factory's, the spec's, and over them what was set since."""

import base64
import re
import time
from collections.abc import Iterator, Mapping

from doorward.emulator.fields import text_of
from doorward.emulator.profile import Row
from doorward.emulator.refusal import Rejected
from doorward.emulator.store import ALL, Change, Store

TABLE = "settings"
LONGEST_DELAY = 60

# Some web stacks print passwords in base64 and want them so, others do not [F].
_SECRET = re.compile(r"\.(Password\d*|\w*Pwd|Passwd|FTPPasswd)$")
_DELAY = re.compile(r"^Config\.DoorSetting\.RELAY\.((Hold|Trigger)Delay[A-D]|Relay[A-D]Delay)$")


class Settings(Mapping[str, str]):
    """Every key the model has, with its value now; a key the model lacks cannot be set."""

    def __init__(self, store: Store, defaults: Mapping[str, str], *, base64_secrets: bool) -> None:
        self._store = store
        self._defaults = dict(defaults)
        self._base64 = base64_secrets
        # What was set and when, with what stood there before; a reboot saves it all.
        self._fresh: list[tuple[float, str, Row | None]] = []

    def __getitem__(self, key: str) -> str:
        changed = self._store.table(TABLE).get(key)
        return self._defaults[key] if changed is None else changed["value"]

    def __iter__(self) -> Iterator[str]:
        return iter(self._defaults)

    def __len__(self) -> int:
        return len(self._defaults)

    def printed(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return values as the API prints them; keys the model lacks are left out."""
        return {
            key: self._printed(key, value) for key, value in values.items() if key in self._defaults
        }

    def set(self, wanted: Mapping[str, object], *, within: str = "Config.") -> None:
        """Set keys, all or none; raise `Rejected` for a key or value the model does not have."""
        if not wanted or any(key not in self or not key.startswith(within) for key in wanted):
            raise Rejected
        self.put({key: self._read(key, text_of(value)) for key, value in wanted.items()})

    def put(self, values: Mapping[str, str]) -> None:
        """Set keys to what they mean, passwords in clear."""
        now = time.monotonic()
        self._fresh += [(now, key, self._store.table(TABLE).get(key)) for key in values]
        self._store.commit(Change(TABLE, key, {"value": value}) for key, value in values.items())

    def save(self) -> None:
        self._fresh.clear()

    def lose_unsaved(self, seconds: float) -> None:
        """Undo what was set in the last `seconds`, as after a power cut before it was saved."""
        since = time.monotonic() - seconds
        lost = [one for one in self._fresh if one[0] > since]
        self._store.commit(Change(TABLE, key, before) for _, key, before in reversed(lost))
        self._fresh.clear()

    def reset(self) -> None:
        self._store.commit([Change(TABLE, ALL, None)])
        self._fresh.clear()

    def _printed(self, key: str, value: str) -> str:
        if self._base64 and _SECRET.search(key):
            return base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
        return value

    def _read(self, key: str, text: str) -> str:
        if self._base64 and _SECRET.search(key):
            try:
                return base64.b64decode(text, validate=True).decode()
            except ValueError as error:
                raise Rejected from error
        digits = text.isascii() and text.isdigit()
        if _DELAY.match(key) and not (digits and int(text) <= LONGEST_DELAY):
            raise Rejected
        return text
