"""The first page: what there is, what needs attention, sites with trouble first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.activity.models import Alarm
from doorward.activity.topics import alarm_topics_of
from doorward.devices.actions.macs import is_installer, registers_for
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.kit.counts import count_up_to
from doorward.kit.pages import Context, Crumb, Page
from doorward.kit.rows import any_of
from doorward.people.models import Person
from doorward.portal import post, troubles
from doorward.portal.amiss import Look
from doorward.portal.fleet import Fleet, fleet_of
from doorward.portal.hours import day_of, lines_in_view
from doorward.portal.menu import looks_after
from doorward.portal.pages.sites import with_counts
from doorward.portal.troubled import most_troubled
from doorward.portal.troubles import Troubles
from doorward.sites.models import Site
from doorward.tenancy.installers import installers_for
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import ADMINISTERS, Can, Role

# Of each kind the word for several; a kind of which there is none has no tile.
_SEVERAL = {Site.Kind.OFFICE.value: gettext_lazy("Offices")}
# Sites on the dashboard; the rest is in the list of sites.
SHOWN_SITES = 10
# Of more sites than these what is amiss is not waited for.
AT_ONCE = 500


@dataclass(frozen=True)
class Kind:
    """How many sites of a kind there are."""

    label: str
    total: int


class Dashboard(Page):
    title = gettext_lazy("Dashboard")
    template = "portal/dashboard.html"

    def prepare(self) -> None:
        self.at = clock.now()
        self.look = Look(self.actor, self.at)
        sites = Site.objects.visible_to(self.actor)
        self.kinds = list(counts_by_kind(sites))
        self.site_count = sum(kind.total for kind in self.kinds)
        self.sites = list(self.shown(sites))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what there is; whoever only opens doors has a page of their own."""
        own = Person.objects.visible_to(self.actor).filter(account=self.actor.account)
        if not looks_after(self.actor) and own.exists():
            return HttpResponseRedirect(reverse("person-own"))
        return super().get(request, *args, **kwargs)

    def shown(self, sites: QuerySet[Site]) -> Iterator[Site]:
        """Yield the sites that are shown: those with most trouble, and then others by name."""
        found = most_troubled(self.look, SHOWN_SITES)
        others = sites.exclude(any_of("pk", found)).order_by("name", "pk")
        keys = [*found, *others.values_list("pk", flat=True)[: SHOWN_SITES - len(found)]]
        # Which they are, is found before it is counted what they have. Any: rows with their counts.
        known: dict[int, Any] = with_counts(sites.select_related("node"), self.actor).in_bulk(keys)
        for key in keys:
            # Somebody may have deleted it meanwhile.
            if site := known.get(key):
                site.trouble_count = found.get(key, 0)
                yield site

    def context(self) -> Context:
        return {
            **super().context(),
            "sites": self.sites,
            "site_count": self.site_count,
            "kinds": self.kinds,
            "manages": self.actor.may(Can.VIEW_SITE),
            "stands_nowhere": not self.actor.places,
            "devices": self.devices(),
            "doors": self.count(Can.VIEW_DOOR, Door.objects.visible_to(self.actor)),
            "people": self.count(Can.VIEW_PERSON, Person.objects.visible_to(self.actor)),
            "alarms": self.count(Can.VIEW_ALARM, Alarm.objects.visible_to(self.actor).open()),
            "may_see_log": self.actor.may(Can.VIEW_LOG),
            "troubles": None if self.site_count > AT_ONCE else amiss_to(self.look),
            "several_sites": self.site_count > 1,
            "links": list(self.links()),
            "action": self.action(),
        }

    def topics(self) -> Iterable[str]:
        devices = [f"site:{site.pk}:devices" for site in self.sites]
        return [*devices, *alarm_topics_of(self.sites, self.actor)]

    # Any: rows of any kind can be counted.
    def count(self, can: Can, rows: QuerySet[Any]) -> int | None:
        """Count what is in view, or return None to whom the kind is not shown."""
        return count_up_to(rows) if self.actor.may(can) else None

    def devices(self) -> Fleet | None:
        """Count the devices by state, or return None to whom none are shown."""
        if not self.actor.may(Can.VIEW_DEVICE):
            return None
        return fleet_of(self.look)

    @cached_property
    def own(self) -> list[Node]:
        """Return the installers for whom the actor creates sites."""
        return installers_for(self.actor, Can.CREATE_SITE)

    def action(self) -> Crumb | None:
        return (_("New office"), reverse("site-new")) if self.own else None

    def links(self) -> Iterable[tuple[str, str, str]]:
        """Yield (label, address, icon) of where people mostly go from here."""
        if len(self.sites) == 1:
            yield from self._links_within(self.sites[0])
        if self.actor.may(Can.VIEW_DEVICE):
            yield _("All devices"), reverse("all-devices"), "device-tablet"
        if self.registers_macs():
            yield _("Register a MAC"), reverse("mac-new"), "barcode"
        if self.site_count and self.invites_managers():
            address = f"{reverse('user-new')}?role={Role.PROPERTY_MANAGER.value}"
            yield _("Add a property manager"), address, "user-plus"
        if self.actor.may(Can.VIEW_ORGANISATION):
            yield _("Organisations"), reverse("organisations"), "building-community"
        if self.actor.may(Can.VIEW_AUDIT):
            yield _("Who changed what"), reverse("audit"), "history"

    def registers_macs(self) -> bool:
        """Say whether the actor registers MACs, of which an installer may be relieved."""
        if is_installer(self.actor):
            return bool(registers_for(self.actor, self.own))
        return bool(self.actor.may(Can.REGISTER_MAC))

    def invites_managers(self) -> bool:
        return any(Role.PROPERTY_MANAGER in ADMINISTERS[role] for role in self.actor.roles)

    def _links_within(self, site: Site) -> Iterable[tuple[str, str, str]]:
        if self.actor.may(Can.CHANGE_PERSON):
            yield _("Add a person"), reverse("person-new", args=[site.pk]), "user-plus"
        if self.actor.may(Can.CHANGE_ACCESS):
            yield _("Add an access group"), reverse("group-new", args=[site.pk]), "shield-check"
        if self.actor.may(Can.VIEW_LOG):
            yield _("Door log"), reverse("door-log", args=[site.pk]), "list-details"


def amiss_to(look: Look) -> Troubles:
    """Return the worst of what is amiss anywhere in view."""
    return troubles.worst_of(troubles.sources(look), post.troubles(look.actor, look.at))


def counts_by_kind(sites: QuerySet[Site]) -> Iterator[Kind]:
    """Count sites by kind; what there is none of is left out."""
    for kind in Site.Kind:
        if total := count_up_to(sites.filter(kind=kind)):
            yield Kind(str(_SEVERAL.get(kind.value, kind.label)), total)


class DashboardAttention(Page):
    """What is amiss; fetched by the dashboard of whoever looks after very many sites."""

    template = "portal/dashboard_attention.html"

    def prepare(self) -> None:
        if not self.actor.may(Can.VIEW_DEVICE):
            self.actor.require_any(Can.VIEW_DEVICE, ())

    def context(self) -> Context:
        return {"troubles": amiss_to(Look(self.actor, clock.now())), "several_sites": True}


class DashboardHours(Page):
    """Openings of today by the hour, of everything one looks after; fetched by the dashboard.

    It is a part of its own: whoever looks after a thousand sites does not wait for it.
    """

    template = "portal/dashboard_hours.html"

    def prepare(self) -> None:
        if not self.actor.may(Can.VIEW_LOG):
            self.actor.require_any(Can.VIEW_LOG, ())

    def context(self) -> Context:
        zone = self.zone()
        day = day_of(lines_in_view(self.actor), zone, clock.now())
        return {"day": day, "zone": str(zone)}

    def zone(self) -> tzinfo:
        """Return the zone of all the sites in view where they share one, else the reader's."""
        sites = Site.objects.visible_to(self.actor)
        zones = list(sites.order_by().values_list("zone", flat=True).distinct()[:2])
        return ZoneInfo(zones[0]) if len(zones) == 1 else timezone.get_current_timezone()
