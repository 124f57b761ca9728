"""What devices do in answer to events of lower rooms, and by the clock."""

from doorward.devices.actions import devices, shelf, timeline
from doorward.devices.models import Device, ShelfHead
from doorward.kit.jobs import job


@job("devices.refresh_site_settings")
def refresh_site_settings(site: int) -> None:
    devices.refresh_settings(list(Device.objects.filter(site=site).values_list("pk", flat=True)))


@job("devices.refresh_device_settings")
def refresh_device_settings(device: int) -> None:
    devices.refresh_settings([device])


@job("devices.sweep_timeline")
def sweep_timeline(timestamp: int) -> None:
    timeline.sweep()


@job("devices.sweep_tombstones")
def sweep_tombstones(timestamp: int) -> None:
    for device in ShelfHead.objects.filter(device__entries__gone=True).distinct():
        shelf.sweep_tombstones(device.pk)
