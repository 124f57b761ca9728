"""A week of hours, drawn day by day."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.utils.dates import WEEKDAYS_ABBR

from doorward.access.windows import WeeklyWindow, strip

register = template.Library()


@dataclass(frozen=True)
class StripDay:
    """A day of the strip. Spans are (start, width) in minutes since midnight."""

    name: str
    spans: tuple[tuple[int, int], ...]


@register.filter
def week_strip(windows: Iterable[WeeklyWindow]) -> list[StripDay]:
    """Return the seven days of the strip, Monday first."""
    return [
        StripDay(str(WEEKDAYS_ABBR[day]), tuple((start, end - start) for start, end in stretches))
        for day, stretches in enumerate(strip(windows))
    ]
