"""Keeping what an organisation tells of itself: one row of each kind."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from doorward.kit import rows
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can


# Any: rows of several kinds, each with its own fields.
@transaction.atomic
def keep_told(
    actor: Actor, node: Node, can: Can, kind: type[Any], told: Mapping[str, object]
) -> Any:
    """Change the row that a node has of a kind, or begin it; raise `Invalid`.

    The first time it is recorded even if nothing was told: that it was asked is kept with it.
    """
    held = hold(node)
    actor.require(can, held)
    row = kind._default_manager.filter(node=held).first() or kind(node=held)
    before, is_new = audit.facts(row, *told), row.pk is None
    for name, value in told.items():
        setattr(row, name, value)
    rows.store(row)
    after = audit.facts(row, *told)
    if is_new or before != after:
        audit.record(actor, "change", row, held, before=before, after=after)
    return row


def hold(node: Node) -> Node:
    """Lock a node, and with it what is kept once for it: there is one row, or none yet."""
    held: Node = Node.objects.select_for_update(no_key=True).get(pk=node.pk)
    return held
