"""Columns of the audit trail."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.kit.tables import NUMBER_ON_PHONES, ON_PHONES, Cell, Moment
from doorward.tenancy.models import AuditEntry
from doorward.tenancy.templatetags.audit_words import changes

_CELLS = "tenancy/cells"


class Audit(tables.Table):
    at = Moment(template_name=f"{_CELLS}/at.html", verbose_name=_("Time"), order_by="pk")
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

    def value_changes(self, record: AuditEntry) -> str:
        return "; ".join(
            f"{change.field}: {change.before or ''} → {change.after or ''}"
            for change in changes(record)
        )


class Letters(tables.Table):
    created_at = Moment(template_name=f"{_CELLS}/created.html", verbose_name=_("Written"))
    recipient = tables.Column(verbose_name=_("To"), attrs=ON_PHONES)
    subject = tables.Column(verbose_name=_("Subject"), attrs=ON_PHONES)
    state = Cell(
        template_name=f"{_CELLS}/mail_state.html", verbose_name=_("State"), attrs=ON_PHONES
    )
    attempts = tables.Column(verbose_name=_("Tries"))
    error = Cell(
        template_name=f"{_CELLS}/mail_error.html", verbose_name=_("What was said"), attrs=ON_PHONES
    )
    deed = Cell(
        template_name=f"{_CELLS}/mail_deed.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "-created_at"
