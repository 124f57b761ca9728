"""Who asks whom: the desk of each is the nearest level above at which somebody answers.

People and administrators ask their site's property managers, or its installer where it has none;
property managers ask the installer, installers their distributor, distributors the operator.
"""

from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q

from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.models import Account, Node, NoticeKind, Standing
from doorward.tenancy.noticing import mailed
from doorward.tenancy.permissions import Role

# Who answers at the node where the role is held; the others only ask.
ANSWERING = frozenset(Role) - {Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL}
# Who asks as one: what one of them writes, each of them reads. People ask each for themselves.
FELLOWS: dict[Role, frozenset[Role]] = {
    **{role: frozenset({role}) for role in Role},
    **dict.fromkeys(
        (Role.INSTALLER, Role.SUB_INSTALLER), frozenset({Role.INSTALLER, Role.SUB_INSTALLER})
    ),
    Role.PERSONNEL: frozenset(),
}
# Who is told of what somebody writes; a desk with more of them has the list.
MOST_TOLD = 20


def may_ask(actor: Actor) -> bool:
    """Say whether there is somebody above the actor to ask: above the operator nobody is."""
    return actor.acting is None and any(not place.is_root for place in actor.places)


def answers(actor: Actor) -> bool:
    """Say whether others may ask the actor; whoever acts for another answers nobody."""
    return actor.acting is None and any(place.role in ANSWERING for place in actor.places)


def asking_places(actor: Actor) -> list[Place]:
    """Return where somebody may ask from, once for each node, by the highest role held there."""
    if not may_ask(actor):
        # What an owner asks stays the owner's, whoever acts for them.
        return []
    order = list(Role)
    found: dict[int, Place] = {}
    for place in sorted(actor.places, key=lambda one: order.index(one.role)):
        if not place.is_root:
            found.setdefault(place.node, place)
    return list(found.values())


def desk_above(path: str) -> Node | None:
    """Return the nearest node above this one at which somebody answers."""
    above = [int(step) for step in path.strip("/").split("/")][:-1]
    manned = (
        Standing.objects.in_force()
        .filter(node__in=above, role__in=ANSWERING, account__is_active=True)
        .values("node")
    )
    return max(Node.objects.filter(pk__in=manned), key=lambda one: len(one.path), default=None)


def asked_by(actor: Actor) -> Q:
    """Say which tickets are of the actor's own side, as the one who asks."""
    asked = Q(opened_by=actor.account, node__in=[place.node for place in actor.places])
    for place in actor.places:
        asked |= Q(node=place.node, asked_as__in=FELLOWS[place.role])
    return asked


def answered_by(actor: Actor) -> Q:
    """Say which tickets the actor answers."""
    return Q(desk__in=[place.node for place in actor.places if place.role in ANSWERING])


def readers_at(desk: Node) -> list[Account]:
    """Return who is told that there is something to answer."""
    held = Standing.objects.in_force().filter(node=desk, role__in=ANSWERING)
    return still_there(held.values_list("account", flat=True), desk)


def still_there(accounts: Iterable[int], node: Node) -> list[Account]:
    """Return those of the accounts that still stand at a node; `by_mail` says who gets mail."""
    held = Standing.objects.in_force().filter(node=node, account__in=list(accounts))
    rows = Account.objects.filter(pk__in=held.values("account"), is_active=True)
    told = rows.annotate(by_mail=ExpressionWrapper(mailed(NoticeKind.TICKET), BooleanField()))
    return list(told.order_by("pk")[:MOST_TOLD])


def is_manned(desk: Node) -> bool:
    """Say whether somebody answers there still."""
    held = Standing.objects.in_force().filter(
        node=desk, role__in=ANSWERING, account__is_active=True
    )
    return held.exists()
