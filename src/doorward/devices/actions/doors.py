"""Deeds on doors, and the one deed everybody waits for: opening."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.devices.actions import shelf
from doorward.devices.actions.devices import refresh_settings
from doorward.devices.events import DoorsChanged
from doorward.devices.models import Command, Device, Door
from doorward.devices.offline import why_offline
from doorward.kit import clock, live, rows
from doorward.kit.errors import Invalid, Refused
from doorward.kit.events import announce
from doorward.sites.models import Company, Site
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

DOOR_FIELDS = ("name", "device", "relay", "hold_seconds", "exit_input", "contact_input")
# A door must never open late.
UNLOCK_LIFE = timedelta(seconds=5)
# Somebody waits for it: no more is fetched than it has to do with.
_OF_REACH = (
    *("name", "binding", "reachable", "reachable_since"),
    *(f"connector__{name}" for name in ("revoked_at", "online_since", "last_seen_at")),
)


@dataclass(frozen=True, kw_only=True)
class DoorForm:
    """What people say of a door; `hold_seconds` is 1 to 10, `relay` and inputs 1 (A) to 4 (D)."""

    name: str
    device: Device
    relay: int = Door.Relay.A
    hold_seconds: int = 5
    exit_input: int | None = None
    contact_input: int | None = None
    companies: Collection[Company] = ()


@transaction.atomic
def create_door(actor: Actor, site: Site, form: DoorForm) -> Door:
    actor.require(Can.CHANGE_DOOR, site)
    door = Door(node=site.node, site=site)
    _fill(door, form)
    audit.record(actor, "create", door, door.node, after=audit.facts(door, *DOOR_FIELDS))
    refresh_settings([door.device_id])
    return door


@transaction.atomic
def change_door(actor: Actor, door: Door, form: DoorForm) -> Door:
    actor.require(Can.CHANGE_DOOR, door)
    before = audit.facts(door, *DOOR_FIELDS)
    devices = {door.device_id, form.device.pk}
    _fill(door, form)
    after = audit.facts(door, *DOOR_FIELDS)
    audit.record(actor, "change", door, door.node, before=before, after=after)
    refresh_settings(devices)
    announce(DoorsChanged(devices=sorted(devices)))
    return door


@transaction.atomic
def delete_door(actor: Actor, door: Door) -> None:
    """Delete a door: nobody may open its relay any more, and its access groups lose it."""
    actor.require(Can.CHANGE_DOOR, door)
    audit.record(actor, "delete", door, door.node, before=audit.facts(door, *DOOR_FIELDS))
    device = door.device_id
    # First the head: a group that takes this door holds it, and waits for the door at its end.
    shelf.lock_heads([device])
    door.delete()
    refresh_settings([device])
    announce(DoorsChanged(devices=[device]))


@transaction.atomic
def unlock_door(actor: Actor, door: Door) -> Command:
    """Order one pulse of the door's relay; it is carried within five seconds or never.

    Raise `Refused` where the device cannot be reached now.
    """
    actor.require(Can.OPEN_DOOR, door)
    device = Device.objects.select_related("connector").only(*_OF_REACH).get(pk=door.device_id)
    _require_reachable(door, device)
    now = clock.now()
    command = Command.objects.create(
        node=door.node,
        connector=device.connector,
        device=device,
        door=door,
        account=actor.account,
        actor=actor.name,
        created_at=now,
        expires_at=now + UNLOCK_LIFE,
    )
    audit.record(actor, "unlock", door, door.node, after={"command": command.pk})
    live.wake("orders", [device.connector_id])
    return command


def _fill(door: Door, form: DoorForm) -> None:
    if form.device.site_id != door.site_id:
        raise Invalid({"device": _("Choose a device of this site.")})
    if any(company.site_id != door.site_id for company in form.companies):
        raise Invalid({"companies": _("Choose companies of this site.")})
    door.name, door.device, door.relay = form.name, form.device, form.relay
    door.hold_seconds = form.hold_seconds
    door.exit_input, door.contact_input = form.exit_input, form.contact_input
    _require_free_inputs(door)
    rows.store(door)
    door.companies.set(form.companies)
    live.publish([f"site:{door.site_id}:doors", f"door:{door.pk}"])


def _require_free_inputs(door: Door) -> None:
    """Raise `Invalid` where an input is another door's for something else.

    The schema sees to what is alike; two at once of both kinds leave one input with two meanings,
    of which the contact counts.
    """
    others = Door.objects.filter(device=door.device).exclude(pk=door.pk)
    message = _("%(door)s has something else on this input. Choose another input.")
    for name, twin in (("exit_input", "contact_input"), ("contact_input", "exit_input")):
        number = getattr(door, name)
        taken = others.filter(**{twin: number}).first() if number is not None else None
        if taken is not None:
            raise Invalid({name: message % {"door": taken}})


def _require_reachable(door: Door, device: Device) -> None:
    if device.binding != Device.Binding.BOUND:
        message = _("%(device)s is not bound yet, so %(door)s cannot be opened from here.")
        raise Refused("door.unbound", message % {"door": door.name, "device": device.name})
    if not device.is_online:
        raise Refused("door.offline", why_offline(device, door.site))
