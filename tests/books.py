"""Workbooks of several sheets, as people fill them in."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from doorward.kit.pages import CONTENT_TYPES

# By the names of columns; what begins with an equals sign is a formula.
Rows = Sequence[Mapping[str, str]]


def book_of(sheets: Mapping[str, Rows]) -> bytes:
    """Return a workbook: each sheet has the columns that its rows name."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for title, rows in sheets.items():
            page = book.add_worksheet(title)
            heads = list(dict.fromkeys(name for row in rows for name in row))
            for place, head in enumerate(heads):
                page.write_string(0, place, head)
                for number, row in enumerate(rows, 1):
                    if row.get(head, "").startswith("="):
                        page.write_formula(number, place, row[head])
                    else:
                        page.write_string(number, place, row.get(head, ""))
    return stream.getvalue()


class BookFile(SimpleUploadedFile):
    """A workbook that is sent; it can be sent again and again."""

    def __init__(self, sheets: Mapping[str, Rows]) -> None:
        super().__init__("office.xlsx", book_of(sheets), CONTENT_TYPES["xlsx"])

    def read(self, size: int = -1) -> bytes:
        self.file.seek(0)
        return bytes(self.file.read(size))
