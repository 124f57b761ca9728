"""How filters of lists are drawn: a select that names itself, and a moment in wall time."""

import django_filters as filters

from doorward.kit.errors import Text
from doorward.kit.widgets import Select, WallTimeField


def choice(label: Text) -> Select:
    """Return the widget of a filter that has no label beside it."""
    return Select(attrs={"class": "form-select", "aria-label": label})


class MomentFilter(filters.Filter):
    field_class = WallTimeField
