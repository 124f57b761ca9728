"""How many devices are here, away, or never came."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from doorward.devices.models import Device, ShelfEntry
from doorward.devices.models.devices import online


@dataclass(frozen=True)
class Fleet:
    """Devices by their state; those that never came are not among the offline ones.

    `failed` are those that could not take something they should hold.
    """

    total: int
    online: int
    never: int
    failed: int

    @property
    def offline(self) -> int:
        return self.total - self.online - self.never


def fleet_of(devices: QuerySet[Device], at: datetime) -> Fleet:
    """Count devices by state, in one query."""
    failed = ShelfEntry.objects.exclude(failure="").values("device")
    counts = devices.aggregate(
        total=Count("pk"),
        online=Count("pk", filter=online(at)),
        never=Count("pk", filter=Q(seen_at=None)),
        failed=Count("pk", filter=Q(pk__in=failed)),
    )
    return Fleet(**counts)
