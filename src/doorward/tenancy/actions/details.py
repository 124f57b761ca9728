"""What the level above changes of an account: names, phone, reminder, rules, its address."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import clock, outbox, rows
from doorward.kit.errors import Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses, profile
from doorward.tenancy.actions.accounts import hold_account, require_factor
from doorward.tenancy.actions.names import names_of
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Grant, Role
from doorward.tenancy.places import grants_to_give

DETAILS = ("first_name", "last_name", "name", "phone", "remind_monthly")


@dataclass(frozen=True, kw_only=True)
class DetailsForm:
    """What is said of an account; `email` is what its address is to be."""

    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    remind_monthly: bool = False
    second_factor_required: bool = False
    # None leaves them as they are.
    grants: frozenset[Grant] | None = None


@transaction.atomic
def change_details(actor: Actor, account: Account, form: DetailsForm) -> Account:
    """Change an account all of which is below the actor; raise `Forbidden` for any other.

    Another address counts only once somebody who reads its mail has confirmed it.
    """
    locked = hold_account(actor, account)
    roles = set(locked.standings.values_list("role", flat=True))
    needs_names = Role.PROPERTY_MANAGER if Role.PROPERTY_MANAGER in roles else None
    names = names_of(needs_names, form.first_name, form.last_name)
    before = audit.facts(locked, *DETAILS)
    locked.first_name, locked.last_name = names
    # Whoever has but a user name is called by that.
    locked.name = names.whole
    locked.phone, locked.remind_monthly = form.phone, form.remind_monthly
    rows.store(locked, only=DETAILS)
    after = audit.facts(locked, *DETAILS)
    if before != after:
        audit.record(actor, "change", locked, home_of(locked), before=before, after=after)
    if Role.SUB_INSTALLER in roles and form.grants is not None:
        _give_grants(actor, locked, form.grants)
    _want_email(actor, locked, form.email.strip().lower())
    if locked.second_factor_required != form.second_factor_required:
        require_factor(actor, locked, required=form.second_factor_required)
    return locked


@transaction.atomic
def keep_email(actor: Actor, account: Account) -> None:
    """Leave the address as it is: by its owner, or by the level above that wanted another."""
    actor.require_in_person()
    own = actor.account == account
    locked = Account.objects.select_for_update().get(pk=account.pk) if own else None
    _keep_email(actor, locked or hold_account(actor, account))


@transaction.atomic
def ask_for_email_again(actor: Actor, account: Account) -> None:
    """Send another link to the address that is wanted: the first one lives for a day alone."""
    locked = hold_account(actor, account)
    if not locked.email_wanted:
        message = _("No other address waits for its link to be opened.")
        raise Refused("email.settled", message)
    _refuse_too_many(actor)
    profile.send_email_link(locked, locked.email_wanted, wanted_above=True)
    after = audit.facts(locked, "email_wanted")
    audit.record(actor, "ask for e-mail", locked, home_of(locked), after=after)


def _keep_email(actor: Actor, locked: Account) -> None:
    if not locked.email_wanted:
        return
    before = audit.facts(locked, "email_wanted")
    locked.email_wanted = ""
    locked.save(update_fields=["email_wanted"])
    audit.record(actor, "keep e-mail", locked, home_of(locked), before=before)


def _want_email(actor: Actor, locked: Account, address: str) -> None:
    """Send a link to a new address, and tell the one that counts until it is opened.

    Whether somebody else has the address already is not told: then the link alone does not come.
    """
    if address == (locked.email_wanted or locked.email):
        return
    if address == locked.email:
        _keep_email(actor, locked)
        return
    if not address:
        raise Invalid(
            {"email": _("An account needs an address. Enter the one that it is to have.")}
        )
    _refuse_too_many(actor)
    before = audit.facts(locked, "email_wanted")
    locked.email_wanted = address
    rows.store(locked, only=["email_wanted"])
    profile.send_email_link(locked, address, wanted_above=True)
    if locked.email:
        outbox.send(
            to=locked.email,
            template="tenancy/email/email_wanted",
            context={
                "account": locked,
                "who": actor.account.get_full_name() if actor.account else "",
                "at": clock.now(),
            },
            language=locked.language,
        )
    after = audit.facts(locked, "email_wanted")
    audit.record(actor, "ask for e-mail", locked, home_of(locked), before=before, after=after)


def _refuse_too_many(actor: Actor) -> None:
    """Nobody fills the mailboxes of strangers."""
    if actor.account is not None:
        guesses.begin(Purpose.INVITATION, account=str(actor.account.pk), source="")


def _give_grants(actor: Actor, locked: Account, wanted: frozenset[Grant]) -> None:
    """Tick what the actor may give, and leave what it may not as it stands."""
    for standing in locked.standings.filter(role=Role.SUB_INSTALLER).select_related("node"):
        before = audit.facts(standing, "grants")
        given = grants_to_give(actor, standing.node)
        standing.grants = sorted((set(standing.grants) - given) | (wanted & given))
        if standing.grants != before["grants"]:
            standing.save(update_fields=["grants"])
            after = audit.facts(standing, "grants")
            audit.record(actor, "change", locked, standing.node, before=before, after=after)
