"""Deeds on invitations: sent, sent again, withdrawn, accepted."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from doorward.kit import clock, outbox, rows
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.accounts import check_username, create_account, may_give
from doorward.tenancy.actions.names import names_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account, Invitation, Node, Standing
from doorward.tenancy.permissions import HELD_AT, Grant, Role
from doorward.tenancy.places import grants_to_give

LIFE = timedelta(days=7)
_SALT = "doorward.invited"
_SYSTEM = "invitation"
# What a new account has from its invitation.
_TAKEN_OVER = (
    *("first_name", "last_name", "phone", "language"),
    *("second_factor_required", "remind_monthly"),
)


@dataclass(frozen=True, kw_only=True)
class InvitationForm:
    """Who is invited to which role."""

    role: Role
    email: str
    # In one, or told apart: a property manager has both (the vendor's manual).
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    phone: str = ""
    language: str = "en"
    second_factor_required: bool = False
    remind_monthly: bool = False
    grants: frozenset[Grant] = frozenset()


@transaction.atomic
def invite(actor: Actor, node: Node, form: InvitationForm) -> Invitation:
    """Send an invitation; nothing tells whether somebody of this address has an account."""
    actor.require_in_person()
    if not may_give(actor, form.role, node):
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    if HELD_AT.get(form.role) != node.kind:
        raise Invalid({"node": _("This role is not held there. Choose where it belongs.")})
    _check_grants(actor, node, form)
    names = names_of(form.role, form.first_name, form.last_name)
    if form.username:
        check_username(form.username)
    invitation = Invitation(
        node=node,
        role=form.role,
        first_name=names.first,
        last_name=names.last,
        name=names.whole or form.name.strip() or form.username.strip(),
        username=form.username.strip(),
        phone=form.phone,
        email=form.email.strip().lower(),
        language=form.language,
        second_factor_required=form.second_factor_required,
        remind_monthly=form.remind_monthly,
        grants=sorted(form.grants),
        expires_at=clock.now() + LIFE,
    )
    rows.store(invitation)
    _send(actor, invitation)
    after = {"role": form.role, "second_factor_required": form.second_factor_required}
    if form.grants:
        after["grants"] = sorted(form.grants)
    audit.record(actor, "invite", invitation, node, after=after)
    return invitation


@transaction.atomic
def invite_again(actor: Actor, invitation: Invitation) -> None:
    """Send it once more, with a link that lives from now on; the one before is void."""
    actor.require_in_person()
    locked = _held(actor, invitation)
    locked.expires_at = clock.now() + LIFE
    locked.save(update_fields=["expires_at"])
    _send(actor, locked)
    audit.record(actor, "invite", locked, locked.node)


@transaction.atomic
def withdraw(actor: Actor, invitation: Invitation) -> None:
    locked = _held(actor, invitation)
    audit.record(actor, "withdraw", locked, locked.node)
    locked.delete()


# --- Accepting ----------------------------------------------------------------------------------


def read_link(token: str) -> Invitation | None:
    """Return which invitation a link accepts, or None for one that is used, old or made up."""
    try:
        key, proof = signing.loads(token, salt=_SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    found = Invitation.objects.select_related("node").filter(pk=key).first()
    if found is None or found.has_expired or proof != _proof(found):
        return None
    if found.node.deleted_at or found.node.is_out:
        return None
    return found


def account_of(invitation: Invitation) -> Account | None:
    """Return whose address it is; only who has the link may learn it."""
    account: Account | None = Account.objects.filter(email=invitation.email).first()
    return account


@transaction.atomic
def accept_anew(
    token: str, *, username: str, password: str, address: str, zone: str = ""
) -> Account:
    """Create the account of whoever has no account of this address yet, in a zone to begin with."""
    invitation = _locked(token)
    if account_of(invitation):
        raise Refused("invitation.sign_in", _("You have an account already. Sign in to accept."))
    check_username(username)
    account = create_account(
        Actor.system(_SYSTEM),
        invitation.node,
        Role(invitation.role),
        username=username.strip(),
        password=password,
        name=invitation.name,
        email=invitation.email,
    )
    # Who has the link reads the mail of this address.
    account.email_confirmed_at = account.password_changed_at = clock.now()
    account.zone = zone
    for name in _TAKEN_OVER:
        setattr(account, name, getattr(invitation, name))
    account.save()
    account.standings.update(grants=invitation.grants)
    _done(Actor.of(account, address=address), invitation)
    return account


@transaction.atomic
def accept(actor: Actor, token: str) -> None:
    """Give the account that is signed in, and has this address, one more role."""
    actor.require_in_person()
    invitation = _locked(token)
    account = account_of(invitation)
    if account is None or actor.account != account:
        raise Refused("invitation.sign_in", _("Sign in with the account that was invited."))
    Standing.objects.update_or_create(
        account=account,
        node=invitation.node,
        role=invitation.role,
        defaults={"grants": invitation.grants},
    )
    # Whoever wanted another address may have no say in all of the account any more.
    Account.objects.filter(pk=account.pk).update(email_wanted="")
    if invitation.second_factor_required and not account.second_factor_required:
        account.second_factor_required = True
        account.save(update_fields=["second_factor_required"])
    _done(actor, invitation)


def _done(actor: Actor, invitation: Invitation) -> None:
    audit.record(actor, "accept", invitation, invitation.node, after={"role": invitation.role})
    invitation.delete()


def _locked(token: str) -> Invitation:
    """Return the invitation, locked: of two who accept at once, one is late."""
    found = read_link(token)
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("node")
    invitation = locked.filter(pk=found.pk if found else 0).first()
    if invitation is None or read_link(token) is None:
        message = _("This link is used or too old. Ask whoever invited you for another.")
        raise Refused("link.used", message)
    return invitation


def _held(actor: Actor, invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("node")
    found = locked.filter(pk=invitation.pk).first()
    if found is None:
        raise Refused("invitation.gone", _("This invitation is accepted or withdrawn by now."))
    if not may_give(actor, Role(found.role), found.node):
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    return found


def _check_grants(actor: Actor, node: Node, form: InvitationForm) -> None:
    if form.grants and form.role != Role.SUB_INSTALLER:
        raise Invalid({"grants": _("Only a sub-installer may be given this.")})
    if not form.grants <= grants_to_give(actor, node):
        message = _("You can only give what you may do yourself.")
        raise Forbidden("grant.missing", message)


def _send(actor: Actor, invitation: Invitation) -> None:
    if actor.account is not None:
        guesses.begin(Purpose.INVITATION, account=str(actor.account.pk), source="")
    token = signing.dumps([invitation.pk, _proof(invitation)], salt=_SALT)
    outbox.send(
        to=invitation.email,
        template="tenancy/email/invitation",
        context={
            "invitation": invitation,
            "inviter": actor.account.get_full_name() if actor.account else "",
            "path": reverse("invitation", args=[token]),
            "days": LIFE.days,
        },
        language=invitation.language,
        useful_until=invitation.expires_at,
    )


def _proof(invitation: Invitation) -> str:
    """Return what changes when it is sent again: only the last link counts."""
    return f"{invitation.expires_at.timestamp():.6f}"
