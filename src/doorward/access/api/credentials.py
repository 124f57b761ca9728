"""Credentials over the API: given, listed by their last digits, taken."""

from datetime import datetime
from typing import Annotated

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.access.actions import credentials as actions
from doorward.access.models import Credential
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import Id, In, Line, OneOf, Out, PathId
from doorward.kit.api.versions import GUARDED, TAGGED, require_unchanged, tagged
from doorward.people.models import Person
from doorward.tenancy.api import KEYED, actor_of, created, referred

credentials = Router(tags=["credentials"])

Number = Annotated[Line, Field(min_length=1, max_length=64, json_schema_extra={"writeOnly": True})]


class CredentialIn(In):
    """A card for a person: its number in hex as the reader shows it."""

    person: Id
    kind: Annotated[str, OneOf(Credential.Kind)] = Credential.Kind.CARD.value
    number: Number


class CredentialOut(Out):
    """A credential. Of its number only the last digits are told."""

    id: str
    site: str
    person: str
    kind: Annotated[str, OneOf(Credential.Kind)]
    tail: str
    created_at: datetime

    @classmethod
    def of(cls, credential: Credential) -> "CredentialOut":
        return cls(
            id=str(credential.pk),
            site=str(credential.site_id),
            person=str(credential.person_id),
            kind=credential.kind,
            tail=credential.tail,
            created_at=credential.created_at,
        )


class CredentialFilters(Filters):
    sorts = {"person": ("person__last_name", "person__first_name"), "created_at": ("created_at",)}

    site: Id | None = None
    company: Id | None = None
    person: Id | None = None


@credentials.get("", response=Page[CredentialOut])
def list_credentials(
    request: HttpRequest, filters: Query[CredentialFilters]
) -> Page[CredentialOut]:
    """List the credentials of the people you can see."""
    rows = Credential.objects.visible_to(actor_of(request)).defer("secret")
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.company is not None:
        rows = rows.filter(person__company=filters.company)
    if filters.person is not None:
        rows = rows.filter(person=filters.person)
    cut = listed(request, rows, filters)
    items = [CredentialOut.of(row) for row in cut.rows]
    return Page[CredentialOut](items=items, next_cursor=cut.next_cursor)


@credentials.post("", response={201: CredentialOut}, openapi_extra=KEYED)
@created
def add_credential(request: HttpRequest, body: CredentialIn) -> CredentialOut:
    """Give a person a card."""
    actor = actor_of(request)
    person = referred(Person.objects.all(), actor, body.person, "person")
    return CredentialOut.of(actions.add_card(actor, person, number=body.number))


@credentials.get("/{credential}", response=CredentialOut, openapi_extra=TAGGED)
@tagged
def show_credential(request: HttpRequest, credential: PathId) -> CredentialOut:
    """Show a credential."""
    rows = Credential.objects.defer("secret")
    return CredentialOut.of(rows.find(actor_of(request), credential))


@credentials.delete("/{credential}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def remove_credential(request: HttpRequest, credential: PathId) -> None:
    """Take a credential away; doors forget it at once."""
    actor = actor_of(request)
    row = Credential.objects.select_for_update(no_key=True, of=("self",)).find(actor, credential)
    require_unchanged(request, lambda: CredentialOut.of(row))
    actions.remove_credential(actor, row)
