"""Reading the fields of a record as a device does: everything is a short text."""

from collections.abc import Mapping

from doorward.emulator.profile import Row
from doorward.emulator.refusal import Rejected

LONGEST_TEXT = 255


def text_of(value: object) -> str:
    """Return a field as text; numbers are taken as texts, null as nothing [F]."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Rejected
    text = str(value)
    if len(text) > LONGEST_TEXT or any(ord(letter) < 32 for letter in text):
        raise Rejected
    return text


def number_of(value: object) -> int:
    """Return a field that is a whole number, written as one or as text."""
    text = text_of(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Rejected
    return int(text)


def row_of(
    given: object, known: Mapping[str, str], aliases: Mapping[str, str] | None = None
) -> Row:
    """Return the known fields of a record as texts; others are ignored as a device ignores them.

    A field under its own name wins over the same field under an alias.
    """
    if not isinstance(given, dict):
        raise Rejected
    row = {name: text_of(value) for name, value in given.items() if name in known}
    for alias, name in (aliases or {}).items():
        if alias in given:
            row.setdefault(name, text_of(given[alias]))
    return row


def items_of(data: Mapping[str, object]) -> list[object]:
    """Return `data.item`, the rows of a write; a device wants at least one."""
    items = data.get("item")
    if not isinstance(items, list) or not items:
        raise Rejected
    return items
