"""The first page: what there is, what needs attention, sites with trouble first."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.activity.topics import alarm_topics_of
from doorward.devices.models import Device, Door
from doorward.kit import clock
from doorward.kit.counts import count_up_to
from doorward.kit.pages import Context, Crumb, Page
from doorward.people.models import Person
from doorward.portal import post, troubles
from doorward.portal.fleet import Fleet, fleet_of
from doorward.portal.menu import looks_after
from doorward.portal.pages.sites import troubled_first, with_counts
from doorward.sites.models import Site
from doorward.tenancy.installers import installers_for
from doorward.tenancy.permissions import Can

# Sites on the dashboard; the rest is in the list of sites.
SHOWN_SITES = 10


class Dashboard(Page):
    title = gettext_lazy("Dashboard")
    template = "portal/dashboard.html"

    def prepare(self) -> None:
        self.at = clock.now()
        sites = Site.objects.visible_to(self.actor)
        self.site_count = sites.count()
        counted = with_counts(sites, self.actor, self.at)
        self.sites = list(troubled_first(counted)[:SHOWN_SITES])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what there is; whoever only opens doors has a page of their own."""
        own = Person.objects.visible_to(self.actor).filter(account=self.actor.account)
        if not looks_after(self.actor) and own.exists():
            return HttpResponseRedirect(reverse("person-own"))
        return super().get(request, *args, **kwargs)

    def context(self) -> Context:
        found = troubles.worst_of(
            troubles.sources(self.actor, self.at), post.troubles(self.actor, self.at)
        )
        return {
            **super().context(),
            "sites": self.sites,
            "site_count": self.site_count,
            "manages": self.actor.may(Can.VIEW_SITE),
            "devices": self.devices(),
            "doors": self.count(Can.VIEW_DOOR, Door.objects.visible_to(self.actor)),
            "people": self.count(Can.VIEW_PERSON, Person.objects.visible_to(self.actor)),
            "troubles": found,
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
        return fleet_of(Device.objects.visible_to(self.actor), self.at)

    def action(self) -> Crumb | None:
        if not installers_for(self.actor, Can.CREATE_SITE):
            return None
        return (_("New office"), reverse("site-new"))

    def links(self) -> Iterable[tuple[str, str, str]]:
        """Yield (label, address, icon) of where people mostly go from here."""
        if len(self.sites) == 1:
            yield from self._links_within(self.sites[0])
        if self.actor.may(Can.VIEW_DEVICE):
            yield _("All devices"), reverse("all-devices"), "device-tablet"
        if self.actor.may(Can.REGISTER_MAC):
            yield _("Register a MAC"), reverse("mac-new"), "barcode"
        if self.actor.may(Can.VIEW_AUDIT):
            yield _("Who changed what"), reverse("audit"), "history"

    def _links_within(self, site: Site) -> Iterable[tuple[str, str, str]]:
        if self.actor.may(Can.CHANGE_PERSON):
            yield _("Add a person"), reverse("person-new", args=[site.pk]), "user-plus"
        if self.actor.may(Can.CHANGE_ACCESS):
            yield _("Add an access group"), reverse("group-new", args=[site.pk]), "shield-check"
        if self.actor.may(Can.VIEW_LOG):
            yield _("Door log"), reverse("door-log", args=[site.pk]), "list-details"
