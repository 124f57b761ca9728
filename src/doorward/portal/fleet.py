"""How many devices are here, away, or never came."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from doorward.devices.models.devices import Devices, online
from doorward.kit.counts import MOST, count_up_to
from doorward.portal.amiss import Look


@dataclass(frozen=True)
class Presence:
    """How many devices there are, and how many of them are online."""

    total: int
    online: int


@dataclass(frozen=True)
class Fleet:
    """Devices by their state, each counted as far as lists count.

    Those that never came are not among the offline ones. `failed` are those that could not take
    something they should hold.
    """

    total: int
    offline: int
    never: int
    failed: int

    @property
    def online(self) -> int:
        """Return how many are online, of no more than are counted: of others nobody knows."""
        return max(0, self.total - self.offline - self.never)

    @property
    def is_counted(self) -> bool:
        """Say whether all are counted, or only that they are more than that."""
        return self.total <= MOST


def presence_of(devices: Devices, at: datetime) -> Presence:
    """Count the devices of a site."""
    counts = devices.aggregate(total=Count("pk"), online=Count("pk", filter=online(at)))
    return Presence(**counts)


def fleet_of(look: Look) -> Fleet:
    """Count devices of any number of sites by state.

    Only how many there are is counted among all. What is amiss is so with few, which have indexes
    of their own.
    """
    devices = look.devices
    behind = devices.behind(look.absent).filter(reachable=True).exclude(seen_at=None)
    unreachable = devices.filter(reachable=False).aggregate(
        seen=Count("seen_at"), never=Count("pk", filter=Q(seen_at=None))
    )
    return Fleet(
        total=count_up_to(devices),
        offline=unreachable["seen"] + count_up_to(behind),
        never=unreachable["never"],
        failed=count_up_to(devices.filter(look.failed)),
    )
