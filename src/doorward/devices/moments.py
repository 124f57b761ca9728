"""Moments of a device's life as sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.devices import findings
from doorward.devices.models import Device, Door, Drift, Moment

# How a moment looks: a level as in <c-notice>, and an icon.
LOOKS: dict[str, tuple[str, str]] = {
    Moment.Kind.ONLINE: ("good", "plug-connected"),
    Moment.Kind.OFFLINE: ("bad", "plug-connected-x"),
    Moment.Kind.RESTARTED: ("info", "refresh"),
    Moment.Kind.IDENTIFIED: ("info", "barcode"),
    Moment.Kind.CLOCK: ("warn", "clock-exclamation"),
    Moment.Kind.NOT_TAKEN: ("bad", "alert-triangle"),
    Moment.Kind.TAKEN: ("good", "circle-check"),
    Moment.Kind.FOUND: ("warn", "tool"),
    Moment.Kind.MENDED: ("good", "circle-check"),
    Moment.Kind.DRIFT: ("warn", "arrows-diff"),
    Moment.Kind.PUT_RIGHT: ("good", "circle-check"),
    Moment.Kind.ALARM: ("bad", "bell-ringing"),
    Moment.Kind.ALARM_OVER: ("good", "bell-off"),
}
# What an alarm is about, by the word of its kind.
_ALARMS = {
    "forced": gettext_lazy("%(place)s was forced open"),
    "held": gettext_lazy("%(place)s is held open"),
    "tamper": gettext_lazy("It was tampered with"),
    "input": gettext_lazy("%(place)s was triggered"),
}
# Any: a JSON column's values.
_Facts = Mapping[str, Any]


def sentence(moment: Moment) -> str:
    """Say in words what happened."""
    say = _SENTENCES.get(moment.kind)
    return say(moment.facts) if say else str(moment.get_kind_display())


def _online(facts: _Facts) -> str:
    return _("Back in sight with its connector") if "connector" in facts else _("Online")


def _offline(facts: _Facts) -> str:
    if "connector" in facts:
        return _("Out of sight: its connector is offline")
    try:
        why = str(Device.Problem(facts.get("problem", "")).label)
    except ValueError:
        return _("Offline")
    return _("Offline: %(why)s") % {"why": why}


def _restarted(facts: _Facts) -> str:
    return _("It restarted")


def _identified(facts: _Facts) -> str:
    told = []
    if mac := facts.get("mac"):
        told.append(_("It states the MAC %(mac)s.") % {"mac": mac})
    if firmware := facts.get("firmware"):
        told.append(_("It runs the firmware %(firmware)s.") % {"firmware": firmware})
    return " ".join(told)


def _clock(facts: _Facts) -> str:
    jump = int(facts.get("after", 0)) - int(facts.get("before", 0))
    words = (
        _("Its clock jumped %(seconds)d s ahead")
        if jump > 0
        else _("Its clock jumped %(seconds)d s back")
    )
    return words % {"seconds": abs(jump)}


def _not_taken(facts: _Facts) -> str:
    count = int(facts.get("count", 0))
    words = ngettext(
        "%(count)d change could not be taken", "%(count)d changes could not be taken", count
    )
    return words % {"count": count}


def _taken(facts: _Facts) -> str:
    return _("Everything was taken")


def _found(facts: _Facts) -> str:
    return findings.title_of(str(facts.get("code", "")))


def _mended(facts: _Facts) -> str:
    return _("No longer: %(finding)s") % {"finding": _found(facts)}


def _drift(facts: _Facts) -> str:
    count = int(facts.get("count", 0))
    natures = dict(Drift.Nature.choices)
    nature = natures.get(str(facts.get("nature")), natures[Drift.Nature.EDITED.value])
    words = ngettext("%(nature)s: %(count)d difference", "%(nature)s: %(count)d differences", count)
    return words % {"nature": nature, "count": count}


def _put_right(facts: _Facts) -> str:
    return _("What was changed on site is put right")


def _alarm(facts: _Facts) -> str:
    words = _ALARMS.get(str(facts.get("alarm")), gettext_lazy("Alarm at %(place)s"))
    return str(words) % {"place": _place(facts)}


def _alarm_over(facts: _Facts) -> str:
    return _("Over: %(alarm)s") % {"alarm": _alarm(facts)}


def _place(facts: _Facts) -> str:
    if facts.get("door"):
        return str(facts["door"])
    letter = dict(Door.Input.choices).get(facts.get("input") or 0)
    if letter is None:
        return _("One of its doors")
    return _("Input %(input)s") % {"input": letter}


_SENTENCES: Mapping[str, Callable[[_Facts], str]] = {
    Moment.Kind.ONLINE: _online,
    Moment.Kind.OFFLINE: _offline,
    Moment.Kind.RESTARTED: _restarted,
    Moment.Kind.IDENTIFIED: _identified,
    Moment.Kind.CLOCK: _clock,
    Moment.Kind.NOT_TAKEN: _not_taken,
    Moment.Kind.TAKEN: _taken,
    Moment.Kind.FOUND: _found,
    Moment.Kind.MENDED: _mended,
    Moment.Kind.DRIFT: _drift,
    Moment.Kind.PUT_RIGHT: _put_right,
    Moment.Kind.ALARM: _alarm,
    Moment.Kind.ALARM_OVER: _alarm_over,
}
