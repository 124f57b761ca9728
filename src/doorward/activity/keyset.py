"""Walking through a log by the place of a line: as fast on the last page as on the first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from doorward.activity.models import DoorEvent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Key:
    """The place of a line: its time in microseconds since 1970, and its id."""

    at: int
    id: int

    @classmethod
    def of(cls, event: DoorEvent) -> "Key":
        return cls((event.at - _EPOCH) // _MICROSECOND, event.pk)

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Read a key from an address; None for what is none."""
        at, _, id_ = text.partition("-")
        if not (at.isdecimal() and id_.isdecimal() and len(at) < 18 and len(id_) < 19):
            return None
        return cls(int(at), int(id_))

    def __str__(self) -> str:
        return f"{self.at}-{self.id}"

    @property
    def time(self) -> datetime:
        return _EPOCH + self.at * _MICROSECOND


def newest_first(events: QuerySet[DoorEvent]) -> QuerySet[DoorEvent]:
    return events.order_by("-at", "-id")


def older(events: QuerySet[DoorEvent], key: Key) -> QuerySet[DoorEvent]:
    """Return the lines below a place."""
    below = Q(at__lt=key.time) | Q(at=key.time, id__lt=key.id)
    return events.filter(below, at__lte=key.time)


def newer(events: QuerySet[DoorEvent], key: Key) -> QuerySet[DoorEvent]:
    """Return the lines above a place."""
    above = Q(at__gt=key.time) | Q(at=key.time, id__gt=key.id)
    return events.filter(above, at__gte=key.time)


def down_to(events: QuerySet[DoorEvent], key: Key) -> QuerySet[DoorEvent]:
    """Return the line at a place and those above it."""
    above = Q(at__gt=key.time) | Q(at=key.time, id__gte=key.id)
    return events.filter(above, at__gte=key.time)


def end_of(events: QuerySet[DoorEvent], count: int) -> Key | None:
    """Return the place of the last of so many lines, newest first; None where there are fewer."""
    lines = newest_first(events).only("at", "id")[count - 1 : count]
    return next((Key.of(line) for line in lines), None)
