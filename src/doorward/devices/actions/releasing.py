"""Unbinding the devices of a deleted site, and binding them again when it is back.

A released device has no MAC of the library any more, and should hold nothing of people and hours:
the rooms above leave it out, so its shelf says so, and its connector carries that out as any
other change, whenever the device is there.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import ngettext

from doorward.devices.actions import shelf
from doorward.devices.events import BindingsChanged
from doorward.devices.models import Device, MacEntry, ShelfEntry
from doorward.devices.models.devices import Devices
from doorward.kit import live, rows
from doorward.kit.errors import Refused
from doorward.kit.events import announce
from doorward.sites.events import SiteDeleted
from doorward.sites.models import Site
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor

_UNBINDING = Actor.system("unbinding")
_RELEASE = ("mac_entry", "freed_mac", "release", "binding", "stated_mac")
_RIGHTS = (ShelfEntry.Kind.PERSON, ShelfEntry.Kind.SCHEDULE)
_AT_ONCE = 500


def object_to_deletion(actor: Actor, deed: SiteDeleted) -> None:
    """Object while devices are bound at the site and nobody said that they are to be unbound."""
    bound = 0 if deed.unbind else Device.objects.carried().filter(site=deed.site).count()
    if bound:
        message = ngettext(
            "%(count)d device is bound here. Tick “Unbind all devices”, or delete it first.",
            "%(count)d devices are bound here. Tick “Unbind all devices”, or delete them first.",
            bound,
        )
        raise Refused("site.bound", message % {"count": bound})


@transaction.atomic
def release_site(site: int) -> None:
    """Unbind the devices of a deleted site: their MACs are free, and their shelves get empty."""
    if not _held(site, deleted=True):
        return
    # The library first, as whoever adds a device or moves a MAC holds it first.
    MacEntry.objects.filter(device__site=site).hold()
    devices = _locked(Device.objects.filter(site=site, release=Device.Release.NONE))
    freed = [device.mac_entry for device in devices if device.mac_entry]
    for device in devices:
        device.freed_mac, device.mac_entry = device.mac, None
        device.release = Device.Release.TELLING
    rows.update_many(devices, _RELEASE)
    audit.record_many(_UNBINDING, "unbind", (audit.Deed(entry, entry.node) for entry in freed))
    _tell(site, devices)


@transaction.atomic
def take_back_site(site: int) -> None:
    """Bind the devices of a restored site again, but for those whose MAC is used elsewhere.

    What has forgotten everything is asked anew who it is, and given everything anew.
    """
    if not _held(site, deleted=False):
        return
    macs = Device.objects.released().filter(site=site).values("freed_mac")
    MacEntry.objects.filter(mac__in=macs).hold()
    devices = _locked(Device.objects.released().filter(site=site))
    free = _free_macs(devices)
    back = [device for device in devices if device.freed_mac in free]
    forgotten = [device.pk for device in back if device.release != Device.Release.TELLING]
    for device in back:
        device.mac_entry, device.freed_mac = free[device.freed_mac], ""
        if device.release != Device.Release.TELLING:
            device.binding, device.stated_mac = Device.Binding.WAITING, ""
        device.release = Device.Release.NONE
    rows.update_many(back, _RELEASE)
    taken = [device.pk for device in devices if device.is_released]
    Device.objects.filter(pk__in=taken).update(release=Device.Release.TAKEN)
    shelf.begin_epochs(forgotten)
    entries = (device.mac_entry for device in back if device.mac_entry)
    audit.record_many(_UNBINDING, "bind", (audit.Deed(entry, entry.node) for entry in entries))
    _tell(site, devices)


@transaction.atomic
def note_emptied() -> int:
    """Note which released devices were read back to hold nothing of ours; return how many.

    Their connectors have no more to do with them. What never answered was never told anything.
    """
    held = ShelfEntry.objects.filter(device=OuterRef("pk"))
    kept = held.filter(Q(kind__in=_RIGHTS, gone=False) | ~Q(failure=""))
    proved = Q(
        shelf__stale_since=None,
        shelf__confirmed_epoch=F("shelf__epoch"),
        shelf__confirmed__gte=F("shelf__revision"),
    )
    telling = Device.objects.filter(release=Device.Release.TELLING)
    done = telling.filter(Q(seen_at=None) | (proved & ~Exists(kept)))
    return _let_go(_locked(done, most=_AT_ONCE), Device.Release.EMPTIED)


def give_up(macs: Collection[str]) -> None:
    """Let released devices be that had these MACs: from now on they are somebody else's."""
    telling = Device.objects.filter(release=Device.Release.TELLING, freed_mac__in=macs)
    _let_go(_locked(telling), Device.Release.TAKEN)


def _let_go(devices: Collection[Device], release: Device.Release) -> int:
    # Without a name, all connectors would be told their rosters anew.
    if not devices:
        return 0
    Device.objects.filter(pk__in=[device.pk for device in devices]).update(release=release)
    live.wake("roster", sorted({device.connector_id for device in devices}))
    return len(devices)


def _held(site: int, *, deleted: bool) -> bool:
    """Hold a site, and say whether it is still as it was when this was asked for."""
    held = Site.objects.select_for_update(no_key=True)
    return bool(held.filter(pk=site, deleted_at__isnull=not deleted))


def _locked(devices: Devices, *, most: int | None = None) -> list[Device]:
    held = devices.select_for_update(of=("self",)).select_related("mac_entry__node")
    return list(held.order_by("pk")[:most])


def _free_macs(devices: Collection[Device]) -> dict[str, MacEntry]:
    """Return by MAC what these had and nobody has now, in the library where they had it."""
    installers = Site.objects.filter(devices__in=[device.pk for device in devices])
    entries = MacEntry.objects.free().filter(mac__in=[device.freed_mac for device in devices])
    own = entries.filter(node__in=installers.values("installer")).select_related("node")
    return {entry.mac: entry for entry in own}


def _tell(site: int, devices: Collection[Device]) -> None:
    announce(BindingsChanged(site=site))
    if devices:
        live.wake("roster", sorted({device.connector_id for device in devices}))
    live.publish([f"site:{site}:devices", *(f"device:{device.pk}" for device in devices)])
