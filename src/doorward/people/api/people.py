"""People over the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from phonenumber_field.phonenumber import PhoneNumber
from pydantic import Field

from doorward.kit import clock
from doorward.kit.api.paging import BY_AGE, Filters, Page, listed
from doorward.kit.api.shapes import OMITTED, DoneOut, Id, In, Line, Moment, OneOf, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.people import actions
from doorward.people.actions import PERSON_FIELDS, PersonForm
from doorward.people.api.groups import Floors
from doorward.people.filters import by_name
from doorward.people.models import Group, People, Person, State
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, MOST_AT_ONCE, actor_of, all_chosen, created, done, referred
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import few_nodes

people = Router(tags=["people"])

Name = Annotated[Line, Field(min_length=1, max_length=64)]
PersonnelId = Annotated[Line, Field(max_length=32)]
Email = Annotated[Line, Field(max_length=254)]
Phone = Annotated[Line, Field(max_length=32)]
Remark = Annotated[Line, Field(max_length=255)]
Words = Annotated[Line, Field(max_length=100)]
Status = Annotated[str, OneOf(Person.Status)]
Standing = Annotated[str, OneOf(State)]


class PersonPatch(In):
    """What may change about a person.

    Validity leaves its end out, null is no limit. Telephone numbers bear their country ("+49…").
    Who changes company leaves the group, unless one of the new company is given.
    """

    company: Id = OMITTED
    group: Id | None = None
    first_name: Name = OMITTED
    last_name: Name = OMITTED
    personnel_id: PersonnelId = OMITTED
    email: Email = OMITTED
    mobile: Phone = OMITTED
    landline: Phone = OMITTED
    language: Line = OMITTED
    floors: Floors = OMITTED
    remark: Remark = OMITTED
    status: Status = OMITTED
    valid_from: Moment | None = None
    valid_until: Moment | None = None


class PersonIn(In):
    """A new person of a company. An empty personnel ID is the next free number of the site."""

    company: Id
    group: Id | None = None
    first_name: Name
    last_name: Name
    personnel_id: PersonnelId = ""
    email: Email = ""
    mobile: Phone = ""
    landline: Phone = ""
    language: Line = "en"
    floors: Floors = []
    remark: Remark = ""
    valid_from: Moment | None = None
    valid_until: Moment | None = None


_TOLD = (
    *("first_name", "last_name", "personnel_id", "email", "language", "floors", "remark"),
    *("status", "valid_from", "valid_until", "created_at"),
)


class PersonOut(Out):
    """A person. `status` is what somebody decided, `state` what that comes to at the moment."""

    moving: ClassVar[frozenset[str]] = frozenset({"state"})

    id: str
    site: str
    company: str
    group: str | None
    first_name: str
    last_name: str
    personnel_id: str
    email: str
    mobile: str
    landline: str
    language: str
    floors: list[str]
    remark: str
    status: Status
    state: Standing
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        return cls(
            id=str(person.pk),
            site=str(person.site_id),
            company=str(person.company_id),
            group=str(person.group_id) if person.group_id else None,
            mobile=_number(person.mobile),
            landline=_number(person.landline),
            state=person.state(clock.now()),
            **{name: getattr(person, name) for name in _TOLD},
        )


class PersonFilters(Filters):
    """`q` finds people by parts of their names, ID, e-mail or mobile, every word of it somewhere.

    `group` has everybody beneath it too; "none" are those of no group. `status` is the state at
    the moment, `valid_at` leaves those who count at another one.
    """

    sorts = {
        "name": ("last_name", "first_name"),
        "last_name": ("last_name",),
        "first_name": ("first_name",),
        "personnel_id": ("personnel_id",),
        "company": ("company__name",),
        "validity": ("valid_until",),
        "email": ("email",),
        "mobile": ("mobile",),
        "created_at": ("created_at",),
    }
    across = ()

    site: Id | None = None
    company: Id | None = None
    group: Id | Literal["none"] | None = None
    personnel_id: PersonnelId | None = None
    status: Standing | None = None
    valid_at: Moment | None = None
    q: Words | None = None


@people.get("", response=Page[PersonOut])
def list_people(request: HttpRequest, filters: Query[PersonFilters]) -> Page[PersonOut]:
    """List the people you can see."""
    actor = actor_of(request)
    rows = _matching(Person.objects.visible_to(actor), filters)
    if (nodes := few_nodes(actor, Can.VIEW_PERSON)) and not actor.is_personnel:
        # People are where their company is: so few companies are joined, and none is looked up.
        rows = rows.filter(company__node__among=frozenset(nodes))
    # By age and all of them: no index has those of a company in another order, or some alone.
    some = filters.model_dump(exclude={"cursor", "limit", "sort", "site"}, exclude_none=True)
    by_age = filters.sort in {None, BY_AGE, f"-{BY_AGE}"} and not some
    apart = Person.objects.visible_apart(actor) if by_age else ()
    parts = [_matching(part, filters) for part in apart]
    cut = listed(request, rows, filters, parts=parts, few_places=bool(nodes))
    items = [PersonOut.of(row) for row in cut.rows]
    return Page[PersonOut](items=items, next_cursor=cut.next_cursor)


@people.post("", response={201: PersonOut}, openapi_extra=KEYED)
@created
def create_person(request: HttpRequest, body: PersonIn) -> PersonOut:
    """Add a person to a company."""
    actor = actor_of(request)
    company = referred(Company.objects.select_related("site"), actor, body.company, "company")
    form = PersonForm(group=_group(actor, body.group), **body.given("company", "group"))
    return PersonOut.of(actions.create_person(actor, company, form))


class PersonChoice(In):
    """Who is meant: as in the list's filters."""

    site: Id | None = None
    company: Id | None = None
    group: Id | Literal["none"] | None = None
    personnel_id: PersonnelId | None = None
    status: Standing | None = None
    valid_at: Moment | None = None
    q: Words | None = None


class PeopleBulkIn(In):
    """A deed on up to 1,000 people: those in `ids`, or all that `filter` leaves.

    `move` wants the company to move to, of the same site, or one of its groups.
    """

    operation: Literal["suspend", "resume", "move", "delete"]
    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    filter: PersonChoice | None = None
    company: Id | None = None
    group: Id | None = None


# Before the routes of one person, whose id this would otherwise be.
@people.post("/bulk", response=DoneOut, openapi_extra=KEYED)
@done
@transaction.atomic
def do_to_people(request: HttpRequest, body: PeopleBulkIn) -> DoneOut:
    """Suspend, resume, move or delete many people at once: all of them or none."""
    actor = actor_of(request)
    chosen = chosen_by(actor, body)
    if body.operation == "delete":
        actions.delete_people(actor, chosen)
        return DoneOut(count=len(chosen))
    if body.operation == "move":
        company, group = place_meant(actor, body)
        return DoneOut(count=len(actions.move_people(actor, chosen, company, group)))
    act = {"suspend": actions.suspend_people, "resume": actions.resume_people}[body.operation]
    return DoneOut(count=len(act(actor, chosen)))


@people.get("/{person}", response=PersonOut, openapi_extra=TAGGED)
@tagged
def show_person(request: HttpRequest, person: PathId) -> PersonOut:
    """Show a person."""
    return PersonOut.of(Person.objects.find(actor_of(request), person))


@people.patch("/{person}", response=PersonOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_person(request: HttpRequest, person: PathId, body: PersonPatch) -> PersonOut:
    """Change what is given of a person; another company must be of the same site."""
    actor = actor_of(request)
    row = Person.objects.select_for_update(no_key=True, of=("self",)).find(actor, person)
    require_unchanged(request, lambda: PersonOut.of(row))
    company = row.company
    if "company" in body.model_fields_set:
        company = referred(Company.objects.all(), actor, body.company, "company")
    known = {name: getattr(row, name) for name in PERSON_FIELDS}
    if "group" in body.model_fields_set or company.pk != row.company_id:
        known["group"] = _group(actor, body.group)
    form = PersonForm(**{**known, **body.given("company", "group", "status")})
    changed = actions.change_person(actor, row, company, form)
    if "status" in body.model_fields_set:
        suspended = body.status == Person.Status.SUSPENDED
        act = actions.suspend_people if suspended else actions.resume_people
        act(actor, [changed])
    return PersonOut.of(changed)


@people.delete("/{person}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_person(request: HttpRequest, person: PathId) -> None:
    """Delete a person with their cards and memberships."""
    actor = actor_of(request)
    row = Person.objects.select_for_update(no_key=True, of=("self",)).find(actor, person)
    require_unchanged(request, lambda: PersonOut.of(row))
    actions.delete_person(actor, row)


def meant_by(actor: Actor, choice: PersonChoice | None) -> Q | None:
    """Say who is meant by a filter, where there is one."""
    if choice is None:
        return None
    rows = _matching(Person.objects.visible_to(actor), choice)
    return Q(pk__in=rows.order_by().values("pk"))


def _matching(rows: People, asked: PersonFilters | PersonChoice) -> People:
    if asked.site is not None:
        rows = rows.filter(site=asked.site)
    if asked.company is not None:
        rows = rows.filter(company=asked.company)
    if asked.group is not None:
        rows = rows.filter(group=None) if asked.group == "none" else rows.of_group(asked.group)
    if asked.personnel_id is not None:
        rows = rows.filter(personnel_id__iexact=asked.personnel_id)
    if asked.status is not None:
        rows = rows.in_state(State(asked.status), clock.now())
    if asked.valid_at is not None:
        rows = rows.in_state(State.ACTIVE, asked.valid_at)
    return rows.filter(by_name(asked.q or ""))


def _group(actor: Actor, key: int | None) -> Group | None:
    return None if key is None else referred(Group.objects.all(), actor, key, "group")


def chosen_by(actor: Actor, body: PeopleBulkIn) -> list[Person]:
    """Return whom a body means; raise `Invalid` if it says too little or too much."""
    if (body.operation == "move") != (body.company is not None or body.group is not None):
        raise Invalid({"company": _("`move` wants a company or a group, and nothing else does.")})
    meant = meant_by(actor, body.filter)
    return all_chosen(Person.objects.select_related("node", "site"), actor, body.ids, meant)


def place_meant(actor: Actor, body: PeopleBulkIn) -> tuple[Company, Group | None]:
    """Return to where a body would move people."""
    group = _group(actor, body.group)
    if body.company is not None or group is None:
        return referred(Company.objects.all(), actor, body.company or 0, "company"), group
    return group.company, group


def _number(number: PhoneNumber | str) -> str:
    """Return a telephone number as E.164 has it."""
    return number.as_e164 if isinstance(number, PhoneNumber) else number
