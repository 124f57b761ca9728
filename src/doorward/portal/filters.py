"""Filters of lists that show more than one room."""

from datetime import datetime
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from doorward.access.models import Credential
from doorward.kit import clock
from doorward.kit.filters import MomentFilter, choice
from doorward.kit.rows import among_those
from doorward.people.filters import CompanyFilter, PlaceFilter
from doorward.people.models import People, State
from doorward.portal.troubled import somewhere
from doorward.sites.models import Site
from doorward.tenancy.models import Node, Organisation, RoleHolder
from doorward.tenancy.permissions import STANDS_BELOW, Can

_NOTHING = "nothing"


class SiteFilter(filters.FilterSet):
    """What sites can be narrowed to, by whoever sees what is amiss there."""

    attention = filters.ChoiceFilter(
        label=_("Attention"),
        choices=[("needed", _("Needs a look")), ("none", _("All well"))],
        empty_label=_("All sites"),
        widget=choice(_("Attention")),
        method="by_attention",
    )

    # Any: a set of filters takes whatever a page hands on.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.page.actor.may(Can.VIEW_DEVICE):
            del self.filters["attention"]

    def by_attention(self, rows: QuerySet[Site], name: str, value: str) -> QuerySet[Site]:
        needy = somewhere(self.request.page.actor, clock.now())
        return rows.filter(needy) if value == "needed" else rows.exclude(needy)


class PeopleFilter(PlaceFilter):
    """What people can be narrowed to."""

    status = filters.ChoiceFilter(
        label=_("Status"),
        choices=State.choices,
        empty_label=_("Any status"),
        widget=choice(_("Status")),
        method="by_status",
    )
    holds = filters.ChoiceFilter(
        label=_("Holds"),
        choices=[*Credential.Kind.choices, (_NOTHING, _("Neither card nor PIN"))],
        empty_label=_("Whatever they hold"),
        widget=choice(_("Holds")),
        method="by_holding",
    )
    valid_at = MomentFilter(label=_("Valid at"), method="by_moment")

    def by_status(self, rows: People, name: str, value: str) -> People:
        return rows.in_state(State(value), clock.now())

    def by_holding(self, rows: People, name: str, value: str) -> People:
        page = self.request.page
        held = Credential.objects.seen_at(page.actor, page.site)
        if value == _NOTHING:
            return rows.exclude(Exists(held.filter(person=OuterRef("pk"))))
        return rows.filter(among_those("pk", held.filter(kind=value).values("person")))

    def by_moment(self, rows: People, name: str, value: datetime) -> People:
        return rows.in_state(State.ACTIVE, value)


class AdministratorFilter(filters.FilterSet):
    company = CompanyFilter(
        label=_("Company"),
        empty_label=_("All companies"),
        widget=choice(_("Company")),
        field_name="node__company",
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=RoleHolder.State.choices,
        empty_label=_("Any state"),
        widget=choice(_("State")),
    )


class OrganisationFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in Node.Kind if kind.value in STANDS_BELOW],
        empty_label=_("Every kind"),
        widget=choice(_("Kind")),
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[("active", _("Active")), ("suspended", _("Suspended"))],
        empty_label=_("Any state"),
        widget=choice(_("State")),
        method="by_state",
    )

    def by_state(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(suspended_at__isnull=value == "active")
