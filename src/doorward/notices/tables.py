"""Columns of the list of notices."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from doorward.kit.counts import number_words
from doorward.kit.tables import NUMBER_ON_PHONES, ON_PHONES, Cell, Moment
from doorward.notices.models import Announcement, Notice

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
    kind = tables.Column(verbose_name=_("Type"), orderable=False)
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


class Received(tables.Table):
    title = Said(template_name=f"{_CELLS}/message.html", verbose_name=_("Title"), accessor="title")
    sender = tables.Column(verbose_name=_("From"), accessor="node__name", attrs=ON_PHONES)
    sent_at = Moment(template_name=f"{_CELLS}/sent.html", verbose_name=_("Sent"), attrs=ON_PHONES)

    class Meta:
        order_by = "-sent_at"


class Written(tables.Table):
    """Each row was dressed with what it `said` and how many `reads` it has."""

    title = Said(template_name=f"{_CELLS}/message.html", verbose_name=_("Title"), accessor="title")
    targets = tables.Column(verbose_name=pgettext_lazy("mail", "To"), orderable=False)
    changed_at = Moment(template_name=f"{_CELLS}/changed.html", verbose_name=_("Changed"))
    sent_at = Moment(template_name=f"{_CELLS}/sent.html", verbose_name=_("Sent"))
    reads = tables.Column(
        verbose_name=_("Read by"), orderable=False, empty_values=(), attrs=NUMBER_ON_PHONES
    )
    state = Cell(template_name=f"{_CELLS}/state.html", verbose_name=_("State"), attrs=ON_PHONES)

    class Meta:
        order_by = "-changed_at"

    def render_targets(self, record: Announcement) -> str:
        return ", ".join(record.said_to)

    def value_state(self, record: Announcement) -> str:
        return str(Announcement.State(record.state).label)

    # Any: dressed by the page.
    def render_reads(self, record: Any) -> str:
        if not record.recipients:
            return "–"
        told = {"read": number_words(record.reads), "all": number_words(record.recipients)}
        return gettext("%(read)s of %(all)s") % told
