"""Between a cell and what it means: words for values, values from cells."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from doorward.kit.sheets.columns import Column, Kind, Local, Order
from doorward.kit.sheets.faults import CellFault

# What looks empty at the ends of what people paste: blanks of every kind, and marks of no width.
# No pattern: one for the end of a text starts anew at each blank within it.
_EDGES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200c\u200d\u2060\ufeff"

# Signs that no text may have: a workbook can spell them, and no database takes them.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")

_TIME = r"(?:[T ]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.IGNORECASE | re.ASCII)
_OTHER = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_FORMS = {Order.YMD: "%Y-%m-%d %H:%M", Order.MDY: "%m/%d/%Y %H:%M", Order.DMY: "%d.%m.%Y %H:%M"}
_EXAMPLES = {
    Order.YMD: "2026-12-31 18:00",
    Order.MDY: "12/31/2026 18:00",
    Order.DMY: "31.12.2026 18:00",
}
# Above this, a program has rounded what was typed.
_EXACT = 10**15
# Beyond these some zone or database cannot tell the moment.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True)
class Number:
    """A number as a workbook has it; `digits` is how many its format shows, with zeros."""

    value: float
    digits: int = 0


@dataclass(frozen=True)
class Wall:
    """A date cell: wall time without a zone; `timed` where its format shows a time."""

    at: datetime
    timed: bool


@dataclass(frozen=True)
class Bad:
    """A cell that nobody may read: a formula, an error, a text without an end."""

    words: str
    mend: str = ""


Cell = str | Number | Wall | bool | Bad


def trimmed(text: str) -> str:
    """Return a text without the blanks around it, such as pasting leaves."""
    return text.strip(_EDGES)


def kept(text: str) -> str:
    """Return a text as a database takes it, with a mark for each sign that none may have."""
    return _UNKEPT.sub("\ufffd", text)


# Any: columns of every kind of thing.
def spelled(column: Column[Any], value: object, local: Local) -> str:
    """Return a value as text, the way the same column reads it back."""
    if value is None:
        return ""
    if column.kind is Kind.CHOICE and str(value) in column.choices:
        return str(column.choices[str(value)])
    if isinstance(value, datetime):
        return value.astimezone(local.zone).strftime(_FORMS[local.order])
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return "; ".join(str(item) for item in value)


# Any: columns of every kind of thing.
def read(column: Column[Any], cell: Cell, local: Local) -> object:
    """Return what a filled cell means; raise `CellFault`.

    That is text for TEXT and CODE, an int or a Decimal for NUMBER, an aware datetime for MOMENT
    and a code for CHOICE.
    """
    if isinstance(cell, Bad):
        raise CellFault(cell.words, cell.mend)
    if column.kind is Kind.MOMENT:
        return _moment(cell, local, ends_day=column.ends_day)
    text = text_of(cell, local)
    if column.kind is Kind.NUMBER:
        return _number(text)
    if column.kind is Kind.CHOICE:
        return _choice(column, text)
    return text


def text_of(cell: Cell, local: Local) -> str:
    """Return a cell as a person would type it; raise `CellFault` where its digits are lost."""
    if isinstance(cell, Bad):
        raise CellFault(cell.words, cell.mend)
    if isinstance(cell, bool):
        return _("Yes") if cell else _("No")
    if isinstance(cell, Wall):
        form = _FORMS[local.order]
        return cell.at.strftime(form if cell.timed else form.partition(" ")[0])
    if isinstance(cell, Number):
        return _digits(cell)
    if _UNKEPT.search(cell):
        words = _("A character in this cell stands for nothing and cannot be kept.")
        raise CellFault(words, _("Empty the cell and type its text anew."))
    return cell


def _digits(number: Number) -> str:
    if abs(number.value) >= _EXACT:
        raise CellFault(
            _("A spreadsheet program took these digits for a number and rounded it."),
            _("Format the column as text and enter the digits again."),
        )
    if number.value == int(number.value):
        return str(int(number.value)).zfill(number.digits)
    return repr(number.value)


def _number(text: str) -> int | Decimal:
    if not _NUMBER.fullmatch(text):
        raise CellFault(_("This is no number."), _("Write it with digits, such as 12 or 2.5."))
    return Decimal(text) if "." in text else int(text)


# Any: columns of every kind of thing.
def _choice(column: Column[Any], text: str) -> str:
    for code, label in column.choices.items():
        if text.casefold() in {code.casefold(), str(label).casefold()}:
            return code
    labels = ", ".join(map(str, column.choices.values()))
    raise CellFault(
        _("“%(text)s” is none of the choices.") % {"text": text[:64]},
        _("Choose one of: %(choices)s.") % {"choices": labels},
    )


def _moment(cell: Cell, local: Local, *, ends_day: bool) -> datetime:
    wall = cell if isinstance(cell, Wall) else _typed(text_of(cell, local), local)
    at = wall.at
    if not _FIRST_YEAR <= at.year < _LAST_YEAR:
        raise CellFault(_("No date is that far away."), _("Choose one between 1970 and 9000."))
    if ends_day and not wall.timed:
        at = datetime.combine(at.date() + timedelta(days=1), time())
    aware = at.replace(tzinfo=local.zone).astimezone(UTC)
    if aware.astimezone(local.zone).replace(tzinfo=None) != at:
        raise CellFault(
            _("This hour does not exist here: the clocks are put forward."),
            _("Choose a time an hour earlier or later."),
        )
    return aware


def _typed(text: str, local: Local) -> Wall:
    example = {"example": _EXAMPLES[local.order]}
    fault = CellFault(
        _("“%(text)s” is no date.") % {"text": text[:32]},
        _("Write it as %(example)s, with or without the time.") % example,
    )
    parts = _parts(text, local.order)
    if parts is None:
        raise fault
    (year, month, day), (hour, minute, second, half) = parts
    try:
        at = datetime(year, month, day, _hour(hour, half), int(minute or 0), int(second or 0))  # noqa: DTZ001 (wall time)
        return Wall(at, timed=hour is not None)
    except ValueError as absurdity:
        raise fault from absurdity


_Clock = tuple[str | None, str | None, str | None, str | None]


def _parts(text: str, order: Order) -> tuple[tuple[int, int, int], _Clock] | None:
    """Return year, month and day, and the parts of the time; years first are always read."""
    if found := _ISO.fullmatch(text):
        year, month, day, *clock = found.groups()
    elif found := _OTHER.fullmatch(text):
        one, other, year, *clock = found.groups()
        month, day = (one, other) if order is Order.MDY else (other, one)
    else:
        return None
    return (int(year), int(month), int(day)), (clock[0], clock[1], clock[2], clock[3])


def _hour(hour: str | None, half: str | None) -> int:
    value = int(hour or 0)
    if half is None:
        return value
    if not 1 <= value <= 12:
        raise ValueError(hour)
    return value % 12 + (12 if half.lower().startswith("p") else 0)


def date_of_serial(serial: float, *, since_1904: bool) -> datetime:
    """Return what a workbook's count of days says, to the second; raise `ValueError`."""
    # Days up to 60 count a 29 February 1900 that never was (Excel kept the error on purpose).
    start = date(1904, 1, 1) if since_1904 else date(1899, 12, 30 if serial >= 60 else 31)
    if not 0 <= serial < 2_958_466:
        raise ValueError(serial)
    seconds = round(serial * 86_400)
    return datetime.combine(start, time()) + timedelta(seconds=seconds)
