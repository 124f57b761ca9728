"""Differences found on a device: as its row keeps them, what they look like, and in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from doorward.devices.models import Drift
from doorward.kit.rows import key_of
from doorward.protocols import neutral
from doorward.protocols.neutral import Kind, Oddity

# What a connector may say of one device: more would be a device gone mad.
MOST = 200
_FIELDS, _LENGTH = 12, 64


@dataclass(frozen=True)
class Line:
    """One difference. `shown` is the name that the device had for it."""

    kind: str
    key: int
    oddity: str
    fields: tuple[str, ...]
    shown: str


# Any: rows of a JSON column.
def kept(told: Iterable[neutral.Difference]) -> list[dict[str, Any]]:
    """Return differences as a drift's row keeps them; what names nothing of ours is left out."""
    return [
        {
            "kind": one.kind.value,
            "key": int(one.key),
            "oddity": one.oddity.value,
            "fields": [field[:_LENGTH] for field in one.fields[:_FIELDS]],
            "shown": one.shown[:_LENGTH],
        }
        for one in list(told)[:MOST]
        if key_of(one.key) is not None
    ]


def lines(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return what a drift's row keeps."""
    return [Line(**{**row, "fields": tuple(row["fields"])}) for row in rows]


def nature(told: Sequence[neutral.Difference], people: int) -> Drift.Nature:
    """Return what differences look like on a device that should hold so many people."""
    kinds = {one.kind for one in told}
    if kinds <= {Kind.CLOCK, Kind.RELAY}:
        return Drift.Nature.SETTINGS
    odd = [one.oddity for one in told if one.kind is Kind.PERSON]
    if odd and set(odd) == {Oddity.MISSING} and len(odd) >= min(people, MOST) > 1:
        return Drift.Nature.RESET
    if Oddity.ADDED in odd and Oddity.MISSING in odd:
        return Drift.Nature.RESTORED
    return Drift.Nature.EDITED


def worded(line: Line) -> str:
    """Say in words what was found, without any secret."""
    if line.oddity == Oddity.CHANGED:
        named = [str(_FIELD_WORDS.get(field, field)) for field in line.fields]
        return ", ".join(named) or _("changed")
    return (
        _("was missing")
        if line.oddity == Oddity.MISSING
        else _("was there though nobody was given it")
    )


def holds(cards: int, pin: bool) -> str:
    """Say in words what a stranger holds, and nothing of which."""
    found = [ngettext("%(count)d card", "%(count)d cards", cards) % {"count": cards}]
    held = (found if cards else []) + ([_("a PIN")] if pin else [])
    return ", ".join(held) or _("no card and no PIN")


_FIELD_WORDS = {
    "name": _lazy("other name"),
    "cards": _lazy("other cards"),
    "pin": _lazy("other PIN"),
    "grants": _lazy("other doors or hours"),
    "days": _lazy("other days"),
    "start": _lazy("other hours"),
    "end": _lazy("other end of the hours"),
    "first_day": _lazy("other first day"),
    "last_day": _lazy("other last day"),
    "zone": _lazy("other time zone"),
    "ntp_servers": _lazy("other time servers"),
    "hours": _lazy("other time format"),
    "date_format": _lazy("other date format"),
    "hold_seconds": _lazy("other hold time"),
}
