"""The list of sites with what is in them, and the switcher between them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.devices.models import Connector, Device
from doorward.files.lists import ListPage
from doorward.kit import clock
from doorward.kit.addresses import address_of
from doorward.kit.counts import counted
from doorward.kit.pages import Context, Crumb, Page
from doorward.kit.rows import key_of
from doorward.people.models import Person
from doorward.portal.filters import SiteFilter
from doorward.portal.tables import SiteTable
from doorward.portal.troubled import troubles_at
from doorward.sites.models import Site
from doorward.sites.words import zone_name
from doorward.tenancy.actor import Actor
from doorward.tenancy.installers import installers_for
from doorward.tenancy.managing import names_at
from doorward.tenancy.permissions import Can

# Sites in the switcher; whoever has more searches in the list of sites.
SWITCHER_SITES = 50


class Sites(ListPage):
    title = gettext_lazy("Sites")
    template = "portal/sites.html"
    table = SiteTable
    filters = SiteFilter
    search_hint = gettext_lazy("Name or city")
    tucked_away = ("connector_count",)
    empty = {
        "text": gettext_lazy("No sites yet"),
        "hint": gettext_lazy("A site is a building with its doors, companies and people."),
        "icon": "building",
    }

    @cached_property
    def at(self) -> datetime:
        return clock.now()

    def rows(self) -> QuerySet[Site]:
        sites = Site.objects.visible_to(self.actor).select_related("node")
        return with_counts(sites, self.actor).order_by("name")

    # Any: a table comes without types, and a row takes what its cells need to know.
    def dress(self, table: Any, records: Sequence[Any]) -> None:
        found = troubles_at(self.actor, self.at, [site.pk for site in records])
        for site in records:
            site.trouble_count = found.get(site.pk, 0)
        may_change = [site for site in records if self.actor.may(Can.CREATE_SITE, site.node)]
        for site in may_change:
            site.may_change = True
        table.manager_names = names_at(self.actor, [site.node_id for site in may_change])

    def search(self, rows: QuerySet[Site], words: str) -> QuerySet[Site]:
        return rows.filter(Q(name__icontains=words) | Q(city__icontains=words))

    def action(self) -> Crumb | None:
        if not installers_for(self.actor, Can.CREATE_SITE):
            return None
        return (_("New office"), reverse("site-new"))


class SiteChoices(Page):
    """What the switcher of sites holds, fetched when it is opened."""

    template = "kit/sites.html"

    def context(self) -> Context:
        sites = Site.objects.visible_to(self.actor).order_by("name")
        here, at = key_of(self.request.GET.get("at", "")), clock.now()
        shown = sites.values_list("pk", "name", "city", "zone")[:SWITCHER_SITES]
        return {
            "all_url": reverse("sites"),
            "current": here,
            "sites": [
                {
                    "name": name,
                    "url": address_of("site", pk),
                    "hint": " · ".join(filter(None, [city, zone_name(zone, at)])),
                    "active": pk == here,
                }
                for pk, name, city, zone in shown
            ],
        }


def with_counts(sites: QuerySet[Site], actor: Actor) -> QuerySet[Site]:
    """Add to each site in view how much the actor sees in it."""
    return sites.annotate(
        device_count=counted(Device.objects.seen_at_sites(actor), "site"),
        person_count=counted(Person.objects.seen_at_sites(actor), "site"),
        connector_count=counted(Connector.objects.seen_at_sites(actor), "site"),
    )
