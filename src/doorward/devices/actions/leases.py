"""Who has a device: its connector, or while that is silent another one of the site."""

import logging
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery

from doorward.devices.models import Connector, Device
from doorward.devices.models.connectors import PRESENCE, online
from doorward.devices.models.devices import Devices
from doorward.kit import clock, live

logger = logging.getLogger(__name__)

# So long may the cloud hear nothing of a connector before another gets its devices.
LEASE = PRESENCE
_AT_ONCE = 500
_MOVED = ("connector", "home", "term", "reachable", "reachable_since", "problem")


@transaction.atomic
def hand_over() -> int:
    """Give devices of silent connectors to others of their sites; return how many.

    What was lent by a connector that is here goes back.
    """
    now = clock.now()
    _give_back(Device.objects.filter(online(now, "home__")))
    heirs = Connector.objects.live().filter(online(now), site=OuterRef("site")).order_by("pk")
    silent = Device.objects.bound().filter(connector__last_seen_at__lte=now - LEASE)
    lost = silent.annotate(heir=Subquery(heirs.values("pk")[:1])).exclude(heir=None)
    found = list(lost.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:_AT_ONCE])
    givers = {device.connector_id for device in found}
    for device in found:
        home = device.home_id or device.connector_id
        _give(device, device.heir, home)  # type: ignore[attr-defined]
    _store(found, givers)
    return len(found)


@transaction.atomic
def take_back(connectors: Collection[int]) -> None:
    """Give connectors that have come back what was lent to others."""
    _give_back(Device.objects.filter(home__in=connectors))


def with_others(connectors: Iterable[Connector]) -> set[int]:
    """Return those of these connectors whose devices may get to another one."""
    sites = {connector.pk: connector.site_id for connector in connectors}
    live = Connector.objects.live().filter(site__in=set(sites.values()))
    several = live.values("site").annotate(count=Count("pk")).filter(count__gt=1)
    shared = set(several.values_list("site", flat=True))
    return {key for key, site in sites.items() if site in shared}


def _give_back(lent: Devices) -> None:
    found = list(lent.order_by("pk").select_for_update(of=("self",)))
    givers = {device.connector_id for device in found}
    for device in found:
        if device.home_id is not None:
            _give(device, device.home_id, device.home_id)
    _store(found, givers)


def _give(device: Device, taker: int, home: int) -> None:
    logger.info("device %s goes from connector %s to %s", device.pk, device.connector_id, taker)
    now = clock.now()
    device.connector_id, device.term = taker, device.term + 1
    device.home_id = None if taker == home else home
    # The other one has yet to say whether it reaches the device.
    device.reachable, device.reachable_since, device.problem = False, now, ""


def _store(moved: Collection[Device], givers: set[int]) -> None:
    if not moved:
        return
    Device.objects.bulk_update(moved, _MOVED)
    live.wake("roster", sorted(givers | {device.connector_id for device in moved}))
    live.publish(
        topic
        for device in moved
        for topic in (f"device:{device.pk}", f"site:{device.site_id}:devices")
    )
