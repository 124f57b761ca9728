"""The organisations below one's own, over the API."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, OneOf, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.portal.filters import OrganisationFilter
from doorward.tenancy.actions import organisations as deeds
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actions.organisations import INSTALLER_FIELDS, OrganisationForm
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, NOT_FOUND, actor_of, created, done
from doorward.tenancy.models import Node, Organisation
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import own_places, parents_to_choose

organisations = Router(tags=["organisations"])

Name = Annotated[Line, Field(min_length=1, max_length=128)]
NamePart = Annotated[Line, Field(max_length=60)]
Kind = Literal["distributor", "sub_distributor", "installer"]


class OrganisationPatch(In):
    """What may change about an organisation; the two switches are an installer's."""

    name: Name = OMITTED
    registers_macs: bool = OMITTED
    may_pay: bool = OMITTED


class OrganisationIn(OrganisationPatch):
    """A new organisation and its first account, which is invited by mail.

    `above` is what it stands below, your own node among others; a sole one may be left out.
    """

    name: Name
    kind: Kind
    above: Id | None = None
    first_name: Annotated[Line, Field(min_length=1, max_length=60)]
    last_name: NamePart = OMITTED
    email: Annotated[Line, Field(max_length=254)]
    second_factor_required: bool = False


class OrganisationOut(Out):
    """An organisation below yours. `may_pay` takes effect with billing."""

    id: str
    kind: Kind
    above: str
    name: str
    registers_macs: bool
    may_pay: bool
    is_suspended: bool
    suspended_at: datetime | None

    @classmethod
    def of(cls, row: Organisation) -> "OrganisationOut":
        plain = ("kind", "name", *INSTALLER_FIELDS, "is_suspended", "suspended_at")
        facts = {name: getattr(row, name) for name in plain}
        return cls(id=str(row.pk), above=str(row.parent_id), **facts)


class OrganisationFilters(Filters):
    """`q` finds organisations by a part of their name."""

    sorts = {"name": ("name",), "kind": ("kind",), "suspended_at": ("suspended_at",)}

    q: Annotated[Line, Field(max_length=64)] | None = None
    kind: Annotated[str, OneOf(Node.Kind)] | None = None
    state: Literal["active", "suspended"] | None = None


@organisations.get("", response=Page[OrganisationOut])
def list_organisations(
    request: HttpRequest, filters: Query[OrganisationFilters]
) -> Page[OrganisationOut]:
    """List the organisations below yours."""
    rows = Organisation.objects.visible_to(actor_of(request))
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    asked = filters.model_dump(include={"kind", "state"})
    cut = listed(request, narrowed(rows, OrganisationFilter, asked, request), filters)
    items = [OrganisationOut.of(row) for row in cut.rows]
    return Page[OrganisationOut](items=items, next_cursor=cut.next_cursor)


@organisations.post("", response={201: OrganisationOut}, openapi_extra=KEYED)
@created
def create_organisation(request: HttpRequest, body: OrganisationIn) -> OrganisationOut:
    """Create an organisation, and invite its first account."""
    actor, kind = actor_of(request), Node.Kind(body.kind)
    who = ("first_name", "last_name", "email", "second_factor_required")
    first = {name: value for name, value in body.given().items() if name in who}
    form = OrganisationForm(**body.given("kind", "above", *who))
    parent = _parent(actor, kind, body.above)
    account = InvitationForm(role=Role(body.kind), **first)
    return OrganisationOut.of(deeds.create_organisation(actor, parent, kind, form, account))


@organisations.get("/{organisation}", response=OrganisationOut, openapi_extra=TAGGED)
@tagged
def show_organisation(request: HttpRequest, organisation: PathId) -> OrganisationOut:
    """Show an organisation."""
    return OrganisationOut.of(Organisation.objects.find(actor_of(request), organisation))


@organisations.patch("/{organisation}", response=OrganisationOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_organisation(
    request: HttpRequest, organisation: PathId, body: OrganisationPatch
) -> OrganisationOut:
    """Change what is given of an organisation."""
    actor = actor_of(request)
    row = Organisation.objects.select_for_update(no_key=True).find(actor, organisation)
    require_unchanged(request, lambda: OrganisationOut.of(row))
    known = {name: getattr(row, name) for name in ("name", *INSTALLER_FIELDS)}
    form = OrganisationForm(**{**known, **body.given()})
    return OrganisationOut.of(deeds.change_organisation(actor, row, form))


@organisations.delete("/{organisation}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_organisation(request: HttpRequest, organisation: PathId) -> None:
    """Delete an organisation that nothing stands below, with the accounts of it alone."""
    actor = actor_of(request)
    row = Organisation.objects.select_for_update(no_key=True).find(actor, organisation)
    require_unchanged(request, lambda: OrganisationOut.of(row))
    deeds.delete_organisation(actor, row)


@organisations.post("/{organisation}/suspend", response=OrganisationOut, openapi_extra=KEYED)
@done
def suspend_organisation(request: HttpRequest, organisation: PathId) -> OrganisationOut:
    """Let nobody manage anything through it; its people and devices go on."""
    return _after(request, organisation, deeds.suspend_organisation)


@organisations.post("/{organisation}/resume", response=OrganisationOut, openapi_extra=KEYED)
@done
def resume_organisation(request: HttpRequest, organisation: PathId) -> OrganisationOut:
    """Let its accounts in again."""
    return _after(request, organisation, deeds.resume_organisation)


def _after(
    request: HttpRequest, key: str, deed: Callable[[Actor, Organisation], object]
) -> OrganisationOut:
    actor = actor_of(request)
    deed(actor, Organisation.objects.find(actor, key))
    return OrganisationOut.of(Organisation.objects.find(actor, key))


def _parent(actor: Actor, kind: Node.Kind, key: int | None) -> Node:
    """Return what a new one stands below; who makes none is refused, not told of nodes."""
    actor.require_any(Can.CHANGE_ORGANISATION, own_places(actor))
    known = [node for node in parents_to_choose(actor, kind) if key in (None, node.pk)]
    if len(known) == 1:
        return known[0]
    ambiguous = _("Name what it stands below: there is not just one.")
    raise Invalid({"above": ambiguous if key is None else _(NOT_FOUND)})
