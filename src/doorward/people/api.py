"""People over the API."""

from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import OMITTED, DoneOut, Id, In, Line, Moment, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.people import actions
from doorward.people.actions import PERSON_FIELDS, PersonForm
from doorward.people.filters import by_name
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.api import KEYED, MOST_AT_ONCE, actor_of, all_chosen, created, done, referred

people = Router(tags=["people"])

Name = Annotated[Line, Field(min_length=1, max_length=64)]


class PersonPatch(In):
    """What may change about a person; validity leaves its end out, null is no limit."""

    company: Id = OMITTED
    first_name: Name = OMITTED
    last_name: Name = OMITTED
    valid_from: Moment | None = None
    valid_until: Moment | None = None


class PersonIn(PersonPatch):
    """A new person of a company."""

    company: Id
    first_name: Name
    last_name: Name


_TOLD = ("first_name", "last_name", "valid_from", "valid_until")


class PersonOut(Out):
    id: str
    site: str
    company: str
    first_name: str
    last_name: str
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, person: Person) -> "PersonOut":
        return cls(
            id=str(person.pk),
            site=str(person.site_id),
            company=str(person.company_id),
            created_at=person.created_at,
            **{name: getattr(person, name) for name in _TOLD},
        )


class PersonFilters(Filters):
    """`q` finds people by parts of their names, every word of it somewhere."""

    sorts = {
        "name": ("last_name", "first_name"),
        "last_name": ("last_name",),
        "first_name": ("first_name",),
        "company": ("company__name",),
        "validity": ("valid_until",),
        "created_at": ("created_at",),
    }

    site: Id | None = None
    company: Id | None = None
    q: Annotated[Line, Field(max_length=100)] | None = None


@people.get("", response=Page[PersonOut])
def list_people(request: HttpRequest, filters: Query[PersonFilters]) -> Page[PersonOut]:
    """List the people you can see."""
    rows = Person.objects.visible_to(actor_of(request))
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.company is not None:
        rows = rows.filter(company=filters.company)
    rows = rows.filter(by_name(filters.q or ""))
    cut = listed(request, rows, filters)
    items = [PersonOut.of(row) for row in cut.rows]
    return Page[PersonOut](items=items, next_cursor=cut.next_cursor)


@people.post("", response={201: PersonOut}, openapi_extra=KEYED)
@created
def create_person(request: HttpRequest, body: PersonIn) -> PersonOut:
    """Add a person to a company."""
    actor = actor_of(request)
    company = referred(Company.objects.select_related("site"), actor, body.company, "company")
    form = PersonForm(**body.given("company"))
    return PersonOut.of(actions.create_person(actor, company, form))


class PersonChoice(In):
    """Who is meant: as in the list's filters."""

    site: Id | None = None
    company: Id | None = None
    q: Annotated[Line, Field(max_length=100)] | None = None

    def matching(self) -> Q:
        found = by_name(self.q or "")
        for name in ("site", "company"):
            if (key := getattr(self, name)) is not None:
                found &= Q(**{name: key})
        return found


class PeopleBulkIn(In):
    """A deed on up to 1,000 people: those in `ids`, or all that `filter` leaves.

    `move` wants the company to move to, of the same site.
    """

    operation: Literal["suspend", "resume", "move", "delete"]
    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    filter: PersonChoice | None = None
    company: Id | None = None


# Before the routes of one person, whose id this would otherwise be.
@people.post("/bulk", response=DoneOut, openapi_extra=KEYED)
@done
@transaction.atomic
def do_to_people(request: HttpRequest, body: PeopleBulkIn) -> DoneOut:
    """Suspend, resume, move or delete many people at once: all of them or none."""
    actor = actor_of(request)
    matching = body.filter.matching() if body.filter else None
    chosen = all_chosen(Person.objects.all(), actor, body.ids, matching)
    if (body.operation == "move") != (body.company is not None):
        raise Invalid({"company": _("`move` wants a company, and nothing else does.")})
    if body.operation == "delete":
        actions.delete_people(actor, chosen)
        return DoneOut(count=len(chosen))
    if body.operation == "move":
        company = referred(Company.objects.all(), actor, body.company or 0, "company")
        return DoneOut(count=len(actions.move_people(actor, chosen, company)))
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
    form = PersonForm(**{**known, **body.given("company")})
    return PersonOut.of(actions.change_person(actor, row, company, form))


@people.delete("/{person}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_person(request: HttpRequest, person: PathId) -> None:
    """Delete a person with their cards and memberships."""
    actor = actor_of(request)
    row = Person.objects.select_for_update(no_key=True, of=("self",)).find(actor, person)
    require_unchanged(request, lambda: PersonOut.of(row))
    actions.delete_person(actor, row)
