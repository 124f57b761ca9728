"""Deeds on the tree of tenants."""

import secrets

from doorward.tenancy.models import Node


def plant_node(parent: Node | None, kind: Node.Kind, name: str) -> Node:
    """Add a node below its parent; the caller's action has checked and records."""
    node = Node.objects.create(parent=parent, kind=kind, name=name, path=secrets.token_hex(8))
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    return node
