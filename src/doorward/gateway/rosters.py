"""What connectors are to be told of the devices that are theirs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Max
from django.db.models.functions import Coalesce

from doorward.activity.models import DoorEvent
from doorward.devices.actions import leases
from doorward.devices.models import Connector, Device, Moment, Stranger
from doorward.protocols import neutral

# Devices that are read together: all of ten thousand at once take memory that stays taken.
AT_ONCE = 500


class Told(NamedTuple):
    """What a connector is told of a device, as its columns hold it."""

    pk: int
    connector: int
    driver: str
    address: str
    mac: str
    auth_mode: str
    user: str
    password: str
    relay_user: str
    relay_password: str | None
    certificate: str
    legacy_tls: bool
    term: int


# One that is unbound has no entry any more: it is told which MAC it had.
_MAC = Coalesce("mac_entry__mac", "freed_mac")
_COLUMNS = tuple("told_mac" if name == "mac" else name for name in Told._fields)


def roster(connector: int) -> neutral.AssignDevices | None:
    """Return all devices of a connector, or None where it may no longer connect."""
    return rosters([connector])[0]


def rosters(connectors: Sequence[int]) -> list[neutral.AssignDevices | None]:
    """Return for each connector all its devices, or None where it may no longer connect."""
    asking = Connector.objects.live().in_bulk(connectors)
    assigned: dict[int, tuple[neutral.Assignment, ...]] = {}
    for part in _parts(list(asking.values())):
        assigned |= _assignments(part)
    leased = leases.with_others(asking.values())
    lease = int(leases.LEASE.total_seconds())
    return [
        neutral.AssignDevices(assigned[key], lease_seconds=lease if key in leased else 0)
        if key in asking
        else None
        for key in connectors
    ]


def _parts(connectors: Sequence[Connector]) -> Iterator[list[Connector]]:
    """Cut connectors into parts of so many devices as may be in memory at once, or of one."""
    devices = Device.objects.filter(connector__in=connectors).order_by()
    sizes = dict(devices.values_list("connector").annotate(Count("pk")))
    part, count = list[Connector](), 0
    for connector in connectors:
        if part and count + sizes.get(connector.pk, 0) > AT_ONCE:
            yield part
            part, count = [], 0
        part.append(connector)
        count += sizes.get(connector.pk, 0)
    if part:
        yield part


def _assignments(connectors: Sequence[Connector]) -> dict[int, tuple[neutral.Assignment, ...]]:
    asking = {connector.pk: connector for connector in connectors}
    found: dict[int, list[Told]] = {key: [] for key in asking}
    # No rows with their entries of MACs: those know each other, and would wait for the collector.
    rows = Device.objects.carried().filter(connector__in=asking).annotate(told_mac=_MAC)
    for device in map(Told._make, rows.order_by("pk").values_list(*_COLUMNS)):
        found[device.connector].append(device)
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
    return {
        key: tuple(_assignment(device, unwanted, places) for device in devices)
        for key, devices in found.items()
    }


def _assignment(
    device: Told,
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
