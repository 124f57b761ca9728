"""Columns of the audit trail."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from doorward.kit.tables import NUMBER_ON_PHONES, ON_PHONES, Cell, Moment
from doorward.tenancy.models import Account, AuditEntry, Standing
from doorward.tenancy.templatetags.audit_words import changes, doer, helped, kind, label

_CELLS = "tenancy/cells"


# Any: what a table passes on. In a file each says in words what its cell shows.
class Doer(Cell):
    def value(self, record: AuditEntry, **details: Any) -> str:
        name = doer(record)
        return f"{name} ({record.actor})" if record.account and name != record.actor else name


class ActedFor(Cell):
    def value(self, record: AuditEntry, **details: Any) -> str:
        name = helped(record)
        return f"{name} ({record.acting_for})" if name != record.acting_for else name


class Thing(Cell):
    def value(self, record: AuditEntry, **details: Any) -> str:
        return " ".join(filter(None, (kind(record), label(record))))


class Audit(tables.Table):
    """Who did what; the page adds to each row where its object is found.

    It goes by time alone: sorted by anything else, a whole trail would be read for one page.
    """

    at = Moment(template_name=f"{_CELLS}/at.html", verbose_name=_("Time"), order_by="pk")
    actor = Doer(
        template_name=f"{_CELLS}/actor.html",
        verbose_name=_("Who"),
        orderable=False,
        attrs=ON_PHONES,
    )
    acting_for = ActedFor(
        template_name=f"{_CELLS}/acting_for.html",
        verbose_name=_("Acting for"),
        orderable=False,
    )
    verb = Cell(
        template_name=f"{_CELLS}/verb.html",
        verbose_name=_("Action"),
        orderable=False,
        attrs=ON_PHONES,
    )
    label = Thing(
        template_name=f"{_CELLS}/object.html",
        verbose_name=_("Object"),
        orderable=False,
        attrs=ON_PHONES,
    )
    changes = Cell(
        template_name=f"{_CELLS}/changes.html",
        verbose_name=_("Before and after"),
        orderable=False,
        attrs=ON_PHONES,
    )
    address = tables.Column(
        verbose_name=_("Address"), orderable=False, attrs={"td": {"class": "mono"}}
    )

    class Meta:
        attrs = {"class": "table list-table audit-table"}
        order_by = "-at"

    def value_changes(self, record: AuditEntry) -> str:
        return "; ".join(
            f"{change.field}: {change.before or ''} → {change.after or ''}"
            for change in changes(record)
        )


class Users(tables.Table):
    name = Cell(
        template_name=f"{_CELLS}/user.html",
        verbose_name=_("Name"),
        order_by=("name", "username"),
        empty_values=(),
        attrs=ON_PHONES,
    )
    username = tables.Column(verbose_name=_("Account"), attrs=ON_PHONES)
    email = tables.Column(verbose_name=_("E-mail"), orderable=False)
    phone = tables.Column(verbose_name=_("Phone"), orderable=False)
    roles = Cell(
        template_name=f"{_CELLS}/roles.html",
        verbose_name=_("Roles and sites"),
        orderable=False,
        attrs=ON_PHONES,
    )
    factor = Cell(
        template_name=f"{_CELLS}/factor.html", verbose_name=_("Second factor"), orderable=False
    )
    last_login = Moment(template_name=f"{_CELLS}/last_login.html", verbose_name=_("Last sign-in"))
    is_active = Cell(
        template_name=f"{_CELLS}/user_state.html",
        verbose_name=_("State"),
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )
    deeds = Cell(
        template_name=f"{_CELLS}/user_deeds.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "username"

    def value_name(self, record: Account) -> str:
        return record.get_full_name()

    def render_phone(self, record: Account) -> str:
        return str(record.phone.as_international)

    def value_phone(self, record: Account) -> str:
        return str(record.phone)

    def value_roles(self, record: Account) -> str:
        return "; ".join(map(str, record.seen))  # type: ignore[attr-defined]

    def value_factor(self, record: Account) -> str:
        factors = record.authenticator_set.all()  # type: ignore[attr-defined]
        kinds = sorted({one.type for one in factors})
        return ", ".join(kinds) or (str(_("required")) if record.second_factor_required else "")


class Helped(tables.Table):
    """Whom one may help; the page adds to each row whether one decides if that is possible."""

    account = Cell(
        template_name=f"{_CELLS}/helped.html",
        verbose_name=_("Account"),
        order_by="account__username",
    )
    role = tables.Column(verbose_name=_("Role"), orderable=False)
    node = tables.Column(verbose_name=_("Organisation"), order_by="node__name", attrs=ON_PHONES)
    access = Cell(
        template_name=f"{_CELLS}/helped_state.html",
        verbose_name=_("Account access"),
        orderable=False,
        attrs=ON_PHONES,
    )
    deed = Cell(
        template_name=f"{_CELLS}/helped_deed.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "account"

    def value_account(self, record: Standing) -> str:
        return record.account.username

    def value_access(self, record: Standing) -> str:
        if not record.enabled:  # type: ignore[attr-defined]
            return str(_("Not enabled"))
        return str(_("Granted") if record.granted else _("Withdrawn"))  # type: ignore[attr-defined]


class Letters(tables.Table):
    """It goes by time alone: sorted by anything else, all mail would be read for one page."""

    created_at = Moment(template_name=f"{_CELLS}/created.html", verbose_name=_("Written"))
    recipient = tables.Column(
        verbose_name=pgettext_lazy("mail", "To"), orderable=False, attrs=ON_PHONES
    )
    subject = tables.Column(verbose_name=_("Subject"), orderable=False, attrs=ON_PHONES)
    state = Cell(
        template_name=f"{_CELLS}/mail_state.html",
        verbose_name=_("State"),
        orderable=False,
        attrs=ON_PHONES,
    )
    attempts = tables.Column(verbose_name=_("Tries"), orderable=False)
    error = Cell(
        template_name=f"{_CELLS}/mail_error.html",
        verbose_name=_("What was said"),
        orderable=False,
        attrs=ON_PHONES,
    )
    deed = Cell(
        template_name=f"{_CELLS}/mail_deed.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "-created_at"
