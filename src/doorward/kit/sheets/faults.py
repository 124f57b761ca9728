"""What is wrong with a sheet: a place, words, and the mend."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from doorward.kit.errors import Refused, Text


@dataclass(frozen=True)
class Fault:
    """Something wrong at a place of a sheet. `row` counts as the program on screen does."""

    sheet: str
    row: int | None
    column: str
    words: Text
    mend: Text = ""
    cell: str = ""


class Unreadable(Refused):
    """A file that is not what it should be; nothing of it was taken."""

    status = 422


class WrongHeader(Unreadable):
    """The first row does not name the columns; each fault says which and how to mend it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = " ".join(f"{fault.words} {fault.mend}".strip() for fault in faults)
        super().__init__("sheet.header", told)
        self.faults = list(faults)

    @property
    def summary(self) -> str:
        """Return what is said above the list of faults."""
        return _("The first row is not as in the template. Mend it as listed and send it again.")


class WrongSheets(WrongHeader):
    """A workbook whose sheets are not those of the template, or not headed as they are there."""

    @property
    def summary(self) -> str:
        return _("The workbook is not as the template. Mend it as listed and send it again.")


class CellFault(ValueError):
    """A cell that cannot be read as what its column holds."""

    def __init__(self, words: str, mend: str = "") -> None:
        super().__init__(words)
        self.words, self.mend = words, mend


def too_large() -> Unreadable:
    message = _(
        "The file is far larger inside than a list of people can be. Copy the filled rows into a "
        "fresh template and save that."
    )
    return Unreadable("sheet.too_large", message)


def too_wrong() -> Unreadable:
    message = _(
        "More than 100,000 cells are wrong. Copy the filled columns into a fresh template and save "
        "that."
    )
    return Unreadable("sheet.too_wrong", message)


def damaged() -> Unreadable:
    message = _(
        "The workbook is damaged or incomplete. Open it in your spreadsheet program, save it "
        "again as .xlsx and try once more."
    )
    return Unreadable("sheet.damaged", message)
