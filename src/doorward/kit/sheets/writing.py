"""Writing sheets row by row: CSV and XLSX, with nothing in them that a program would run."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, TypeVar

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from doorward.kit.errors import Refused
from doorward.kit.sheets.columns import MAX_CELL, Column, Kind, Local, Sheet
from doorward.kit.sheets.defusing import defused, looks_live
from doorward.kit.sheets.values import spelled

T = TypeVar("T")

_MARK = "\ufeff"
_CHUNK = 64 * 1024
# What a sheet of a workbook takes, its header included.
_MOST_ROWS = 1_048_576
_TITLE = 31

MOMENT_FORMAT = "yyyy-mm-dd hh:mm"


def csv_chunks(
    sheet: Sheet[T], rows: Iterable[T], local: Local, *, separator: str = ",", mark: bool = True
) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 piece by piece; its mark lets Excel know the encoding."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=separator)
    if mark:
        text.write(_MARK)
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
    """Write a workbook with one sheet; rows lie in a temporary file until its end.

    Raise `Refused` for more rows than a workbook takes.
    """
    with Book(stream) as book:
        page = book.page(sheet)
        for number, row in enumerate(rows, 1):
            if number >= _MOST_ROWS:
                message = _("A workbook takes a million rows. Choose CSV, or filter the list.")
                raise Refused("sheet.rows", message)
            book.write(page, number, row, sheet, local)


class Book:
    """A workbook being written: a header that stays in sight, cells by the kind of column."""

    def __init__(self, stream: BinaryIO) -> None:
        # Rows lie there in clear until the book is closed: in nobody's reach, and not in /tmp.
        settings.DRAFTS_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = {
            "constant_memory": True,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
            "tmpdir": str(settings.DRAFTS_FOLDER),
        }
        self._book = xlsxwriter.Workbook(stream, options)
        self.head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.must = self._book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#FFF3CD"}
        )
        self.words = self._book.add_format({"text_wrap": True, "valign": "top"})
        self.example = self._book.add_format({"italic": True, "font_color": "#667382"})
        self._text = self._book.add_format({"num_format": "@"})
        # Shown as it is also after somebody has typed Enter in the cell.
        self._live = self._book.add_format({"num_format": "@", "quote_prefix": True})
        self._moment = self._book.add_format({"num_format": MOMENT_FORMAT})

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self._book.close()

    # Any: columns of every kind of thing.
    def page(self, sheet: Sheet[Any]) -> Worksheet:
        """Add a sheet with its header."""
        page = self.blank_page(str(sheet.title))
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width, self._usual(column))
            mark = self.must if column.mandatory else self.head
            page.write_string(0, place, head_of(column), mark)
        page.freeze_panes(1, 0)
        return page

    def blank_page(self, title: str) -> Worksheet:
        return self._book.add_worksheet(title[:_TITLE])

    def write(self, page: Worksheet, number: int, row: T, sheet: Sheet[T], local: Local) -> None:
        for place, column in enumerate(sheet.columns):
            value = column.value(row)
            if isinstance(value, datetime):
                wall = value.astimezone(local.zone).replace(tzinfo=None)
                page.write_datetime(number, place, wall, self._moment)
            elif column.kind is Kind.NUMBER and isinstance(value, int | float | Decimal):
                page.write_number(number, place, float(value))
            elif text := spelled(column, value, local)[:MAX_CELL]:
                form = self._live if looks_live(text) else self._text
                page.write_string(number, place, text, form)

    # Any: columns of every kind of thing.
    def _usual(self, column: Column[Any]) -> Format | None:
        if column.kind is Kind.MOMENT:
            return self._moment
        return None if column.kind is Kind.NUMBER else self._text


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
