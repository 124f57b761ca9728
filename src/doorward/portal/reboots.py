"""How far a reboot has come, in words for the device's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from doorward.devices.actions.reboots import UNCERTAIN
from doorward.devices.models import Command, Device
from doorward.kit import clock
from doorward.sites.models import Site
from doorward.sites.words import time_of

# For so long a page tells of a reboot that went wrong, and of one that went well.
SHOWN = timedelta(hours=1)
SHOWN_WELL = timedelta(minutes=10)


@dataclass(frozen=True)
class Progress:
    """What is said of a reboot; `level` is a notice's. One that `goes_on` is soon another."""

    level: str
    title: str
    text: str
    goes_on: bool = False


def lately(orders: Iterable[Command], device: Device, site: Site) -> Progress | None:
    """Say what became of the latest reboot among a device's orders, if that is still news."""
    latest = next((order for order in orders if order.is_reboot), None)
    now = clock.now()
    if latest is None or latest.created_at < now - SHOWN:
        return None
    if latest.back_at is not None and latest.back_at < now - SHOWN_WELL:
        return None
    return _told(latest, device, site)


def _told(order: Command, device: Device, site: Site) -> Progress:
    names = {
        "who": order.ordered_by,
        "ordered": time_of(site, order.created_at),
        "time": time_of(site, order.back_at or order.settled_at or order.created_at, seconds=True),
    }
    match order.status:
        case Command.Status.TAKEN:
            text = _(
                "The device took the order of %(who)s at %(time)s. Until it is back, usually"
                " after about a minute, its doors cannot be opened from outside."
            )
            return Progress("info", _("Rebooting"), text % names, goes_on=True)
        case Command.Status.BACK:
            text = _("%(who)s ordered a reboot at %(ordered)s; the device was back at %(time)s.")
            return Progress("good", _("Back online"), text % names)
        case Command.Status.AWAY:
            return _without_return(device, names)
        case Command.Status.FAILED | Command.Status.EXPIRED:
            return Progress("warn", _("Not rebooted"), _failure(order))
    text = _("%(who)s ordered it at %(ordered)s. The device has not answered yet.")
    return Progress("info", _("Reboot ordered"), text % names, goes_on=True)


def _without_return(device: Device, names: dict[str, str]) -> Progress:
    if device.is_online:
        text = _(
            "The device took the order at %(time)s, but nothing was seen of a restart within five"
            " minutes. Order it again, or switch its power off and on."
        )
        return Progress("warn", _("No sign of a reboot"), text % names)
    text = _(
        "The device took the order at %(time)s and was not back within five minutes. Look at its"
        " power and network on site."
    )
    return Progress("bad", _("Did not come back"), text % names)


def _failure(order: Command) -> str:
    if order.status == Command.Status.EXPIRED and order.sent_at is None:
        return _(
            "The connector did not take the order within a minute, so it was not carried out. One"
            " of an older version knows no reboots: update it."
        )
    if order.status == Command.Status.EXPIRED or order.problem in UNCERTAIN:
        return _(
            "There was no proper answer to the order, so nobody knows whether the device heard it."
            " A restart within five minutes is told here."
        )
    return str(order.get_problem_display()) or _("The device refused.")
