"""Filters of the audit trail."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from doorward.kit.filters import MomentFilter, choice
from doorward.kit.models import Mail
from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Role
from doorward.tenancy.places import seen_standings
from doorward.tenancy.wording import SUBJECTS, VERBS


class Audit(filters.FilterSet):
    verb = filters.ChoiceFilter(
        label=_("Action"),
        choices=list(VERBS.items()),
        empty_label=_("Every action"),
        widget=choice(_("Action")),
    )
    subject = filters.ChoiceFilter(
        label=_("Object"),
        choices=list(SUBJECTS.items()),
        empty_label=_("Every kind of object"),
        widget=choice(_("Object")),
    )
    since = MomentFilter(label=_("From"), field_name="at", lookup_expr="gte")
    until = MomentFilter(label=_("To"), field_name="at", lookup_expr="lt")


class Users(filters.FilterSet):
    role = filters.ChoiceFilter(
        label=_("Role"),
        choices=Role.choices,
        empty_label=_("Every role"),
        widget=choice(_("Role")),
        method="by_role",
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("Open")), ("shut", _("Shut"))],
        empty_label=_("Any state"),
        widget=choice(_("State")),
        method="by_state",
    )
    factor = filters.ChoiceFilter(
        label=_("Second factor"),
        choices=[("required", _("Required")), ("added", _("Added")), ("none", _("None"))],
        empty_label=_("With and without second factor"),
        widget=choice(_("Second factor")),
        method="by_factor",
    )

    def by_role(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        # Not by a role that is held elsewhere: that would tell of it.
        held = seen_standings(self.request.actor)
        return rows.filter(pk__in=held.filter(role=value).values("account"))

    def by_state(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return rows.filter(is_active=value == "open")

    def by_factor(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        if value == "required":
            return rows.filter(second_factor_required=True)
        return rows.filter(authenticator__isnull=value == "none").distinct()


class Letters(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=Mail.State.choices,
        empty_label=_("Every state"),
        widget=choice(_("State")),
    )
