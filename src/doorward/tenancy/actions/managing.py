"""Deeds on who manages a site: many accounts at many sites."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.events import announce
from doorward.tenancy import audit
from doorward.tenancy.actions.accounts import may_give
from doorward.tenancy.actor import Actor
from doorward.tenancy.events import ManagersAssigned
from doorward.tenancy.managing import candidates_for, managers_of
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.permissions import Role


@transaction.atomic
def assign_managers(actor: Actor, node: Node, accounts: Collection[int]) -> int:
    """Let property managers manage one more site; return how many did not before.

    Only those whom the actor looks after already: whoever is new is invited, or gets an account.
    """
    _require(actor, node)
    held = {account.pk: account for account in _locked(accounts)}
    managing = set(managers_of(actor, node).values_list("account", flat=True))
    candidates = candidates_for(actor, node).filter(account__in=accounts)
    known = set(candidates.values_list("account", flat=True))
    if not set(accounts) <= known | managing:
        raise Invalid({"accounts": _("Choose property managers whose accounts you look after.")})
    come = [held[key] for key in sorted(set(accounts) - managing)]
    Standing.objects.bulk_create(
        Standing(account=account, node=node, role=Role.PROPERTY_MANAGER) for account in come
    )
    told = {"role": Role.PROPERTY_MANAGER.value}
    audit.record_many(
        actor, "give role", (audit.Deed(account, node, after=told) for account in come)
    )
    if come:
        announce(ManagersAssigned(node=node.pk, accounts=[account.pk for account in come]))
    return len(come)


@transaction.atomic
def withdraw_managers(actor: Actor, node: Node, accounts: Collection[int]) -> int:
    """Let property managers manage a site no longer; return how many did.

    Raise `Refused` for one who would have no role left: nobody could look after the account.
    """
    _require(actor, node)
    # Of anybody else not even whether there is such an account is asked.
    held = managers_of(actor, node).filter(account__in=accounts)
    leaving = _locked(held.values_list("account", flat=True))
    gone = managers_of(actor, node).filter(account__in=[account.pk for account in leaving])
    going = set(gone.values_list("account", flat=True))
    elsewhere = (
        Standing.objects.filter(account__in=going)
        .exclude(node=node, role=Role.PROPERTY_MANAGER)
        .exclude(node__in=Node.uprooted())
    )
    lone = going - set(elsewhere.values_list("account", flat=True))
    if lone:
        names = ", ".join(one.get_full_name() for one in leaving if one.pk in lone)
        message = _(
            "This is the only site of %(names)s. Give them another one first, or delete the "
            "account."
        )
        raise Refused("account.last_role", message % {"names": names})
    told = {"role": Role.PROPERTY_MANAGER.value}
    ended = [account for account in leaving if account.pk in going]
    audit.record_many(
        actor, "end role", (audit.Deed(account, node, before=told) for account in ended)
    )
    gone.delete()
    return len(ended)


def _require(actor: Actor, node: Node) -> None:
    actor.require_in_person()
    if node.kind != Node.Kind.SITE or not may_give(actor, Role.PROPERTY_MANAGER, node):
        raise Forbidden("permission.missing", _("Your role does not allow this here."))


def _locked(accounts: Iterable[int]) -> list[Account]:
    """Hold accounts, so that of two who take the last role away one is late."""
    return list(Account.objects.select_for_update().filter(pk__in=list(accounts)).order_by("pk"))
