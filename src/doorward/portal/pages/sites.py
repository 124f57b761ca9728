"""The list of sites with what is in them, and the end of a site."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.activity.models import Alarm
from doorward.devices.models import Connector, Device
from doorward.files.lists import ListPage
from doorward.kit import clock
from doorward.kit.addresses import address_of
from doorward.kit.counts import count_up_to, counted
from doorward.kit.pages import Context, Crumb, FormPage, Page
from doorward.kit.rows import key_of
from doorward.people.models import Person
from doorward.portal import troubles
from doorward.portal.tables import SiteTable
from doorward.sites import actions
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.sites.words import zone_name
from doorward.tenancy.actor import Actor
from doorward.tenancy.installers import installers_for
from doorward.tenancy.permissions import Can

# Sites in the switcher; whoever has more searches in the list of sites.
SWITCHER_SITES = 50


class Sites(ListPage):
    title = gettext_lazy("Sites")
    table = SiteTable
    search_hint = gettext_lazy("Name or city")
    empty = {
        "text": gettext_lazy("No sites yet"),
        "hint": gettext_lazy("A site is a building with its doors, companies and people."),
        "icon": "building",
    }

    def rows(self) -> QuerySet[Site]:
        sites = Site.objects.visible_to(self.actor)
        return troubled_first(with_counts(sites, self.actor, clock.now()))

    def search(self, rows: QuerySet[Site], words: str) -> QuerySet[Site]:
        return rows.filter(name__icontains=words) | rows.filter(city__icontains=words)

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


class NameTyped(forms.Form):
    """The name of what is to be deleted, typed by whoever means it."""

    name = forms.CharField(label=gettext_lazy("Type the name of the office to delete it"))

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip() != self.wanted:
            raise forms.ValidationError(_("This is not the name of the office."))
        return name


class SiteDelete(SitePage, FormPage):
    title = gettext_lazy("Delete office")
    needs = Can.CREATE_SITE
    template = "portal/site_delete.html"
    form_class = NameTyped
    deed = gettext_lazy("Delete office")
    done = gettext_lazy("The office was deleted.")

    def form_options(self) -> Context:
        return {"wanted": self.site.name}

    def context(self) -> Context:
        # Any: rows of four kinds.
        held: list[tuple[QuerySet[Any], str, str]] = [
            (Company.objects.visible_to(self.actor), _("Companies"), "companies"),
            (Person.objects.visible_to(self.actor), _("People"), "people"),
            (Device.objects.visible_to(self.actor), _("Devices"), "devices"),
            (Connector.objects.visible_to(self.actor), _("Connectors"), "connectors"),
        ]
        named = [
            (label, count_up_to(rows.filter(site=self.site)), reverse(page, args=[self.site.pk]))
            for rows, label, page in held
        ]
        return {**super().context(), "held": [row for row in named if row[1]]}

    def trail(self) -> Iterable[Crumb]:
        return [(_("Site settings"), self.way_back())]

    def way_back(self) -> str:
        return reverse("site-edit", args=[self.site.pk])

    def save(self, form: NameTyped) -> str:
        actions.delete_site(self.actor, self.site)
        return reverse("sites")


def with_counts(sites: QuerySet[Site], actor: Actor, at: datetime) -> QuerySet[Site]:
    """Add to each site what the actor sees in it, and how much of it needs attention."""
    devices = Device.objects.visible_to(actor)
    connectors = Connector.objects.visible_to(actor)
    return sites.annotate(
        device_count=counted(devices, "site"),
        person_count=counted(Person.objects.visible_to(actor), "site"),
        connector_count=counted(connectors, "site"),
        trouble_count=counted(troubles.ailing(devices, at, actor), "site")
        + counted(troubles.away(connectors, at), "site")
        + counted(Alarm.objects.visible_to(actor).open(), "site"),
    )


def troubled_first(sites: QuerySet[Site]) -> QuerySet[Site]:
    return sites.order_by(F("trouble_count").desc(), "name")
