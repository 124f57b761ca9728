"""Lines of the door log in words."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

from doorward.activity import keyset, reasons
from doorward.activity.models import DoorEvent
from doorward.devices.models.devices import SKEW_SECONDS
from doorward.kit.templatetags.kit import masked

register = template.Library()

_TOLERANCE = timedelta(seconds=SKEW_SECONDS)


@register.filter
def key(event: DoorEvent) -> str:
    """Return where a line stands in the log, as addresses and live lists know it."""
    return str(keyset.Key.of(event))


@register.filter
def how(event: DoorEvent) -> str:
    """Say the method, and by which card."""
    method = str(event.get_method_display())
    return f"{method} {masked(event.card_tail)}" if event.card_tail else method


@register.filter
def outcome(event: DoorEvent) -> str:
    return "allowed" if event.accepted else "refused"


@register.filter
def reason_label(event: DoorEvent) -> str:
    """Say our judgement in two or three words."""
    return _(reasons.LABELS[reasons.Reason(event.reason)])


@register.filter
def why(event: DoorEvent) -> str:
    """Say why a line is not simply in order; empty where a right opened the door."""
    ordinary = event.accepted and event.reason == reasons.Reason.OK
    return "" if ordinary else reason_label(event)


@register.filter
def sentence(event: DoorEvent) -> str:
    """Say our judgement with its mend."""
    return reasons.sentence(
        reasons.Reason(event.reason),
        person=event.person_name or _("Somebody unknown"),
        door=event.door_name,
        translate=_,
    )


@register.filter
def clock_is_off(event: DoorEvent) -> bool:
    """Say whether the device's own clock told another time."""
    return event.device_at is not None and abs(event.device_at - event.at) > _TOLERANCE
