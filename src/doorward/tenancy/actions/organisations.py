"""Deeds on the level below: organisations made, changed, suspended, resumed, deleted."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import clock, rows
from doorward.kit.counts import NAMED, first_of
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.events import announce, submit
from doorward.tenancy import audit
from doorward.tenancy.actions.endings import end_standings
from doorward.tenancy.actions.invitations import InvitationForm, invite
from doorward.tenancy.actions.signin import end_sessions_of
from doorward.tenancy.actions.tree import plant_node
from doorward.tenancy.actor import Actor
from doorward.tenancy.events import OrganisationDeleted
from doorward.tenancy.models import Account, Node, Organisation, Standing
from doorward.tenancy.permissions import KEEPS, Role
from doorward.tenancy.places import may_keep

# What an installer alone has of its own; a reseller has the name.
INSTALLER_FIELDS = ("registers_macs", "may_pay")


@dataclass(frozen=True, kw_only=True)
class OrganisationForm:
    """What is said of an organisation."""

    name: str
    registers_macs: bool = True
    may_pay: bool = True


@transaction.atomic
def create_organisation(
    actor: Actor, parent: Node, kind: Node.Kind, form: OrganisationForm, first: InvitationForm
) -> Organisation:
    """Make an organisation below another, and invite its first account by mail."""
    # Locked, so that of two that are to have one name the second is told.
    above = Node.objects.select_for_update(no_key=True).get(pk=parent.pk)
    _require(may_keep(actor, kind, above))
    if above.deleted_at:
        raise Refused("organisation.gone", _("What it was to stand below is deleted."))
    _check_name(above, kind, form.name)
    node = plant_node(above, kind, form.name.strip()[:128])
    organisation: Organisation = Organisation.objects.get(pk=node.pk)
    _write(organisation, form)
    told = audit.facts(organisation, "kind", *_fields(organisation))
    audit.record(actor, "create", organisation, organisation, after=told)
    invite(actor, organisation, replace(first, role=Role(kind.value)))
    return organisation


@transaction.atomic
def change_organisation(
    actor: Actor, organisation: Organisation, form: OrganisationForm
) -> Organisation:
    locked = _held(actor, organisation)
    _check_name(_parent(locked), Node.Kind(locked.kind), form.name, but=locked)
    before = audit.facts(locked, *_fields(locked))
    _write(locked, form)
    after = audit.facts(locked, *_fields(locked))
    audit.record(actor, "change", locked, locked, before=before, after=after)
    return locked


@transaction.atomic
def suspend_organisation(actor: Actor, organisation: Organisation) -> int:
    """Let nobody manage anything through it, from this moment on; return how many are out.

    Devices and doors go on, and so does whoever only opens doors. Whoever has a role elsewhere
    beside stays in with that.
    """
    locked = _held(actor, organisation)
    if locked.suspended_at:
        raise Refused("organisation.suspended", _("It is suspended already."))
    locked.suspended_at, locked.suspended_from = clock.now(), _highest(actor, locked)
    locked.save(update_fields=["suspended_at", "suspended_from"])
    held = Standing.objects.filter(node__path__startswith=locked.path)
    in_force = Standing.objects.in_force()
    out = Account.objects.filter(standings__in=held).exclude(standings__in=in_force).distinct()
    count: int = out.count()
    told = {"accounts": count, "sessions": end_sessions_of(out)}
    audit.record(actor, "suspend", locked, locked, after=told)
    return count


@transaction.atomic
def resume_organisation(actor: Actor, organisation: Organisation) -> None:
    """Let its accounts in again, with all that they could do before."""
    locked = _held(actor, organisation)
    if not locked.suspended_at:
        raise Refused("organisation.active", _("It is not suspended."))
    # What a level above has suspended, no level below resumes.
    _require(actor.is_system or locked.suspended_from.startswith(_highest(actor, locked)))
    locked.suspended_at, locked.suspended_from = None, ""
    locked.save(update_fields=["suspended_at", "suspended_from"])
    audit.record(actor, "resume", locked, locked)


@transaction.atomic
def delete_organisation(actor: Actor, organisation: Organisation) -> None:
    """Delete an organisation that nothing stands below, with the accounts that have no other role.

    Refused while there is anything below it; the refusal names it. What was recorded there stays.
    """
    locked = _held(actor, organisation)
    _refuse_children(locked)
    event = OrganisationDeleted(organisation=locked.pk)
    submit(event, actor)
    audit.record(actor, "delete", locked, _parent(locked), before=audit.facts(locked, "name"))
    locked.invitations.all().delete()
    end_standings(actor, locked.standings.all())
    locked.deleted_at = clock.now()
    locked.save(update_fields=["deleted_at"])
    announce(event)


def _refuse_children(organisation: Organisation) -> None:
    below = Organisation.objects.filter(parent=organisation).order_by("name")
    if count := below.count():
        told = first_of(below.values_list("name", flat=True)[:NAMED], count)
        message = _("It still has organisations below it: %(names)s. Delete them first.")
        raise Refused("organisation.in_use", message % {"names": told})


def _write(organisation: Organisation, form: OrganisationForm) -> None:
    organisation.name = form.name.strip()
    for name in _fields(organisation):
        if name in INSTALLER_FIELDS:
            setattr(organisation, name, getattr(form, name))
    rows.store(organisation, only=_fields(organisation))


def _fields(organisation: Organisation) -> tuple[str, ...]:
    is_installer = organisation.kind == Node.Kind.INSTALLER
    return ("name", *INSTALLER_FIELDS) if is_installer else ("name",)


def _check_name(
    above: Node, kind: Node.Kind, name: str, *, but: Organisation | None = None
) -> None:
    if not name.strip():
        raise Invalid({"name": _("Enter the name of the organisation.")})
    alike = Organisation.objects.filter(parent=above, kind=kind, name__iexact=name.strip())
    if alike.exclude(pk=but.pk if but else None).exists():
        raise Invalid({"name": _("There is one of this name already. Choose another.")})


def _held(actor: Actor, organisation: Organisation) -> Organisation:
    """Lock an organisation; raise `Forbidden` unless the actor keeps it."""
    rows_held = Organisation.objects.select_for_update(no_key=True)
    locked: Organisation | None = rows_held.filter(pk=organisation.pk).first()
    if locked is None:
        raise Refused("organisation.gone", _("It is deleted by now."))
    _require(may_keep(actor, locked.kind, _parent(locked)))
    return locked


def _highest(actor: Actor, organisation: Organisation) -> str:
    """Return the path of the highest place from which the actor keeps it; "" is the system's."""
    paths = [
        place.path
        for place in actor.places
        if organisation.kind in KEEPS.get(place.role, ())
        and organisation.path.startswith(place.path)
    ]
    return min(paths, key=len, default="")


def _parent(organisation: Organisation) -> Node:
    assert organisation.parent is not None
    return organisation.parent


def _require(allowed: bool) -> None:
    if not allowed:
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
