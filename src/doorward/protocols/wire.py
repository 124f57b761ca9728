"""Frozen dataclasses to JSON values and back, strictly.

`pack` never fails on our own words. `unpack` takes what a stranger sent: an unknown field, a
missing one or a value of another type raises `WireError` naming the field, and nothing else.
"""

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

# Any: a JSON value is whatever the other side sent, until it has been unpacked.
Json = Any
T = TypeVar("T")
# Reads a value at a dotted path.
Reader = Callable[[Json, str], Any]
# Writes a word as JSON values.
Writer = Callable[[Any], Json]
_PLAIN = frozenset({str, int, float, bool, type(None)})

MAX_INT = 2**63 - 1
# Words grow: a field that came later says with which count of words, and has a default. It is
# left out for whoever knows fewer.
WORDS = 6
SINCE = "since"
SECOND = {SINCE: 2}
THIRD = {SINCE: 3}
FIFTH = {SINCE: 5}


class WireError(ValueError):
    """A frame or record that does not have the agreed shape; `field` is a dotted path."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field or 'frame'}: {problem}")
        self.field = field
        self.problem = problem


def pack(word: Json, words: int = WORDS) -> Json:
    """Return JSON values for a word; times become ISO 8601 in UTC, days too, tuples lists.

    Fields that came after so many `words` are left out.
    """
    kind = type(word)
    # Any: the cache takes what can be hashed, as a class can.
    key: Any = kind
    return word if kind in _PLAIN else _writer(key, words)(word)


@cache
def _writer(kind: type, words: int) -> Writer:
    """Return what writes a kind: found out once, since lists of thousands are written."""
    if is_dataclass(kind):
        known = [one.name for one in fields(kind) if one.metadata.get(SINCE, 1) <= words]
        return lambda word: {name: pack(getattr(word, name), words) for name in known}
    if issubclass(kind, Enum):
        return lambda word: word.value
    if issubclass(kind, datetime):
        return lambda word: word.astimezone(UTC).isoformat()
    if issubclass(kind, date):
        return lambda word: word.isoformat()
    if issubclass(kind, list | tuple):
        return lambda word: [pack(item, words) for item in word]
    return lambda word: word


def unpack(kind: type[T], value: Json, field: str = "") -> T:
    """Return `value` as a word of `kind`; raise `WireError` where it is not one."""
    # Any: the cache takes what can be hashed, as a class can.
    wanted: Any = kind
    return _reader(wanted)(value, field)  # type: ignore[no-any-return]


@cache
def _reader(kind: Any) -> Reader:
    """Return what reads a kind: found out once, since much is read."""
    if is_dataclass(kind):
        return _record_reader(kind)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _choice_reader(get_args(kind))
    if origin is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return partial(_read_member, kind)
    if kind is datetime:
        return _read_time
    return _read_day if kind is date else partial(_read_plain, kind)


def _read_plain(kind: Any, value: Json, field: str) -> Any:
    # bool is an int to Python, but not to us.
    if type(value) is not kind:
        raise WireError(field, f"expected {kind.__name__}, got {type(value).__name__}")
    if kind is str:
        return _storable(value)
    if kind is int and not -MAX_INT <= value <= MAX_INT:
        raise WireError(field, "is larger than any number of ours")
    return value


def _storable(text: str) -> str:
    """Replace what no database takes: a device may print anything, and must block nothing."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")


def _record_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    members = [
        (m.name, _reader(hints[m.name]), m.default is MISSING and m.default_factory is MISSING)
        for m in fields(kind)
    ]

    def read(value: Json, field: str) -> Any:
        if not isinstance(value, dict):
            raise WireError(field, f"expected an object, got {type(value).__name__}")
        found: dict[str, Any] = {}
        for name, reader, required in members:
            if name in value:
                found[name] = reader(value[name], f"{field}.{name}" if field else name)
            elif required:
                raise WireError(_join(field, name), "is missing")
        if len(found) != len(value):
            unknown = min(set(value) - set(found))
            raise WireError(_join(field, str(unknown)), "is not a field of " + kind.__name__)
        try:
            return kind(**found)
        except ValueError as refusal:
            raise WireError(field, str(refusal)) from refusal

    return read


def _choice_reader(kinds: tuple[Any, ...]) -> Reader:
    """Read an optional value or a union of records, which the records' own shape decides."""
    optional = type(None) in kinds
    some = [kind for kind in kinds if kind is not type(None)]
    readers = [_reader(kind) for kind in some]

    def read(value: Json, field: str) -> Any:
        if value is None:
            if optional:
                return None
            raise WireError(field, "is missing")
        if len(readers) == 1:
            return readers[0](value, field)
        for kind, reader in zip(some, readers, strict=True):
            if isinstance(value, dict) and set(value) == {member.name for member in fields(kind)}:
                return reader(value, field)
        raise WireError(field, "has a shape nobody knows")

    return read


def _list_reader(reader: Reader) -> Reader:
    def read(value: Json, field: str) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise WireError(field, f"expected a list, got {type(value).__name__}")
        return tuple([reader(item, f"{field}[{index}]") for index, item in enumerate(value)])

    return read


def _read_member(kind: type[Enum], value: Json, field: str) -> Enum:
    try:
        return kind(value)
    except ValueError as refusal:
        raise WireError(field, f"{value!r} is not a {kind.__name__}"[:200]) from refusal


def _read_day(value: Json, field: str) -> date:
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except (TypeError, ValueError) as refusal:
        raise WireError(field, "expected a day such as 2026-12-24") from refusal


def _read_time(value: Json, field: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as refusal:
        raise WireError(field, "expected a time in ISO 8601") from refusal
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise WireError(field, "expected a time with its zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as refusal:
        raise WireError(field, "lies outside the calendar") from refusal


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
