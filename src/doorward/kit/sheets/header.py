"""Understanding the first row: which column is which, what is missing, strange or misplaced."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from doorward.kit.errors import Text
from doorward.kit.sheets.columns import Column, Sheet
from doorward.kit.sheets.faults import Fault, WrongHeader
from doorward.kit.sheets.letters import letters_of
from doorward.kit.sheets.rows import Row
from doorward.kit.sheets.values import Bad, Cell, trimmed

# Any: columns of every kind of thing.
Columns = dict[int, Column[Any]]

# How far down a header is looked for that does not stand in the first row.
_LOOKED_AT = 10
_STRANGE_TOLD = 20


class Header:
    """Finds columns by what is written above them, in any order and in any of our languages."""

    # Any: columns of every kind of thing.
    def __init__(self, sheet: Sheet[Any], name: str) -> None:
        self._sheet, self._name = sheet, name
        self._known = {spelling: c for c in sheet.columns for spelling in _spellings(c)}

    def read(self, rows: Iterator[Row]) -> Columns:
        """Take the first filled row and return its columns by place; raise `WrongHeader`."""
        number, cells = next(rows, (1, {}))
        if not self._matched(cells):
            raise WrongHeader([self._misplaced([(number, cells), *islice(rows, _LOOKED_AT)])])
        found = self._matched(cells)
        faults = [*self._strange(cells, found), *self._twice(found), *self._missing(found)]
        if faults:
            raise WrongHeader(faults)
        return found

    def _matched(self, cells: dict[int, Cell]) -> Columns:
        heads = {place: self._known.get(_plain(cell)) for place, cell in cells.items()}
        return {place: column for place, column in heads.items() if column is not None}

    def _misplaced(self, rows: list[Row]) -> Fault:
        best, cells = max(rows, key=lambda row: len(self._matched(row[1])))
        if not self._matched(cells):
            words = _("The first row does not name the columns.")
            mend = _("Copy the template's first row into it: %(names)s.") % {
                "names": ", ".join(str(column.header) for column in self._sheet.columns)
            }
            return Fault(self._name, 1, "", words, mend)
        words = _("The names of the columns stand in row %(row)d.") % {"row": best}
        return Fault(self._name, best, "", words, _("Delete the rows above: they belong in row 1."))

    def _strange(self, cells: dict[int, Cell], found: Columns) -> Iterator[Fault]:
        for place, cell in islice(cells.items(), _STRANGE_TOLD):
            if place in found or not _plain(cell):
                continue
            letters = letters_of(place)
            told = _("a formula") if isinstance(cell, Bad) else str(cell)[:64]
            words = _("Column %(letters)s is called “%(name)s”, which is none of ours.") % {
                "letters": letters,
                "name": told,
            }
            yield Fault(self._name, 1, letters, words, self._nearest(cell), f"{letters}1")

    def _nearest(self, cell: Cell) -> str:
        near = get_close_matches(_plain(cell), self._known, n=1, cutoff=0.7)
        if near:
            name = str(self._known[near[0]].header)
            return _("Did you mean “%(name)s”? Write it so.") % {"name": name}
        return _("Rename it as in the template, or delete it.")

    def _twice(self, found: Columns) -> Iterator[Fault]:
        seen: dict[str, str] = {}
        for place, column in found.items():
            letters = letters_of(place)
            if column.name in seen:
                told = {
                    "name": str(column.header),
                    "one": seen[column.name],
                    "other": letters,
                }
                words = _("“%(name)s” stands twice, in columns %(one)s and %(other)s.") % told
                yield Fault(self._name, 1, letters, words, _("Delete one of them."), f"{letters}1")
            seen.setdefault(column.name, letters)

    def _missing(self, found: Columns) -> Iterator[Fault]:
        there = {column.name for column in found.values()}
        for column in self._sheet.columns:
            if column.mandatory and column.name not in there:
                name = str(column.header)
                words = _("The column “%(name)s” is missing.") % {"name": name}
                yield Fault(self._name, 1, name, words, _("Add it as in the template."))


# Any: columns of every kind of thing.
def _spellings(column: Column[Any]) -> set[str]:
    """Return what a column may be called: in any of our languages, and as in the API."""
    return spellings_of(column.header) | {plain_head(column.name)}


def spellings_of(title: Text) -> set[str]:
    """Return what a title may look like, as here and in each of our languages."""
    found = {plain_head(str(title))}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(plain_head(str(title)))
    return found


def plain_head(text: str) -> str:
    """Return a head without the mark of mandatory ones and without a difference of case."""
    return trimmed(" ".join(text.split()).strip("* ")).replace("_", " ").casefold()


def _plain(cell: Cell) -> str:
    if not isinstance(cell, str):
        return "?" if isinstance(cell, Bad) else str(cell).casefold()
    return plain_head(cell)
