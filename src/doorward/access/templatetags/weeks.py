"""A week of hours, drawn day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR

from doorward.access.windows import Stretches, Window, strip
from doorward.kit import clock

register = template.Library()


@dataclass(frozen=True)
class StripDay:
    """A day of the strip. Spans are (start, width) in minutes since midnight."""

    name: str
    spans: Stretches
    once: Stretches


@register.filter
def week_strip(windows: Iterable[Window]) -> list[StripDay]:
    """Return the seven days of this week, Monday first, in the zone that the page has activated."""
    today = clock.now().astimezone(timezone.get_current_timezone()).date()
    days = strip(windows, today - timedelta(days=today.weekday()))
    return [
        StripDay(str(WEEKDAYS_ABBR[place]), _spans(day.recurring), _spans(day.once))
        for place, day in enumerate(days)
    ]


def _spans(stretches: Stretches) -> Stretches:
    return tuple((start, end - start) for start, end in stretches)
