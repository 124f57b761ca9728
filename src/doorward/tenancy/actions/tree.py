"""Deeds on the tree of tenants."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from doorward.kit import rows
from doorward.kit.errors import Refused
from doorward.tenancy.models import Node
from doorward.tenancy.models.tree import OUT


def plant_node(parent: Node | None, kind: Node.Kind, name: str) -> Node:
    """Add a node below its parent; the caller's action has checked and records."""
    (node,) = plant_nodes(parent, kind, [name])
    return node


@transaction.atomic
def plant_nodes(parent: Node | None, kind: Node.Kind, names: Sequence[str]) -> list[Node]:
    """Add nodes below one parent."""
    # Held, so that a parent which is just taken out of the tree takes these along.
    held = Node.objects.select_for_update(no_key=True)
    above = "/"
    if parent is not None:
        locked = held.get(pk=parent.pk)
        if locked.deleted_at:
            raise Refused("organisation.gone", _("It is deleted by now."))
        above = locked.path
    nodes = [Node(parent=parent, kind=kind, name=name, path=secrets.token_hex(8)) for name in names]
    rows.insert_many(nodes)
    for node in nodes:
        node.path = f"{above}{node.pk}/"
    rows.update_many(nodes, ["path"])
    return nodes


def uproot_node(node: Node) -> None:
    """Take a node, and all that is below it, out of the tree and so out of everybody's sight."""
    node = Node.objects.select_for_update().get(pk=node.pk)
    if not node.is_out:
        below = Node.objects.filter(path__startswith=node.path)
        below.update(path=Concat(Value(OUT), F("path")))


def replant_node(node: Node) -> None:
    """Put a node that was taken out of the tree back where it stood, with all below it."""
    node = Node.objects.select_for_update().get(pk=node.pk)
    if node.is_out:
        below = Node.objects.filter(path__startswith=node.path)
        below.update(path=Substr("path", len(OUT) + 1))
