"""What devices do in answer to events of lower rooms, and by the clock."""

from doorward.devices.actions import devices, orders, releasing, shelf, timeline
from doorward.devices.models import Device, ShelfHead
from doorward.kit.jobs import job


@job("devices.refresh_site_settings")
def refresh_site_settings(site: int) -> None:
    devices.refresh_settings(list(Device.objects.filter(site=site).values_list("pk", flat=True)))


@job("devices.refresh_device_settings")
def refresh_device_settings(device: int) -> None:
    devices.refresh_settings([device])


@job("devices.release_site")
def release_site(site: int, unbind: bool) -> None:
    # Without devices there is nothing to unbind; with some it was refused but for this word.
    if unbind:
        releasing.release_site(site)


@job("devices.take_back_site")
def take_back_site(site: int) -> None:
    releasing.take_back_site(site)


@job("devices.note_emptied", alone=True)
def note_emptied(timestamp: int) -> None:
    releasing.note_emptied()


@job("devices.forget_orders", alone=True)
def forget_orders(timestamp: int) -> None:
    orders.forget_old()


@job("devices.sweep_timeline")
def sweep_timeline(timestamp: int) -> None:
    timeline.sweep()


@job("devices.sweep_tombstones")
def sweep_tombstones(timestamp: int) -> None:
    for device in ShelfHead.objects.filter(device__entries__gone=True).distinct():
        shelf.sweep_tombstones(device.pk)
