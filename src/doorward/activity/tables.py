"""Columns of the list of alarms."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.kit.tables import NUMBER, ON_PHONES, Cell, Moment

_CELLS = "activity/cells"


class Alarms(tables.Table):
    kind = Cell(template_name=f"{_CELLS}/alarm.html", verbose_name=_("Alarm"))
    place = Cell(
        template_name=f"{_CELLS}/alarm_place.html",
        verbose_name=_("Where"),
        accessor="device_name",
        order_by=("door_name", "device_name", "input"),
        attrs=ON_PHONES,
    )
    at = Moment(template_name=f"{_CELLS}/alarm_at.html", verbose_name=_("Since"), attrs=ON_PHONES)
    over_at = Moment(template_name=f"{_CELLS}/alarm_over.html", verbose_name=_("Until"))
    count = tables.Column(verbose_name=_("Times"), attrs=NUMBER)
    state = Cell(
        template_name=f"{_CELLS}/alarm_state.html",
        verbose_name=_("State"),
        order_by=("closed_at", "acknowledged_at"),
        attrs=ON_PHONES,
    )
    acknowledged_by = tables.Column(verbose_name=_("Acknowledged by"), default="")

    class Meta:
        order_by = "-at"
