"""Filters of long work."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from doorward.files.kinds import kinds
from doorward.files.models import Work
from doorward.kit.filters import choice


class Works(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=Work.State.choices,
        empty_label=_("Every state"),
        widget=choice(_("State")),
    )
    kind = filters.ChoiceFilter(
        label=_("Type"),
        choices=lambda: [(key, kind.label) for key, kind in kinds().items()],
        empty_label=_("Every type"),
        widget=choice(_("Type")),
    )
