"""Columns of the list of alarms."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.activity import wording
from doorward.activity.models import Alarm
from doorward.kit.tables import NUMBER, ON_PHONES, Cell, Moment

_CELLS = "activity/cells"


# Any: what a table passes on. In a file each says in words what its cell shows.
class Kind(Cell):
    def value(self, record: Alarm, **details: Any) -> str:
        return record.get_kind_display()


class Place(Cell):
    def value(self, record: Alarm, **details: Any) -> str:
        return wording.place(record)


class State(Cell):
    def value(self, record: Alarm, **details: Any) -> str:
        return str(Alarm.State(record.state).label)


class Alarms(tables.Table):
    """They go by time alone: sorted by anything else, all of a site's would be read for a page."""

    kind = Kind(template_name=f"{_CELLS}/alarm.html", verbose_name=_("Alarm"), orderable=False)
    place = Place(
        template_name=f"{_CELLS}/alarm_place.html",
        verbose_name=_("Where"),
        accessor="device_name",
        orderable=False,
        attrs=ON_PHONES,
    )
    at = Moment(template_name=f"{_CELLS}/alarm_at.html", verbose_name=_("Began"), attrs=ON_PHONES)
    over_at = Moment(
        template_name=f"{_CELLS}/alarm_over.html", verbose_name=_("Ended"), orderable=False
    )
    count = tables.Column(verbose_name=_("Times"), attrs=NUMBER, orderable=False)
    state = State(
        template_name=f"{_CELLS}/alarm_state.html",
        verbose_name=_("State"),
        orderable=False,
        attrs=ON_PHONES,
    )
    acknowledged_by = tables.Column(verbose_name=_("Acknowledged by"), default="", orderable=False)

    class Meta:
        order_by = "-at"
