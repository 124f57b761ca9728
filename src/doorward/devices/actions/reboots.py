"""Rebooting devices from afar: ordered once, taken by the device, and over when it is back."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from doorward.devices.actions.devices import topics_of
from doorward.devices.models import Command, Device
from doorward.devices.models.commands import RETURN_WITHIN
from doorward.devices.offline import why_offline
from doorward.kit import clock, live
from doorward.kit.errors import Refused
from doorward.kit.rows import insert_many
from doorward.protocols import neutral
from doorward.sites.words import time_of
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# An order that could not be given for so long is dropped: by then nobody expects a reboot.
LIFE = timedelta(minutes=1)
# Of several devices one after the other goes down.
STAGGER = timedelta(seconds=2)
# The doors of so many devices may stay shut at once, and no more.
MOST = 50
# A device states its uptime in whole seconds.
_ROUNDING = timedelta(seconds=5)
# Seconds. A device may state any number, and a huge one could not be subtracted from the time.
_LONGEST_UPTIME = 365 * 24 * 3600
# After these nobody knows whether the device has heard the order.
UNCERTAIN = tuple(
    problem.value
    for problem in (
        neutral.Problem.TIMED_OUT,
        neutral.Problem.UNREACHABLE,
        neutral.Problem.GARBLED,
    )
)


@transaction.atomic
def reboot_device(actor: Actor, device: Device) -> Command:
    """Order a reboot; it is carried within a minute or never.

    Raise `Refused` where the device cannot be reached now, or is being rebooted already.
    """
    actor.require(Can.REBOOT_DEVICE, device)
    (held,) = _held([device.pk])
    if objection := objections([held]).get(held.pk):
        raise objection
    return _order(actor, [held])[0]


@transaction.atomic
def reboot_devices(actor: Actor, rows: QuerySet[Device]) -> list[Command]:
    """Order a reboot of those that can be, one every two seconds; return these orders.

    Raise `Refused` where there are more than fifty, or none that can be.
    """
    actor.require_all(Can.REBOOT_DEVICE, rows)
    keys = list(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    refuse_beyond(len(keys))
    held = _held(keys)
    objected = objections(held)
    if held and len(objected) == len(held):
        raise objected[held[0].pk]
    return _order(actor, [device for device in held if device.pk not in objected])


def refuse_beyond(count: int) -> None:
    """Raise `Refused` for more devices than are rebooted at once."""
    if count > MOST:
        message = _("At most %(most)d devices are rebooted together. Choose fewer.")
        raise Refused("selection.large", message % {"most": MOST})


def objections(devices: Collection[Device]) -> dict[int, Refused]:
    """Return which devices cannot be rebooted now, and why; with connector and site at hand."""
    under_way = Command.objects.reboots_under_way().filter(device__in=devices)
    ordered = {one.device_id: one for one in under_way.select_related("account")}
    found = {one.pk: _objection(one, ordered.get(one.pk)) for one in devices}
    return {key: objection for key, objection in found.items() if objection is not None}


def note_restart(device: Device, at: datetime, uptime: int) -> None:
    """Note that a device told at a moment that it runs for so many seconds.

    That is also how one hears of a reboot whose outcome nobody knew.
    """
    began = at - timedelta(seconds=min(max(0, uptime), _LONGEST_UPTIME))
    taken = Q(status__in=[Command.Status.TAKEN, Command.Status.AWAY])
    lost = Q(status__in=[Command.Status.SENT, Command.Status.EXPIRED])
    lost |= Q(status=Command.Status.FAILED, problem__in=UNCERTAIN)
    soon = Q(sent_at__gte=began - RETURN_WITHIN)
    since = Command.objects.filter(
        taken | lost & soon, sent_at__lte=began + _ROUNDING, kind=Command.Kind.REBOOT
    )
    _note_back(since.filter(device=device))


def note_return(devices: Collection[int]) -> None:
    """Note that devices are there again that had been away."""
    if devices:
        waiting = (Command.Status.TAKEN, Command.Status.AWAY)
        _note_back(Command.objects.filter(device__in=devices, status__in=waiting))


def _note_back(reboots: QuerySet[Command]) -> None:
    now = clock.now()
    back = list(reboots.select_for_update().order_by("pk"))
    for command in back:
        command.status, command.back_at = Command.Status.BACK, now
        # Of one whose outcome nobody knew, it is known now.
        command.settled_at, command.problem = command.settled_at or now, ""
    Command.objects.bulk_update(back, ["status", "back_at", "settled_at", "problem"])
    live.publish(f"device:{command.device_id}" for command in back)


def _held(keys: Collection[int]) -> list[Device]:
    """Hold devices: of two who order at once, one sees the other's order."""
    held = Device.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys)
    return list(held.select_related("site", "node", "connector").order_by("pk"))


def _order(actor: Actor, devices: Sequence[Device]) -> list[Command]:
    sites = {device.site_id for device in devices}
    under_way = Command.objects.reboots_under_way().filter(device__site__in=sites)
    # Also of several orders, one after the other: a building has doors that open.
    refuse_beyond(len(devices) + under_way.count())
    now = clock.now()
    orders = [
        Command(
            kind=Command.Kind.REBOOT,
            node=device.node,
            connector=device.connector,
            device=device,
            account=actor.account,
            actor=actor.name,
            created_at=now,
            not_before=now + place * STAGGER if place else None,
            expires_at=now + place * STAGGER + LIFE,
        )
        for place, device in enumerate(devices)
    ]
    insert_many(orders)
    audit.record_many(
        actor,
        "reboot",
        [audit.Deed(one.device, one.node, after={"command": one.pk}) for one in orders],
    )
    live.wake("orders", sorted({one.connector_id for one in orders}))
    live.publish(topic for one in orders for topic in topics_of(one.device))
    return orders


def _objection(device: Device, ordered: Command | None) -> Refused | None:
    names = {"device": device.name}
    if device.binding != Device.Binding.BOUND:
        message = _("%(device)s is not bound yet, so it cannot be rebooted from here.") % names
        return Refused("device.unbound", message)
    if not device.is_online:
        return Refused("device.offline", why_offline(device, device.site))
    if ordered is not None:
        at = time_of(device.site, ordered.created_at)
        message = _("%(device)s is being rebooted already: %(who)s ordered it at %(time)s.")
        told = {**names, "who": ordered.ordered_by, "time": at}
        return Refused("device.rebooting", message % told)
    return None
