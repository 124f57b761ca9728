"""Rebooting devices of a list, and what that means to people at their doors."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from doorward.devices.actions import reboots as actions
from doorward.devices.models import Device, Door
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Done
from doorward.tenancy.permissions import Can


class Reboot(BulkDeed):
    """Reboot those that can be, one after the other."""

    name = "reboot"
    label = pgettext_lazy("deed", "Reboot")
    icon = "power"
    needs = Can.REBOOT_DEVICE

    def question(self, count: int) -> Text:
        words = ngettext("Reboot %(count)d device", "Reboot %(count)d devices", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        keys = self.keys()
        actions.refuse_beyond(len(keys))
        found = Device.objects.visible_to(self.actor).filter(pk__in=keys)
        objected = actions.objections(list(found.select_related("connector", "site")))
        ready = [key for key in keys if key not in objected]
        if not ready:
            raise objected[keys[0]]
        doors = Door.objects.visible_to(self.actor).filter(device__in=ready)
        yield from doors_shut(doors.count())
        if len(ready) > 1:
            yield _("They restart one after the other, two seconds apart.")
        if objected:
            yield _left(len(objected))

    def act(self, form: Any) -> Done:
        keys = self.keys()
        chosen = Device.objects.visible_to(self.actor).filter(pk__in=keys)
        orders = actions.reboot_devices(self.actor, chosen)
        words = ngettext(
            "%(count)d reboot is ordered.", "%(count)d reboots are ordered.", len(orders)
        )
        told = [words % {"count": len(orders)}]
        if left := len(keys) - len(orders):
            told.append(_left(left))
        return Done(" ".join(told))

    def keys(self) -> list[int]:
        return list(self.rows.order_by("pk").values_list("pk", flat=True)[: actions.MOST + 1])


def doors_shut(count: int) -> Iterable[Text]:
    """Say what a reboot means to whoever stands before so many doors, or behind them."""
    if not count:
        yield _("No door depends on this: nobody is kept waiting.")
        return
    words = ngettext(
        "%(count)d door cannot be opened from outside until its device is back, usually after"
        " about a minute.",
        "%(count)d doors cannot be opened from outside until their device is back, usually after"
        " about a minute.",
        count,
    )
    yield words % {"count": count}
    yield _(
        "Whoever is inside can still leave, but not by an exit button that is wired to the device."
    )


def _left(count: int) -> str:
    words = ngettext(
        "%(count)d is left as it is: offline, not bound yet, or being rebooted already.",
        "%(count)d are left as they are: offline, not bound yet, or being rebooted already.",
        count,
    )
    return words % {"count": count}
