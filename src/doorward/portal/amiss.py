"""What is amiss in somebody's view, found where indexes know it."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet

from doorward.activity.models import Alarm, Alarms
from doorward.devices.models import Connector, Device, ShelfEntry, ShelfHead, connectors
from doorward.devices.models.connectors import Connectors
from doorward.devices.models.devices import UNWELL, Devices
from doorward.kit.counts import MOST
from doorward.kit.rows import any_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# Who may open is worked out within seconds, at large sites within minutes.
STALE = timedelta(minutes=10)
# Devices that could not take something they should hold.
FAILED = Q(pk__in=ShelfEntry.objects.exclude(failure="").values("device"))

_ANYWHERE = Q()


class Look:
    """What is amiss in an actor's view at a moment, anywhere or at a site.

    Anywhere, what several questions begin with is looked for once, and where it is not very much
    it is known by its keys from then on. At some sites each question looks for it itself.
    """

    def __init__(self, actor: Actor, at: datetime, here: Q = _ANYWHERE) -> None:
        """`here` narrows it to some sites, told by `site`."""
        self.actor, self.at, self.here = actor, at, here

    @cached_property
    def devices(self) -> Devices:
        return Device.objects.visible_to(self.actor).filter(self.here)

    @cached_property
    def absent(self) -> Connectors:
        """Return the connectors that are not here, whoever sees them."""
        return Connector.objects.filter(self._absent)

    @cached_property
    def away(self) -> Connectors:
        """Return the connectors in view that ought to be here and are not."""
        seen = Connector.objects.visible_to(self.actor).filter(self.here, self._absent)
        return Connector.objects.filter(self._one_of(seen.filter(revoked_at=None)))

    @cached_property
    def _absent(self) -> Q:
        there = Connector.objects.filter(self.here)
        return self._one_of(there.exclude(connectors.online(self.at)))

    @cached_property
    def alarms(self) -> Alarms:
        return Alarm.objects.visible_to(self.actor).open().filter(self.here)

    @cached_property
    def ailing(self) -> Devices:
        """Return the devices with a trouble of their own: their connector is here.

        Who cannot see connectors is shown the devices behind an absent one instead.
        """
        here = connectors.online(self.at, "connector__")
        own = [self.devices.filter(ill & here) for ill in (UNWELL, _behind(self.at), FAILED)]
        if not self.actor.may(Can.VIEW_CONNECTOR):
            own.append(self.devices.behind(self.absent))
        # Each of these has an index that knows its few; all in one condition read every device.
        first, *others = (some.order_by().values_list("pk", flat=True) for some in own)
        return Device.objects.filter(self._one_of(first.union(*others)))

    # Any: rows of every kind, by their keys alone.
    def _one_of(self, keys: "QuerySet[Any, Any]") -> Q:
        keys = keys.order_by().values_list("pk", flat=True)
        if not self.here and len(found := list(keys[: MOST + 1])) <= MOST:
            return Q(any_of("pk", found))
        return Q(pk__in=keys)


def _behind(at: datetime) -> Q:
    """Say which devices do not hold all that they should, or wait for it for long."""
    heads = ShelfHead.objects.filter(behind=True)
    lags = ~Q(confirmed_epoch=F("epoch")) | Q(confirmed__lt=F("revision"))
    return Q(pk__in=heads.filter(lags | Q(stale_since__lt=at - STALE)).values("device"))
