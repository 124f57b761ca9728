"""What is in access groups, as far as an actor sees it.

Where all of a site is in view, what is in its access groups is told by their links alone: each
person, door and group of people would be looked up otherwise.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Manager, Q

from doorward.access.models import AccessGroup, Member
from doorward.devices.models import Door
from doorward.people.models import Group, Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

# What says which of a kind an access group names, and in which column.
_LINKS: Mapping[type[Door] | type[Group], tuple[Manager[Any], str]] = {
    Door: (AccessGroup.doors.through.objects, "door"),
    Group: (AccessGroup.people_groups.through.objects, "group"),
}


def members(actor: Actor, site: Site, groups: Collection[int]) -> set[int]:
    """Return the ids of the people who are in any of these access groups of a site."""
    if actor.sees_below(Person.objects.all().sees, site.node):
        whole = Member.objects.filter(accessgroup__in=groups)
        return set(whole.values_list("person_id", flat=True))
    people = Person.objects.visible_to(actor).filter(site=site)
    some = people.filter(memberships__accessgroup__in=groups)
    return set(some.values_list("pk", flat=True))


def linked(
    actor: Actor, groups: Collection[AccessGroup], kind: type[Door] | type[Group]
) -> Mapping[int, list[int]]:
    """Return by access group the ids of what it names of a kind, in their order.

    The groups may be of any site; their sites and nodes are at hand.
    """
    links, name = _LINKS[kind]
    rows = kind.objects.all()
    whole = {one.pk for one in groups if actor.sees_below(rows.sees, one.site.node)}
    parts = [links.filter(accessgroup__in=whole)] if whole else []
    if others := {one.pk for one in groups} - whole:
        seen = Q(**{f"{name}__in": rows.visible_to(actor)})
        parts.append(links.filter(seen, accessgroup__in=others))
    found: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        pairs = part.order_by(f"{name}_id").values_list("accessgroup_id", f"{name}_id")
        for group, key in pairs:
            found[group].append(key)
    return found
