"""What a change of an access group would do."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Model, Q

from doorward.access import facts, in_view
from doorward.access.actions.groups import GroupForm
from doorward.access.consequences.told import Preview, told
from doorward.access.crowds import PROPOSED, Afterwards, crowds
from doorward.access.models import AccessGroup
from doorward.access.preview import judge
from doorward.access.rights import GroupFacts
from doorward.access.segments import normalise
from doorward.access.windows import Window, within
from doorward.devices.models import Door
from doorward.kit import clock, rows
from doorward.people.models import Group, Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can


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
    was = in_view.members(actor, site, [group.pk]) if group else set()
    will = _members_to_be(actor, site, proposal)
    moving = was ^ will if unaltered else was | will
    found = crowds(
        moving,
        groups=[one.id for one in known],
        after=Afterwards(
            staying=[one.id for one in known if one is not now],
            joining={now.id if now and unaltered else PROPOSED: moving & will},
        ),
        at=clock.now(),
    )
    judged = known if unaltered else [*known, later]
    return told(judge(found, judged, facts.today_at(site)), doors)


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


def _members_to_be(actor: Actor, site: Site, proposal: Proposal) -> set[int]:
    seen = Person.objects.visible_to(actor).filter(site=site)
    found: set[int] = set()
    if proposal.people:
        found.update(seen.filter(rows.any_of("pk", proposal.people)).values_list("pk", flat=True))
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
