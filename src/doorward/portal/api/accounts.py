"""The accounts one looks after, and invitations, over the API."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, OneOf, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.tenancy.actions import accounts as deeds
from doorward.tenancy.actions import details, endings
from doorward.tenancy.actions import invitations as inviting
from doorward.tenancy.actions.names import apart
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, NOT_FOUND, actor_of, created, done
from doorward.tenancy.filters import Users as AccountChoices
from doorward.tenancy.models import Account, Invitation, Node
from doorward.tenancy.permissions import Can, Grant, Role
from doorward.tenancy.places import few_accounts, own_places, places_to_give, seen_standings

accounts = Router(tags=["accounts"])
invitations = Router(tags=["invitations"])

NamePart = Annotated[Line, Field(max_length=60)]
Grants = list[Annotated[str, OneOf(Grant)]]


class RoleOut(Out):
    """A role and where it is held, as far as you may know of it."""

    role: Annotated[str, OneOf(Role)]
    node: str
    node_name: str
    grants: Grants


class AccountOut(Out):
    """An account that you look after, or your own."""

    id: str
    username: str
    name: str
    first_name: str
    last_name: str
    email: str
    email_confirmed: bool
    email_wanted: str
    phone: str
    remind_monthly: bool
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
            first_name=account.first_name,
            last_name=account.last_name,
            email=account.email,
            email_confirmed=account.email_confirmed_at is not None,
            email_wanted=account.email_wanted,
            phone=_number(account.phone),
            remind_monthly=account.remind_monthly,
            roles=[
                RoleOut(
                    role=one.role,
                    node=str(one.node_id),
                    node_name=one.node.name,
                    grants=one.grants,
                )
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
        "name": ("name", "username"),
        "last_login": ("last_login",),
        "created_at": ("pk",),
    }

    role: Annotated[str, OneOf(Role)] | None = None
    state: Literal["open", "shut"] | None = None
    factor: Literal["required", "added", "none"] | None = None


class InvitationFilters(Filters):
    sorts = {"name": ("name",), "created_at": ("created_at",), "expires_at": ("expires_at",)}


class RuleIn(In):
    """Whether an account is asked for a second factor."""

    required: bool


class AccountPatch(In):
    """What may change about an account that is wholly yours to give.

    Another `email` counts once its link is opened; until then it is told as `email_wanted`.
    `grants` are a sub-installer's.
    """

    first_name: NamePart = OMITTED
    last_name: NamePart = OMITTED
    email: Annotated[Line, Field(min_length=1, max_length=254)] = OMITTED
    phone: Annotated[Line, Field(max_length=32)] = OMITTED
    remind_monthly: bool = OMITTED
    second_factor_required: bool = OMITTED
    grants: Grants = OMITTED


class InvitationIn(In):
    """Who is invited to which role, and where it is held.

    A name is told in one or apart; a property manager has a first and a last name. `grants` are for
    sub-installers, `username` is proposed to whoever accepts.
    """

    node: Id
    role: Annotated[str, OneOf(Role)]
    email: Annotated[Line, Field(max_length=254)]
    name: Annotated[Line, Field(min_length=1, max_length=128)] = OMITTED
    first_name: NamePart = OMITTED
    last_name: NamePart = OMITTED
    username: Annotated[Line, Field(max_length=64)] = OMITTED
    phone: Annotated[Line, Field(max_length=32)] = OMITTED
    second_factor_required: bool = False
    remind_monthly: bool = False
    grants: Grants = OMITTED


class InvitationOut(Out):
    """An invitation that waits; it is gone once it is accepted or withdrawn."""

    id: str
    node: str
    role: Annotated[str, OneOf(Role)]
    name: str
    first_name: str
    last_name: str
    username: str
    email: str
    phone: str
    second_factor_required: bool
    remind_monthly: bool
    grants: Grants
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Invitation) -> "InvitationOut":
        plain = (
            *("role", "name", "first_name", "last_name", "username", "email", "grants"),
            *("second_factor_required", "remind_monthly", "created_at", "expires_at"),
        )
        facts = {name: getattr(row, name) for name in plain}
        return cls(id=str(row.pk), node=str(row.node_id), phone=_number(row.phone), **facts)


@accounts.get("", response=Page[AccountOut])
def list_accounts(request: HttpRequest, filters: Query[AccountFilters]) -> Page[AccountOut]:
    """List the accounts that you look after, and your own."""
    actor = actor_of(request)
    held = Prefetch("standings", seen_standings(actor), to_attr="seen")
    rows = Account.objects.visible_to(actor).filter(few_accounts(actor))
    rows = rows.prefetch_related(held, "authenticator_set")
    asked = filters.model_dump(include={"role", "state", "factor"})
    cut = listed(request, narrowed(rows, AccountChoices, asked, request), filters)
    items = [AccountOut.of(row) for row in cut.rows]
    return Page[AccountOut](items=items, next_cursor=cut.next_cursor)


@accounts.get("/{account}", response=AccountOut, openapi_extra=TAGGED)
@tagged
def show_account(request: HttpRequest, account: PathId) -> AccountOut:
    """Show an account that you look after."""
    return _told(actor_of(request), account)


@accounts.patch("/{account}", response=AccountOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_account(request: HttpRequest, account: PathId, body: AccountPatch) -> AccountOut:
    """Change what is given of an account."""
    actor = actor_of(request)
    row = _locked(actor, account)
    require_unchanged(request, lambda: _told(actor, account))
    known = {
        **{name: getattr(row, name) for name in ("first_name", "last_name", "remind_monthly")},
        "email": row.email_wanted or row.email,
        "phone": str(row.phone),
        "second_factor_required": row.second_factor_required,
    }
    given = body.given()
    if "grants" in given:
        given["grants"] = frozenset(map(Grant, given["grants"]))
    if not (row.first_name or row.last_name):
        known["first_name"], known["last_name"] = apart(row.name)
    details.change_details(actor, row, details.DetailsForm(**{**known, **given}))
    return _told(actor, account)


@accounts.delete("/{account}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_account(request: HttpRequest, account: PathId) -> None:
    """Delete an account; one with a role elsewhere loses only what is yours to take."""
    actor = actor_of(request)
    row = _locked(actor, account)
    require_unchanged(request, lambda: _told(actor, account))
    endings.delete_account(actor, row)


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
    # Whoever acts for another invites nobody, so no place would be found.
    actor.require_in_person()
    node = _place(actor, body.node)
    told = body.given("node", "role", "grants")
    given = frozenset(map(Grant, body.grants or ()))
    form = inviting.InvitationForm(role=Role(body.role), grants=given, **told)
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


def _locked(actor: Actor, key: str) -> Account:
    account: Account = Account.objects.select_for_update(no_key=True).find(actor, key)
    return account


def _told(actor: Actor, key: str) -> AccountOut:
    held = Prefetch("standings", seen_standings(actor), to_attr="seen")
    rows = Account.objects.prefetch_related(held, "authenticator_set")
    return AccountOut.of(rows.find(actor, key))


# Any: the field of numbers has no types, and "" where there is none.
def _number(phone: Any) -> str:
    return phone.as_e164 if phone else ""


def _place(actor: Actor, key: int) -> Node:
    """Return where a role is to be held; who gives none is refused, not told of places."""
    actor.require_any(Can.CHANGE_ACCOUNT, own_places(actor))
    place = places_to_give(actor).filter(pk=key).first()
    if place is None:
        raise Invalid({"node": _(NOT_FOUND)})
    return place
