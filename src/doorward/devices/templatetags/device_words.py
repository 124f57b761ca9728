"""Moments of devices in words and looks."""

from django import template

from doorward.devices import moments
from doorward.devices.models import Moment

register = template.Library()


@register.filter
def moment_sentence(moment: Moment) -> str:
    """Say what happened."""
    return moments.sentence(moment)


@register.filter
def moment_level(moment: Moment) -> str:
    """Say how good or bad it is."""
    return moments.LOOKS[moment.kind][0]


@register.filter
def moment_icon(moment: Moment) -> str:
    return moments.LOOKS[moment.kind][1]
