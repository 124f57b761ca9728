"""A filled-in sheet: its header understood, its rows read column by column."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from doorward.kit.counts import number_words
from doorward.kit.sheets import separated, values
from doorward.kit.sheets.columns import MAX_ROWS, Column, Kind, Local, Sheet
from doorward.kit.sheets.faults import CellFault, Fault, Unreadable, too_large, too_wrong
from doorward.kit.sheets.header import Header, plain_head, spellings_of
from doorward.kit.sheets.kinds import workbook_in
from doorward.kit.sheets.letters import letters_of
from doorward.kit.sheets.rows import Row, SheetRows
from doorward.kit.sheets.values import Cell
from doorward.kit.sheets.workbook import Workbook


class Cleared:
    """What a cell with a single hyphen means: empty what stands there."""


# What a sheet may say, in characters, and how many cells of it may be wrong: a file of a few
# kilobytes can repeat one long text in every cell.
MOST_TEXT = 32 * 1024 * 1024
MOST_FAULTS = 100_000
CLEARED = Cleared()
_CLEAR = "-"


@dataclass(frozen=True)
class Line:
    """A row as it was read: what its filled cells mean by column, and what is wrong with others.

    An empty cell is not among those told; `CLEARED` is told of a cell that says to empty.
    """

    number: int
    told: dict[str, object]
    texts: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    # Names of the columns at fault.
    unread: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """One of several sheets of a workbook; it may have no rows."""

    book: Workbook
    name: str


class Table:
    """The rows of one sheet of a file; `columns` are the names of those that it has.

    Reading it raises `Unreadable` for what concerns the whole file. What is wrong with single
    cells is told with each row; merged cells are known, in `merged`, once all rows are read.
    """

    # Any: columns of every kind of thing.
    def __init__(
        self, file: BinaryIO | Page, sheet: Sheet[Any], local: Local, *, most: int = MAX_ROWS
    ) -> None:
        self._local, self._most = local, most
        self._may_be_empty = isinstance(file, Page)
        self.name, self._rows = _rows(file, sheet)
        self._iterator = iter(self._rows)
        self._header = Header(sheet, self.name)
        self._columns = self._header.read(self._iterator)
        self.columns = frozenset(column.name for column in self._columns.values())

    def __iter__(self) -> Iterator[Line]:
        count = text = faults = 0
        for number, cells in self._iterator:
            text += sum(len(cell) for cell in cells.values() if isinstance(cell, str))
            if text > MOST_TEXT:
                raise too_large()
            line = self._line(number, cells)
            faults += len(line.faults)
            if faults > MOST_FAULTS:
                raise too_wrong()
            if self._is_example(line):
                continue
            count += 1
            if count > self._most:
                raise too_many(self._most)
            yield line
        if not count and not self._may_be_empty:
            message = _("The sheet has no rows below its header. Fill in at least one.")
            raise Unreadable("sheet.no_rows", message)

    def fault(self, row: int, name: str, words: str, mend: str = "") -> Fault:
        """Return a fault at a row and the column of a name, with the cell's address."""
        for place, column in self._columns.items():
            if column.name == name:
                address = f"{letters_of(place)}{row}"
                return Fault(self.name, row, str(column.header), words, mend, address)
        return Fault(self.name, row, "", words, mend)

    @property
    def merged(self) -> list[Fault]:
        """Return a fault for each of some merged ranges."""
        found = self._rows.merged if isinstance(self._rows, SheetRows) else []
        words, mend = _("Cells are merged."), _("Unmerge them and fill in every cell.")
        return [Fault(self.name, None, "", words, mend, ref) for ref in found]

    def _is_example(self, line: Line) -> bool:
        """Say whether this is the template's own row, left where it was.

        Its dates are not compared: some programs write them in their own way.
        """
        compared = {
            column.name: column.example
            for column in self._columns.values()
            if column.kind in {Kind.TEXT, Kind.CODE} and column.example
        }
        return bool(compared) and all(
            line.texts.get(name) == example for name, example in compared.items()
        )

    def _line(self, number: int, cells: dict[int, Cell]) -> Line:
        line = Line(number, {}, {})
        for place, cell in cells.items():
            column = self._columns.get(place)
            if column is None:
                line.faults.append(self._stray(number, place))
            else:
                self._take(line, column, cell)
        return line

    # Any: columns of every kind of thing.
    def _take(self, line: Line, column: Column[Any], cell: Cell) -> None:
        if isinstance(cell, str) and not (cell := values.trimmed(cell)):
            return
        if cell == _CLEAR:
            line.texts[column.name], line.told[column.name] = _CLEAR, CLEARED
            return
        try:
            line.texts[column.name] = values.text_of(cell, self._local)
            line.told[column.name] = values.read(column, cell, self._local)
        except CellFault as fault:
            line.unread.add(column.name)
            line.faults.append(self.fault(line.number, column.name, fault.words, fault.mend))

    def _stray(self, row: int, place: int) -> Fault:
        letters = letters_of(place)
        return Fault(
            self.name,
            row,
            letters,
            _("This column has no name in the header."),
            _("Empty the column, or name it in the first row."),
            f"{letters}{row}",
        )


# Any: columns of every kind of thing.
def _rows(file: BinaryIO | Page, sheet: Sheet[Any]) -> tuple[str, SheetRows | Iterator[Row]]:
    """Return the rows of the sheet of this title, or of the only one there is."""
    if isinstance(file, Page):
        return file.name, file.book.rows(file.name)
    archive = workbook_in(file)
    if archive is None:
        return str(sheet.title), separated.rows_of(file)
    book = Workbook(archive)
    known = spellings_of(sheet.title)
    name = next((name for name in book.sheets if plain_head(name) in known), "")
    if not name and len(book.sheets) > 1:
        raise _which_sheet(str(sheet.title), book.sheets)
    name = name or book.sheets[0]
    return name, book.rows(name)


def _which_sheet(title: str, found: list[str]) -> Unreadable:
    message = _(
        "The workbook has several sheets and none is called “%(title)s”: %(sheets)s. Give the "
        "one with the list this name."
    )
    told = {"title": title, "sheets": ", ".join(found[:10])}
    return Unreadable("sheet.name", message % told)


def too_many(most: int) -> Unreadable:
    message = _("A file holds at most %(count)s rows. Split it into several.")
    return Unreadable("sheet.rows", message % {"count": number_words(most)})
