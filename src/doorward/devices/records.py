"""Bodies of shelf entries about clocks and relays, rendered when they are delivered."""

from collections.abc import Collection

from django.conf import settings

from doorward.devices.models import Device, Door
from doorward.protocols.neutral import ClockRecord, DateFormat, RelayRecord


def clock_record(device: Device) -> ClockRecord:
    site = device.site
    return ClockRecord(
        zone=site.zone,
        ntp_servers=tuple(settings.NTP_SERVERS),
        hours=int(site.time_format),
        date_format=DateFormat(site.date_format),
    )


def relay_records(device: Device, relays: Collection[int]) -> dict[int, RelayRecord]:
    """Return a record for each relay that moves a door."""
    doors = Door.objects.filter(device=device, relay__in=relays)
    return {door.relay: RelayRecord(door.relay, door.name, door.hold_seconds) for door in doors}
