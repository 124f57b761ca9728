"""Alarms as sentences: what happened where, and what to do now."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.activity.models import Alarm

INPUTS = "ABCDEFGH"

_TITLES = {
    Alarm.Kind.FORCED: gettext_lazy("%(place)s was forced open"),
    Alarm.Kind.HELD: gettext_lazy("%(place)s is held open"),
    Alarm.Kind.TAMPER: gettext_lazy("%(place)s was tampered with"),
    Alarm.Kind.INPUT: gettext_lazy("%(place)s was triggered"),
}
_MENDS = {
    Alarm.Kind.FORCED: gettext_lazy(
        "It opened without a card, a PIN or an order. Look who is there, and shut it."
    ),
    Alarm.Kind.HELD: gettext_lazy("It stands open longer than it may. Shut it."),
    Alarm.Kind.TAMPER: gettext_lazy(
        "Its case was opened, or it was torn off the wall. Look at it, and close the alarm here "
        "once it is mended: not every device tells."
    ),
    Alarm.Kind.INPUT: gettext_lazy(
        "Something wired to this input called. If it is an exit button or a door contact, say so "
        "at its door, and it is no alarm any longer."
    ),
}


def input_name(number: int) -> str:
    """Return an input's letter as on the device."""
    return INPUTS[number - 1] if 1 <= number <= len(INPUTS) else str(number)


def place(alarm: Alarm) -> str:
    """Say where it is: the door, or the device and which input of it."""
    if alarm.door_name:
        return alarm.door_name
    if alarm.kind in (Alarm.Kind.FORCED, Alarm.Kind.HELD):
        return _("A door of %(device)s") % {"device": alarm.device_name}
    if alarm.input is None:
        return alarm.device_name
    return _("Input %(input)s of %(device)s") % {
        "input": input_name(alarm.input),
        "device": alarm.device_name,
    }


def title(alarm: Alarm) -> str:
    """Say what happened in one sentence."""
    return str(_TITLES[Alarm.Kind(alarm.kind)]) % {"place": place(alarm)}


def mend(alarm: Alarm) -> str:
    """Say what to do."""
    return str(_MENDS[Alarm.Kind(alarm.kind)])
