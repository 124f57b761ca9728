"""Where roles are held and given, as far as an actor may know of it."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from doorward.kit.rows import named_if_few
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.models.accounts import administered
from doorward.tenancy.permissions import ADMINISTERS, HELD_AT, KEEPS, STANDS_BELOW, Can, Grant, Role
from doorward.tenancy.sight import few_nodes

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


def few_accounts(actor: Actor) -> Q:
    """Narrow accounts in view to the same ones by their keys, where an actor sees few.

    For lists: in whatever order, the database then looks at no others.
    """
    can = Can.VIEW_ACCOUNT
    if actor.sees_all(can) or few_nodes(actor, can):
        return Q()
    held = Standing.objects.filter(administered(actor)).values_list("account", flat=True)
    found = named_if_few("pk", held)
    return Q() if found is None else found | Q(pk=actor.myself.pk if actor.myself else None)


def holding(standings: QuerySet[Standing]) -> Q:
    """Say which accounts hold one of these roles."""
    held = standings.values_list("account", flat=True)
    return named_if_few("pk", held) or Q(pk__in=held.order_by())


def meets_administrators(actor: Actor) -> bool:
    """Say whether somebody looks after administrators of companies, or is one of them."""
    role = Role.COMPANY_ADMINISTRATOR
    return any(role in {place.role, *place.administers} for place in actor.places)


def homes_of(account: Account) -> list[Node]:
    """Return the nodes at which an account holds its roles."""
    return [one.node for one in account.standings.select_related("node")]


def own_places(actor: Actor) -> Iterable[Node]:
    """Return the nodes at which an actor stands."""
    return Node.objects.filter(pk__in=[place.node for place in actor.places]).order_by("name", "pk")


def roles_to_give(actor: Actor) -> list[Role]:
    """Return the roles to which an actor invites, as they stand in the table of roles.

    Whoever acts for another invites nobody.
    """
    if actor.acting is not None:
        return []
    given = {
        role
        for place in actor.places
        if actor.may(Can.CHANGE_ACCOUNT)
        for role in place.administers
    }
    return [role for role in HELD_AT if role in given]


def places_to_give(actor: Actor, role: Role | None = None) -> QuerySet[Node]:
    """Return where those roles, or one of them, may be held."""
    kinds = {HELD_AT[one] for one in roles_to_give(actor) if role in (None, one)}
    nodes = Node.objects.filter(kind__in=kinds, deleted_at=None)
    nodes = nodes.exclude(pk__in=Node.uprooted().values("pk"))
    if actor.sees_all(Can.CHANGE_ACCOUNT):
        return nodes
    return nodes.filter(pk__among=actor.nodes_below(Can.CHANGE_ACCOUNT))


def offered_places(actor: Actor, role: Role | None = None) -> list[Node]:
    return list(places_to_give(actor, role).order_by("name")[:_OFFERED])


def is_suspended(account: Account) -> bool:
    """Say whether every role of an account is suspended with its organisation."""
    return account.standings.exists() and not account.standings.in_force().exists()


# --- Organisations ------------------------------------------------------------------------------


def kinds_to_make(actor: Actor) -> list[Node.Kind]:
    """Return the kinds of organisations that an actor makes, the upper first."""
    made = {kind for place in actor.places for kind in KEEPS.get(place.role, ())}
    return [Node.Kind(kind) for kind in STANDS_BELOW if kind in made]


def may_keep(actor: Actor, kind: str, above: Node) -> bool:
    """Say whether an actor makes and keeps organisations of this kind below a node."""
    return above.kind in STANDS_BELOW[kind] and (
        actor.is_system
        or any(
            kind in KEEPS.get(place.role, ()) and above.path.startswith(place.path)
            for place in actor.places
        )
    )


def parents_to_choose(actor: Actor, kind: Node.Kind) -> list[Node]:
    """Return below which nodes an actor may make an organisation of this kind."""
    wanted = Q()
    for place in actor.places:
        if kind in KEEPS.get(place.role, ()):
            wanted |= Q(path__startswith=place.path)
    if not wanted:
        return []
    above = Node.objects.filter(wanted, kind__in=STANDS_BELOW[kind], deleted_at=None)
    # One's own first: what is offered first is what is mostly meant.
    own = {place.node for place in actor.places}
    return sorted(above.order_by("name", "pk")[:_OFFERED], key=lambda node: node.pk not in own)


def grants_to_give(actor: Actor, installer: Node) -> frozenset[Grant]:
    """Return what an actor may tick for sub-installers: all by its role, else what it has."""
    given: set[Grant] = set(Grant) if actor.is_system else set()
    for place in actor.places:
        if installer.path.startswith(place.path):
            given |= set(Grant) if _gives_all(place.role) else place.grants
    return frozenset(given)


def _gives_all(role: Role) -> bool:
    return Role.SUB_INSTALLER in ADMINISTERS[role]
