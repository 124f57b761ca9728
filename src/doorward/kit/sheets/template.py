"""The sheet that people fill in: header, an example, choices to pick, and what it all means."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from doorward.kit.errors import Text
from doorward.kit.sheets.book import LIVE
from doorward.kit.sheets.columns import MAX_ROWS, Column, Kind, Local, Sheet
from doorward.kit.sheets.defusing import defused
from doorward.kit.sheets.writing import MARK, cell_of, head_of

# The sheet of a template that is not to be filled in.
EXPLAINED = gettext_lazy("How to fill it in")

# Texts that Excel takes for the choices of a cell, all together.
_MOST_CHOICES = 255
_TITLE = 31


# Any: columns of every kind of thing.
def write_template(sheet: Sheet[Any], stream: BinaryIO, local: Local) -> None:
    """Write a workbook with the sheet to fill in and a second one that explains it."""
    write_workbook([(sheet, None)], stream, local)


# Any: columns and things of every kind.
def write_workbook(
    pages: Sequence[tuple[Sheet[Any], Iterable[Any] | None]],
    stream: BinaryIO,
    local: Local,
    about: Sequence[Text] = (),
) -> None:
    """Write a workbook with sheets to fill in and one more that explains them.

    A sheet begins with these rows; where there are none to tell, with its example.
    """
    with _Book(stream) as book:
        for sheet, rows in pages:
            page = book.page(sheet)
            for place, column in enumerate(sheet.columns):
                _offer(page, place, column)
            if rows is None:
                for place, column in enumerate(sheet.columns):
                    page.write_string(1, place, column.example, book.example)
            else:
                book.fill(page, sheet, rows, local)
        _explain(book, [sheet for sheet, _rows in pages], about)


# Any: columns of every kind of thing.
def csv_template(sheet: Sheet[Any]) -> bytes:
    """Return the same as CSV, which has room for the header and the example only."""
    text = io.StringIO(MARK)
    text.seek(0, io.SEEK_END)
    lines = csv.writer(text)
    lines.writerow(defused(head_of(column)) for column in sheet.columns)
    lines.writerow(defused(column.example) for column in sheet.columns)
    return text.getvalue().encode()


def _offer(page: Worksheet, place: int, column: Column[Any]) -> None:
    labels = [str(label) for label in column.choices.values()]
    if labels and len(",".join(labels)) <= _MOST_CHOICES:
        page.data_validation(1, place, MAX_ROWS, place, {"validate": "list", "source": labels})
    if column.help:
        page.write_comment(0, place, str(column.help), {"x_scale": 2})


# Any: columns of every kind of thing.
def _explain(book: "_Book", sheets: Sequence[Sheet[Any]], about: Sequence[Text]) -> None:
    page = book.blank_page(str(EXPLAINED))
    for place, width in enumerate((24, 12, 28, 80)):
        page.set_column(place, place, width)
    row = 0
    for sentence in about:
        page.write_string(row, 0, str(sentence))
        row += 1
    for sheet in sheets:
        row += 1 if row else 0
        if len(sheets) > 1:
            page.write_string(row, 0, str(sheet.title), book.head)
            row += 1
        row = _explain_sheet(book, page, sheet, row)


# Any: columns of every kind of thing.
def _explain_sheet(book: "_Book", page: Worksheet, sheet: Sheet[Any], row: int) -> int:
    """Write what one sheet's columns mean; return the row below."""
    for sentence in sheet.about:
        page.write_string(row, 0, str(sentence))
        row += 1
    row += 1 if sheet.about else 0
    for place, head in enumerate((_("Column"), _("Needed"), _("Example"), _("What it means"))):
        page.write_string(row, place, head, book.head)
    for column in sheet.columns:
        row += 1
        for place, text in enumerate(_explained(column)):
            page.write_string(row, place, text, book.words)
    return row + 1


def _explained(column: Column[Any]) -> Iterator[str]:
    yield str(column.header)
    yield _("Yes") if column.mandatory else ""
    yield column.example
    yield str(column.help)


class _Book:
    """A workbook being written, of nobody: a header that stays in sight, columns by their kind."""

    def __init__(self, stream: BinaryIO) -> None:
        self._book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False})
        self.head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.must = self._book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#FFF3CD"}
        )
        self.words = self._book.add_format({"text_wrap": True, "valign": "top"})
        self.example = self._book.add_format({"italic": True, "font_color": "#667382"})
        # What looks like a formula stays a text also after somebody has typed Enter in the cell.
        self._live = self._book.add_format({"num_format": "@", "quote_prefix": True})
        self._text = self._book.add_format({"num_format": "@"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})

    def __enter__(self) -> "_Book":
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

    # Any: columns and things of every kind.
    def fill(self, page: Worksheet, sheet: Sheet[Any], rows: Iterable[Any], local: Local) -> None:
        """Write a thing a row, as an export does."""
        for row, thing in enumerate(rows, 1):
            for place, column in enumerate(sheet.columns):
                value, form = cell_of(column, column.value(thing), local)
                if isinstance(value, datetime):
                    page.write_datetime(row, place, value, self._moment)
                elif isinstance(value, float):
                    page.write_number(row, place, value)
                elif value:
                    page.write_string(row, place, value, self._live if form == LIVE else None)

    def blank_page(self, title: str) -> Worksheet:
        return self._book.add_worksheet(title[:_TITLE])

    # Any: columns of every kind of thing.
    def _usual(self, column: Column[Any]) -> Format | None:
        if column.kind is Kind.MOMENT:
            return self._moment
        return None if column.kind is Kind.NUMBER else self._text
