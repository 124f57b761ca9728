"""Filters of the audit trail."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from doorward.kit.filters import MomentFilter, choice
from doorward.kit.models import Mail
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


class Letters(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=Mail.State.choices,
        empty_label=_("Every state"),
        widget=choice(_("State")),
    )
