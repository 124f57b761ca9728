"""Rows of the door log: what was scanned, where, did the door open (docs/protocols/akuvox.md)."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from doorward.protocols.akuvox.local_api import Values, integer, text
from doorward.protocols.akuvox.models import RELAY_LETTERS
from doorward.protocols.neutral import DateFormat, Method

_CARD_TYPES = frozenset({"1", "card", "rf", "rfcard", "rf card", "ic card", "id card"})
# Type 2 is the oldest manual's password; newer firmware spells types out.
_PIN_TYPES = frozenset({"2", "pin", "password"})
_REMOTE_TYPES = frozenset(
    {"remote", "http", "http api", "api", "dtmf", "call", "open relay via http"}
)
# Status 1 of the oldest manual is read as success; nobody has seen it on a device.
_ACCEPTED = frozenset({"succ", "success", "successful", "1"})
_ORDERS = {
    DateFormat.YMD: ("year", "month", "day"),
    DateFormat.MDY: ("month", "day", "year"),
    DateFormat.DMY: ("day", "month", "year"),
}
_PIN = re.compile(r"[0-9]{2,8}", re.ASCII)
_DATE = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?")

_RELAY_DIGITS = frozenset("123456789")


class Unreadable(ValueError):
    """A row nobody can make sense of; the message says why."""


@dataclass(frozen=True)
class Scan:
    """A row in neutral words. `code` and `device_time` are as in `BadgeScanned`."""

    local_id: str
    device_time: str
    method: Method
    code: str = field(repr=False)
    relays: tuple[int, ...]
    accepted: bool


def read_row(row: Values, order: DateFormat) -> Scan:
    """Return a row in neutral words; raise `Unreadable` where that would be guessing."""
    local_id = integer(row.get("ID"))
    if local_id is None:
        raise Unreadable("a row without a usable ID")
    if not text(row.get("Status")):
        raise Unreadable("a row without a status")
    method = _method(text(row.get("Type")))
    return Scan(
        local_id=str(local_id),
        device_time=_device_time(text(row.get("Date")), text(row.get("Time")), order),
        method=method,
        code=_code(text(row.get("Code")), method),
        relays=_relays(text(row.get("Relay"))),
        accepted=text(row.get("Status")).casefold() in _ACCEPTED,
    )


def _method(kind: str) -> Method:
    if kind.casefold() in _CARD_TYPES:
        return Method.CARD
    if kind.casefold() in _PIN_TYPES:
        return Method.PIN
    return Method.REMOTE if kind.casefold() in _REMOTE_TYPES else Method.UNKNOWN


def _code(spelled: str, method: Method) -> str:
    """Return a card or a PIN; what else a row has there may be anything and goes nowhere."""
    if method is Method.CARD:
        return spelled.upper()[:64]
    return spelled if method is Method.PIN and _PIN.fullmatch(spelled) else ""


def _relays(spelled: str) -> tuple[int, ...]:
    """Read "1", "A", "RelayA", "Relay 1" and "12", which is relays 1 and 2; else no relay."""
    marks = re.sub(r"(?i)relay|[\s;,]", "", spelled).upper()
    digits = (mark if mark.isdigit() else str(RELAY_LETTERS.find(mark) + 1) for mark in marks)
    found = sorted({int(digit) for digit in digits if digit in _RELAY_DIGITS})
    return tuple(found) if len(found) == len(marks) else ()


def _device_time(date: str, time: str, order: DateFormat) -> str:
    if not date or not time:
        return ""
    found, clock = _DATE.fullmatch(date), _TIME.fullmatch(time)
    if found is None or clock is None:
        raise Unreadable("a date or time that is none")
    year, month, day = _date_parts(found, order)
    try:
        return datetime(year, month, day, *_clock_parts(clock)).isoformat()  # noqa: DTZ001
    except ValueError as refusal:
        raise Unreadable("a date or time that does not exist") from refusal


def _date_parts(found: re.Match[str], order: DateFormat) -> tuple[int, int, int]:
    """Read a date in the device's order, unless its digits can only mean another one."""
    if len(found[1]) == 4:
        order = DateFormat.YMD
    elif order is DateFormat.YMD:
        order = DateFormat.DMY
    parts = dict(zip(_ORDERS[order], (int(part) for part in found.groups()), strict=True))
    if parts["month"] > 12 >= parts["day"]:
        parts["month"], parts["day"] = parts["day"], parts["month"]
    return parts["year"], parts["month"], parts["day"]


def _clock_parts(clock: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        if not 1 <= hour <= 12:
            raise Unreadable("an hour that is not on a twelve-hour clock")
        hour = hour % 12 + (12 if clock[4].casefold() == "pm" else 0)
    return hour, minute, second
