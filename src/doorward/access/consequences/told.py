"""A verdict with its people and doors by name, and in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.access.preview import Change, Kind, Verdict
from doorward.devices.models import Door
from doorward.kit.counts import number_words
from doorward.people.models import Person

# Doors that a sentence names, and sentences that a page shows.
_DOORS_NAMED = 4
_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """What happens to how many people, some by name, at which doors."""

    kind: Kind
    count: int
    people: tuple[Person, ...]
    doors: tuple[Door, ...]

    @property
    def sentence(self) -> str:
        return _sentence(self.kind, self.count, self.door_names)

    @property
    def door_names(self) -> str:
        return _listed([door.name for door in self.doors], len(self.doors), _DOORS_NAMED)

    @property
    def people_names(self) -> str:
        return _listed([str(person) for person in self.people], self.count, len(self.people))


@dataclass(frozen=True)
class Preview:
    """What changes, the gravest first. `weighs` is that it should be looked at first."""

    lines: tuple[Line, ...]
    people: Mapping[Kind, int]
    dormant: int
    mark: str
    weighs: bool

    @property
    def loses(self) -> bool:
        return bool(self.people[Kind.LOSES])

    @property
    def shown(self) -> tuple[Line, ...]:
        return self.lines[:_SHOWN]

    @property
    def unshown(self) -> int:
        return len(self.lines) - len(self.shown)

    @property
    def headline(self) -> str:
        """Say how many gain and lose, in one sentence."""
        parts = [_headline(kind, count) for kind, count in self.people.items() if count]
        return _listed(parts, len(parts), len(parts)) or _("Nobody gains or loses a door by this.")

    def sentences(self) -> list[str]:
        """Say it line by line with names, in text alone."""
        told = [
            _("%(sentence)s: %(names)s.") % {"sentence": line.sentence, "names": line.people_names}
            for line in self.shown
        ]
        return [*told, *self.remarks()] or [self.headline]

    def remarks(self) -> list[str]:
        """Say what is not in the lines."""
        found = []
        if self.unshown:
            words = ngettext(
                "%(count)d more change at other doors.",
                "%(count)d more changes at other doors.",
                self.unshown,
            )
            found.append(words % {"count": self.unshown})
        if self.dormant:
            words = ngettext(
                "%(count)s of these people is suspended or past their validity; "
                "their rights count once they are back.",
                "%(count)s of these people are suspended or past their validity; "
                "their rights count once they are back.",
                self.dormant,
            )
            found.append(words % {"count": number_words(self.dormant)})
        return found


def told(verdict: Verdict, doors: Mapping[int, Door]) -> Preview:
    people = Person.objects.in_bulk({key for one in verdict.changes for key in one.first})
    lines = [_line(one, people, doors) for one in verdict.changes]
    gravest = list(Kind)
    return Preview(
        lines=tuple(sorted(lines, key=lambda line: (gravest.index(line.kind), -line.count))),
        people=verdict.people,
        dormant=verdict.dormant,
        mark=verdict.mark,
        weighs=verdict.weighs,
    )


def _line(change: Change, people: Mapping[int, Person], doors: Mapping[int, Door]) -> Line:
    opened = sorted((doors[key] for key in change.doors), key=lambda door: door.name)
    named = tuple(people[key] for key in change.first)
    return Line(change.kind, change.count, named, tuple(opened))


def _sentence(kind: Kind, count: int, doors: str) -> str:
    words = {
        Kind.LOSES: ngettext(
            "%(count)s person loses %(doors)s", "%(count)s people lose %(doors)s", count
        ),
        Kind.GAINS: ngettext(
            "%(count)s person gains %(doors)s", "%(count)s people gain %(doors)s", count
        ),
        Kind.HOURS: ngettext(
            "Hours change for %(count)s person at %(doors)s",
            "Hours change for %(count)s people at %(doors)s",
            count,
        ),
    }
    return words[kind] % {"count": number_words(count), "doors": doors}


def _headline(kind: Kind, count: int) -> str:
    words = {
        Kind.LOSES: ngettext(
            "%(count)s person loses a door", "%(count)s people lose a door", count
        ),
        Kind.GAINS: ngettext(
            "%(count)s person gains a door", "%(count)s people gain a door", count
        ),
        Kind.HOURS: ngettext(
            "hours change for %(count)s person", "hours change for %(count)s people", count
        ),
    }
    return words[kind] % {"count": number_words(count)}


def _listed(names: Sequence[str], total: int, most: int) -> str:
    """Name the first of them, and count the rest."""
    told = list(names[:most])
    if total > len(told):
        told.append(_("%(count)s more") % {"count": number_words(total - len(told))})
    if len(told) < 2:
        return "".join(told)
    return _("%(list)s and %(last)s") % {"list": ", ".join(told[:-1]), "last": told[-1]}
