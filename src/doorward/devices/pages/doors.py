"""Forms and deeds of doors; the door's own page and its list show more rooms."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.devices.actions import doors as actions
from doorward.devices.forms import DoorFields
from doorward.devices.models import Device, Door
from doorward.kit.pages import Context, Crumb, FormPage
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can


class DoorPage(SitePage):
    """A page about one door of the site."""

    def prepare(self) -> None:
        super().prepare()
        doors = Door.objects.filter(site=self.site).select_related(
            "site__node", "device__connector", "device__shelf"
        )
        self.door = doors.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.door]

    def trail(self) -> Iterable[Crumb]:
        return [doors_crumb(self.site), (self.door.name, door_url(self.door))]

    def way_back(self) -> str:
        return door_url(self.door)


class DoorFormPage(FormPage):
    """What new and changed doors have in common."""

    needs = Can.CHANGE_DOOR
    template = "devices/door_form.html"
    form_class = DoorFields
    # Set by the page within a site that this is combined with.
    site: Site

    def devices(self) -> QuerySet[Device]:
        shown = Device.objects.seen_at(self.actor, self.site)
        return shown.select_related("mac_entry").order_by("name")

    def form_options(self) -> Context:
        companies = Company.objects.seen_at(self.actor, self.site)
        return {
            "initial": self.initial(),
            "devices": self.devices(),
            "companies": companies.order_by("name"),
        }

    def context(self) -> Context:
        may_add = self.actor.may(Can.CHANGE_DEVICE, self.site.node)
        return {
            **super().context(),
            "has_devices": self.devices().exists(),
            "may_add_device": may_add,
        }


class DoorNew(SitePage, DoorFormPage):
    title = _("Add a door")
    deed = _("Add door")
    done = _("The door is added. Let people in by an access group.")

    def trail(self) -> Iterable[Crumb]:
        return [doors_crumb(self.site)]

    def way_back(self) -> str:
        return doors_url(self.site)

    def initial(self) -> Context:
        device = self.request.GET.get("device", "")
        return {"device": device if device.isdecimal() else None, "hold_seconds": 5}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        door = actions.create_door(self.actor, self.site, form.told())
        return door_url(door)


def door_url(door: Door) -> str:
    return reverse("door", args=[door.site_id, door.pk])


def doors_url(site: Site) -> str:
    return reverse("doors", args=[site.pk])


def door_new_url(site: Site) -> str:
    return reverse("door-new", args=[site.pk])


def doors_crumb(site: Site) -> Crumb:
    return _("Doors"), doors_url(site)
