"""Opening XLSX: which sheets there are, and the rows of one.

A pass of our own over its XML, row by row: the usual readers hold a whole sheet, trust the size
that it claims, and give a formula's last result without a word. (Office Open XML, ECMA-376
part 1, chapter 18.)
"""

import posixpath
from collections.abc import Callable

from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.faults import damaged
from doorward.kit.sheets.markup import Attributes, Reader
from doorward.kit.sheets.rows import Shared, SheetRows, strings_of
from doorward.kit.sheets.styles import looks_of

_MOST_SHEETS = 100


class Workbook:
    """The sheets that one sees in a workbook, by name and in order."""

    def __init__(self, archive: Archive) -> None:
        """Read everything but the rows; raise `Unreadable`."""
        self._archive = archive
        self._shared = Shared()
        self._parts: dict[str, str] = {}
        main = _relations(archive, "").get("officeDocument", "xl/workbook.xml")
        named, by_type = _relations(archive, main, by_type=False), _relations(archive, main)
        self._read_main(main, named)
        if (styles := by_type.get("styles")) in archive.names:
            self._shared.looks = looks_of(archive.chunks(str(styles)))
        if (strings := by_type.get("sharedStrings")) in archive.names:
            self._shared.strings = strings_of(archive.chunks(str(strings)))

    @property
    def sheets(self) -> list[str]:
        return list(self._parts)

    def rows(self, sheet: str) -> SheetRows:
        return SheetRows(self._shared, lambda: self._archive.chunks(self._parts[sheet]))

    def _read_main(self, main: str, named: dict[str, str]) -> None:
        def start(element: str, told: Attributes) -> None:
            if element == "workbookPr":
                self._shared.since_1904 = told.get("date1904") in {"1", "true"}
            elif element == "sheet" and told.get("state", "visible") == "visible":
                key = next((value for name, value in told.items() if name.endswith(":id")), "")
                if (part := named.get(key)) in self._archive.names:
                    self._parts[told.get("name", "")[:64]] = str(part)

        _look_through(self._archive, main, start)
        if not 0 < len(self._parts) <= _MOST_SHEETS:
            raise damaged()


def _relations(archive: Archive, part: str, *, by_type: bool = True) -> dict[str, str]:
    """Return the parts that a part names, by the last word of their type or by their id."""
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}

    def start(element: str, told: Attributes) -> None:
        if element != "Relationship" or told.get("TargetMode") == "External":
            return
        target = told.get("Target", "")
        whole = target[1:] if target.startswith("/") else posixpath.join(folder, target)
        key = told.get("Type", "").rpartition("/")[2] if by_type else told.get("Id", "")
        found.setdefault(key, posixpath.normpath(whole))

    _look_through(archive, posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return found


def _look_through(archive: Archive, name: str, start: Callable[[str, Attributes], None]) -> None:
    for _chunk in Reader(start, lambda _name: None, longest=0).run(archive.chunks(name)):
        pass
