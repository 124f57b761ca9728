"""What connectors are to be told: their devices, what those should hold, what to open now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max, Q

from doorward.access import records as access
from doorward.activity.models import DoorEvent
from doorward.devices import records as settings
from doorward.devices.actions import leases
from doorward.devices.models import Connector, Device, Moment, ShelfEntry, ShelfHead, Stranger
from doorward.gateway.sessions import Progress
from doorward.protocols import neutral
from doorward.protocols.link.frames import ENTRIES_A_PART

T = TypeVar("T")


@dataclass(frozen=True)
class Gap:
    """What a connector lacks of one device's shelf."""

    device: int
    received: Progress
    wanted: Progress
    full: bool


def roster(connector: int) -> neutral.AssignDevices | None:
    """Return all devices of a connector, or None where it may no longer connect."""
    return rosters([connector])[0]


def rosters(connectors: Sequence[int]) -> list[neutral.AssignDevices | None]:
    """Return for each connector all its devices, or None where it may no longer connect."""
    asking = Connector.objects.live().in_bulk(connectors)
    rows = Device.objects.filter(connector__in=asking).select_related("mac_entry").order_by("pk")
    found: dict[int, list[Device]] = {key: [] for key in asking}
    for device in rows:
        found[device.connector_id].append(device)
    # Who has told nothing yet may be the new box of a connector whose old one was lost.
    heirs = [
        device.pk
        for key, devices in found.items()
        for device in devices
        if device.term or not asking[key].committed
    ]
    places = log_places(heirs)
    unwanted: dict[int, list[str]] = defaultdict(list)
    strangers = Stranger.objects.unwanted().filter(device__connector__in=asking)
    for device_id, key in strangers.order_by("pk").values_list("device", "key"):
        unwanted[device_id].append(key)
    leased = leases.with_others(asking.values())
    lease = int(leases.LEASE.total_seconds())
    return [
        neutral.AssignDevices(
            tuple(_assignment(device, unwanted, places) for device in found[key]),
            lease_seconds=lease if key in leased else 0,
        )
        if key in asking
        else None
        for key in connectors
    ]


def _assignment(
    device: Device,
    unwanted: Mapping[int, Sequence[str]],
    places: Mapping[int, neutral.LogPlace],
) -> neutral.Assignment:
    return neutral.Assignment(
        device=str(device.pk),
        driver=device.driver,
        address=device.address,
        mac=device.mac,
        auth_mode=neutral.AuthMode(device.auth_mode),
        user=device.user,
        password=device.password,
        relay_user=device.relay_user,
        relay_password=device.relay_password or "",
        certificate=device.certificate,
        legacy_tls=device.legacy_tls,
        unwanted=tuple(unwanted.get(device.pk, ())),
        term=device.term,
        log=places.get(device.pk),
    )


def log_places(devices: Sequence[int]) -> dict[int, neutral.LogPlace]:
    """Return the newest row that is stored of each device's log.

    Of a unit that has taken another one's place since, nothing is known.
    """
    if not devices:
        return {}
    units = Moment.objects.filter(
        device__in=devices, kind=Moment.Kind.IDENTIFIED, facts__has_key="mac"
    )
    since = dict(units.values_list("device").annotate(Max("at")))
    rows = DoorEvent.objects.filter(device__in=devices, local_id__regex="^[0-9]{1,15}$")
    newest = rows.order_by("device", "-generation", "-at", "-pk").distinct("device")
    return {
        device: neutral.LogPlace(generation, int(row))
        for device, generation, row, at in newest.values_list(
            "device", "generation", "local_id", "at"
        )
        if device not in since or since[device] <= at
    }


def wanted(connectors: Sequence[int]) -> list[dict[int, Progress]]:
    """Return for each connector how far the shelves of its bound devices have come."""
    found: dict[int, dict[int, Progress]] = {key: {} for key in connectors}
    heads = ShelfHead.objects.filter(
        device__connector__in=found, device__binding=Device.Binding.BOUND
    )
    for connector, device, epoch, revision in heads.values_list(
        "device__connector", "device", "epoch", "revision"
    ):
        found[connector][device] = Progress(epoch, revision)
    return [found[key] for key in connectors]


def gaps(connector: int, received: dict[int, Progress]) -> list[Gap]:
    """Return which bound devices of a connector lack something, given what it has received."""
    heads = ShelfHead.objects.filter(
        device__connector=connector, device__binding=Device.Binding.BOUND
    )
    found = []
    for head in heads.order_by("device"):
        has, wanted = received.get(head.pk, Progress()), Progress(head.epoch, head.revision)
        if has != wanted:
            known = has.epoch == head.epoch and head.floor <= has.revision <= head.revision
            found.append(Gap(head.pk, has, wanted, full=not known))
    return found


@transaction.atomic
def changes(gap: Gap) -> list[neutral.ApplyChanges]:
    """Return the parts that bring a device from what was received to what is wanted.

    An entry that has moved on meanwhile goes along as it is now, and once more with its own
    revision: leaving it out of a full list would take a right away for a moment.
    """
    device = Device.objects.select_related("site").get(pk=gap.device)
    lacking = Q(gone=False) if gap.full else Q(revision__gt=gap.received.revision)
    rows = ShelfEntry.objects.filter(lacking, device=device)
    parts = list(_parts(list(rows.order_by("revision", "pk")), ENTRIES_A_PART))
    return [
        neutral.ApplyChanges(
            device=str(device.pk),
            epoch=gap.wanted.epoch,
            base=0 if gap.full else gap.received.revision,
            revision=gap.wanted.revision,
            full=gap.full,
            last=place == len(parts),
            entries=_render(device, part),
            part=place,
        )
        for place, part in enumerate(parts, start=1)
    ]


def _render(device: Device, rows: Sequence[ShelfEntry]) -> tuple[neutral.Entry, ...]:
    keys: dict[str, list[int]] = {kind: [] for kind in ShelfEntry.Kind.values}
    for row in rows:
        if not row.gone:
            keys[row.kind].append(row.key)
    bodies: dict[str, dict[int, neutral.Record]] = {
        ShelfEntry.Kind.CLOCK: {key: settings.clock_record(device) for key in keys["clock"]},
        ShelfEntry.Kind.RELAY: {**settings.relay_records(device, keys["relay"])},
        ShelfEntry.Kind.SCHEDULE: {**access.schedule_records(device, keys["schedule"])},
        ShelfEntry.Kind.PERSON: {**access.person_records(device, keys["person"])},
    }
    return tuple(
        neutral.Entry(
            kind=neutral.Kind(row.kind),
            key=str(row.key),
            revision=row.revision,
            body=bodies[row.kind].get(row.key),
        )
        for row in rows
    )


def _parts(rows: list[T], size: int) -> Iterator[list[T]]:
    """Cut into parts; nothing at all is one empty part, which still completes a revision."""
    for start in range(0, max(1, len(rows)), size):
        yield rows[start : start + size]
