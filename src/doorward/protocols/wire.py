"""Frozen dataclasses to JSON values and back, strictly.

`pack` never fails on our own words. `unpack` takes what a stranger sent: an unknown field, a
missing one or a value of another type raises `WireError` naming the field, and nothing else.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

# Any: a JSON value is whatever the other side sent, until it has been unpacked.
Json = Any
T = TypeVar("T")

MAX_INT = 2**63 - 1
# Words grow: a field that came later says with which count of words, and has a default. It is
# left out for whoever knows fewer.
WORDS = 3
SINCE = "since"
SECOND = {SINCE: 2}
THIRD = {SINCE: 3}


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
    if is_dataclass(word):
        known = [one for one in fields(word) if one.metadata.get(SINCE, 1) <= words]
        return {one.name: pack(getattr(word, one.name), words) for one in known}
    if isinstance(word, Enum):
        return word.value
    if isinstance(word, datetime):
        return word.astimezone(UTC).isoformat()
    if isinstance(word, date):
        return word.isoformat()
    if isinstance(word, list | tuple):
        return [pack(item, words) for item in word]
    return word


def unpack(kind: type[T], value: Json, field: str = "") -> T:
    """Return `value` as a word of `kind`; raise `WireError` where it is not one."""
    return _read(kind, value, field)  # type: ignore[no-any-return]


def _read(kind: Any, value: Json, field: str) -> Any:
    if is_dataclass(kind):
        return _read_record(kind, value, field)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_choice(get_args(kind), value, field)
    if origin is tuple:
        return _read_list(get_args(kind)[0], value, field)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _read_member(kind, value, field)
    if kind is datetime:
        return _read_time(value, field)
    return _read_day(value, field) if kind is date else _read_plain(kind, value, field)


def _read_plain(kind: Any, value: Json, field: str) -> Any:
    # bool is an int to Python, but not to us.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise WireError(field, f"expected {kind.__name__}, got {type(value).__name__}")
    if kind is str:
        return _storable(value)
    if kind is int and not -MAX_INT <= value <= MAX_INT:
        raise WireError(field, "is larger than any number of ours")
    return value


def _storable(text: str) -> str:
    """Replace what no database takes: a device may print anything, and must block nothing."""
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")


def _read_record(kind: Any, value: Json, field: str) -> Any:
    if not isinstance(value, Mapping):
        raise WireError(field, f"expected an object, got {type(value).__name__}")
    hints = _hints(kind)
    if unknown := sorted(set(value) - set(hints)):
        raise WireError(_join(field, str(unknown[0])), "is not a field of " + kind.__name__)
    found: dict[str, Any] = {}
    for member in fields(kind):
        path = _join(field, member.name)
        if member.name in value:
            found[member.name] = _read(hints[member.name], value[member.name], path)
        elif member.default is MISSING and member.default_factory is MISSING:
            raise WireError(path, "is missing")
    try:
        return kind(**found)
    except ValueError as refusal:
        raise WireError(field, str(refusal)) from refusal


def _read_choice(kinds: tuple[Any, ...], value: Json, field: str) -> Any:
    """Read an optional value or a union of records, which the records' own shape decides."""
    if value is None:
        if type(None) in kinds:
            return None
        raise WireError(field, "is missing")
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if len(kinds) == 1:
        return _read(kinds[0], value, field)
    for kind in kinds:
        if isinstance(value, Mapping) and set(value) == {member.name for member in fields(kind)}:
            return _read(kind, value, field)
    raise WireError(field, "has a shape nobody knows")


def _read_list(kind: Any, value: Json, field: str) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise WireError(field, f"expected a list, got {type(value).__name__}")
    return tuple(_read(kind, item, f"{field}[{index}]") for index, item in enumerate(value))


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
    if at.tzinfo is None:
        raise WireError(field, "expected a time with its zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as refusal:
        raise WireError(field, "lies outside the calendar") from refusal


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _join(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
