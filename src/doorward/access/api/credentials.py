"""Credentials over the API: given, listed without what they are, replaced, taken."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.access import cards
from doorward.access.actions import credentials as actions
from doorward.access.actions import pins
from doorward.access.models import Credential, Credentials
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import Id, In, Line, OneOf, Out, PathId
from doorward.kit.api.versions import GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.api import KEYED, actor_of, created, done, referred

credentials = Router(tags=["credentials"])

Number = Annotated[Line, Field(min_length=1, max_length=64, json_schema_extra={"writeOnly": True})]


Pin = Annotated[Line, Field(min_length=1, max_length=16, json_schema_extra={"writeOnly": True})]


class CredentialIn(In):
    """A card or the PIN of a person.

    A card has a `number`, written as its `format` says: hex as the reader shows it, if none is
    given. A PIN may be given as `pin`; it is generated otherwise.
    """

    person: Id
    kind: Annotated[str, OneOf(Credential.Kind)] = Credential.Kind.CARD.value
    number: Number | None = None
    format: Annotated[str, OneOf(Credential.Format)] = Credential.Format.HEX.value
    label: Annotated[Line, Field(max_length=64)] = ""
    pin: Pin | None = None


class PinIn(In):
    """A PIN in the place of another; it is generated if none is given."""

    pin: Pin | None = None


class CredentialOut(Out):
    """A credential. Of a card's number only the last digits are told, of a PIN nothing."""

    id: str
    site: str
    person: str
    kind: Annotated[str, OneOf(Credential.Kind)]
    tail: str
    format: str
    label: str
    created_at: datetime

    @classmethod
    def of(cls, credential: Credential) -> "CredentialOut":
        return cls(**_facts(credential))


class GivenOut(CredentialOut):
    """A credential that was given now; a new PIN is told this once."""

    secrets: ClassVar[frozenset[str]] = frozenset({"pin"})

    pin: str | None = None

    @classmethod
    def given(cls, credential: Credential, pin: str | None = None) -> "GivenOut":
        return cls(**_facts(credential), pin=pin)


# Any: each field has its own type.
def _facts(credential: Credential) -> dict[str, Any]:
    plain = ("kind", "tail", "format", "label", "created_at")
    return {
        "id": str(credential.pk),
        "site": str(credential.site_id),
        "person": str(credential.person_id),
        **{name: getattr(credential, name) for name in plain},
    }


class CredentialFilters(Filters):
    sorts = {"created_at": ("pk",)}

    site: Id | None = None
    company: Id | None = None
    person: Id | None = None
    kind: Annotated[str, OneOf(Credential.Kind)] | None = None


@credentials.get("", response=Page[CredentialOut])
def list_credentials(
    request: HttpRequest, filters: Query[CredentialFilters]
) -> Page[CredentialOut]:
    """List the credentials of the people you can see."""
    actor = actor_of(request)
    rows = _narrowed(Credential.objects.visible_to(actor), filters)
    parts = [_narrowed(part, filters) for part in Credential.objects.visible_apart(actor)]
    cut = listed(request, rows, filters, parts=parts)
    items = [CredentialOut.of(row) for row in cut.rows]
    return Page[CredentialOut](items=items, next_cursor=cut.next_cursor)


def _narrowed(rows: Credentials, filters: CredentialFilters) -> Credentials:
    asked = filters.model_dump(include={"site", "person", "kind"}, exclude_none=True)
    if filters.company is not None:
        # What is held is where its holder is, and a company's people are where it is: one index has
        # it in order, and no holder is looked up.
        asked["node"] = Company.objects.filter(pk=filters.company).values("node")[:1]
    return rows.filter(**asked).defer("secret")


@credentials.post("", response={201: GivenOut}, openapi_extra=KEYED)
@created
def add_credential(request: HttpRequest, body: CredentialIn) -> GivenOut:
    """Give a person a card or a PIN."""
    actor = actor_of(request)
    person = referred(Person.objects.all(), actor, body.person, "person")
    if body.kind == Credential.Kind.PIN:
        _refuse(body, "number", "format", "label")
        given = pins.add_pin(actor, person, body.pin)
        return GivenOut.given(given.credential, given.pin)
    _refuse(body, "pin")
    if body.number is None:
        raise Invalid({"number": _("Enter the card number.")})
    form = cards.Format(body.format)
    card = actions.add_card(actor, person, number=body.number, form=form, label=body.label)
    return GivenOut.given(card)


@credentials.post("/{credential}/replace", response=GivenOut, openapi_extra=KEYED)
@done
def replace_pin(request: HttpRequest, credential: PathId, body: PinIn | None = None) -> GivenOut:
    """Put a new PIN in the place of one; doors forget the old one first."""
    actor = actor_of(request)
    row = Credential.objects.select_related("person__node").find(actor, credential)
    given = pins.replace_credential(actor, row, body.pin if body else None)
    return GivenOut.given(given.credential, given.pin)


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
    # Whoever moves a person holds them before what they hold.
    actions.hold(
        actor, [Credential.objects.select_related("person").find(actor, credential).person]
    )
    row = Credential.objects.select_related("person").find(actor, credential)
    require_unchanged(request, lambda: CredentialOut.of(row))
    actions.remove_credential(actor, row)


def _refuse(body: CredentialIn, *names: str) -> None:
    """Raise `Invalid` for fields that the other kind of credential has."""
    if strange := [name for name in names if name in body.model_fields_set]:
        raise Invalid({name: _("This kind of credential has no such field.") for name in strange})
