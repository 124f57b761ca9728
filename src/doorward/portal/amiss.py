"""What is amiss in somebody's view, found where indexes know it."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import F, Model, Q, QuerySet

from doorward.activity.models import Alarm, Alarms
from doorward.devices.models import Connector, Device, ShelfEntry, ShelfHead, connectors
from doorward.devices.models.connectors import Connectors
from doorward.devices.models.devices import UNWELL, Devices
from doorward.kit.counts import MOST
from doorward.kit.rows import any_of, named_by, together
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, TenantQuerySet, few_nodes

# Who may open is worked out within seconds, at large sites within minutes.
STALE = timedelta(minutes=10)

_ANYWHERE = Q()
M = TypeVar("M", bound=Model)


class Look:
    """What is amiss in an actor's view at a moment, anywhere or at a site.

    What several questions begin with is looked for once, and where it is not very much it is known
    by its keys from then on.
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
        absent = Connector.objects.filter(self.here).exclude(connectors.online(self.at))
        return Q(pk__in=absent.values("pk")) if self.here else self._one_of(absent)

    @cached_property
    def alarms(self) -> Alarms:
        return Alarm.objects.visible_to(self.actor).open().filter(self.here)

    @cached_property
    def ailing(self) -> Devices:
        """Return the devices with a trouble of their own: their connector is here.

        Who cannot see connectors is shown the devices behind an absent one as well.
        """
        if self._keys_if_few is not None:
            return Device.objects.filter(any_of("pk", self._keys_if_few))
        first, *others = self._by_index
        return Device.objects.filter(pk__in=first.union(*others))

    @cached_property
    def worst_ailing(self) -> Devices:
        """Return as many of these as are counted, and one more: the worst.

        On a day when a whole fleet is behind, nobody who looks at all of it waits for the others.
        """
        few = self._keys_if_few
        return Device.objects.filter(any_of("pk", self._worst_keys() if few is None else few))

    @cached_property
    def _keys_if_few(self) -> list[int] | None:
        """Return the keys of all that ail, in one question; None where more are found than counted.

        What is found by several troubles is found several times.
        """
        found = list(together(self._by_index)[: MOST + 1])
        return found if len(found) <= MOST else None

    def _worst_keys(self) -> list[int]:
        """Return the keys of as many as are counted, and one more, each once.

        Each rank is asked for while there is room for it; of the last, any are left out.
        """
        found: dict[int, None] = {}
        for keys in self._by_rank():
            found.update((key, None) for key in keys[: MOST + 1])
            if len(found) > MOST:
                break
        return [*found][: MOST + 1]

    # Any: their keys.
    @cached_property
    def _by_index(self) -> "list[QuerySet[Device, Any]]":
        """Return the keys of devices that ail, by what there is an index of that knows its few.

        All in one condition read every device.
        """
        found = [self._told.filter(ill) for ill in (UNWELL, self.failed, self._lagging)]
        if not self.actor.may(Can.VIEW_CONNECTOR):
            found.insert(0, self.devices.behind(self.absent))
        return [some.order_by().values_list("pk", flat=True) for some in found]

    # Any: their keys.
    def _by_rank(self) -> "list[QuerySet[Device, Any]]":
        """Return the keys of the same devices as `troubles.Ailment` ranks them, the worst first."""
        told, bound = self._told, self._told.bound()
        found = [told.filter(binding=Device.Binding.REFUSED), bound.filter(reachable=False)]
        if not self.actor.may(Can.VIEW_CONNECTOR):
            found.append(self.devices.behind(self.absent).bound())
        found += [bound.filter(self.failed), told.filter(binding=Device.Binding.WAITING)]
        found += [told.filter(ill) for ill in (UNWELL, self._lagging)]
        return [some.order_by().values_list("pk", flat=True) for some in found]

    @cached_property
    def _told(self) -> Devices:
        """Return the devices in view whose own troubles are told."""
        # Behind an absent connector all ail for whoever cannot see it, and none for others.
        if not self.actor.may(Can.VIEW_CONNECTOR):
            return self.devices
        return self.devices.filter(connectors.online(self.at, "connector__"))

    @cached_property
    def _lagging(self) -> Q:
        return self._named_by(self.devices, _behind(self.at), "device_id")

    @cached_property
    def failed(self) -> Q:
        """Say which devices could not take something they should hold."""
        return self._named_by(self.devices, ShelfEntry.objects.exclude(failure=""), "device_id")

    # Any: rows of every kind name things.
    def with_any(
        self, seen: TenantQuerySet[M], rows: "QuerySet[Any, Any]", field: str
    ) -> QuerySet[M]:
        """Return those of the things in view that rows, whoever sees these, name in a field."""
        named = seen.filter(self._named_by(seen, rows, field))
        return seen.model._default_manager.filter(self._one_of(named))

    # Any: as above.
    def _named_by(self, seen: TenantQuerySet[Any], rows: "QuerySet[Any, Any]", field: str) -> Q:
        if not self.actor.may(seen.sees):
            return NOTHING
        # Whoever looks at a few places begins with what is there, and not with all that is named.
        if self.here or few_nodes(self.actor, seen.sees):
            return Q(pk__in=rows.values(field))
        found = named_by(rows, field, MOST + 1)
        return Q(any_of("pk", found)) if len(found) <= MOST else Q(pk__in=rows.values(field))

    # Any: rows of every kind, by their keys alone.
    def _one_of(self, keys: "QuerySet[Any, Any]") -> Q:
        keys = keys.order_by().values_list("pk", flat=True)
        found = list(keys[: MOST + 1])
        return Q(any_of("pk", found)) if len(found) <= MOST else Q(pk__in=keys)


def _behind(at: datetime) -> QuerySet[ShelfHead]:
    """Return the shelves of devices that do not hold all they should, or wait for it for long."""
    lags = ~Q(confirmed_epoch=F("epoch")) | Q(confirmed__lt=F("revision"))
    return ShelfHead.objects.filter(lags | Q(stale_since__lt=at - STALE), behind=True)
