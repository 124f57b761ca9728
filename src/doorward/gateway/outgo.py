"""What devices lack of what they should hold: for many at once, and the same for each alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import LiteralString, NamedTuple

from django.db import connection, transaction

from doorward.access import records as access
from doorward.devices import records as settings
from doorward.devices.models import Device, ShelfEntry, ShelfHead
from doorward.gateway.sessions import Progress, progress
from doorward.protocols import neutral
from doorward.protocols.link.frames import ENTRIES_A_PART

# So far the entries of a gap are counted; who lacks more is told in a transaction of its own.
COUNTED = 500
# Entries whose records are looked up together.
RENDERED = 2_000

# For each device with an index of its own: a join would rather read a shelf of millions through.
_SIZES: LiteralString = """
SELECT asked.device_id, counted.size
FROM unnest(%(devices)s::bigint[], %(after)s::bigint[]) AS asked (device_id, revision)
CROSS JOIN LATERAL (
    SELECT count(*) AS size FROM (
        SELECT FROM devices_shelfentry entry
        WHERE entry.device_id = asked.device_id AND entry.revision > asked.revision
        LIMIT %(most)s
    ) one
) counted
"""
_LACKING: LiteralString = """
SELECT asked.device_id, entry.kind, entry.key, entry.revision, entry.gone
FROM unnest(%(devices)s::bigint[], %(after)s::bigint[]) AS asked (device_id, revision)
CROSS JOIN LATERAL (
    SELECT own.kind, own.key, own.revision, own.gone FROM devices_shelfentry own
    WHERE own.device_id = asked.device_id AND own.revision > asked.revision
    ORDER BY own.revision, own.id
) entry
"""
# Before the first entry of every shelf.
_BEGINNING = -1


@dataclass(frozen=True)
class Stand:
    """A connector and how far each of its devices has come by its own word."""

    connector: int
    received: Mapping[int, Progress]


@dataclass(frozen=True)
class Gap:
    """What a connector lacks of one device's shelf; `size` counts its entries up to `COUNTED`."""

    device: int
    received: Progress
    wanted: Progress
    full: bool
    size: int = 1

    @property
    def after(self) -> int:
        return _BEGINNING if self.full else self.received.revision


class _Head(NamedTuple):
    device: int
    epoch: int
    revision: int
    floor: int


class Row(NamedTuple):
    """An entry of a shelf, without what is in it."""

    device: int
    kind: str
    key: int
    revision: int
    gone: bool


def wanted(connectors: Sequence[int]) -> list[dict[int, Progress]]:
    """Return for each connector how far the shelves of its bound devices have come."""
    found: dict[int, dict[int, Progress]] = {key: {} for key in connectors}
    heads = ShelfHead.objects.filter(
        device__connector__in=found,
        device__binding=Device.Binding.BOUND,
        device__release__in=Device.CARRIED,
    )
    for connector, device, epoch, revision in heads.values_list(
        "device__connector", "device", "epoch", "revision"
    ):
        found[connector][device] = progress(epoch, revision)
    return [found[key] for key in connectors]


def gaps(connector: int, received: Mapping[int, Progress]) -> list[Gap]:
    """Return which bound devices of a connector lack something, given what it has received."""
    return gaps_of([Stand(connector, received)])[0]


def gaps_of(stands: Sequence[Stand]) -> list[list[Gap]]:
    """Return for each connector which of its bound devices lack something."""
    heads: dict[int, list[_Head]] = {stand.connector: [] for stand in stands}
    found = ShelfHead.objects.filter(
        device__connector__in=heads,
        device__binding=Device.Binding.BOUND,
        device__release__in=Device.CARRIED,
    )
    columns = found.values_list("device__connector", "device", "epoch", "revision", "floor")
    for connector, *head in columns.order_by("device"):
        heads[connector].append(_Head(*head))
    lacking = [
        [gap for head in heads[stand.connector] if (gap := _gap(head, stand.received))]
        for stand in stands
    ]
    sizes = _sizes([gap for of_one in lacking for gap in of_one])
    return [[replace(gap, size=sizes[gap.device]) for gap in of_one] for of_one in lacking]


def _gap(head: "_Head", received: Mapping[int, Progress]) -> Gap | None:
    has, wanted = received.get(head.device, Progress()), progress(head.epoch, head.revision)
    if has == wanted:
        return None
    known = has.epoch == head.epoch and head.floor <= has.revision <= head.revision
    return Gap(head.device, has, wanted, full=not known)


def _sizes(gaps: Sequence[Gap]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, {**_asked(gaps), "most": COUNTED})
        return {device: max(1, size) for device, size in cursor.fetchall()}


def changes(gap: Gap) -> list[neutral.ApplyChanges]:
    """Return the parts that bring a device from what was received to what is wanted."""
    return changes_of([gap])[0]


@transaction.atomic
def changes_of(gaps: Sequence[Gap]) -> list[list[neutral.ApplyChanges]]:
    """Return for each device the parts that bring it there; none for one that is gone by now.

    An entry that has moved on meanwhile goes along as it is now, and once more with its own
    revision: leaving it out of a full list would take a right away for a moment.
    """
    full = {gap.device for gap in gaps if gap.full}
    devices = settings.places([gap.device for gap in gaps])
    with connection.cursor() as cursor:
        cursor.execute(_LACKING, _asked(gaps))
        rows = [Row(*row) for row in cursor.fetchall()]
    wanted = (r for r in rows if r.device in devices and not (r.gone and r.device in full))
    entries: dict[int, list[neutral.Entry]] = {device: [] for device in devices}
    while some := list(islice(wanted, RENDERED)):
        for row, body in zip(some, _bodies(devices, some), strict=True):
            entries[row.device].append(
                neutral.Entry(neutral.Kind(row.kind), str(row.key), row.revision, body)
            )
    return [_parts(gap, entries[gap.device]) if gap.device in devices else [] for gap in gaps]


def _asked(gaps: Sequence[Gap]) -> dict[str, list[int]]:
    return {"devices": [gap.device for gap in gaps], "after": [gap.after for gap in gaps]}


def _bodies(
    devices: Mapping[int, settings.Place], rows: Sequence[Row]
) -> list[neutral.Record | None]:
    """Return what is in each entry: nothing where it is gone, also since just now."""
    keys: dict[str, dict[settings.Place, list[int]]] = {
        kind: defaultdict(list) for kind in ShelfEntry.Kind.values
    }
    for row in rows:
        if not row.gone:
            keys[row.kind][devices[row.device]].append(row.key)
    bodies: dict[str, Mapping[tuple[int, int], neutral.Record]] = {
        ShelfEntry.Kind.CLOCK: settings.clock_records(keys["clock"]),
        ShelfEntry.Kind.RELAY: settings.relay_records(keys["relay"]),
        ShelfEntry.Kind.SCHEDULE: access.schedule_records(keys["schedule"]),
        ShelfEntry.Kind.PERSON: access.person_records(keys["person"]),
    }
    return [None if row.gone else bodies[row.kind].get((row.device, row.key)) for row in rows]


def _parts(gap: Gap, entries: Sequence[neutral.Entry]) -> list[neutral.ApplyChanges]:
    """Cut into parts; nothing at all is one empty part, which still completes a revision."""
    starts = range(0, max(1, len(entries)), ENTRIES_A_PART)
    return [
        neutral.ApplyChanges(
            device=str(gap.device),
            epoch=gap.wanted.epoch,
            base=0 if gap.full else gap.received.revision,
            revision=gap.wanted.revision,
            full=gap.full,
            last=start == starts[-1],
            entries=tuple(entries[start : start + ENTRIES_A_PART]),
            part=place,
        )
        for place, start in enumerate(starts, start=1)
    ]
