"""What the devices hold: told by the product itself, and read back from most of them."""

from django.conf import settings
from django.db.models import F

from doorward.access.actions import shelf as rights
from doorward.demo.sizes.equipment import Equipment
from doorward.demo.sizes.size import slices
from doorward.demo.sizes.writing import Tell
from doorward.devices.actions import shelf as settings_of
from doorward.devices.models import ShelfEntry, ShelfHead
from doorward.kit import clock

AT_ONCE = 500
# One device in so many still has to be told.
_BEHIND = 20


def stock(equipment: Equipment, tell: Tell) -> None:
    """Put on every shelf what the facts say, by the deed that always does it."""
    for begin, end in slices(equipment.size.doors, AT_ONCE):
        devices = range(equipment.devices + begin, equipment.devices + end)
        settings_of.refresh_settings(devices, ntp_servers=settings.NTP_SERVERS)
        rights.follow(devices)
        _read_back([device for device in devices if device % _BEHIND])
        tell("devices and what they should hold", end, equipment.size.doors)


def _read_back(devices: list[int]) -> None:
    """Note that devices were read back to hold all of it."""
    now = clock.now()
    ShelfEntry.objects.filter(device__in=devices).update(synced_at=now)
    ShelfHead.objects.filter(device__in=devices).update(
        confirmed=F("revision"), confirmed_epoch=F("epoch"), confirmed_at=now
    )
