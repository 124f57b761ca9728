"""Deeds of the level above on accounts: shut, unlocked, and asked for more than a password."""

from collections.abc import Collection
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit import clock, outbox
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses, passwords
from doorward.tenancy.actions.signin import end_sessions, forget_browsers, home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.permissions import HEADS, Can, Role


def may_give(actor: Actor, role: Role, node: Node) -> bool:
    """Say whether the actor administers this role at this node."""
    return actor.is_system or any(
        place.may(Can.CHANGE_ACCOUNT)
        and role in place.administers
        and node.home_path.startswith(place.path)
        for place in actor.places
    )


def may_change(actor: Actor, account: Account) -> bool:
    """Say whether every role of an account is below the actor, so that the whole account is.

    Whoever acts for another changes nobody's.
    """
    return account.pk in changeable(actor, [account])


def changeable(actor: Actor, accounts: Collection[Account]) -> set[int]:
    """Return the keys of those accounts that `may_change` allows, asked for at once."""
    if actor.acting is not None:
        return set()
    held = Standing.objects.filter(account__in=accounts).select_related("node")
    foreign = {one.account_id for one in held if not may_give(actor, Role(one.role), one.node)}
    return {one.pk for one in accounts if one != actor.account and one.pk not in foreign}


@transaction.atomic
def create_account(
    actor: Actor, node: Node, role: Role, *, username: str, password: str, name: str, email: str
) -> Account:
    """Create someone who holds a role at a node; raise `Invalid` for a name that is taken.

    Only parts of the system do so: the set-up, and an invitation that is accepted.
    """
    actor.require_system()
    if Account.objects.filter(username__iexact=username).exists():
        raise Invalid({"username": _("This user name is taken. Choose another.")})
    account = Account(username=username, name=name, email=email.lower())
    account.set_password(password)
    account.save()
    Standing.objects.create(account=account, node=node, role=role)
    # Only now: how long it has to be depends on the role.
    passwords.check_strength(account, password)
    audit.record(actor, "create", account, node, after={"role": role, "name": name})
    return account


def check_username(username: str) -> None:
    """Raise `Invalid` for what is no user name: with an @ it would be taken for an address."""
    if not username.strip() or "\x00" in username or "@" in username:
        raise Invalid({"username": _("Choose a user name without the sign @.")})


@transaction.atomic
def require_factor(actor: Actor, account: Account, *, required: bool) -> None:
    """Ask an account for a second factor from the next sign-in on, or for none of ours any more.

    What it has enrolled itself is asked for in any case.
    """
    locked = hold_account(actor, account)
    if required and not locked.email and not _factors(locked).exists():
        message = _(
            "This account has no e-mail address to send a code to. Ask its owner to enter one."
        )
        raise Refused("account.no_email", message)
    before = audit.facts(locked, "second_factor_required")
    locked.second_factor_required = required
    locked.save(update_fields=["second_factor_required"])
    after = audit.facts(locked, "second_factor_required")
    audit.record(actor, "require factor", locked, home_of(locked), before=before, after=after)


@transaction.atomic
def remove_factors(actor: Actor, account: Account) -> None:
    """Take every second factor from an account whose owner has lost them, and tell the owner.

    All sessions end and no browser is trusted any more.
    """
    locked = hold_account(actor, account)
    if not _factors(locked).exists():
        raise Refused("account.no_factor", _("This account has no second factors."))
    _factors(locked).delete()
    forget_browsers(actor, locked)
    end_sessions(actor, locked)
    audit.record(actor, "remove factor", locked, home_of(locked))
    if locked.email:
        outbox.send(
            to=locked.email,
            template="tenancy/email/factor_changed",
            context={
                "account": locked,
                "what": gettext_lazy(
                    "all second factors removed by whoever looks after your account"
                ),
                "at": clock.now(),
            },
            language=locked.language,
        )


@transaction.atomic
def send_password_link(actor: Actor, account: Account) -> None:
    """Send the owner a link to a new password."""
    passwords.send_reset_link(actor, hold_account(actor, account))


@transaction.atomic
def forgive(actor: Actor, account: Account) -> None:
    """Let an account sign in again at once after wrong tries."""
    locked = hold_account(actor, account)
    guesses.forgive_account(str(locked.pk))
    audit.record(actor, "forgive", locked, home_of(locked))


@transaction.atomic
def end_all_sessions(actor: Actor, account: Account) -> None:
    """End every session of an account; its API tokens go on."""
    locked = hold_account(actor, account)
    if not end_sessions(actor, locked):
        raise Refused("account.no_session", _("This account is signed in nowhere."))


@transaction.atomic
def shut(actor: Actor, account: Account) -> None:
    """Let nobody in with this account, from this moment on: sessions end, tokens are refused."""
    locked = hold_account(actor, account)
    if not locked.is_active:
        return
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    end_sessions(actor, locked)
    audit.record(actor, "shut", locked, home_of(locked))


@transaction.atomic
def reopen(actor: Actor, account: Account) -> None:
    """Let an account in again that was shut."""
    locked = hold_account(actor, account)
    if locked.is_active:
        return
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    audit.record(actor, "open", locked, home_of(locked))


@transaction.atomic
def end_role(actor: Actor, standing: Standing) -> None:
    """Take one role of several away; raise `Refused` for the last one."""
    actor.require_in_person()
    account = Account.objects.select_for_update().get(pk=standing.account_id)
    if not may_give(actor, Role(standing.role), standing.node) or actor.account == account:
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    if account.standings.count() < 2:
        raise Refused("account.last_role", _("This is its only role. Delete the account instead."))
    refuse_last([standing])
    named = str(standing)
    standing.delete()
    audit.record(actor, "end role", account, standing.node.in_sight(), before={"role": named})


def refuse_last(standings: Collection[Standing]) -> None:
    """Raise `Refused` where one of these is the last that speaks for its organisation."""
    heads = [one for one in standings if one.role in HEADS]
    nodes = {one.node_id for one in heads}
    # Locked, so that of two who take the last two away one is late.
    list(Node.objects.select_for_update(no_key=True).filter(pk__in=nodes).order_by("pk"))
    others = Standing.objects.filter(node__in=nodes, role__in=HEADS)
    others = others.exclude(pk__in=[one.pk for one in heads])
    kept = set(others.values_list("node", flat=True))
    for one in heads:
        if one.node_id not in kept:
            message = _(
                "This is the last account of %(name)s. Invite another first, or let the "
                "organisation be deleted."
            )
            raise Refused("account.last", message % {"name": one.node})


# Any: the library that keeps factors has no types.
def _factors(account: Account) -> Any:
    return Authenticator.objects.filter(user=account)


def hold_account(actor: Actor, account: Account) -> Account:
    """Lock an account; raise `Forbidden` unless all of it is below the actor, in person."""
    locked: Account = Account.objects.select_for_update().get(pk=account.pk)
    require_whole(actor, locked)
    return locked


def require_whole(actor: Actor, account: Account) -> None:
    """Raise `Forbidden` unless all of an account is below the actor, in person."""
    actor.require_in_person()
    if not may_change(actor, account):
        message = _(
            "This account has a role that is not yours to give: only take away what you gave."
        )
        raise Forbidden("account.elsewhere", message)
