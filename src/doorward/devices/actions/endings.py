"""The end of what belongs to a site that is gone for good."""

from doorward.devices.actions import shelf
from doorward.devices.models import Connector, Device, Door
from doorward.kit.rows import delete_some
from doorward.sites.models import Site

# With each device goes a shelf of as many entries as there are people.
_LESS = 20


def forget_site(site: Site, most: int) -> int:
    """Remove doors, devices and connectors of a site; return how many."""
    return (
        delete_some(Door.objects.filter(site=site), most)
        or _forget_devices(site, max(1, most // _LESS))
        or delete_some(Connector.objects.filter(site=site), most)
    )


def _forget_devices(site: Site, most: int) -> int:
    devices = Device.objects.filter(site=site)
    # Nobody writes entries meanwhile that would stay behind.
    shelf.lock_heads(list(devices.order_by("pk").values_list("pk", flat=True)[:most]))
    return delete_some(devices, most)
