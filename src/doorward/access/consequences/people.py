"""What moving people would do: to another company, between groups of people, or away."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from doorward.access import facts
from doorward.access.consequences.told import Preview, told
from doorward.access.crowds import Afterwards, crowds
from doorward.access.models import AccessGroup, Member
from doorward.access.preview import judge
from doorward.devices.models import Door
from doorward.kit import clock, rows
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor

# By person, the groups of people that they will be in, those above included.
_Chains = Mapping[int, Collection[int]]


def of_moving(
    actor: Actor, people: Iterable[int], company: Company, group: Group | None
) -> Preview:
    """Tell what would change if people were of this company and this group of people.

    Who changes company leaves the access groups of the company before.
    """
    chain = group.ancestors if group else ()
    chains = dict.fromkeys(_seen(actor, people, company.site), chain)
    return _of(actor, company.site, chains, company)


def of_removal(actor: Actor, site: Site, people: Iterable[int]) -> Preview:
    """Tell what would change if these people of a site counted no more."""
    return _of(actor, site, dict.fromkeys(_seen(actor, people, site), ()), None, named=False)


def of_rehanging(actor: Actor, group: Group, parent: Group | None) -> Preview:
    """Tell what would change if a group of people, with all beneath it, lay below another."""
    above = parent.ancestors if parent else []
    beneath = Group.objects.within(group.pk)
    chains = {one.pk: [*above, *one.ancestors[group.depth - 1 :]] for one in beneath}
    return _of_groups(actor, group, chains)


def of_ungrouping(actor: Actor, group: Group) -> Preview:
    """Tell what would change if a group of people were gone: who is in it moves up."""
    beneath = Group.objects.within(group.pk)
    chains = {one.pk: [key for key in one.ancestors if key != group.pk] for one in beneath}
    return _of_groups(actor, group, chains)


def _of_groups(actor: Actor, group: Group, chains: Mapping[int, Collection[int]]) -> Preview:
    """Judge what comes of it if groups of people hang below others than before."""
    people = Person.objects.visible_to(actor).filter(group__in=chains)
    placed = {person: chains[place] for person, place in people.values_list("pk", "group") if place}
    return _of(actor, group.site, placed, None)


def _of(
    actor: Actor, site: Site, chains: _Chains, company: Company | None, *, named: bool = True
) -> Preview:
    """Judge what people come to, in a fixed number of queries.

    Being named goes on to count, but where a `company` is told not in groups of another one.
    """
    joining = _given(site, chains)
    doors = _doors(actor, site, {*joining, *_within(chains)})
    known = facts.groups_opening(doors)
    keys = {one.id for one in known}
    found = crowds(
        chains,
        groups=keys,
        after=Afterwards(
            named=_naming(keys, company) if named else (),
            joining={key: people for key, people in joining.items() if key in keys},
        ),
        at=clock.now(),
    )
    return told(judge(found, known, facts.today_at(site)), doors)


def _seen(actor: Actor, people: Iterable[int], site: Site) -> list[int]:
    seen = Person.objects.visible_to(actor).filter(rows.any_of("pk", people), site=site)
    return list(seen.values_list("pk", flat=True))


def _within(people: Collection[int]) -> set[int]:
    """Return the access groups that any of these people is in."""
    members = Member.objects.filter(rows.any_of("person", people))
    return set(members.values_list("accessgroup", flat=True).distinct())


def _given(site: Site, chains: _Chains) -> dict[int, list[int]]:
    """Return by access group who will be in it by a group of people."""
    naming: dict[int, set[int]] = defaultdict(set)
    links = AccessGroup.people_groups.through.objects.filter(accessgroup__site=site)
    for group, access in links.values_list("group", "accessgroup"):
        naming[group].add(access)
    people: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for person, chain in chains.items():
        people[tuple(chain)].append(person)
    given: dict[int, list[int]] = defaultdict(list)
    for chain, some in people.items():
        for access in set[int]().union(*(naming.get(group, ()) for group in chain)):
            given[access] += some
    return given


def _naming(groups: Collection[int], company: Company | None) -> set[int]:
    """Return in which of these access groups whoever is named stays."""
    if company is None:
        return {*groups}
    owners = AccessGroup.objects.filter(pk__in=groups).values_list("pk", "company")
    return {group for group, owner in owners if owner is None or owner == company.pk}


def _doors(actor: Actor, site: Site, groups: Collection[int]) -> dict[int, Door]:
    doors = Door.objects.visible_to(actor).filter(site=site, accessgroups__in=groups).distinct()
    return {door.pk: door for door in doors.order_by("name")}
