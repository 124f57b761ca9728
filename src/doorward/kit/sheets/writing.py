"""Writing sheets row by row: CSV and XLSX, with nothing in them that a program would run."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any, BinaryIO, TypeVar

from doorward.kit.sheets.book import HEAD, LIVE, MOMENT, MUST, PLAIN, TEXT, Cell, write_book
from doorward.kit.sheets.columns import MAX_CELL, Column, Kind, Local, Sheet
from doorward.kit.sheets.defusing import defused, looks_live
from doorward.kit.sheets.values import spelled

T = TypeVar("T")

# Before a text, it lets Excel know the encoding.
MARK = "\ufeff"
_CHUNK = 64 * 1024
# How the cells of a column are shown that hold nothing yet.
_FORMATS = {Kind.MOMENT: MOMENT, Kind.NUMBER: PLAIN}


def csv_chunks(
    sheet: Sheet[T], rows: Iterable[T], local: Local, *, separator: str = ",", mark: bool = True
) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 piece by piece; its mark lets Excel know the encoding."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=separator)
    if mark:
        text.write(MARK)
    lines.writerow(defused(head_of(column)) for column in sheet.columns)
    for row in rows:
        lines.writerow(_plain(column, column.value(row), local) for column in sheet.columns)
        if text.tell() > _CHUNK:
            yield _taken(text)
    yield _taken(text)


def write_csv(
    sheet: Sheet[T],
    rows: Iterable[T],
    stream: BinaryIO,
    local: Local,
    *,
    separator: str = ",",
    mark: bool = True,
) -> None:
    for chunk in csv_chunks(sheet, rows, local, separator=separator, mark=mark):
        stream.write(chunk)


def write_xlsx(sheet: Sheet[T], rows: Iterable[T], stream: BinaryIO, local: Local) -> None:
    """Write a workbook with one sheet, row by row; raise `Refused` for more than it takes."""
    columns = [(column.width, _FORMATS.get(column.kind, TEXT)) for column in sheet.columns]
    write_book(str(sheet.title), columns, _cells(sheet, rows, local), stream)


def _cells(sheet: Sheet[T], rows: Iterable[T], local: Local) -> Iterator[list[Cell]]:
    yield [(head_of(column), MUST if column.mandatory else HEAD) for column in sheet.columns]
    for row in rows:
        yield [cell_of(column, column.value(row), local) for column in sheet.columns]


# Any: columns of every kind of thing.
def cell_of(column: Column[Any], value: object, local: Local) -> Cell:
    """Return what stands in a workbook's cell, with its format."""
    if isinstance(value, datetime):
        return value.astimezone(local.zone).replace(tzinfo=None), MOMENT
    if column.kind is Kind.NUMBER and isinstance(value, int | float | Decimal) and isfinite(value):
        return float(value), PLAIN
    text = spelled(column, value, local)[:MAX_CELL]
    # What looks like a formula is shown as it is also after somebody has typed Enter in the cell.
    return text, LIVE if looks_live(text) else TEXT


# Any: columns of every kind of thing.
def head_of(column: Column[Any]) -> str:
    """Return what stands above a column; a star marks what must be filled in."""
    return f"{column.header}{' *' if column.mandatory else ''}"


# Any: columns of every kind of thing.
def _plain(column: Column[Any], value: object, local: Local) -> str:
    text = spelled(column, value, local)
    return text if column.kind is Kind.NUMBER else defused(text)


def _taken(text: io.StringIO) -> bytes:
    told = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return told
