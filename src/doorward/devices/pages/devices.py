"""Pages of devices: lists, form and deeds; the device's own page shows more rooms."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.devices import filters, tables
from doorward.devices.actions import devices as actions
from doorward.devices.actions import drift
from doorward.devices.actions.devices import DEVICE_FIELDS
from doorward.devices.actions.reboots import reboot_device
from doorward.devices.forms import DeviceFields
from doorward.devices.models import Connector, Device, MacEntry, Moment, ShelfEntry
from doorward.devices.models.doors import doors_counted
from doorward.devices.pages.reboots import Reboot
from doorward.files.lists import ListPage
from doorward.kit.errors import Text
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage
from doorward.kit.rows import key_of
from doorward.sites.models import Site
from doorward.sites.pages import SitePage
from doorward.tenancy.editing import EditPage
from doorward.tenancy.permissions import Can

_TITLE = _("Devices")
# Free MACs that are offered while one types; whoever has more types more.
_OFFERED = 200


class AllDevices(ListPage):
    """The devices of every site in view."""

    title = _TITLE
    table = tables.AllDevices
    filters = filters.Devices
    # What tells devices of many sites apart only where somebody looks for it.
    tucked_away = ("installer", "kind", "seen_at", "door_count")
    search_hint = _("Name, MAC, model or site")
    empty = {
        "text": _("No devices yet"),
        "hint": _("Devices are added in the site where they hang."),
        "icon": "device-tablet",
    }
    deeds = (Reboot,)

    def rows(self) -> QuerySet[Device]:
        seen = Device.objects.visible_to(self.actor).at_sites_of(self.actor)
        return _with_sync(seen).select_related("site__installer")

    # Any: rows that know how they are searched.
    def search(self, rows: Any, words: str) -> QuerySet[Device]:
        found: QuerySet[Device] = rows.about(words, "name", "model", of_sites=True)
        return found


class Devices(SitePage, ListPage):
    title = _TITLE
    table = tables.Devices
    filters = filters.Devices
    # Most sites have one, and ticks need the room.
    tucked_away = ("connector",)
    search_hint = _("Name, MAC, model or address")
    empty = {
        "text": _("No devices yet"),
        "hint": _("A device is bound once it states the MAC that you register for it."),
        "icon": "device-tablet",
    }
    deeds = (Reboot,)

    def rows(self) -> QuerySet[Device]:
        return _with_sync(Device.objects.seen_at(self.actor, self.site))

    # Any: rows that know how they are searched.
    def search(self, rows: Any, words: str) -> QuerySet[Device]:
        found: QuerySet[Device] = rows.about(words, "name", "model", "address")
        return found

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_DEVICE, self.site.node):
            return None
        return _("Add a device"), reverse("device-new", args=[self.site.pk])

    def topics(self) -> Iterable[str]:
        return [f"site:{self.site.pk}:devices"]


class DevicePage(SitePage):
    """A page about one device of the site."""

    def prepare(self) -> None:
        super().prepare()
        devices = Device.objects.filter(site=self.site).select_related(
            "mac_entry", "connector", "shelf"
        )
        self.device = devices.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.device]

    def trail(self) -> Iterable[Crumb]:
        return [devices_crumb(self.site), (self.device.name, device_url(self.device))]

    def way_back(self) -> str:
        return device_url(self.device)


class DeviceTimeline(DevicePage, ListPage):
    """What happened to the device, newest first."""

    title = _("Timeline")
    table = tables.Moments
    filters = filters.Moments
    empty = {
        "text": _("Nothing has happened yet"),
        "hint": _("When it comes, goes, restarts or raises an alarm stands here, for 90 days."),
        "icon": "timeline",
    }

    def rows(self) -> QuerySet[Moment]:
        return Moment.objects.visible_to(self.actor).filter(device=self.device)

    def names(self) -> Iterable[Text]:
        return [self.title, self.device.name, self.site.name]

    def topics(self) -> Iterable[str]:
        return [f"device:{self.device.pk}"]


class DeviceFormPage(FormPage):
    """What new and changed devices have in common."""

    needs = Can.CHANGE_DEVICE
    template = "devices/device_form.html"
    form_class = DeviceFields
    keeps_password = False
    # Set by the page within a site that this is combined with.
    site: Site

    def connectors(self) -> QuerySet[Connector]:
        shown = Connector.objects.seen_at(self.actor, self.site)
        return shown.order_by("name")

    def form_options(self) -> Context:
        return {
            "initial": self.initial(),
            "connectors": self.connectors(),
            "keeps_password": self.keeps_password,
        }

    def context(self) -> Context:
        free = MacEntry.objects.visible_to(self.actor).filter(node=self.site.installer_id).free()
        return {
            **super().context(),
            "has_connectors": self.connectors().exists(),
            "macs": free.order_by("-registered_at")[:_OFFERED],
            "may_add_connector": self.actor.may(Can.CHANGE_CONNECTOR, self.site.node),
            "may_register": self.actor.may(Can.REGISTER_MAC, self.site.node),
        }


class DeviceNew(SitePage, DeviceFormPage):
    title = _("Add a device")
    deed = _("Add device")
    done = _("The device is added. It is bound as soon as it states its MAC.")

    def trail(self) -> Iterable[Crumb]:
        return [devices_crumb(self.site)]

    def way_back(self) -> str:
        return reverse("devices", args=[self.site.pk])

    def initial(self) -> Context:
        """Choose what there is only one of."""
        connectors = self.connectors()[:2]
        sole = connectors[0].pk if len(connectors) == 1 else None
        return {"connector": sole, "auth_mode": Device.AuthMode.DIGEST}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        device = actions.create_device(self.actor, self.site, form.told())
        return device_url(device)


class DeviceEdit(DevicePage, DeviceFormPage, EditPage):
    title = _("Edit device")
    keeps_password = True
    deed = _("Save device")
    done = _("The device is saved.")

    def initial(self) -> Context:
        names = (*DEVICE_FIELDS, "mac")
        return {name: getattr(self.device, name) for name in names}

    def concealed(self) -> dict[str, object]:
        return {
            "password": self.device.password,
            "relay_password": self.device.relay_password,
        }

    def save(self, form: Any) -> str:
        actions.change_device(self.actor, self.device, form.told())
        return self.way_back()


class DeviceDelete(DevicePage, DeedPage):
    title = _("Delete")
    needs = Can.CHANGE_DEVICE
    done = _("The device is deleted. Its MAC is free again.")

    def act(self) -> None:
        actions.delete_device(self.actor, self.device)

    def way_back(self) -> str:
        # After the deed the row has no key any more.
        if self.device.pk is None:
            return reverse("devices", args=[self.site.pk])
        return super().way_back()


class DeviceResync(DevicePage, DeedPage):
    title = _("Sync anew")
    needs = Can.CHANGE_DEVICE
    done = _("The device is given everything anew.")

    def act(self) -> None:
        actions.resync_device(self.actor, self.device)


class DeviceReboot(DevicePage, DeedPage):
    title = _("Reboot")
    needs = Can.REBOOT_DEVICE
    done = _("The reboot is ordered. What becomes of it is told on this page.")

    def act(self) -> None:
        reboot_device(self.actor, self.device)


class StrangersDeed(DevicePage, DeedPage):
    """A deed on people who are on the device and are none of ours."""

    needs = Can.CHANGE_DEVICE

    def chosen(self) -> list[int]:
        keys = (key_of(one) for one in self.request.POST.getlist("stranger"))
        return [key for key in keys if key is not None]


class StrangersKeep(StrangersDeed):
    title = _("Keep")
    done = _("They are kept on the device, and no longer told as a difference.")

    def act(self) -> None:
        drift.keep_strangers(self.actor, self.device, self.chosen())


class StrangersRemove(StrangersDeed):
    title = _("Remove")
    done = _("They are removed from the device as soon as its connector reaches it.")

    def act(self) -> None:
        drift.remove_strangers(self.actor, self.device, self.chosen())


class StrangersQuestion(StrangersDeed):
    title = _("Ask again")
    done = _("They need attention again.")

    def act(self) -> None:
        drift.question_strangers(self.actor, self.device, self.chosen())


class DriftsSeen(DevicePage, DeedPage):
    title = _("Seen")
    needs = Can.CHANGE_DEVICE
    done = _("What was changed on site no longer needs attention.")

    def act(self) -> None:
        drift.see_drifts(self.actor, self.device)


def device_url(device: Device) -> str:
    return reverse("device", args=[device.site_id, device.pk])


def devices_crumb(site: Site) -> Crumb:
    return _TITLE, reverse("devices", args=[site.pk])


def _with_sync(devices: QuerySet[Device]) -> QuerySet[Device]:
    """Add what a list says of each device: its doors, and whether it could not take something."""
    failed = ShelfEntry.objects.filter(device=OuterRef("pk")).exclude(failure="")
    return devices.select_related("mac_entry", "connector", "shelf", "site").annotate(
        door_count=doors_counted(), has_failures=Exists(failed)
    )
