"""Where roles are held and given, as far as an actor may know of it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.models.accounts import administered
from doorward.tenancy.permissions import ADMINISTERS, HELD_AT, Can, Role

# Places that are offered for a role; whoever has more begins at the place itself.
_OFFERED = 500


def seen_standings(actor: Actor) -> QuerySet[Standing]:
    """Return the roles that an actor may know of: others may hold roles elsewhere beside."""
    standings = Standing.objects.select_related("node").order_by("pk")
    if actor.sees_all(Can.VIEW_ACCOUNT):
        return standings
    own = Q(account=actor.myself)
    if actor.acting is not None:
        own &= Q(role=actor.acting.role, node__in=[place.node for place in actor.places])
    return standings.filter(administered(actor) | own)


def homes_of(account: Account) -> list[Node]:
    """Return the nodes at which an account holds its roles."""
    return [one.node for one in account.standings.select_related("node")]


def own_places(actor: Actor) -> Iterable[Node]:
    """Return the nodes at which an actor stands."""
    return Node.objects.filter(pk__in=[place.node for place in actor.places]).order_by("name", "pk")


def roles_to_give(actor: Actor) -> list[Role]:
    """Return the roles to which an actor invites, as they stand in the table of roles."""
    given = {
        role
        for place in actor.places
        if actor.may(Can.CHANGE_ACCOUNT)
        for role in ADMINISTERS[place.role]
    }
    if actor.acting is not None:
        # Somebody who acts for another gives no role by which they would stay in.
        given.discard(Role.SUB_INSTALLER)
    return [role for role in HELD_AT if role in given]


def places_to_give(actor: Actor) -> QuerySet[Node]:
    """Return where those roles may be held."""
    nodes = Node.objects.filter(kind__in={HELD_AT[role] for role in roles_to_give(actor)})
    nodes = nodes.exclude(pk__in=Node.uprooted().values("pk"))
    if actor.sees_all(Can.CHANGE_ACCOUNT):
        return nodes
    return nodes.filter(pk__among=actor.nodes_below(Can.CHANGE_ACCOUNT))


def offered_places(actor: Actor) -> list[Node]:
    return list(places_to_give(actor).order_by("name")[:_OFFERED])
