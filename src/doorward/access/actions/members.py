"""Deeds on who is named in access groups: many groups and many people at once."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doorward.access.actions import shelf
from doorward.access.models import AccessGroup
from doorward.kit import rows
from doorward.kit.errors import Invalid, Refused
from doorward.people.models import Person
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

Members = Mapping[AccessGroup, Collection[Person]]

# As many names of people as a line of the trail holds.
_TOLD = 100
_Named = AccessGroup.people.through


def add_people(actor: Actor, group: AccessGroup, people: Collection[Person]) -> int:
    """Name more people in an access group; return how many were not named yet."""
    return move_members(actor, {group: people}, {})


def remove_people(actor: Actor, group: AccessGroup, people: Collection[Person]) -> int:
    """Name these people no longer; return how many were named.

    Who is in the group by a group of people stays in it.
    """
    return move_members(actor, {}, {group: people})


@transaction.atomic
def move_members(actor: Actor, joins: Members, leaves: Members) -> int:
    """Name people in access groups, and others no longer; return how often that changed anything.

    Doors are told once for all of it. Raise `Forbidden`, `Refused` for a group that is gone, or
    `Invalid` for people who are not of its site or its company.
    """
    count, moved = 0, set[int]()
    for group in hold_groups(actor, {group.pk for group in (*joins, *leaves)}):
        come, gone = _moving(actor, group, joins.get(group, ()), leaves.get(group, ()))
        if come or gone:
            name_people(group, come, gone)
            audit.record(actor, "change", group, group.node, after=names(come, gone))
        count += len(come) + len(gone)
        moved |= come | gone
    if moved:
        shelf.refresh_people(moved, actor)
    return count


def check_people(actor: Actor, group: AccessGroup, people: Collection[Person]) -> None:
    """Raise `Invalid` unless the actor sees all of these people and the group may name them."""
    found = _seen(actor, group, people)
    if group.company_id is not None and found.exclude(company=group.company_id).exists():
        raise Invalid({"people": _("Choose people of the company whose group this is.")})


def name_people(group: AccessGroup, come: Collection[int], gone: Collection[int]) -> None:
    """Name people who are not named yet, and no longer those who are, by their keys."""
    _Named.objects.filter(accessgroup=group, person__in=gone).delete()
    rows.insert_many([_Named(accessgroup_id=group.pk, person_id=person) for person in come])


def names(come: set[int], gone: set[int]) -> audit.Facts:
    """Name who came and who went, and count those for whom a line of the trail has no room."""
    facts: dict[str, object] = {}
    for label, keys in (("people added", come), ("people removed", gone)):
        if keys:
            named = Person.objects.filter(pk__in=keys).order_by("last_name", "first_name", "pk")
            facts[label] = [str(person) for person in named[:_TOLD]]
        if len(keys) > _TOLD:
            facts[f"{label}, more"] = len(keys) - _TOLD
    return facts


def hold_groups(actor: Actor, keys: Collection[int]) -> list[AccessGroup]:
    """Lock groups in an order without deadlock, and require that the actor may change them.

    Before any site's turn is taken: others wait for it while they hold their groups.
    """
    locked = AccessGroup.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    held = list(locked.select_related("node").order_by("pk"))
    if len(held) < len(keys):
        message = _("Some of these access groups are gone by now. Load the page again.")
        raise Refused("groups.gone", message)
    for group in held:
        actor.require(Can.CHANGE_ACCESS, group)
    return held


def _moving(
    actor: Actor, group: AccessGroup, joins: Collection[Person], leaves: Collection[Person]
) -> tuple[set[int], set[int]]:
    """Return who of these people is not named yet, and who of the others still is."""
    check_people(actor, group, joins)
    # Who has changed company may still leave a group of the one before.
    _seen(actor, group, leaves)
    come, gone = {person.pk for person in joins}, {person.pk for person in leaves}
    held = _Named.objects.filter(accessgroup=group, person__in=come | gone)
    named = set(held.values_list("person", flat=True))
    return come - named, gone & named


def _seen(actor: Actor, group: AccessGroup, people: Collection[Person]) -> QuerySet[Person]:
    """Return these people; raise `Invalid` unless the actor sees all of them at the site."""
    chosen = {person.pk for person in people}
    found = Person.objects.visible_to(actor).filter(site=group.site_id, pk__in=chosen)
    if found.count() < len(chosen):
        raise Invalid({"people": _("Choose people of this site.")})
    return found
