"""Rebooting devices over the API."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest

from doorward.devices.actions import reboots as actions
from doorward.devices.api.drift import devices
from doorward.devices.api.orders import OrderOut, told_of
from doorward.devices.models import Command, Device
from doorward.kit.api.shapes import PathId
from doorward.kit.api.versions import TAGGED, tagged
from doorward.tenancy.api import KEYED, actor_of, ordered

# Whoever imports the router from here has these routes in it too.
__all__ = ["devices"]


class RebootOut(OrderOut):
    """An order to reboot a device: carried before `expires_at` or never.

    `taken` by the device at `settled_at`, it ends `back` online at `back_at`, or `away` where
    nothing was seen of that for five minutes; a device that comes later is `back` all the same.
    """

    status: Literal["queued", "sent", "taken", "back", "away", "failed", "expired"]
    back_at: datetime | None

    @classmethod
    def of(cls, command: Command) -> "RebootOut":
        return cls(back_at=command.back_at, **told_of(command))


@devices.post("/{device}/reboot", response={202: RebootOut}, openapi_extra=KEYED)
@ordered
def reboot_device(request: HttpRequest, device: PathId) -> RebootOut:
    """Order a reboot; ask the address in `Location` what became of it."""
    actor = actor_of(request)
    return RebootOut.of(actions.reboot_device(actor, Device.objects.find(actor, device)))


@devices.get("/{device}/commands/{reboot}", response=RebootOut, openapi_extra=TAGGED)
@tagged
def show_reboot(request: HttpRequest, device: PathId, reboot: PathId) -> RebootOut:
    """Show what became of a reboot."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    orders = Command.objects.filter(device=row, kind=Command.Kind.REBOOT)
    return RebootOut.of(orders.find(actor, reboot))
