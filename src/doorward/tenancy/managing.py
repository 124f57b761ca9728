"""Who manages a site, and who could, as far as an actor may know of it."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from doorward.kit.counts import NAMED, first_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node, Standing
from doorward.tenancy.permissions import Role
from doorward.tenancy.places import seen_standings


def managers_of(actor: Actor, node: Node) -> QuerySet[Standing]:
    """Return the roles of a site's property managers."""
    return _managing(actor).filter(node=node).select_related("account", "node")


def candidates_for(actor: Actor, node: Node) -> QuerySet[Standing]:
    """Return one role of each property manager that the actor looks after and that is not here."""
    here = Standing.objects.filter(node=node, role=Role.PROPERTY_MANAGER)
    elsewhere = _managing(actor).exclude(account__in=here.values("account"))
    first = elsewhere.order_by().values("account").annotate(first=Min("pk")).values("first")
    found = Standing.objects.filter(pk__in=first, account__is_active=True)
    return found.select_related("account", "node")


def names_at(actor: Actor, nodes: Collection[int]) -> dict[int, str]:
    """Return by site the names of the first of its managers, and how many more there are."""
    here = _managing(actor).filter(node__in=nodes)
    numbered = here.annotate(
        turn=Window(
            RowNumber(), partition_by="node_id", order_by=["account__name", "account__username"]
        ),
        total=Window(Count("pk"), partition_by="node_id"),
    )
    names: dict[int, list[str]] = defaultdict(list)
    totals: dict[int, int] = {}
    columns = ("node_id", "total", "account__name", "account__username")
    few = numbered.filter(turn__lte=NAMED).order_by("node_id", "turn").values_list(*columns)
    for node, total, name, username in few:
        names[node].append(name or username)
        totals[node] = total
    return {node: first_of(named, totals[node]) for node, named in names.items()}


def _managing(actor: Actor) -> QuerySet[Standing]:
    return seen_standings(actor).filter(role=Role.PROPERTY_MANAGER)
