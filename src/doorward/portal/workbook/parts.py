"""What one sheet of a workbook asks for, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from doorward.kit.errors import Text
from doorward.kit.sheets import CLEARED, Fault, Line, Sheet, Table

T = TypeVar("T")


@dataclass
class Part(Generic[T]):
    """What the rows of a sheet are to make, which of them say what is so, and what is wrong.

    The table is read to its end.
    """

    table: Table | None = None
    # By the numbers of rows.
    new: dict[int, T] = field(default_factory=dict)
    same: dict[int, T] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    # Rows and columns of which it was said what is wrong.
    faulty_cells: set[tuple[int, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.table is not None:
            self.faults += self.table.merged

    @property
    def faulty_rows(self) -> set[int]:
        return {fault.row for fault in self.faults if fault.row is not None}

    def object(self, row: int, column: str, words: Text, mend: Text = "") -> None:
        """Note what is wrong with a cell."""
        assert self.table is not None
        self.faulty_cells.add((row, column))
        self.faults.append(self.table.fault(row, column, str(words), str(mend)))

    def object_to(self, places: list[int], wrong: Mapping[int, Mapping[str, Text]]) -> None:
        """Note what an action objects to, by the places of rows; what was said stands."""
        for place, faults in wrong.items():
            self.new.pop(places[place], None)
            for column, words in faults.items():
                if (places[place], column) not in self.faulty_cells:
                    self.object(places[place], column, words)


# Any: columns of every kind of thing.
def take_up(part: Part[Any], line: Line, sheet: Sheet[Any]) -> bool:
    """Note what is wrong with a row by itself; say whether all of it can be read."""
    part.faults += line.faults
    part.faulty_cells.update((line.number, name) for name in line.unread)
    missing = [
        column.name
        for column in sheet.columns
        if column.mandatory
        and column.name not in line.unread
        and line.told.get(column.name, CLEARED) is CLEARED
    ]
    for name in missing:
        part.object(line.number, name, _("This is needed."), _("Fill it in."))
    return not line.faults and not missing


def told(line: Line, column: str) -> str:
    """Return what a cell says; an empty text where it is empty or is to be emptied."""
    value = line.told.get(column, CLEARED)
    return "" if value is CLEARED else str(value)
