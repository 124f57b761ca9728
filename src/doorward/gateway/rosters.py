"""What connectors are to be told of the devices that are theirs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Max

from doorward.activity.models import DoorEvent
from doorward.devices.actions import leases
from doorward.devices.models import Connector, Device, Moment, Stranger
from doorward.protocols import neutral


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
