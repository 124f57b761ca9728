"""Who took which list out of the house."""

from collections.abc import Mapping

from django.db import transaction

from doorward.tenancy import audit
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node


@transaction.atomic
def record_export(actor: Actor, node: Node, what: Mapping[str, object]) -> None:
    """Record that a list was exported: which, by which filter, how many rows, in which form."""
    audit.record(actor, "export", own_account(actor), node, after=what)
