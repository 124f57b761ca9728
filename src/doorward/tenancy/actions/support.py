"""Deeds of support access: enabled by the level above, granted by its owner, entered, left."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from doorward.kit import clock, outbox
from doorward.kit.errors import Forbidden, Refused
from doorward.kit.events import announce
from doorward.kit.live import handle_of
from doorward.tenancy import audit, support
from doorward.tenancy.actions import visits
from doorward.tenancy.actor import Actor
from doorward.tenancy.events import SupportBegun
from doorward.tenancy.models import AccountAccess, Node, Standing, SupportVisit
from doorward.tenancy.models.support import LONGEST
from doorward.tenancy.permissions import Can, Role


@transaction.atomic
def enable(actor: Actor, standing: Standing, *, enabled: bool) -> AccountAccess:
    """Let the level above be let in, or no longer: only then does the owner have the switches."""
    actor.require_in_person()
    if not support.may_enable(actor, standing):
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    node, account = support.owner_of(standing)
    # One at a time: there is one row of each owner, or none yet.
    Node.objects.select_for_update(no_key=True).get(pk=node.pk)
    access = AccountAccess.objects.filter(node=node, account=account).first()
    if access is None:
        access = AccountAccess(node=node, account=account, granted=support.granted_by_default())
    before = {"enabled": access.enabled}
    if access.enabled == enabled:
        return access
    access.enabled = enabled
    access.save()
    _end_visits(access)
    after = {"enabled": enabled}
    audit.record(actor, "change", access, standing.node, before=before, after=after)
    return access


@transaction.atomic
def grant(actor: Actor, access: AccountAccess, *, granted: bool) -> None:
    """Let the level above in from now on, or no longer: whoever is in at the moment is out."""
    locked = _own(actor, access)
    before = {"granted": locked.granted}
    if locked.granted == granted:
        return
    locked.granted = granted
    locked.save(update_fields=["granted"])
    _end_visits(locked)
    audit.record(
        actor, "change", locked, _home(actor, locked), before=before, after={"granted": granted}
    )


@transaction.atomic
def allow_apps(actor: Actor, access: AccountAccess, *, allowed: bool) -> None:
    """Let apps and API tokens in with all of an installer's accounts, or none, from now on."""
    locked = _own(actor, access)
    if locked.account_id is not None:
        raise Refused("app.not_here", _("Only an installer has this switch."))
    if locked.app_allowed == allowed:
        return
    before = {"app_allowed": locked.app_allowed}
    locked.app_allowed = allowed
    locked.save(update_fields=["app_allowed"])
    after = {"app_allowed": allowed}
    audit.record(actor, "change", locked, locked.node, before=before, after=after)


@transaction.atomic
def choose_default(actor: Actor, *, granted: bool) -> None:
    """Say whether whoever is enabled from now on begins with permission granted."""
    root = Node.objects.select_for_update(no_key=True).get(parent=None)
    actor.require_in_person()
    actor.require(Can.CHANGE_SUPPORT, root)
    rows = AccountAccess.objects.filter(node=root, account=None)
    chosen = rows.first() or AccountAccess(node=root)
    if chosen.granted == granted:
        return
    before = {"granted": chosen.granted}
    chosen.granted = granted
    chosen.save()
    audit.record(actor, "change", chosen, root, before=before, after={"granted": granted})


# --- Visits -----------------------------------------------------------------------------------


@transaction.atomic
def enter(actor: Actor, standing: Standing, session_key: str) -> SupportVisit:
    """Begin to act for somebody, for an hour at most, in the session of this key alone.

    Raise `Refused` where that is not enabled or not granted. The other one is told by mail.
    """
    support.require_free(actor)
    if actor.account is None or not support.enterable(actor).filter(pk=standing.pk).exists():
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    access = _open_to_help(standing)
    handle, now = handle_of(session_key), clock.now()
    # A visit that its session has lost sight of.
    visits.end_in(actor.account, [handle], visits.End.LEFT)
    visit = SupportVisit.objects.create(
        node=standing.node,
        access=access,
        account=actor.account,
        acting_for=standing.account,
        role=standing.role,
        session=handle,
        started_at=now,
        ends_at=now + LONGEST,
    )
    doer = support.as_other(actor, visit)
    audit.record(doer, "begin support", visit, visit.node, after={"role": visit.role})
    _tell(visit)
    announce(SupportBegun(visit=visit.pk))
    return visit


@transaction.atomic
def leave(actor: Actor) -> None:
    """Be oneself again."""
    if actor.acting is not None:
        visits.end([actor.acting.visit], visits.End.LEFT)


def _open_to_help(standing: Standing) -> AccountAccess:
    """Return the access, locked; raise `Refused` unless it is enabled and granted."""
    node, account = support.owner_of(standing)
    rows = AccountAccess.objects.select_for_update(no_key=True, of=("self",))
    access = rows.filter(node=node, account=account).select_related("node").first()
    name = {"name": standing.account.get_full_name()}
    if access is None or not access.enabled:
        message = _("Account access is not enabled for %(name)s. Enable it first.") % name
        raise Refused("support.off", message)
    if not access.granted:
        message = _(
            "%(name)s has switched “Permission Granted” off. Ask them to switch it on in"
            " Setting › Account Setting."
        )
        raise Refused("support.withdrawn", message % name)
    if not standing.account.is_active:
        raise Refused("account.shut", _("The account of %(name)s is shut.") % name)
    return access


def _own(actor: Actor, access: AccountAccess) -> AccountAccess:
    """Lock one's own switches; whoever has none finds none."""
    actor.require_in_person()
    support.own_access(actor, access.pk)
    rows = AccountAccess.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("node").get(pk=access.pk)


def _home(actor: Actor, access: AccountAccess) -> Node:
    """Return where the owner stands under this access, and reads the trail."""
    here = Q(node=access.node) | Q(node__parent=access.node)
    held = Standing.objects.filter(here, account=actor.account).select_related("node")
    seat = held.exclude(node__in=Node.uprooted()).order_by("pk").first()
    return seat.node if seat else access.node


def _end_visits(access: AccountAccess) -> None:
    if access.enabled and access.granted:
        return
    under_way = access.visits.filter(ended_at=None)
    if keys := list(under_way.values_list("pk", flat=True)):
        visits.end(keys, visits.End.WITHDRAWN)


def _tell(visit: SupportVisit) -> None:
    if not visit.acting_for.email:
        return
    outbox.send(
        to=visit.acting_for.email,
        template="tenancy/email/support_begun",
        context={
            "account": visit.acting_for,
            "helper": visit.account.get_full_name(),
            "helper_account": visit.account.username,
            "role": Role(visit.role).label,
            "at": visit.started_at,
            "until": visit.ends_at,
            "minutes": LONGEST // timedelta(minutes=1),
        },
        language=visit.acting_for.language,
    )
