"""Who is in an access group, and what a change of it would do, over the API."""

from typing import Annotated, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from doorward.access import consequences
from doorward.access.actions import members as actions
from doorward.access.api.groups import GroupPatch, access_groups, form_of
from doorward.access.consequences import Line, Preview
from doorward.access.models import AccessGroup
from doorward.access.openable import members
from doorward.access.preview import Kind
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import DoneOut, Id, In, OneOf, Out, PathId
from doorward.kit.errors import Invalid
from doorward.people.api.people import PersonChoice, PersonOut, meant_by
from doorward.people.models import Person
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, MOST_AT_ONCE, actor_of, all_chosen, done

# Whoever imports the router from here has these routes in it too.
__all__ = ["access_groups"]


class MembersIn(In):
    """Up to 1,000 people: those in `ids`, or all at the group's site that `filter` leaves."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    filter: PersonChoice | None = None


class PreviewIn(MembersIn):
    """What would be done: `add` and `remove` want people, `change` what is given to a PATCH."""

    operation: Literal["change", "delete", "add", "remove"]
    change: GroupPatch | None = None


class NamedOut(Out):
    id: str
    name: str


class ChangeOut(Out):
    """The same happens to the same people at each of these doors; up to ten are named."""

    kind: Annotated[str, OneOf(Kind)]
    doors: list[NamedOut]
    count: int
    people: list[NamedOut]

    @classmethod
    def of(cls, line: Line) -> "ChangeOut":
        return cls(
            kind=line.kind.value,
            doors=[NamedOut(id=str(door.pk), name=door.name) for door in line.doors],
            count=line.count,
            people=[NamedOut(id=str(one.pk), name=str(one)) for one in line.people],
        )


class PreviewOut(Out):
    """Who would gain and lose which door and whose hours would change, among those you can see.

    `dormant` of these people are suspended or past their validity.
    """

    loses: int
    gains: int
    hours: int
    dormant: int
    changes: list[ChangeOut]

    @classmethod
    def of(cls, preview: Preview) -> "PreviewOut":
        return cls(
            changes=[ChangeOut.of(line) for line in preview.lines],
            dormant=preview.dormant,
            **{kind.value: preview.people[kind] for kind in Kind},
        )


class MemberFilters(Filters):
    sorts = {"name": ("last_name", "first_name"), "company": ("company__name",)}


@access_groups.get("/{group}/people", response=Page[PersonOut])
def list_people_in(
    request: HttpRequest, group: PathId, filters: Query[MemberFilters]
) -> Page[PersonOut]:
    """List who is in an access group, by name or by a group of people, of those you can see."""
    actor = actor_of(request)
    row = AccessGroup.objects.select_related("site__node").find(actor, group)
    rows = members(Person.objects.seen_at(actor, row.site), [row.pk])
    cut = listed(request, rows, filters)
    items = [PersonOut.of(person) for person in cut.rows]
    return Page[PersonOut](items=items, next_cursor=cut.next_cursor)


@access_groups.post("/{group}/people/add", response=DoneOut, openapi_extra=KEYED)
@done
@transaction.atomic
def add_people(request: HttpRequest, group: PathId, body: MembersIn) -> DoneOut:
    """Name people in an access group; `count` is how many were not named in it yet."""
    actor = actor_of(request)
    row = AccessGroup.objects.find(actor, group)
    return DoneOut(count=actions.add_people(actor, row, _chosen(actor, row, body)))


@access_groups.post("/{group}/people/remove", response=DoneOut, openapi_extra=KEYED)
@done
@transaction.atomic
def remove_people(request: HttpRequest, group: PathId, body: MembersIn) -> DoneOut:
    """Name people in an access group no more; who is in it by a group of people stays."""
    actor = actor_of(request)
    row = AccessGroup.objects.find(actor, group)
    return DoneOut(count=actions.remove_people(actor, row, _chosen(actor, row, body)))


@access_groups.post("/{group}/preview", response=PreviewOut)
def preview_change(request: HttpRequest, group: PathId, body: PreviewIn) -> PreviewOut:
    """Tell what a deed on an access group would change, and change nothing."""
    actor = actor_of(request)
    row = AccessGroup.objects.select_related("site", "node").find(actor, group)
    return PreviewOut.of(_preview(actor, row, body))


def _preview(actor: Actor, group: AccessGroup, body: PreviewIn) -> Preview:
    if body.change is not None and body.operation != "change":
        raise Invalid({"change": _("Leave this out: only the operation “change” takes it.")})
    if body.operation == "delete":
        return consequences.of_deletion(actor, group)
    if body.operation == "change":
        if body.change is None:
            raise Invalid({"change": _("Say what is to be changed.")})
        form = form_of(actor, group, body.change)
        return consequences.of_form(actor, group.site, group, form)
    people = [person.pk for person in _chosen(actor, group, body)]
    if body.operation == "add":
        return consequences.of_joining(actor, group, people)
    return consequences.of_leaving(actor, group, people)


def _chosen(actor: Actor, group: AccessGroup, body: MembersIn) -> list[Person]:
    meant = meant_by(actor, body.filter)
    return all_chosen(Person.objects.filter(site=group.site_id), actor, body.ids, meant)
