"""Deeds on a company's groups. Changes of one tree wait for each other."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from doorward.kit import rows
from doorward.kit.errors import Invalid, Refused
from doorward.people.actions.people import tell_of
from doorward.people.models import Group, Person
from doorward.people.models.groups import MAX_DEPTH, MAX_PER_COMPANY
from doorward.sites.models import Company
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# What hangs below a group comes along: the part of its ancestors from the group on stays.
_REHANG = """
UPDATE people_group SET ancestors = %(above)s::bigint[] || ancestors[%(depth)s:]
WHERE ancestors @> ARRAY[%(group)s]::bigint[]
"""


@transaction.atomic
def create_group(
    actor: Actor,
    company: Company,
    *,
    name: str,
    parent: Group | None = None,
    floors: Sequence[str] = (),
) -> Group:
    """Add a group to a company, at the top or below a parent; raise `Invalid` or `Refused`."""
    actor.require(Can.CHANGE_PERSON, company)
    take_turns(company.pk)
    if Group.objects.filter(company=company).count() >= MAX_PER_COMPANY:
        message = _("A company has at most %(count)d groups. Delete some first.")
        raise Refused("group.limit", message % {"count": MAX_PER_COMPANY})
    above = _ancestors_of(parent, company.pk)
    _check_depth(len(above) + 1)
    group = Group(node=company.node, site=company.site, company=company, parent=parent, name=name)
    group.floors = list(floors)
    rows.store(group)
    group.ancestors = [*above, group.pk]
    group.save(update_fields=["ancestors"])
    audit.record(actor, "create", group, group.node, after=_facts(group))
    return group


@transaction.atomic
def change_group(actor: Actor, group: Group, *, name: str, floors: Sequence[str]) -> Group:
    """Rename a group or change its floors; people keep the floors that they were given."""
    actor.require(Can.CHANGE_PERSON, group)
    before = _facts(group)
    group.name, group.floors = name, list(floors)
    rows.store(group, only=["name", "floors"])
    audit.record(actor, "change", group, group.node, before=before, after=_facts(group))
    return group


@transaction.atomic
def move_group(actor: Actor, group: Group, parent: Group | None) -> Group:
    """Hang a group with all beneath it below another, or at the top; raise `Invalid`."""
    actor.require(Can.CHANGE_PERSON, group)
    take_turns(group.company_id)
    group = _as_it_is(group)
    before = _facts(group)
    above = _ancestors_of(parent, group.company_id)
    if group.pk in above:
        message = _("A group cannot lie within itself. Choose another parent group.")
        raise Invalid({"parent": message})
    beneath = list(Group.objects.within(group.pk).values_list("ancestors", flat=True))
    _check_depth(len(above) + 1 + max(map(len, beneath)) - group.depth)
    group.parent = parent
    rows.store(group, only=["parent"])
    _rehang(group, above)
    audit.record(actor, "change", group, group.node, before=before, after=_facts(group))
    _tell_people(actor, group)
    return group


@transaction.atomic
def delete_group(actor: Actor, group: Group) -> None:
    """Delete a group; its people and the groups below it move up to its parent.

    Whatever the parent may, they could before: nobody gains a right by this. At the top, people
    are left without a group.
    """
    actor.require(Can.CHANGE_PERSON, group)
    take_turns(group.company_id)
    group = _as_it_is(group)
    told = list(_people_of(group.pk))
    audit.record(actor, "delete", group, group.node, before=_facts(group))
    above = group.ancestors[:-1]
    for child in group.children.order_by("pk"):
        child.parent = group.parent
        _move_up(child, group)
        _rehang(child, above)
    group.people.update(group=group.parent)
    group.delete()
    tell_of(actor, told, [group.site_id])


def _move_up(child: Group, group: Group) -> None:
    try:
        rows.store(child, only=["parent"])
    except Invalid as fault:
        message = _(
            "“%(child)s” would stand beside a group of the same name once “%(group)s” is gone. "
            "Rename one of them first."
        )
        names = {"child": child.name, "group": group.name}
        raise Refused("group.name", message % names) from fault


def take_turns(company: int) -> None:
    """Let changes of a company's tree wait for each other: two at once could make a circle."""
    Company.objects.select_for_update(no_key=True).get(pk=company)


def _as_it_is(group: Group) -> Group:
    """Return the group as others have left it, and keep everybody else from it."""
    held = Group.objects.select_for_update(of=("self",)).select_related("parent", "node")
    if found := held.filter(pk=group.pk).first():
        return found
    raise Refused("group.gone", _("This group is gone by now. Load the page again."))


def _ancestors_of(parent: Group | None, company: int) -> list[int]:
    if parent is None:
        return []
    found = Group.objects.filter(pk=parent.pk, company=company).values_list("ancestors", flat=True)
    if (above := found.first()) is None:
        raise Invalid({"parent": _("Choose a parent group of the same company.")})
    return above


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid({"parent": _("Groups nest at most five levels deep.")})


def _rehang(group: Group, above: Collection[int]) -> None:
    # Any: a list and numbers.
    facts: dict[str, Any] = {"above": list(above), "depth": group.depth, "group": group.pk}
    with connection.cursor() as cursor:
        cursor.execute(_REHANG, facts)
    group.ancestors = [*above, group.pk]


def _people_of(group: int) -> Iterable[int]:
    return Person.objects.of_group(group).values_list("pk", flat=True)


def _tell_people(actor: Actor, group: Group) -> None:
    """Access that a group has is access of everybody beneath it."""
    tell_of(actor, _people_of(group.pk), [group.site_id])


def _facts(group: Group) -> audit.Facts:
    return audit.facts(group, "name", "parent", "floors")
