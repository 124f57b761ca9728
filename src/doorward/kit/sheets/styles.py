"""What a workbook's number formats say of its cells: dates, times, digits with leading zeros."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from doorward.kit.sheets.faults import too_large
from doorward.kit.sheets.markup import Attributes, Reader

# Formats without a code of their own (ECMA-376 part 1, 18.8.30; 27–36 and 50–58 of East Asia).
_DATES = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58})
_TIMES = frozenset({*range(18, 22), 22, *range(32, 36), *range(45, 48), 55, 56})
_MOST = 65_536

# What of a format's code is no sign: texts, escaped and padding signs, colours and places.
_TEXTS = re.compile(r'"[^"]*"|[\\_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ZEROS = re.compile(r"0{2,32}", re.ASCII)


@dataclass(frozen=True)
class Look:
    """How a cell shows its number; `digits` is how many digits with zeros in front."""

    dated: bool = False
    timed: bool = False
    digits: int = 0


def looks_of(chunks: Iterable[bytes]) -> list[Look]:
    """Return the look of each style that cells name by its place; raise `Unreadable`."""
    return _Styles().read(chunks)


def look_of(code: str) -> Look:
    """Return what a format's code shows."""
    first = _TEXTS.sub("", code.partition(";")[0]).lower()
    if first == "general":
        return Look()
    timed = "h" in first or "s" in first
    dated = timed or any(sign in first for sign in "dmy")
    return Look(dated, timed, len(first) if _ZEROS.fullmatch(first) else 0)


class _Styles:
    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._looks: list[Look] = []
        self._among = ""

    def read(self, chunks: Iterable[bytes]) -> list[Look]:
        for _chunk in Reader(self._start, self._end, longest=0).run(chunks):
            if len(self._looks) > _MOST or len(self._codes) > _MOST:
                raise too_large()
        return self._looks

    def _start(self, name: str, told: Attributes) -> None:
        if name in {"numFmts", "cellXfs"}:
            self._among = name
        elif name == "numFmt" and self._among == "numFmts":
            self._codes[told.get("numFmtId", "")] = told.get("formatCode", "")[:255]
        elif name == "xf" and self._among == "cellXfs":
            self._looks.append(self._look(told.get("numFmtId", "0")))

    def _end(self, name: str) -> None:
        if name == self._among:
            self._among = ""

    def _look(self, number: str) -> Look:
        if number in self._codes:
            return look_of(self._codes[number])
        known = int(number) if number.isascii() and number.isdecimal() else 0
        return Look(dated=known in _DATES | _TIMES, timed=known in _TIMES)
