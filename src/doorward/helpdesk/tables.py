"""Columns of the list of tickets."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.helpdesk.models import Manual, Ticket
from doorward.kit.tables import NUMBER, NUMBER_ON_PHONES, ON_PHONES, Cell, Moment

_CELLS = "helpdesk/cells"


# Any: what a table passes on. In a file each says in words what its cell shows.
class Subject(Cell):
    def value(self, record: Ticket, **details: Any) -> str:
        return record.subject


class Asker(Cell):
    def value(self, record: Ticket, **details: Any) -> str:
        name = record.opened_by.get_full_name() if record.opened_by else ""
        return ", ".join(filter(None, (name, str(record.node))))


class State(Cell):
    def value(self, record: Ticket, **details: Any) -> str:
        return str(Ticket.State(record.state).label)


class Size(Cell):
    def value(self, record: Manual, **details: Any) -> int:
        return record.file.size


class TicketList(tables.Table):
    """It goes by time: sorted by words, all that a desk ever answered would be read for a page."""

    subject = Subject(
        template_name=f"{_CELLS}/subject.html", verbose_name=_("Subject"), orderable=False
    )
    number = tables.Column(verbose_name=_("Number"), accessor="pk", attrs=NUMBER)
    asker = Asker(
        template_name=f"{_CELLS}/asker.html",
        verbose_name=_("Asked by"),
        accessor="node__name",
        orderable=False,
        attrs=ON_PHONES,
    )
    desk = tables.Column(verbose_name=_("Answered by"), accessor="desk__name", orderable=False)
    created_at = Moment(
        template_name=f"{_CELLS}/created.html", verbose_name=_("Asked"), order_by="pk"
    )
    last_at = Moment(
        template_name=f"{_CELLS}/last.html", verbose_name=_("Last word"), attrs=ON_PHONES
    )
    state = State(
        template_name=f"{_CELLS}/state.html",
        verbose_name=_("State"),
        orderable=False,
        attrs=ON_PHONES,
    )

    class Meta:
        order_by = "-last_at"


class ManualList(tables.Table):
    model = Cell(template_name=f"{_CELLS}/manual.html", verbose_name=_("Model"))
    size = Size(
        template_name=f"{_CELLS}/size.html",
        verbose_name=_("Size"),
        accessor="file__size",
        attrs=NUMBER_ON_PHONES,
    )
    added_at = Moment(
        template_name=f"{_CELLS}/added.html", verbose_name=_("Added"), attrs=ON_PHONES
    )
    deed = Cell(
        template_name=f"{_CELLS}/manual_deed.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "model"

    def value_model(self, record: Manual) -> str:
        return record.model
