"""The sheet that people fill in: header, an example, choices to pick, and what it all means."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from doorward.kit.sheets.columns import MAX_ROWS, Column, Local, Sheet
from doorward.kit.sheets.writing import Book

# Texts that Excel takes for the choices of a cell, all together.
_MOST_CHOICES = 255


# Any: columns of every kind of thing.
def write_template(sheet: Sheet[Any], stream: BinaryIO, local: Local) -> None:
    """Write a workbook with the sheet to fill in and a second one that explains it."""
    with Book(stream) as book:
        page = book.page(sheet)
        for place, column in enumerate(sheet.columns):
            _offer(page, place, column)
            page.write_string(1, place, column.example, book.example)
            page.write_string(1, place, column.example, book.example)
        _explain(book, sheet)


def _offer(page: Worksheet, place: int, column: Column[Any]) -> None:
    labels = [str(label) for label in column.choices.values()]
    if labels and len(",".join(labels)) <= _MOST_CHOICES:
        page.data_validation(1, place, MAX_ROWS, place, {"validate": "list", "source": labels})
    if column.help:
        page.write_comment(0, place, str(column.help), {"x_scale": 2})


def _explain(book: Book, sheet: Sheet[Any]) -> None:
    page = book.blank_page(_("How to fill it in"))
    for place, width in enumerate((24, 12, 28, 80)):
        page.set_column(place, place, width)
    row = 0
    for sentence in sheet.about:
        page.write_string(row, 0, str(sentence))
        row += 1
    row += 1 if row else 0
    for place, head in enumerate((_("Column"), _("Needed"), _("Example"), _("What it means"))):
        page.write_string(row, place, head, book.head)
    for column in sheet.columns:
        row += 1
        for place, text in enumerate(_explained(column)):
            page.write_string(row, place, text, book.words)


def _explained(column: Column[Any]) -> Iterator[str]:
    yield str(column.header)
    yield _("Yes") if column.mandatory else ""
    yield column.example
    yield str(column.help)
