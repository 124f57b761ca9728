"""Filters of the door log and of alarms."""

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from doorward.activity.models import Alarm, DoorEvent
from doorward.activity.reasons import LABELS
from doorward.devices.models import Door
from doorward.kit.filters import MomentFilter, choice
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor

_RESULTS = [
    ("allowed", _("Allowed")),
    ("refused", _("Refused")),
    ("disputed", _("Disputed")),
]


class DoorLog(filters.FilterSet):
    """What the log can be narrowed to. A person comes by a link from elsewhere."""

    person = filters.ModelChoiceFilter(
        label=_("Person"), queryset=Person.objects.none(), widget=forms.HiddenInput
    )
    door = filters.ModelChoiceFilter(
        label=_("Door"),
        queryset=Door.objects.none(),
        empty_label=_("Every door"),
        widget=choice(_("Door")),
    )
    company = filters.ModelChoiceFilter(
        label=_("Company"),
        queryset=Company.objects.none(),
        empty_label=_("Every company"),
        widget=choice(_("Company")),
    )
    result = filters.ChoiceFilter(
        label=_("Result"),
        choices=_RESULTS,
        empty_label=_("Every result"),
        widget=choice(_("Result")),
        method="by_result",
    )
    method = filters.ChoiceFilter(
        label=_("Method"),
        choices=DoorEvent.Method.choices,
        empty_label=_("Every method"),
        widget=choice(_("Method")),
        field_name="method",
    )
    reason = filters.ChoiceFilter(
        label=_("Reason"),
        choices=[(reason.value, _(label)) for reason, label in LABELS.items()],
        empty_label=_("Every reason"),
        widget=choice(_("Reason")),
    )
    since = MomentFilter(label=_("From"), field_name="at", lookup_expr="gte")
    until = MomentFilter(label=_("To"), field_name="at", lookup_expr="lt")

    # Fields that stand beside the search; the others unfold.
    FIRST = ("door", "company", "result")
    MORE = ("method", "reason", "since", "until")

    def within(self, actor: Actor, site: Site) -> "DoorLog":
        """Offer what the actor sees at the site."""
        self.filters["person"].queryset = Person.objects.visible_to(actor).filter(site=site)
        self.filters["door"].queryset = (
            Door.objects.visible_to(actor).filter(site=site).order_by("name")
        )
        self.filters["company"].queryset = (
            Company.objects.visible_to(actor).filter(site=site).order_by("name")
        )
        return self

    def by_result(self, rows: QuerySet[DoorEvent], name: str, value: str) -> QuerySet[DoorEvent]:
        if value == "disputed":
            return rows.filter(disputed=True)
        return rows.filter(accepted=value == "allowed")

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.MORE]

    @property
    def more_in_use(self) -> bool:
        return any(self.form[name].value() for name in self.MORE)


class Alarms(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("open", _("Open")),
            ("new", _("New")),
            ("acknowledged", _("Acknowledged")),
            ("closed", _("Closed")),
        ],
        empty_label=_("Every state"),
        widget=choice(_("State")),
        method="by_state",
    )
    kind = filters.ChoiceFilter(
        label=_("Kind"),
        choices=Alarm.Kind.choices,
        empty_label=_("Every kind"),
        widget=choice(_("Kind")),
    )

    def by_state(self, rows: QuerySet[Alarm], name: str, value: str) -> QuerySet[Alarm]:
        """Say in SQL what `Alarm.state` says of one row."""
        if value == "closed":
            return rows.exclude(closed_at=None)
        is_open = rows.filter(closed_at=None)
        if value == "open":
            return is_open
        return is_open.filter(acknowledged_at__isnull=value == "new")
