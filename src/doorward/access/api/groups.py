"""Access groups over the API."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.access import facts, headcount, in_view, week_json, windows
from doorward.access.actions import groups as actions
from doorward.access.actions.groups import GroupForm
from doorward.access.models import AccessGroup, AccessGroups
from doorward.access.openable import named_mark
from doorward.access.week_json import Repeat
from doorward.access.windows import Window
from doorward.devices.models import Door
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import OMITTED, Day, Id, In, Line, OneOf, Out, PathId, Whole
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, actor_of, all_referred, created, referred

access_groups = Router(tags=["access-groups"])

Name = Annotated[Line, Field(min_length=1, max_length=64)]
# The bounds stand in the document; `access.windows` judges, and says the mend.
Weekday = Annotated[Whole, Field(json_schema_extra={"minimum": 0, "maximum": 6})]
_DATE = "20[0-9]{2}-[01][0-9]-[0-3][0-9]T"
Start = Annotated[
    Line, Field(json_schema_extra={"pattern": f"^({_DATE})?([01][0-9]|2[0-3]):[0-5][0-9]$"})
]
End = Annotated[
    Line,
    Field(json_schema_extra={"pattern": f"^({_DATE})?(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"}),
]


class WindowIn(In):
    """A window in the site's wall time. The end is left out; 24:00 is the midnight that ends a day.

    `weekly` on `days`, Monday being 0, or `daily`, from a time as 08:00 to another; an end not
    after the start is on the next day. `never` opens once, from 2026-12-24T10:00 to another such
    moment.
    """

    repeat: Annotated[str, OneOf(Repeat)] = Repeat.WEEKLY.value
    days: list[Weekday] = []
    start: Start
    end: End


class GroupPatch(In):
    """What may change about an access group. Lists replace what you can see of theirs.

    `people` are then exactly those who are named; to name one more, or one less, add and remove
    them at `people`. It counts from `first_day` to `last_day`, both included; null is no limit.
    """

    name: Name = OMITTED
    doors: list[Id] = OMITTED
    people: list[Id] = OMITTED
    people_groups: list[Id] = OMITTED
    windows: list[WindowIn] = OMITTED
    first_day: Day | None = None
    last_day: Day | None = None


class GroupIn(GroupPatch):
    """A new access group of a site, or of one of its companies."""

    site: Id
    name: Name
    company: Id | None = None


class WindowOut(Out):
    repeat: Annotated[str, OneOf(Repeat)]
    days: list[int]
    start: str
    end: str


class GroupOut(Out):
    """Who may open which doors when: those of its doors, people and groups that you can see.

    Whoever is in one of `people_groups`, or in a group below one, is in the access group as well
    as who is named. People are counted here, and listed at `people`: `named_count` are named,
    `people_count` are in it either way; 10001 of them means that there are more than 10,000.
    """

    # Who is in a group of people is changed there, not here.
    moving: ClassVar[frozenset[str]] = frozenset({"people_count"})

    id: str
    site: str
    company: str | None
    name: str
    doors: list[str]
    people_groups: list[str]
    named_count: int
    people_count: int
    windows: list[WindowOut]
    first_day: date | None
    last_day: date | None
    created_at: datetime

    @classmethod
    def of(
        cls,
        group: AccessGroup,
        *,
        doors: Sequence[int],
        people_groups: Sequence[int],
        named: int,
        people: int,
    ) -> "GroupOut":
        return cls(
            id=str(group.pk),
            site=str(group.site_id),
            company=None if group.company_id is None else str(group.company_id),
            name=group.name,
            doors=[str(door) for door in doors],
            people_groups=[str(one) for one in people_groups],
            named_count=named,
            people_count=people,
            windows=[
                WindowOut.model_validate(window)
                for window in week_json.unparse(facts.drawn_of(group))
            ],
            first_day=group.first_day,
            last_day=group.last_day,
            created_at=group.created_at,
        )


class GroupFilters(Filters):
    """`q` finds access groups by a part of their name."""

    sorts = {
        "name": ("name",),
        "owner": ("node__name",),
        "created_at": ("created_at",),
    }
    across = ()

    site: Id | None = None
    company: Id | None = None
    person: Id | None = None
    door: Id | None = None
    q: Annotated[Line, Field(max_length=64)] | None = None


@access_groups.get("", response=Page[GroupOut])
def list_access_groups(request: HttpRequest, filters: Query[GroupFilters]) -> Page[GroupOut]:
    """List the access groups you can see."""
    actor = actor_of(request)
    rows = _whole(AccessGroup.objects.visible_to(actor))
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.company is not None:
        rows = rows.filter(node__company=filters.company)
    if filters.person is not None:
        seen = Person.objects.visible_to(actor).filter(pk=filters.person)
        rows = rows.filter(members__person__in=set(seen.values_list("pk", flat=True)))
    if filters.door is not None:
        rows = rows.filter(doors__in=Door.objects.visible_to(actor).filter(pk=filters.door))
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    cut = listed(request, rows, filters)
    return Page[GroupOut](items=_told(actor, cut.rows), next_cursor=cut.next_cursor)


@access_groups.post("", response={201: GroupOut}, openapi_extra=KEYED)
@created
def create_access_group(request: HttpRequest, body: GroupIn) -> GroupOut:
    """Create an access group; the devices of its doors learn of it at once."""
    actor = actor_of(request)
    site = referred(Site.objects.select_related("node"), actor, body.site, "site")
    given = _referred(actor, body)
    form = GroupForm(**{"doors": (), "windows": (), **given})
    company = _company(actor, site, body.company)
    return _shown(actor, actions.create_group(actor, site, form, company=company).pk)


@access_groups.get("/{group}", response=GroupOut, openapi_extra=TAGGED)
@tagged
def show_access_group(request: HttpRequest, group: PathId) -> GroupOut:
    """Show an access group."""
    actor = actor_of(request)
    return _shown(actor, group)


@access_groups.patch("/{group}", response=GroupOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_access_group(request: HttpRequest, group: PathId, body: GroupPatch) -> GroupOut:
    """Change what is given of an access group."""
    actor = actor_of(request)
    row = AccessGroup.objects.select_for_update(no_key=True, of=("self",)).find(actor, group)
    require_unchanged(request, lambda: _shown(actor, row.pk))
    return _shown(actor, actions.change_group(actor, row, form_of(actor, row, body)).pk)


@access_groups.delete("/{group}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_access_group(request: HttpRequest, group: PathId) -> None:
    """Delete an access group; who had rights only by it loses them at once."""
    actor = actor_of(request)
    row = AccessGroup.objects.select_for_update(no_key=True, of=("self",)).find(actor, group)
    require_unchanged(request, lambda: _shown(actor, row.pk))
    actions.delete_group(actor, row)


def form_of(actor: Actor, group: AccessGroup, body: GroupPatch) -> GroupForm:
    """Return what is said of a group with what a PATCH gives."""
    known = {
        "name": group.name,
        "doors": Door.objects.visible_to(actor).filter(accessgroups=group),
        "windows": facts.drawn_of(group),
        "first_day": group.first_day,
        "last_day": group.last_day,
    }
    return GroupForm(**{**known, **_referred(actor, body)})


# Any: each field of the form has its own type.
def _referred(actor: Actor, body: GroupPatch) -> dict[str, Any]:
    """Return what was given, with rows in the place of ids."""
    given = body.given("site", "company")
    if "doors" in given:
        given["doors"] = all_referred(Door.objects.all(), actor, body.doors, "doors")
    if "people" in given:
        given["people"] = all_referred(Person.objects.all(), actor, body.people, "people")
    if "people_groups" in given:
        chosen = all_referred(Group.objects.all(), actor, body.people_groups, "people_groups")
        given["people_groups"] = chosen
    if "windows" in given:
        given["windows"] = _week(body.windows)
    return given


def _week(week: Sequence[WindowIn]) -> tuple[Window, ...]:
    try:
        return week_json.parse([window.model_dump() for window in week])
    except windows.WeekError as error:
        raise Invalid({_place(fault): _(fault.sentence) for fault in error.faults}) from error


def _place(fault: windows.Fault) -> str:
    if fault.index is None:
        return "windows"
    place = f"windows[{fault.index}]"
    return f"{place}.{fault.field}" if fault.field else place


def _company(actor: Actor, site: Site, company: int | None) -> Company | None:
    if company is None:
        return None
    row = referred(Company.objects.select_related("node"), actor, company, "company")
    if row.site_id != site.pk:
        raise Invalid({"company": _("Choose a company of this site.")})
    return row


def _shown(actor: Actor, group: str | int) -> GroupOut:
    row = _whole(AccessGroup.objects.all()).find(actor, group)
    (out,) = _told(actor, [row])
    # Who is named is not listed, and yet another person is another version.
    out._concealed = named_mark(row, Person.objects.visible_to(actor))
    return out


def _told(actor: Actor, rows: Sequence[AccessGroup]) -> list[GroupOut]:
    named, people = dict[int, int](), dict[int, int]()
    for keys, seen in headcount.by_sight(actor, rows):
        named |= headcount.named(keys, seen)
        people |= headcount.members(keys, seen)
    doors = in_view.linked(actor, rows, Door)
    people_groups = in_view.linked(actor, rows, Group)
    return [
        GroupOut.of(
            row,
            doors=doors.get(row.pk, ()),
            people_groups=people_groups.get(row.pk, ()),
            named=named.get(row.pk, 0),
            people=people.get(row.pk, 0),
        )
        for row in rows
    ]


def _whole(rows: AccessGroups) -> AccessGroups:
    return rows.select_related("site__node").prefetch_related("windows")
