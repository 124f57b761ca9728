"""Alarms in words."""

from django import template

from doorward.activity import wording
from doorward.activity.models import Alarm

register = template.Library()


@register.filter
def alarm_place(alarm: Alarm) -> str:
    """Say where it is: the door, or the device and which input of it."""
    return wording.place(alarm)


@register.filter
def alarm_title(alarm: Alarm) -> str:
    """Say what happened in one sentence."""
    return wording.title(alarm)


@register.filter
def alarm_input(alarm: Alarm) -> str:
    """Return the letter of its input."""
    return "" if alarm.input is None else wording.input_name(alarm.input)


@register.filter
def alarm_mend(alarm: Alarm) -> str:
    """Say what to do."""
    return wording.mend(alarm)
