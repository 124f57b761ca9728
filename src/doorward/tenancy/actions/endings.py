"""The end of accounts and of their roles: by the level above, or with the node they stand at."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doorward.kit import clock, outbox
from doorward.kit.errors import Forbidden
from doorward.tenancy import audit
from doorward.tenancy.actions.accounts import may_give, refuse_last
from doorward.tenancy.actions.signin import end_sessions_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.audit import Deed
from doorward.tenancy.models import Account, Invitation, Node, Standing
from doorward.tenancy.permissions import Role


def standings_to_take(actor: Actor, account: Account) -> list[Standing]:
    """Return the roles of an account that the actor may take from it; none of one's own."""
    if account in (actor.account, actor.myself):
        return []
    held = account.standings.select_related("node").order_by("pk")
    return [one for one in held if may_give(actor, Role(one.role), one.node)]


@transaction.atomic
def delete_account(actor: Actor, account: Account) -> bool:
    """Delete an account, or take from one with a role elsewhere what is the actor's to take.

    Return whether it is gone. Sessions and tokens end with it, what it did stays in the audit
    trail, and its owner is told. Raise `Refused` for the last one of an organisation.
    """
    actor.require_in_person()
    locked: Account = Account.objects.select_for_update().get(pk=account.pk)
    mine = standings_to_take(actor, locked)
    if not mine:
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    refuse_last(mine)
    standings = Standing.objects.filter(pk__in=[one.pk for one in mine])
    return bool(end_standings(actor, standings))


@transaction.atomic
def retire_node(actor: Actor, node: Node) -> None:
    """End every role at and below a node that is gone for good, as `end_standings` does.

    The node itself stays, as what was recorded there stays.
    """
    actor.require_system()
    Invitation.objects.filter(node__path__startswith=node.path).delete()
    end_standings(actor, Standing.objects.filter(node__path__startswith=node.path))


@transaction.atomic
def end_standings(actor: Actor, standings: QuerySet[Standing]) -> int:
    """Take roles away, and delete the accounts that have no other; return how many those are.

    The caller has checked that the actor may.
    """
    # Of a deleted site the next node in sight is its installer's, two above a company's.
    held = list(standings.select_related("account", "node__parent__parent").order_by("pk"))
    touched = {one.account_id: one for one in held}
    # Locked, so that of two who take the last two roles away one sees what the other did.
    list(Account.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    deeds = [Deed(one.account, one.node.in_sight(), before={"role": str(one)}) for one in held]
    Standing.objects.filter(pk__in=[one.pk for one in held]).delete()
    left = set(Standing.objects.filter(account__in=touched).values_list("account", flat=True))
    gone = [one for key, one in touched.items() if key not in left]
    audit.record_many(actor, "end role", deeds)
    _delete(actor, gone)
    return len(gone)


def _delete(actor: Actor, last: Collection[Standing]) -> None:
    """Delete accounts, each by the last role it had, and tell their owners."""
    accounts = Account.objects.filter(pk__in=[one.account_id for one in last])
    end_sessions_of(accounts)
    audit.record_many(
        actor,
        "delete",
        [
            Deed(one.account, one.node.in_sight(), before=audit.facts(one.account, "name", "email"))
            for one in last
        ],
    )
    for one in last:
        if one.account.email:
            outbox.send(
                to=one.account.email,
                template="tenancy/email/account_deleted",
                context={"account": one.account, "at": clock.now()},
                language=one.account.language,
            )
    accounts.delete()
