"""The rows of a workbook's sheet, one after the other, with formulas and errors told."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from doorward.kit.sheets.columns import MAX_CELL
from doorward.kit.sheets.faults import damaged, too_large
from doorward.kit.sheets.letters import index_of
from doorward.kit.sheets.markup import Attributes, Reader
from doorward.kit.sheets.styles import Look
from doorward.kit.sheets.values import Bad, Cell, Number, Wall, date_of_serial

# By its number as on screen: the cells that hold something, by column from 0.
Row = tuple[int, dict[int, Cell]]

# A column of ours never stands farther to the right; nobody types more into one row.
_MOST_COLUMNS = 256
_MOST_IN_ROW = 1024 * 1024
_MOST_ROWS = 1_048_576
_MERGES_TOLD = 20
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Shared:
    """What the cells of all sheets refer to."""

    strings: list[str] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    since_1904: bool = False


class SheetRows:
    """The rows of a sheet that hold something; `merged` is known once all are read."""

    def __init__(self, shared: Shared, chunks: Callable[[], Iterable[bytes]]) -> None:
        self._shared, self._chunks = shared, chunks
        self.merged: list[str] = []
        self._reader = Reader(self._start, self._end, longest=MAX_CELL)
        self._done: list[Row] = []
        self._row, self._column = 0, -1
        self._cells: dict[int, Cell] = {}
        self._size = 0
        self._in_cell = self._phonetic = self._formula = False
        self._type, self._style, self._text = "n", 0, ""

    def __iter__(self) -> Iterator[Row]:
        for _chunk in self._reader.run(self._chunks()):
            yield from self._done
            self._done.clear()

    def _start(self, name: str, told: Attributes) -> None:
        if name == "c":
            self._begin_cell(told)
        elif name == "row":
            self._begin_row(told)
        elif self._in_cell:
            self._begin_part(name)
        elif name == "mergeCell" and len(self.merged) < _MERGES_TOLD:
            self.merged.append(told.get("ref", "?")[:32])

    def _end(self, name: str) -> None:
        if name == "c":
            self._in_cell = False
            self._keep()
        elif name == "row":
            if self._cells:
                self._done.append((self._row, self._cells))
                self._cells = {}
        elif name == "rPh":
            self._phonetic = False
        elif name in {"v", "t"} and self._in_cell and not self._phonetic:
            # One sign too many is enough to tell that a cell is too long.
            self._text = (self._text + self._reader.heard())[: MAX_CELL + 1]

    def _begin_row(self, told: Attributes) -> None:
        number = told.get("r", "")
        row = int(number) if _is_count(number) else self._row + 1
        if not self._row < row <= _MOST_ROWS:
            raise damaged()
        self._row, self._column, self._size = row, -1, 0

    def _begin_cell(self, told: Attributes) -> None:
        letters = told.get("r", "").rstrip("0123456789")
        self._column = index_of(letters) if letters else self._column + 1
        style = told.get("s", "")
        self._type, self._style = told.get("t", "n"), int(style) if _is_count(style) else 0
        self._in_cell, self._formula, self._text = True, False, ""

    def _begin_part(self, name: str) -> None:
        """Begin what lies in a cell: a formula, a value, or how a text is read aloud."""
        if name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name in {"v", "t"} and not self._phonetic and len(self._text) <= MAX_CELL:
            self._reader.listen()

    def _keep(self) -> None:
        cell = self._value() if self._text or self._formula else ""
        if cell == "" and isinstance(cell, str):
            return
        self._size += len(cell) if isinstance(cell, str) else 1
        if self._column >= _MOST_COLUMNS or self._size > _MOST_IN_ROW:
            raise too_large()
        self._cells[self._column] = cell

    def _value(self) -> Cell:
        if self._formula:
            mend = _("Copy the column and paste it back as values only.")
            return Bad(_("This cell holds a formula."), mend)
        if self._type in {"s", "str", "inlineStr", "d"}:
            return self._string()
        if self._type == "b":
            return self._text == "1"
        if self._type == "e":
            words = _("This cell holds the error %(error)s.") % {"error": self._text[:16]}
            return Bad(words, _("Enter the value itself."))
        return self._number()

    def _string(self) -> Cell:
        text = _unescaped(self._text)
        if self._type == "s":
            if not _is_count(self._text) or int(self._text) >= len(self._shared.strings):
                raise damaged()
            text = self._shared.strings[int(self._text)]
        return text if len(text) <= MAX_CELL else too_long()

    def _number(self) -> Cell:
        looks = self._shared.looks
        look = looks[self._style] if self._style < len(looks) else Look()
        try:
            value = float(self._text[:64])
            if look.dated:
                at = date_of_serial(value, since_1904=self._shared.since_1904)
                return Wall(at, timed=look.timed or value % 1 != 0)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            return Bad(_("This cell cannot be read."), _("Enter its value again as text."))
        return Number(value, look.digits)


def strings_of(chunks: Iterable[bytes]) -> list[str]:
    """Return the texts that cells share, by their place; raise `Unreadable`."""
    return _Strings().read(chunks)


def too_long() -> Bad:
    words = _("This cell holds more than %(count)d characters.") % {"count": MAX_CELL}
    return Bad(words, _("Shorten it."))


class _Strings:
    """Runs of one text are joined, how it is read aloud is left out."""

    # 20,000 rows of 50 columns with a text of their own, or a few long ones.
    _MOST = 1_000_000
    _MOST_TEXT = 32 * 1024 * 1024

    def __init__(self) -> None:
        self._found: list[str] = []
        self._reader = Reader(self._start, self._end, longest=MAX_CELL)
        self._parts: list[str] = []
        self._phonetic = False
        self._size = 0

    def read(self, chunks: Iterable[bytes]) -> list[str]:
        for _chunk in self._reader.run(chunks):
            if len(self._found) > self._MOST or self._size > self._MOST_TEXT:
                raise too_large()
        return self._found

    def _start(self, name: str, _told: Attributes) -> None:
        if name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self._reader.listen()

    def _end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic = False
        elif name == "t" and not self._phonetic:
            self._parts.append(self._reader.heard())
            self._size += len(self._parts[-1]) + 1
        elif name == "si":
            self._found.append(_unescaped("".join(self._parts))[: MAX_CELL + 1])
            self._parts = []


def _unescaped(text: str) -> str:
    """Return a text with the signs that XML cannot hold (18.4.9: `_x0007_`, and `_x005F_`)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9
