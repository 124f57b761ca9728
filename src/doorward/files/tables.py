"""Columns of long work."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.files.kinds import label_of
from doorward.kit.counts import number_words
from doorward.kit.tables import NUMBER_ON_PHONES, ON_PHONES, Cell

_CELLS = "files/cells"


class Works(tables.Table):
    title = Cell(template_name=f"{_CELLS}/title.html", verbose_name=_("What"))
    kind = tables.Column(verbose_name=_("Type"))
    state = Cell(template_name=f"{_CELLS}/state.html", verbose_name=_("State"), attrs=ON_PHONES)
    fault_count = tables.Column(verbose_name=_("Faults"), attrs=NUMBER_ON_PHONES)
    created_at = Cell(template_name=f"{_CELLS}/created.html", verbose_name=_("Started"))
    finished_at = Cell(template_name=f"{_CELLS}/finished.html", verbose_name=_("Finished"))

    class Meta:
        order_by = "-created_at"

    def render_kind(self, value: str) -> str:
        return label_of(value)

    def render_fault_count(self, value: int) -> str:
        return number_words(value) if value else "–"
