"""Filters of the audit trail."""

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from doorward.kit.widgets import WallTimeField
from doorward.tenancy.wording import SUBJECTS, VERBS


def _select(label: object) -> forms.Select:
    return forms.Select(attrs={"class": "form-select", "aria-label": label})


class _MomentFilter(filters.Filter):
    field_class = WallTimeField


class Audit(filters.FilterSet):
    verb = filters.ChoiceFilter(
        label=_("Action"),
        choices=list(VERBS.items()),
        empty_label=_("Every action"),
        widget=_select(_("Action")),
    )
    subject = filters.ChoiceFilter(
        label=_("Object"),
        choices=list(SUBJECTS.items()),
        empty_label=_("Every kind of object"),
        widget=_select(_("Object")),
    )
    since = _MomentFilter(label=_("From"), field_name="at", lookup_expr="gte")
    until = _MomentFilter(label=_("To"), field_name="at", lookup_expr="lt")
