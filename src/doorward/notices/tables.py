"""Columns of the list of notices."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.kit.tables import NUMBER_ON_PHONES, ON_PHONES, Cell, Moment
from doorward.notices.models import Notice

_CELLS = "notices/cells"


class Said(Cell):
    # Any: what a table passes on.
    def value(self, record: Any, **details: Any) -> str:
        return str(record.said)


class NoticeList(tables.Table):
    """Each row was dressed with what it `said`, where it `leads` and whether it `is_seen`."""

    what = Said(
        template_name=f"{_CELLS}/what.html", verbose_name=_("What happened"), orderable=False
    )
    kind = tables.Column(verbose_name=_("Type"))
    place = tables.Column(
        verbose_name=_("Site"), accessor="place", orderable=False, empty_values=(), attrs=ON_PHONES
    )
    at = Moment(template_name=f"{_CELLS}/at.html", verbose_name=_("When"), attrs=ON_PHONES)
    deed = Cell(
        template_name=f"{_CELLS}/deed.html",
        verbose_name="",
        orderable=False,
        accessor="pk",
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "-at"

    def render_kind(self, record: Notice) -> str:
        return record.get_kind_display()
