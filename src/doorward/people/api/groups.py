"""Groups of people over the API."""

from datetime import datetime
from typing import Annotated

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.people import actions
from doorward.people.models import Group
from doorward.people.models.groups import MAX_FLOORS
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, actor_of, created, referred

people_groups = Router(tags=["people-groups"])

Name = Annotated[Line, Field(min_length=1, max_length=128)]
Floor = Annotated[Line, Field(min_length=1, max_length=16)]
Floors = Annotated[list[Floor], Field(max_length=MAX_FLOORS)]


class PeopleGroupPatch(In):
    """What may change about a group of people; a null parent puts it at the top of the tree."""

    name: Name = OMITTED
    parent: Id | None = None
    floors: Floors = OMITTED


class PeopleGroupIn(In):
    """A new group of a company, at the top of the tree or below a parent."""

    company: Id
    name: Name
    parent: Id | None = None
    floors: Floors = []


class PeopleGroupOut(Out):
    """A group; `ancestors` are the ids from the top down to the group itself."""

    id: str
    site: str
    company: str
    parent: str | None
    name: str
    floors: list[str]
    ancestors: list[str]
    created_at: datetime

    @classmethod
    def of(cls, group: Group) -> "PeopleGroupOut":
        return cls(
            id=str(group.pk),
            site=str(group.site_id),
            company=str(group.company_id),
            parent=str(group.parent_id) if group.parent_id else None,
            name=group.name,
            floors=group.floors,
            ancestors=[str(key) for key in group.ancestors],
            created_at=group.created_at,
        )


class PeopleGroupFilters(Filters):
    """`within` is a group whose whole branch is wanted."""

    sorts = {"name": ("name",), "created_at": ("created_at",)}
    across = ()

    site: Id | None = None
    company: Id | None = None
    within: Id | None = None
    q: Annotated[Line, Field(max_length=100)] | None = None


@people_groups.get("", response=Page[PeopleGroupOut])
def list_people_groups(
    request: HttpRequest, filters: Query[PeopleGroupFilters]
) -> Page[PeopleGroupOut]:
    """List the groups of people you can see."""
    rows = Group.objects.visible_to(actor_of(request))
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.company is not None:
        rows = rows.filter(company=filters.company)
    if filters.within is not None:
        rows = rows.within(filters.within)
    rows = rows.filter(name__icontains=filters.q or "")
    cut = listed(request, rows, filters)
    items = [PeopleGroupOut.of(row) for row in cut.rows]
    return Page[PeopleGroupOut](items=items, next_cursor=cut.next_cursor)


@people_groups.post("", response={201: PeopleGroupOut}, openapi_extra=KEYED)
@created
def create_people_group(request: HttpRequest, body: PeopleGroupIn) -> PeopleGroupOut:
    """Add a group to a company."""
    actor = actor_of(request)
    company = referred(Company.objects.select_related("site"), actor, body.company, "company")
    parent = _parent(actor, body.parent)
    group = actions.create_group(actor, company, name=body.name, parent=parent, floors=body.floors)
    return PeopleGroupOut.of(group)


@people_groups.get("/{people_group}", response=PeopleGroupOut, openapi_extra=TAGGED)
@tagged
def show_people_group(request: HttpRequest, people_group: PathId) -> PeopleGroupOut:
    """Show a group of people."""
    return PeopleGroupOut.of(Group.objects.find(actor_of(request), people_group))


@people_groups.patch("/{people_group}", response=PeopleGroupOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_people_group(
    request: HttpRequest, people_group: PathId, body: PeopleGroupPatch
) -> PeopleGroupOut:
    """Rename a group, change its floors, or hang it below another with all beneath it."""
    actor = actor_of(request)
    row = _held(actor, people_group)
    require_unchanged(request, lambda: PeopleGroupOut.of(row))
    if "parent" in body.model_fields_set:
        row = actions.move_group(actor, row, _parent(actor, body.parent))
    known = {"name": row.name, "floors": row.floors, **body.given("parent")}
    actions.change_group(actor, row, name=known["name"], floors=known["floors"])
    return PeopleGroupOut.of(row)


@people_groups.delete("/{people_group}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_people_group(request: HttpRequest, people_group: PathId) -> None:
    """Delete a group; its people and the groups below it move up to its parent."""
    actor = actor_of(request)
    row = _held(actor, people_group)
    require_unchanged(request, lambda: PeopleGroupOut.of(row))
    actions.delete_group(actor, row)


def _held(actor: Actor, key: str) -> Group:
    """Return a group whose tree nobody else changes meanwhile."""
    found = Group.objects.find(actor, key)
    actions.take_turns(found.company_id)
    return Group.objects.select_related("parent", "node", "company").find(actor, key)


def _parent(actor: Actor, key: int | None) -> Group | None:
    return None if key is None else referred(Group.objects.all(), actor, key, "parent")
