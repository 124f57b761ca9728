"""Reading CSV row by row, whatever its encoding and its separator."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from doorward.kit.sheets.columns import MAX_CELL
from doorward.kit.sheets.defusing import restored
from doorward.kit.sheets.faults import Unreadable, too_large
from doorward.kit.sheets.rows import Row, too_long
from doorward.kit.sheets.values import Cell

MAX_BYTES = 64 * 1024 * 1024
_SEPARATORS = ";,\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_LINE = 1024 * 1024
_CHUNK = 64 * 1024
_LOOKED_AT = 10
_QUOTED = re.compile(r'"[^"]*"')
# A first line with which Excel is told the separator.
_HINT = re.compile(r"sep=(.)\s*")


def rows_of(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows that hold something, with their numbers; raise `Unreadable`."""
    if file.seek(0, 2) > MAX_BYTES:
        raise too_large()
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield from _records(text)
    except UnicodeError as breakage:
        raise _unknown_signs() from breakage
    finally:
        # The file is not ours to close; whoever stopped reading halfway has closed it.
        if not text.closed:
            text.detach()


def _records(text: io.TextIOWrapper) -> Iterator[Row]:
    lines = _lines(text)
    first = list(islice(lines, _LOOKED_AT))
    hint = _HINT.fullmatch(first[0]) if first else None
    separator = hint[1] if hint else _separator(first)
    text.seek(0)
    records = csv.reader(_lines(text), delimiter=separator, strict=True)
    number = 0
    try:
        for number, record in enumerate(records, 1):
            if (cells := _cells(record)) and not (hint and number == 1):
                yield number, cells
    except csv.Error as breakage:
        raise _quotes(number + 1) from breakage


def _cells(record: list[str]) -> dict[int, Cell]:
    return {
        place: restored(cell) if len(cell) <= MAX_CELL else too_long()
        for place, cell in enumerate(record)
        if cell and not cell.isspace()
    }


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    count = 0
    while line := text.readline(_LONGEST_LINE + 1):
        count += 1
        if len(line) > _LONGEST_LINE:
            message = _("Line %(line)d is too long for a list of people. Check its line breaks.")
            raise Unreadable("sheet.line", message % {"line": count})
        if "\0" in line:
            message = _("Line %(line)d holds a NUL character. Save the file again as CSV UTF-8.")
            raise Unreadable("sheet.nul", message % {"line": count})
        yield line


def _separator(lines: list[str]) -> str:
    """Return the sign that stands most often between quoted texts of the first lines."""
    bare = _QUOTED.sub("", "".join(lines))
    return max(_SEPARATORS, key=bare.count) if any(map(bare.count, _SEPARATORS)) else ","


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    beginning = file.read(_CHUNK)
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return encoding
    # Western text as UTF-16 has a NUL for every other byte.
    if beginning[1::2].count(0) * 3 > len(beginning):
        return "utf-16-le"
    if beginning[::2].count(0) * 3 > len(beginning):
        return "utf-16-be"
    file.seek(0)
    return "utf-8" if _decodes(file, "utf-8") else "cp1252"


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _unknown_signs() -> Unreadable:
    message = _("The file's characters cannot be read. Save it again as CSV UTF-8.")
    return Unreadable("sheet.characters", message)


def _quotes(row: int) -> Unreadable:
    message = _(
        "Row %(row)d: a quotation mark is not closed, or text follows one. Close it, or save the "
        "file again as CSV from your spreadsheet program."
    )
    return Unreadable("sheet.quotes", message % {"row": row})
