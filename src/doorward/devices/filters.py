"""Filters of the lists of MACs, devices and their moments."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.devices.models import Device, MacEntry, Moment, devices
from doorward.kit import clock
from doorward.kit.filters import choice
from doorward.kit.offers import carried
from doorward.kit.widgets import Picker
from doorward.tenancy.models import Node


class Macs(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[("free", _("Free")), ("bound", _("In use"))],
        empty_label=_("Free and in use"),
        widget=choice(_("State")),
        method="by_state",
    )

    def by_state(self, rows: QuerySet[MacEntry], name: str, value: str) -> QuerySet[MacEntry]:
        return rows.filter(in_use=value == "bound")


class Library(Macs):
    """The library as a page has it: whoever sees several installers' tells them apart."""

    installer = filters.ModelChoiceFilter(
        field_name="node",
        label=_("Installer"),
        queryset=Node.objects.none(),
        empty_label=_("All installers"),
        widget=Picker(placeholder=_("All installers"), label=_("Installer")),
    )

    # Any: a set of filters takes whatever a page hands on.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.request.page
        if not page.has_several:
            del self.filters["installer"]
            return
        # Any: a form and its fields come without types.
        field: Any = self.form.fields["installer"]
        asked = [self.data.get("installer")]
        found = carried(field, page.installers, reverse("mac-installer-choices"), chosen=asked)
        # Its own choices are all there are.
        field.widget.choices = [("", field.empty_label), *((node.pk, node.name) for node in found)]


class Devices(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("online", _("Online")),
            ("offline", _("Offline")),
            ("never", _("Never connected")),
        ],
        empty_label=_("Every state"),
        widget=choice(_("State")),
        method="by_state",
    )
    binding = filters.ChoiceFilter(
        label=_("Binding"),
        choices=[
            ("refused", _("Binding refused")),
            ("waiting", _("Waiting for the device")),
            ("bound", _("Bound")),
        ],
        empty_label=_("Every binding"),
        widget=choice(_("Binding")),
    )
    kind = filters.ChoiceFilter(
        label=_("Type"),
        choices=Device.Kind.choices,
        empty_label=_("Every type"),
        widget=choice(_("Type")),
    )

    def by_state(self, rows: devices.Devices, name: str, value: str) -> devices.Devices:
        """Say in SQL what `Device.state` says of one row."""
        if value == "never":
            # What is bound was seen; of the others there are few, and an index of them.
            return rows.filter(seen_at=None).exclude(binding=Device.Binding.BOUND)
        at = clock.now()
        if value == "online":
            return rows.within_reach(at)
        return rows.exclude(seen_at=None).out_of_reach(at)


class Moments(filters.FilterSet):
    kind = filters.ChoiceFilter(
        label=_("Kind"),
        choices=Moment.Kind.choices,
        empty_label=_("Everything"),
        widget=choice(_("Kind")),
    )
