"""Deeds on who is named in access groups: many groups and many people at once."""

from collections.abc import Collection, Mapping

from django.db import transaction
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

# Names that a line of the audit trail has room for; more are counted.
_NAMED = 50
_Named = AccessGroup.people.through


@transaction.atomic
def move_members(actor: Actor, joins: Members, leaves: Members) -> None:
    """Name people in access groups, and others no longer; doors are told once for all of it.

    Raise `Forbidden`, `Refused` for a group that is gone, or `Invalid` for people who are not of
    its site or its company.
    """
    groups = _held(actor, {group.pk for group in (*joins, *leaves)})
    everybody = {one.pk for people in (*joins.values(), *leaves.values()) for one in people}
    places = {
        key: (site, company)
        for key, site, company in Person.objects.visible_to(actor)
        .filter(pk__in=everybody)
        .values_list("pk", "site", "company")
    }
    for group, people in leaves.items():
        _Named.objects.filter(accessgroup=group, person__in=[one.pk for one in people]).delete()
        _record(actor, groups[group.pk], "people removed", people)
    for group, people in joins.items():
        _check(groups[group.pk], people, places)
        named = (_Named(accessgroup_id=group.pk, person_id=one.pk) for one in people)
        _Named.objects.bulk_create(named, batch_size=rows.AT_ONCE, ignore_conflicts=True)
        _record(actor, groups[group.pk], "people added", people)
    if everybody:
        shelf.refresh_people(everybody)


def _held(actor: Actor, keys: Collection[int]) -> dict[int, AccessGroup]:
    """Lock groups in an order without deadlock, and require that the actor may change them."""
    locked = AccessGroup.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    held = {group.pk: group for group in locked.select_related("node").order_by("pk")}
    if len(held) < len(keys):
        message = _("Some of these access groups are gone by now. Load the page again.")
        raise Refused("groups.gone", message)
    for group in held.values():
        actor.require(Can.CHANGE_ACCESS, group)
    return held


def _check(
    group: AccessGroup, people: Collection[Person], places: Mapping[int, tuple[int, int]]
) -> None:
    for person in people:
        site, company = places.get(person.pk, (0, 0))
        if site != group.site_id:
            raise Invalid({"people": _("Choose people of this site.")})
        if group.company_id not in (None, company):
            message = _("Choose people of the company whose group this is.")
            raise Invalid({"people": message})


def _record(actor: Actor, group: AccessGroup, label: str, people: Collection[Person]) -> None:
    facts: dict[str, object] = {label: sorted(map(str, people))[:_NAMED]}
    if len(people) > _NAMED:
        facts[f"{label}, more"] = len(people) - _NAMED
    audit.record(actor, "change", group, group.node, after=facts)
