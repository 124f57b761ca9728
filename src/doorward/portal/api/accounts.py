"""The accounts one looks after, and invitations, over the API."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import Id, In, Line, OneOf, Out, PathId
from doorward.kit.api.versions import TAGGED, tagged
from doorward.kit.errors import Invalid
from doorward.tenancy.actions import accounts as deeds
from doorward.tenancy.actions import invitations as inviting
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, NOT_FOUND, actor_of, created, done
from doorward.tenancy.filters import Users as AccountChoices
from doorward.tenancy.models import Account, Invitation, Node
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import own_places, places_to_give, seen_standings

accounts = Router(tags=["accounts"])
invitations = Router(tags=["invitations"])


class RoleOut(Out):
    """A role and where it is held, as far as you may know of it."""

    role: Annotated[str, OneOf(Role)]
    node: str
    node_name: str


class AccountOut(Out):
    """An account that you look after, or your own."""

    id: str
    username: str
    name: str
    email: str
    email_confirmed: bool
    roles: list[RoleOut]
    second_factor_required: bool
    second_factors: list[str]
    is_shut: bool
    last_sign_in: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        seen = account.seen  # type: ignore[attr-defined]
        factors = account.authenticator_set.all()  # type: ignore[attr-defined]
        return cls(
            id=str(account.pk),
            username=account.username,
            name=account.name,
            email=account.email,
            email_confirmed=account.email_confirmed_at is not None,
            roles=[
                RoleOut(role=one.role, node=str(one.node_id), node_name=one.node.name)
                for one in seen
            ],
            second_factor_required=account.second_factor_required,
            second_factors=sorted({str(one.type) for one in factors}),
            is_shut=not account.is_active,
            last_sign_in=account.last_login,
            created_at=account.created_at,
        )


class AccountFilters(Filters):
    """`role` has those who hold it where you see it; `factor` is about second factors."""

    sorts = {
        "username": ("username",),
        "name": ("name",),
        "email": ("email",),
        "is_active": ("is_active",),
        "last_login": ("last_login",),
        "created_at": ("created_at",),
    }

    role: Annotated[str, OneOf(Role)] | None = None
    state: Literal["open", "shut"] | None = None
    factor: Literal["required", "added", "none"] | None = None


class InvitationFilters(Filters):
    sorts = {"name": ("name",), "created_at": ("created_at",), "expires_at": ("expires_at",)}


class RuleIn(In):
    """Whether an account is asked for a second factor."""

    required: bool


class InvitationIn(In):
    """Who is invited to which role, and where it is held."""

    node: Id
    role: Annotated[str, OneOf(Role)]
    name: Annotated[Line, Field(min_length=1, max_length=128)]
    email: Annotated[Line, Field(max_length=254)]
    second_factor_required: bool = False


class InvitationOut(Out):
    """An invitation that waits; it is gone once it is accepted or withdrawn."""

    id: str
    node: str
    role: Annotated[str, OneOf(Role)]
    name: str
    email: str
    second_factor_required: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Invitation) -> "InvitationOut":
        plain = ("role", "name", "email", "second_factor_required", "created_at", "expires_at")
        facts = {name: getattr(row, name) for name in plain}
        return cls(id=str(row.pk), node=str(row.node_id), **facts)


@accounts.get("", response=Page[AccountOut])
def list_accounts(request: HttpRequest, filters: Query[AccountFilters]) -> Page[AccountOut]:
    """List the accounts that you look after, and your own."""
    actor = actor_of(request)
    held = Prefetch("standings", seen_standings(actor), to_attr="seen")
    rows = Account.objects.visible_to(actor).prefetch_related(held, "authenticator_set")
    asked = filters.model_dump(include={"role", "state", "factor"})
    cut = listed(request, narrowed(rows, AccountChoices, asked, request), filters)
    items = [AccountOut.of(row) for row in cut.rows]
    return Page[AccountOut](items=items, next_cursor=cut.next_cursor)


@accounts.get("/{account}", response=AccountOut, openapi_extra=TAGGED)
@tagged
def show_account(request: HttpRequest, account: PathId) -> AccountOut:
    """Show an account that you look after."""
    return _told(actor_of(request), account)


@accounts.post("/{account}/second-factor", response=AccountOut, openapi_extra=KEYED)
@done
def require_second_factor(request: HttpRequest, account: PathId, body: RuleIn) -> AccountOut:
    """Require a second factor from the next sign-in on, or do so no longer."""
    return _after(request, account, partial(deeds.require_factor, required=body.required))


@accounts.delete("/{account}/second-factors", response={204: None})
def remove_second_factors(request: HttpRequest, account: PathId) -> None:
    """Remove the second factors of an owner who has lost them; the owner is told by mail."""
    actor = actor_of(request)
    deeds.remove_factors(actor, _found(actor, account))


@accounts.post("/{account}/password-link", response=AccountOut, openapi_extra=KEYED)
@done
def send_password_link(request: HttpRequest, account: PathId) -> AccountOut:
    """Send the owner a link to a new password."""
    return _after(request, account, deeds.send_password_link)


@accounts.post("/{account}/unlock", response=AccountOut, openapi_extra=KEYED)
@done
def unlock_account(request: HttpRequest, account: PathId) -> AccountOut:
    """Forget wrong tries, so that the owner can sign in again at once."""
    return _after(request, account, deeds.forgive)


@accounts.post("/{account}/shut", response=AccountOut, openapi_extra=KEYED)
@done
def shut_account(request: HttpRequest, account: PathId) -> AccountOut:
    """Let nobody in with this account; sessions end and tokens are refused at once."""
    return _after(request, account, deeds.shut)


@accounts.post("/{account}/open", response=AccountOut, openapi_extra=KEYED)
@done
def open_account(request: HttpRequest, account: PathId) -> AccountOut:
    """Open an account again that was shut."""
    return _after(request, account, deeds.reopen)


@invitations.get("", response=Page[InvitationOut])
def list_invitations(
    request: HttpRequest, filters: Query[InvitationFilters]
) -> Page[InvitationOut]:
    """List the invitations that wait."""
    cut = listed(request, Invitation.objects.visible_to(actor_of(request)), filters)
    items = [InvitationOut.of(row) for row in cut.rows]
    return Page[InvitationOut](items=items, next_cursor=cut.next_cursor)


@invitations.post("", response={201: InvitationOut}, openapi_extra=KEYED)
@created
def invite(request: HttpRequest, body: InvitationIn) -> InvitationOut:
    """Invite somebody by mail; nothing tells whether they have an account already."""
    actor = actor_of(request)
    node = _place(actor, body.node)
    told = body.given("node", "role")
    form = inviting.InvitationForm(role=Role(body.role), **told)
    return InvitationOut.of(inviting.invite(actor, node, form))


@invitations.get("/{invitation}", response=InvitationOut, openapi_extra=TAGGED)
@tagged
def show_invitation(request: HttpRequest, invitation: PathId) -> InvitationOut:
    """Show an invitation."""
    return InvitationOut.of(Invitation.objects.find(actor_of(request), invitation))


@invitations.delete("/{invitation}", response={204: None})
@transaction.atomic
def withdraw_invitation(request: HttpRequest, invitation: PathId) -> None:
    """Withdraw an invitation; its link is void."""
    actor = actor_of(request)
    inviting.withdraw(actor, Invitation.objects.find(actor, invitation))


def _after(request: HttpRequest, key: str, deed: Callable[[Actor, Account], object]) -> AccountOut:
    """Do a deed on an account; return how the account stands then."""
    actor = actor_of(request)
    deed(actor, _found(actor, key))
    return _told(actor, key)


def _found(actor: Actor, key: str) -> Account:
    account: Account = Account.objects.find(actor, key)
    return account


def _told(actor: Actor, key: str) -> AccountOut:
    held = Prefetch("standings", seen_standings(actor), to_attr="seen")
    rows = Account.objects.prefetch_related(held, "authenticator_set")
    return AccountOut.of(rows.find(actor, key))


def _place(actor: Actor, key: int) -> Node:
    """Return where a role is to be held; who gives none is refused, not told of places."""
    actor.require_any(Can.CHANGE_ACCOUNT, own_places(actor))
    place = places_to_give(actor).filter(pk=key).first()
    if place is None:
        raise Invalid({"node": _(NOT_FOUND)})
    return place
