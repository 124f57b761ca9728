"""Columns of what was wrong in long work."""

from django.utils.translation import gettext_lazy as _

from doorward.files.faults import Fault
from doorward.kit.sheets import Column, Kind, Sheet

FAULTS = Sheet[Fault](
    _("Faults"),
    (
        Column("sheet", _("Sheet"), value=lambda fault: fault.sheet),
        Column("row", _("Row"), value=lambda fault: fault.row, kind=Kind.NUMBER, width=8),
        Column("column", _("Column"), value=lambda fault: fault.column),
        Column("words", _("What is wrong"), value=lambda fault: fault.words, width=60),
        Column("mend", _("What mends it"), value=lambda fault: fault.mend, width=60),
    ),
)
