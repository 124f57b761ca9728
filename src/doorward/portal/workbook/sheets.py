"""A whole site on paper: its sheets, and what became of their rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from doorward.access.sheets import CARDS
from doorward.devices.sheets import DEVICES
from doorward.kit.sheets import Column, Kind, Sheet
from doorward.portal.sheets import PEOPLE, OnPaper
from doorward.sites.sheets import COMPANIES

# Rows that a workbook holds on all of its sheets.
MOST = 5_000

PERSONNEL: Sheet[OnPaper] = replace(PEOPLE, title=_("Personnel"), about=())

# Any: columns of every kind of thing.
SHEETS: Mapping[str, Sheet[Any]] = {
    "companies": COMPANIES,
    "personnel": PERSONNEL,
    "devices": DEVICES,
    "cards": CARDS,
}

ABOUT = (
    _("Fill in what you need: a sheet that you leave out or leave blank changes nothing."),
    _("Leave each first row. Columns with a * have to be filled in, the others may be left out."),
    _("The examples in row 2 are made up: they are skipped as long as they stay as they are."),
    _("An empty cell changes nothing. A single hyphen (-) empties what is there."),
    _("•••• stands for a card or PIN that is kept as it is; no file ever tells a PIN."),
    _("People whose personnel ID is there already are changed only where you tick that."),
    _("Companies and devices that are there already stay as they are."),
    _("Register the MACs of devices and add a connector first."),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a row."""

    sheet: str
    row: int
    status: str
    what: str
    key: str = ""


RESULT: Sheet[Outcome] = Sheet(
    _("Result"),
    (
        Column("sheet", _("Sheet"), value=lambda line: line.sheet),
        Column("row", _("Row"), value=lambda line: line.row, kind=Kind.NUMBER, width=8),
        Column("status", _("Status"), value=lambda line: line.status),
        Column("what", _("What"), value=lambda line: line.what, width=36),
        Column("key", _("ID or MAC"), value=lambda line: line.key, kind=Kind.CODE),
    ),
)
