"""How many devices are here, away, or never came."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from doorward.devices.models import Device
from doorward.devices.models.devices import online


@dataclass(frozen=True)
class Fleet:
    """Devices by their state; those that never came are not among the offline ones."""

    total: int
    online: int
    never: int

    @property
    def offline(self) -> int:
        return self.total - self.online - self.never


def fleet_of(devices: QuerySet[Device], at: datetime) -> Fleet:
    """Count devices by state, in one query."""
    counts = devices.aggregate(
        total=Count("pk"),
        online=Count("pk", filter=online(at)),
        never=Count("pk", filter=Q(seen_at=None)),
    )
    return Fleet(**counts)
