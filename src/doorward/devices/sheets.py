"""MACs on paper: the sheet that is filled in, and what became of its rows."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorward.kit.sheets import Column, Kind, Sheet


@dataclass(frozen=True)
class Registered:
    """A row of a sheet that was taken: its number and its MAC; `is_new` unless it was there."""

    row: int
    mac: str
    is_new: bool


MACS: Sheet[Registered] = Sheet(
    _("MACs"),
    (
        Column(
            "mac",
            _("MAC"),
            value=lambda line: line.mac,
            kind=Kind.CODE,
            mandatory=True,
            example="0C11050B9814",
            help=_("Twelve hex digits from the device's label, with or without : - . or spaces."),
            width=24,
        ),
    ),
    about=(
        _("Fill in the sheet “MACs”, one MAC a row. Leave its first row."),
        _("A MAC that is in the library already is left as it is."),
        _("The example in row 2 is no device: it is skipped as long as it is left as it is."),
    ),
)

RESULT: Sheet[Registered] = Sheet(
    _("Result"),
    (
        Column("row", _("Row"), value=lambda line: line.row, kind=Kind.NUMBER, width=8),
        Column("mac", _("MAC"), value=lambda line: line.mac, kind=Kind.CODE, width=24),
        Column(
            "outcome",
            _("Outcome"),
            value=lambda line: (
                gettext("Registered") if line.is_new else gettext("Was there already")
            ),
        ),
    ),
)
