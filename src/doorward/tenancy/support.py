"""Who may act for whom, and as whom somebody acts who does: reading only."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from doorward.kit.errors import Forbidden, Hidden
from doorward.tenancy.actor import Acting, Actor, Place
from doorward.tenancy.models import Account, AccountAccess, Node, Standing, SupportVisit
from doorward.tenancy.permissions import ENABLES, ENTERS, Can, Role
from doorward.tenancy.sight import NOTHING, few_nodes

_INSTALLERS = (Role.INSTALLER, Role.SUB_INSTALLER)


class Over(Exception):
    """A visit that somebody is still on has come to its end; `why` says by what."""

    def __init__(self, visit: int, why: str, name: str) -> None:
        super().__init__(why)
        self.visit = visit
        self.why = why
        self.name = name


# --- Whom one may help ------------------------------------------------------------------------


def enterable(actor: Actor) -> QuerySet[Standing]:
    """Return whom an actor may help where they let it, one row for each account and owner.

    Each says in `enabled` and `granted` how that stands; both are None before the first time.
    Whoever acts for another helps nobody else meanwhile.
    """
    reach = NOTHING
    for place in actor.places if actor.acting is None else ():
        if helped := ENTERS.get(place.role):
            reach |= Q(role=helped, node__path__startswith=place.path)
    if nodes := few_nodes(actor, Can.ENTER_ACCOUNT):
        # By their keys, the database looks for whoever stands there and at nobody else.
        reach &= Q(node__among=frozenset(nodes))
    # Who manages five sites of an installer is helped at all of them at once.
    before = Standing.objects.filter(
        account=OuterRef("account"),
        role=OuterRef("role"),
        node__parent=OuterRef("node__parent"),
        pk__lt=OuterRef("pk"),
    ).exclude(Q(role=Role.INSTALLER) | Q(node__in=Node.uprooted().values("pk")))
    access = AccountAccess.objects.of_standing()
    return (
        Standing.objects.in_force()
        .filter(reach)
        .exclude(Exists(before))
        .exclude(account=actor.account)
        .select_related("account", "node", "node__parent")
        .annotate(
            enabled=Subquery(access.values("enabled")[:1]),
            granted=Subquery(access.values("granted")[:1]),
        )
    )


def require_free(actor: Actor) -> None:
    """Raise `Forbidden` for whoever acts for somebody already."""
    if actor.acting is not None:
        message = _("You are acting for %(name)s already. End that first.")
        name = actor.acting.account.get_full_name()
        raise Forbidden("support.nested", message % {"name": name})


def found(actor: Actor, key: int) -> Standing:
    """Return one of those; raise `Hidden` for any other."""
    standing = enterable(actor).filter(pk=key).first()
    if standing is None:
        raise Hidden
    return standing


def may_enable(actor: Actor, standing: Standing) -> bool:
    """Say whether the actor decides if this one can be helped at all."""
    return actor.is_system or (
        actor.acting is None
        and any(
            ENABLES.get(place.role) == standing.role and standing.node.path.startswith(place.path)
            for place in actor.places
        )
    )


def owner_of(standing: Standing) -> tuple[Node, Account | None]:
    """Return by what the access is found that a role is under: its node and its account."""
    if standing.role == Role.INSTALLER:
        return standing.node, None
    assert standing.node.parent is not None
    return standing.node.parent, standing.account


# --- Whose switches these are -----------------------------------------------------------------


def own_accesses(actor: Actor) -> QuerySet[AccountAccess]:
    """Return what the actor may switch itself, once the level above has enabled it."""
    firms = [place.node for place in actor.places if place.role == Role.INSTALLER]
    mine = Q(account=actor.account) | Q(account=None, node__in=firms)
    rows = AccountAccess.objects.filter(mine, enabled=True).select_related("node", "account")
    return rows.none() if actor.acting or actor.account is None else rows.order_by("pk")


def own_access(actor: Actor, key: int) -> AccountAccess:
    """Return one of those; raise `Hidden` for any other."""
    access = own_accesses(actor).filter(pk=key).first()
    if access is None:
        raise Hidden
    return access


def visits_under(actor: Actor, most: int) -> list[SupportVisit]:
    """Return who has helped where the switches are the actor's own, the latest first."""
    rows = SupportVisit.objects.filter(access__in=own_accesses(actor))
    return list(rows.select_related("account", "acting_for").order_by("-pk")[:most])


def granted_by_default() -> bool:
    """Say whether whoever is enabled begins with permission granted."""
    chosen = AccountAccess.objects.filter(node__parent=None, account=None).first()
    return chosen is None or chosen.granted


def apps_are_off(account: Account) -> bool:
    """Say whether an installer has shut apps and API tokens out of all its accounts."""
    shut = AccountAccess.objects.filter(account=None, app_allowed=False)
    return shut.filter(
        node__standings__account=account, node__standings__role__in=_INSTALLERS
    ).exists()


def refuse_apps(account: Account) -> None:
    """Raise `Forbidden` where that is so."""
    if apps_are_off(account):
        raise apps_refused()


def apps_refused() -> Forbidden:
    message = _(
        "“Installer APP” is switched off for this installer: no app and no API token is let in."
        " The installer switches it on in Setting › Account Setting."
    )
    return Forbidden("app.off", message)


# --- As whom one acts -------------------------------------------------------------------------


def acting(doer: Actor, key: int, session: str, at: datetime) -> Actor:
    """Return who acts in a request that comes on a visit; raise `Over` where that has ended.

    The visit counts for the account and in the session it was begun in, and for nothing else.
    """
    rows = SupportVisit.objects.filter(account=doer.account, session=session)
    visit = rows.select_related("access__node", "acting_for").filter(pk=key).first()
    if visit is None:
        raise Over(0, SupportVisit.End.GONE, "")
    if visit.is_over(at) or not _holds(visit):
        raise Over(visit.pk, visit.why or why_over(visit, at), visit.acting_for.get_full_name())
    actor = as_other(doer, visit)
    if not actor.places:
        # The only site of a manager was deleted: it may come back, but nobody stands there now.
        raise Over(visit.pk, SupportVisit.End.GONE, visit.acting_for.get_full_name())
    return actor


def of_work(visit: SupportVisit, doer: Account) -> Actor:
    """Return who does work that was asked for on a visit, which may have ended meanwhile.

    Raise `Forbidden` where the permission did not outlast it.
    """
    if not _holds(visit):
        message = _("The permission to act for %(name)s was withdrawn. Nothing was changed.")
        name = visit.acting_for.get_full_name()
        raise Forbidden("support.withdrawn", message % {"name": name})
    return as_other(Actor(name=doer.username, account=doer), visit)


def as_other(doer: Actor, visit: SupportVisit) -> Actor:
    """Return the doer in the places of whom the visit is for, and in these alone."""
    seats = seats_of(visit).values_list("node", "node__path")
    other = Acting(visit.acting_for, Role(visit.role), visit.ends_at, visit.pk, visit.topic)
    return Actor(
        name=doer.name,
        account=doer.account,
        places=tuple(Place(other.role, node, path) for node, path in seats),
        address=doer.address,
        acting=other,
    )


def seats_of(visit: SupportVisit) -> QuerySet[Standing]:
    """Return the roles that are acted in: of the role that was entered, below its owner."""
    held = Standing.objects.in_force().filter(account=visit.acting_for, role=visit.role)
    there = Q(node=visit.access.node) | Q(node__parent=visit.access.node)
    return held.filter(there).exclude(node__in=Node.uprooted().values("pk")).order_by("pk")


def acted_for(account: Account, at: datetime) -> dict[str, str]:
    """Return for whom each session of an account acts, by what names the session."""
    begun = SupportVisit.objects.under_way().filter(account=account, ends_at__gt=at)
    visits = begun.select_related("acting_for")
    return {visit.session: visit.acting_for.get_full_name() for visit in visits}


def why_over(visit: SupportVisit, at: datetime) -> str:
    """Say by what a visit has ended that nobody has ended yet."""
    if visit.ends_at <= at:
        return SupportVisit.End.TIME
    if not (visit.access.enabled and visit.access.granted):
        return SupportVisit.End.WITHDRAWN
    return SupportVisit.End.GONE


def _holds(visit: SupportVisit) -> bool:
    return SupportVisit.objects.holding().filter(pk=visit.pk).exists()
