"""Installers: for whom somebody may do something."""

from django.db.models import QuerySet

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can


def installers_in_view(actor: Actor, can: Can) -> QuerySet[Node]:
    """Return the installers at or below whom the actor may do this, by name."""
    installers = Node.objects.filter(kind=Node.Kind.INSTALLER, deleted_at=None)
    if not actor.sees_all(can):
        installers = installers.filter(pk__among=actor.nodes_below(can))
    return installers.order_by("name", "pk")


def installers_for(actor: Actor, can: Can) -> list[Node]:
    """Return all of them at once."""
    return list(installers_in_view(actor, can))
