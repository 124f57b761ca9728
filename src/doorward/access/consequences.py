"""What a change of an access group would do, before it is done: judged, counted and named.

Whoever asks is told of people and doors that they see, and of nobody else. Groups that they do
not see count all the same: who keeps a door by one of these loses nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.access import facts
from doorward.access.actions.groups import GroupForm
from doorward.access.crowds import PROPOSED, crowds
from doorward.access.models import AccessGroup
from doorward.access.preview import Change, Kind, Verdict, judge
from doorward.access.rights import GroupFacts
from doorward.access.segments import normalise
from doorward.access.windows import Window, within
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.kit.pages.list import count_words
from doorward.people.models import Group, Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# Doors that a sentence names, and sentences that a page shows.
_DOORS_NAMED = 4
_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An access group as it is to be: what is named in it, by ids, and when it lets in.

    `group` is None for a new one; one that goes is one in which nobody is named any more.
    """

    group: AccessGroup | None
    doors: Collection[int]
    windows: Collection[Window]
    people: Collection[int]
    people_groups: Collection[int]


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
            found.append(words % {"count": count_words(self.dormant)})
        return found


def of_form(actor: Actor, site: Site, group: AccessGroup | None, form: GroupForm) -> Preview:
    """Tell what saving what is said of a group would change; `group` is None for a new one."""
    people, people_groups = (
        _named(actor, group, kind) if given is None else _keys(given)
        for kind, given in ((Person, form.people), (Group, form.people_groups))
    )
    return _of(
        actor,
        site,
        Proposal(
            group=group,
            doors=_keys(form.doors),
            windows=within(form.windows, form.first_day, form.last_day),
            people=people,
            people_groups=people_groups,
        ),
    )


def of_joining(actor: Actor, group: AccessGroup, people: Iterable[int]) -> Preview:
    """Tell what naming these people in a group would change."""
    return _of_naming(actor, group, _named(actor, group, Person) | {*people})


def of_leaving(actor: Actor, group: AccessGroup, people: Iterable[int]) -> Preview:
    """Tell what naming these people in a group no more would change.

    Who is in it by a group of people stays in it.
    """
    return _of_naming(actor, group, _named(actor, group, Person) - {*people})


def of_deletion(actor: Actor, group: AccessGroup) -> Preview:
    """Tell what would change if a group were gone."""
    return _of(actor, group.site, replace(_as_it_is(actor, group), people=(), people_groups=()))


def _of_naming(actor: Actor, group: AccessGroup, people: Collection[int]) -> Preview:
    return _of(actor, group.site, replace(_as_it_is(actor, group), people=people))


def _of(actor: Actor, site: Site, proposal: Proposal) -> Preview:
    """Judge a proposal, in a fixed number of queries."""
    group = proposal.group
    if group:
        actor.require(Can.CHANGE_ACCESS, group)
    doors = _doors(actor, site, proposal)
    known = facts.groups_opening(doors)
    now = next((one for one in known if group and one.id == group.pk), None)
    later = _as_proposed(proposal)
    unaltered = now is not None and _terms(now) == _terms(later)
    was, will = _members(actor, site, group), _members_to_be(actor, site, proposal)
    moving = was ^ will if unaltered else was | will
    found = crowds(
        moving,
        groups=[one.id for one in known],
        staying=[one.id for one in known if one is not now],
        members=moving & will,
        proposed=now.id if now and unaltered else PROPOSED,
        at=clock.now(),
    )
    return _told(judge(found, known if unaltered else [*known, later]), doors)


# --- The facts --------------------------------------------------------------------------------


def _as_it_is(actor: Actor, group: AccessGroup) -> Proposal:
    return Proposal(
        group=group,
        doors=_named(actor, group, Door),
        windows=facts.windows_of(group),
        people=_named(actor, group, Person),
        people_groups=_named(actor, group, Group),
    )


def _named(
    actor: Actor, group: AccessGroup | None, kind: type[Door] | type[Person] | type[Group]
) -> set[int]:
    """Return what of a kind a group names, as far as one sees it."""
    if group is None:
        return set()
    seen = kind.objects.visible_to(actor).filter(accessgroups=group)
    return set(seen.values_list("pk", flat=True))


def _keys(rows: Iterable[Model]) -> set[int]:
    return {row.pk for row in rows}


def _doors(actor: Actor, site: Site, proposal: Proposal) -> dict[int, Door]:
    """Return the doors that the group opens or will open."""
    concerned = Q(pk__in=proposal.doors)
    if proposal.group:
        concerned |= Q(accessgroups=proposal.group)
    doors = Door.objects.visible_to(actor).filter(concerned, site=site).distinct()
    return {door.pk: door for door in doors.order_by("name")}


def _members(actor: Actor, site: Site, group: AccessGroup | None) -> set[int]:
    if group is None:
        return set()
    seen = Person.objects.visible_to(actor).filter(site=site, memberships__accessgroup=group)
    return set(seen.values_list("pk", flat=True))


def _members_to_be(actor: Actor, site: Site, proposal: Proposal) -> set[int]:
    seen = Person.objects.visible_to(actor).filter(site=site)
    found: set[int] = set()
    if proposal.people:
        found.update(seen.filter(pk__in=proposal.people).values_list("pk", flat=True))
    if proposal.people_groups:
        beneath = Group.objects.filter(ancestors__overlap=list(proposal.people_groups))
        found.update(seen.filter(group__in=beneath).values_list("pk", flat=True))
    return found


def _as_proposed(proposal: Proposal) -> GroupFacts:
    return GroupFacts(
        id=PROPOSED,
        people=frozenset(),
        doors=frozenset(proposal.doors),
        windows=tuple(proposal.windows),
    )


def _terms(group: GroupFacts) -> object:
    return group.doors, normalise(group.windows)


# --- In words ---------------------------------------------------------------------------------


def _told(verdict: Verdict, doors: Mapping[int, Door]) -> Preview:
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
    return words[kind] % {"count": count_words(count), "doors": doors}


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
    return words[kind] % {"count": count_words(count)}


def _listed(names: Sequence[str], total: int, most: int) -> str:
    """Name the first of them, and count the rest."""
    told = list(names[:most])
    if total > len(told):
        told.append(_("%(count)s more") % {"count": count_words(total - len(told))})
    if len(told) < 2:
        return "".join(told)
    return _("%(list)s and %(last)s") % {"list": ", ".join(told[:-1]), "last": told[-1]}
