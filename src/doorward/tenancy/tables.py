"""Columns of the audit trail."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.kit.tables import ON_PHONES, Cell

_CELLS = "tenancy/cells"


class Audit(tables.Table):
    at = Cell(template_name=f"{_CELLS}/at.html", verbose_name=_("Time"), order_by="pk")
    actor = Cell(template_name=f"{_CELLS}/actor.html", verbose_name=_("Who"), attrs=ON_PHONES)
    verb = Cell(template_name=f"{_CELLS}/verb.html", verbose_name=_("Action"), attrs=ON_PHONES)
    changes = Cell(
        template_name=f"{_CELLS}/changes.html",
        verbose_name=_("Before and after"),
        orderable=False,
        attrs=ON_PHONES,
    )
    address = tables.Column(verbose_name=_("Address"), default="–", attrs={"td": {"class": "mono"}})

    class Meta:
        attrs = {"class": "table list-table audit-table"}
        order_by = "-at"
