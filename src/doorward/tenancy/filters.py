"""Filters of the audit trail."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
from allauth.mfa.models import Authenticator
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from doorward.kit.filters import MomentFilter, choice
from doorward.kit.models import Mail
from doorward.tenancy.models import Account
from doorward.tenancy.models.audit import AuditEntries
from doorward.tenancy.permissions import Role
from doorward.tenancy.places import holding, seen_standings
from doorward.tenancy.templatetags.audit_words import systems_called
from doorward.tenancy.wording import SUBJECTS, VERBS


def _in_order(words: dict[str, Promise]) -> Callable[[], list[tuple[str, str]]]:
    """Return what gives the choices in the order that they have in the reader's language."""
    return lambda: sorted(
        ((key, str(word)) for key, word in words.items()), key=lambda one: one[1].casefold()
    )


class Audit(filters.FilterSet):
    who = filters.CharFilter(
        label=_("Who"),
        max_length=64,
        method="by_name",
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "size": "14",
                "placeholder": _("Who"),
                "aria-label": _("Who"),
            }
        ),
    )
    verb = filters.ChoiceFilter(
        label=_("Action"),
        choices=_in_order(VERBS),
        empty_label=_("Every action"),
        widget=choice(_("Action")),
    )
    subject = filters.ChoiceFilter(
        label=_("Object"),
        choices=_in_order(SUBJECTS),
        empty_label=_("Every kind of object"),
        widget=choice(_("Object")),
    )
    support = filters.ChoiceFilter(
        label=_("Support access"),
        choices=[("yes", _("Acting for another")), ("no", _("In person"))],
        empty_label=_("In person and for another"),
        widget=choice(_("Support access")),
        method="by_support",
    )
    since = MomentFilter(label=_("From"), field_name="at", lookup_expr="gte")
    until = MomentFilter(label=_("To"), field_name="at", lookup_expr="lt")

    def by_name(self, rows: AuditEntries, name: str, value: str) -> AuditEntries:
        return rows.by(value, systems_called(value))

    def by_support(self, rows: AuditEntries, name: str, value: str) -> AuditEntries:
        return rows.of_support(wanted=value == "yes")


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
        choices=[("open", pgettext_lazy("account", "Open")), ("shut", _("Shut"))],
        empty_label=_("Any state"),
        widget=choice(_("State")),
        method="by_state",
    )
    factor = filters.ChoiceFilter(
        label=_("Second factor"),
        choices=[
            ("required", _("Required")),
            ("added", _("Added")),
            ("none", pgettext_lazy("factor", "None")),
        ],
        empty_label=_("With and without second factor"),
        widget=choice(_("Second factor")),
        method="by_factor",
    )

    def by_role(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        # Not by a role that is held elsewhere: that would tell of it.
        return rows.filter(holding(seen_standings(self.request.actor).filter(role=value)))

    def by_state(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return rows.filter(is_active=value == "open")

    def by_factor(self, rows: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        if value == "required":
            return rows.filter(second_factor_required=True)
        added = Exists(Authenticator.objects.filter(user=OuterRef("pk")))
        return rows.filter(added if value == "added" else ~added)


class Helped(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("Account access"),
        choices=[
            *(("granted", _("Granted")), ("withdrawn", _("Withdrawn"))),
            ("off", _("Not enabled")),
        ],
        empty_label=_("Any account access"),
        widget=choice(_("Account access")),
        method="by_state",
    )

    # Any: each row is annotated with how its access stands.
    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "off":
            # None before it was enabled for the first time.
            return rows.filter(Q(enabled=False) | Q(enabled=None))
        return rows.filter(enabled=True, granted=value == "granted")


class Letters(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=Mail.State.choices,
        empty_label=_("Every state"),
        widget=choice(_("State")),
    )
