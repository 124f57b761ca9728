"""Bodies of shelf entries about clocks and relays, rendered when they are delivered."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.conf import settings

from doorward.devices.models import Device, Door
from doorward.protocols.neutral import ClockRecord, DateFormat, RelayRecord
from doorward.sites.models import Site

# A device, and the key of one of its entries.
Wanted = tuple[int, int]


class Place(NamedTuple):
    """A device, and the site that says how things are told there."""

    pk: int
    site: Site


def places(devices: Collection[int]) -> dict[int, Place]:
    """Return where these devices are; one that is gone is left out."""
    site_of = dict(Device.objects.filter(pk__in=devices).values_list("pk", "site"))
    sites = Site.objects.in_bulk(set(site_of.values()))
    return {device: Place(device, sites[site]) for device, site in site_of.items()}


def clock_records(wanted: Mapping[Place, Collection[int]]) -> dict[Wanted, ClockRecord]:
    """Return the clock of each of these devices."""
    servers = tuple(settings.NTP_SERVERS)
    return {
        (device.pk, key): ClockRecord(
            zone=device.site.zone,
            ntp_servers=servers,
            hours=int(device.site.time_format),
            date_format=DateFormat(device.site.date_format),
        )
        for device, keys in wanted.items()
        for key in keys
    }


def relay_records(wanted: Mapping[Place, Collection[int]]) -> dict[Wanted, RelayRecord]:
    """Return a record for each of these relays that moves a door."""
    if not wanted:
        return {}
    asked = {(device.pk, relay) for device, relays in wanted.items() for relay in relays}
    doors = Door.objects.filter(device__in=[device.pk for device in wanted])
    return {
        (device, relay): RelayRecord(relay, name, hold_seconds)
        for device, relay, name, hold_seconds in doors.values_list(
            "device", "relay", "name", "hold_seconds"
        )
        if (device, relay) in asked
    }
