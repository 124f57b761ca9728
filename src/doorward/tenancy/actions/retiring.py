"""The end of the roles at a node that is gone for good."""

from django.db import transaction

from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Invitation, Node, Standing


@transaction.atomic
def retire_node(actor: Actor, node: Node) -> None:
    """End every role at and below a node; an account that has no other role goes along.

    The node itself stays, as what was recorded there stays.
    """
    actor.require_system()
    Invitation.objects.filter(node__path__startswith=node.path).delete()
    held = Standing.objects.filter(node__path__startswith=node.path)
    keys = list(held.values_list("account", flat=True))
    held.delete()
    left = list(Account.objects.filter(pk__in=keys, standings=None))
    above = node.parent or node
    audit.record_many(actor, "delete", (audit.Deed(account, above) for account in left))
    Account.objects.filter(pk__in=[account.pk for account in left]).delete()
