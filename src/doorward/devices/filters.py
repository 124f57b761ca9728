"""Filters of the lists of MACs and devices."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from doorward.devices.models import Device, MacEntry
from doorward.devices.models.connectors import PRESENCE
from doorward.kit import clock


def _choice(label: object) -> forms.Select:
    return forms.Select(attrs={"class": "form-select", "aria-label": label})


class Macs(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[("free", _("Free")), ("bound", _("In use"))],
        empty_label=_("Free and in use"),
        widget=_choice(_("State")),
        method="by_state",
    )

    def by_state(self, rows: QuerySet[MacEntry], name: str, value: str) -> QuerySet[MacEntry]:
        return rows.filter(device__isnull=value == "free")


class Devices(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("online", _("Online")),
            ("offline", _("Offline")),
            ("never", _("Never connected")),
        ],
        empty_label=_("Every state"),
        widget=_choice(_("State")),
        method="by_state",
    )
    sync = filters.ChoiceFilter(
        label=_("Sync"),
        choices=[
            ("refused", _("Binding refused")),
            ("waiting", _("Waiting for the device")),
            ("bound", _("Bound")),
        ],
        empty_label=_("Every binding"),
        widget=_choice(_("Binding")),
        field_name="binding",
    )

    def by_state(self, rows: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        """Say in SQL what `Device.state` says of one row."""
        if value == "never":
            return rows.filter(seen_at=None)
        online = Q(
            reachable=True,
            connector__revoked_at=None,
            connector__online_since__isnull=False,
            connector__last_seen_at__gt=clock.now() - PRESENCE,
        )
        seen = rows.exclude(seen_at=None)
        return seen.filter(online) if value == "online" else seen.exclude(online)
