"""What others did to a device, as its page shows it: with names as far as one may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from doorward.devices import differences
from doorward.devices.differences import Line
from doorward.devices.models import Device, Door, Drift, ShelfEntry, Stranger
from doorward.people.models import Person
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# Drifts that are shown, and differences that are named of each; the rest is counted.
_LATEST, _NAMED = 3, 6


@dataclass(frozen=True)
class Told:
    """A difference in words."""

    name: str
    what: str


@dataclass(frozen=True)
class Found:
    """A drift and some of its differences."""

    drift: Drift
    lines: list[Told]

    @property
    def more(self) -> int:
        return max(0, self.drift.count - len(self.lines))


@dataclass(frozen=True)
class Foreign:
    """A person on the device whom nobody here put there."""

    stranger: Stranger
    name: str
    holds: str
    relays: str


@dataclass(frozen=True)
class Strangers:
    """Those who need attention, those who were agreed to, and the number of others' people."""

    unknown: list[Foreign]
    kept: list[Foreign]
    elsewhere: int


def found(actor: Actor, device: Device) -> list[Found]:
    """Return the latest drifts of a device."""
    drifts = list(Drift.objects.visible_to(actor).filter(device=device).order_by("-pk")[:_LATEST])
    lines = {drift.pk: _people_first(differences.lines(drift.lines)) for drift in drifts}
    names = _Names(actor, device, [line for one in lines.values() for line in one])
    return [
        Found(drift, [Told(names.of(line), differences.worded(line)) for line in lines[drift.pk]])
        for drift in drifts
    ]


def strangers(actor: Actor, device: Device) -> Strangers:
    """Return who is on a device besides ours."""
    seen = list(Stranger.objects.visible_to(actor).filter(device=device).order_by("name", "pk"))
    named = actor.may(Can.VIEW_PERSON, device.node)
    local = [one for one in seen if not one.elsewhere]
    return Strangers(
        unknown=[_foreign(one, named=named) for one in local if one.kept_at is None],
        kept=[_foreign(one, named=named) for one in local if one.kept_at is not None],
        elsewhere=len(seen) - len(local),
    )


def _people_first(lines: Sequence[Line]) -> list[Line]:
    """Return the lines to name: of a hundred differences people say most."""
    return sorted(lines, key=lambda line: line.kind != ShelfEntry.Kind.PERSON)[:_NAMED]


def _foreign(stranger: Stranger, *, named: bool) -> Foreign:
    letters = (chr(ord("A") + relay - 1) for relay in stranger.relays)
    return Foreign(
        stranger=stranger,
        name=stranger.name if named else _("Somebody"),
        holds=differences.holds(stranger.cards, stranger.pin),
        relays=", ".join(letters),
    )


class _Names:
    """The names of what differences are about, fetched at once."""

    def __init__(self, actor: Actor, device: Device, lines: Sequence[Line]) -> None:
        people = Person.objects.visible_to(actor).filter(site=device.site_id)
        doors = Door.objects.visible_to(actor).filter(device=device)
        self._known = {
            ShelfEntry.Kind.PERSON.value: {
                person.pk: str(person)
                for person in people.filter(pk__in=_keys(lines, ShelfEntry.Kind.PERSON))
            },
            ShelfEntry.Kind.RELAY.value: {
                door.relay: door.name
                for door in doors.filter(relay__in=_keys(lines, ShelfEntry.Kind.RELAY))
            },
        }
        self._sees_people = actor.may(Can.VIEW_PERSON, device.node)

    def of(self, line: Line) -> str:
        if name := self._known.get(line.kind, {}).get(line.key):
            return name
        match line.kind:
            case ShelfEntry.Kind.PERSON:
                return (line.shown if self._sees_people else "") or _("Somebody")
            case ShelfEntry.Kind.SCHEDULE:
                return _("Hours %(number)d") % {"number": line.key}
            case ShelfEntry.Kind.RELAY:
                return _("Relay %(number)d") % {"number": line.key}
        return _("Clock")


def _keys(lines: Sequence[Line], kind: ShelfEntry.Kind) -> set[int]:
    return {line.key for line in lines if line.kind == kind}
