"""The site's overview: is everything all right, what just happened, what to do now?"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access.models import AccessGroup
from doorward.activity.keyset import newest_first
from doorward.activity.models import DoorEvent
from doorward.activity.topics import alarm_topics_for, topics_for
from doorward.devices import working
from doorward.devices.models import Connector, Device, Door
from doorward.kit import clock
from doorward.kit.errors import Text
from doorward.kit.pages import Context, Crumb
from doorward.people.models import Person
from doorward.portal import attention, doors
from doorward.portal.fleet import presence_of
from doorward.portal.hours import day_of
from doorward.portal.readiness import checks
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can

_TILES = 24
_LATEST = 12
# Of what is not ready, so many are named here; the page of its own has more.
_NAMED = 3


@dataclass(frozen=True)
class Step:
    """One of the first steps of a new site."""

    title: Text
    url: str
    is_done: bool


class Overview(SitePage):
    template = "portal/overview.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.site.name
        self.event_topics = topics_for(self.actor, self.site)
        self.alarm_topics = alarm_topics_for(self.actor, self.site)
        shown = Door.objects.seen_at(self.actor, self.site)
        self.door_count = shown.count()
        self.doors = list(doors.with_devices(shown).order_by("name")[:_TILES])

    def crumbs(self) -> Iterable[Crumb]:
        return [(_("Sites"), reverse("sites")), (self.site.name, "")]

    def topics(self) -> Iterable[str]:
        place = f"site:{self.site.pk}"
        return {
            *(f"{place}:{kind}" for kind in ("doors", "devices")),
            working.topic_of(self.site),
            *self.event_topics,
            *self.alarm_topics,
            *(f"door:{door.pk}" for door in self.doors),
            *(f"device:{door.device_id}" for door in self.doors),
            *(f"connector:{door.device.connector_id}" for door in self.doors),
        }

    def context(self) -> Context:
        node = self.site.node
        devices = Device.objects.seen_at(self.actor, self.site)
        fleet = presence_of(devices, clock.now())
        steps = self._first_steps(has_devices=fleet.total > 0)
        lines = DoorEvent.objects.seen_at(self.actor, self.site)
        return {
            **super().context(),
            **self._today(),
            "working": working.working_at(self.actor, self.site),
            "views": doors.views(self.actor, self.doors),
            "door_count": self.door_count,
            "devices": fleet,
            "needs": attention.needs(self.actor, self.site, clock.now()),
            # The first steps come first.
            "readiness": None if steps else self._readiness(),
            "events": newest_first(lines)[:_LATEST],
            "event_topics": " ".join(self.event_topics),
            "alarm_topics": " ".join(self.alarm_topics),
            "steps": steps,
            "may_see_devices": self.actor.may(Can.VIEW_DEVICE, node),
            "may_see_doors": self.actor.may(Can.VIEW_DOOR),
            "may_see_people": self.actor.may(Can.VIEW_PERSON),
            "may_see_log": self.actor.may(Can.VIEW_LOG),
            "may_change": self.actor.may(Can.CHANGE_SITE, node),
            "may_set_up": self.actor.may(Can.CREATE_SITE, node),
            "may_add_doors": self.actor.may(Can.CHANGE_DOOR, node),
        }

    def _readiness(self) -> Context | None:
        """Return what is not ready yet, or None to whom devices are not shown."""
        if not self.actor.may(Can.VIEW_DEVICE, self.site.node):
            return None
        found = checks(self.actor, self.site, clock.now(), most=_NAMED)
        left = [one for one in found if not one.is_good]
        return {"open": left, "good": len(found) - len(left), "total": len(found)}

    def _today(self) -> Context:
        """Count today's entries and refusals by the hour of the site's clock."""
        lines = DoorEvent.objects.seen_at(self.actor, self.site)
        day = day_of(lines, self.site.zone_info, clock.now())
        return {"hours": day.hours, "entries": day.entries, "refusals": day.refusals}

    def _first_steps(self, *, has_devices: bool) -> list[Step]:
        """Return the way of a new site to its first opened door; nothing once it is gone."""
        if not self.actor.may(Can.CHANGE_DEVICE, self.site.node):
            return []
        connectors = Connector.objects.seen_at(self.actor, self.site)
        people = Person.objects.seen_at(self.actor, self.site)
        groups = AccessGroup.objects.seen_at(self.actor, self.site)
        peopled = groups.filter(Q(people__isnull=False) | Q(people_groups__isnull=False)).exists()
        args = [self.site.pk]
        access = reverse("groups" if not peopled and groups.exists() else "group-new", args=args)
        steps = [
            Step(_("Add a connector"), reverse("connector-new", args=args), connectors.exists()),
            Step(_("Add a device"), reverse("device-new", args=args), has_devices),
            Step(_("Name its door"), reverse("door-new", args=args), bool(self.doors)),
            Step(_("Add people with cards"), reverse("people", args=args), people.exists()),
            Step(_("Give them access"), access, peopled),
        ]
        return [] if all(step.is_done for step in steps) else steps
