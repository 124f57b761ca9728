"""The end of an office, and how it is taken back."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.devices.models import Connector, Device, Door
from doorward.files.lists import ListPage
from doorward.kit import clock
from doorward.kit.counts import count_up_to
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage
from doorward.people.models import Person
from doorward.portal.fleet import presence_of
from doorward.portal.leaving import with_unbinding
from doorward.portal.tables import DeletedSiteTable
from doorward.sites import actions
from doorward.sites.models import KEPT, Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy.installers import installers_for
from doorward.tenancy.managing import managers_of
from doorward.tenancy.permissions import Can


class Ending(forms.Form):
    """The name of what is to be deleted, typed by whoever means it, and what becomes of devices."""

    unbind = forms.BooleanField(label=gettext_lazy("Unbind all devices"), required=False)
    name = forms.CharField(label=gettext_lazy("Type the name of the office to delete it"))

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip() != self.wanted.strip():
            raise forms.ValidationError(_("This is not the name of the office."))
        return name


class SiteDelete(SitePage, FormPage):
    title = gettext_lazy("Delete office")
    needs = Can.CREATE_SITE
    template = "portal/site_delete.html"
    form_class = Ending
    deed = gettext_lazy("Delete office")
    done = gettext_lazy("The office was deleted. For 30 days it can be brought back from here.")

    def form_options(self) -> Context:
        return {"wanted": self.site.name}

    def context(self) -> Context:
        devices = Device.objects.seen_at(self.actor, self.site)
        return {
            **super().context(),
            "fleet": presence_of(devices, clock.now()),
            "doors": self.count(Door.objects.seen_at(self.actor, self.site)),
            "people": self.count(Person.objects.seen_at(self.actor, self.site)),
            "companies": self.count(Company.objects.seen_at(self.actor, self.site)),
            "connectors": self.count(Connector.objects.seen_at(self.actor, self.site)),
            "managers": self.count(managers_of(self.actor, self.site.node)),
            "days": KEPT.days,
        }

    # Any: rows of any kind can be counted.
    def count(self, rows: QuerySet[Any]) -> int:
        return count_up_to(rows)

    def trail(self) -> Iterable[Crumb]:
        return [(_("Site settings"), self.way_back())]

    def way_back(self) -> str:
        return reverse("site-edit", args=[self.site.pk])

    def save(self, form: Ending) -> str:
        actions.delete_site(self.actor, self.site, unbind=form.cleaned_data["unbind"])
        return reverse("sites-deleted")


class SitesDeleted(ListPage):
    """Offices that were deleted and can still be brought back."""

    title = gettext_lazy("Deleted offices")
    template = "portal/sites_deleted.html"
    needs = Can.CREATE_SITE
    table = DeletedSiteTable
    search_hint = gettext_lazy("Name")
    empty = {
        "text": gettext_lazy("No deleted offices"),
        "hint": gettext_lazy("An office that is deleted stays here for 30 days."),
        "icon": "trash",
    }

    def subjects(self) -> Iterable[Any]:
        return installers_for(self.actor, Can.CREATE_SITE)

    def rows(self) -> QuerySet[Site]:
        return with_unbinding(Site.objects.deleted_below(self.actor)).order_by("-deleted_at", "-pk")

    def search(self, rows: QuerySet[Site], words: str) -> QuerySet[Site]:
        return rows.filter(name__icontains=words)

    def crumbs(self) -> Iterable[Crumb]:
        return [(_("Sites"), reverse("sites")), (self.title, "")]


class SiteRestore(DeedPage):
    """Bring a deleted office back."""

    needs = Can.CREATE_SITE

    def prepare(self) -> None:
        self.site = Site.objects.find_deleted(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.site.installer]

    def acted(self) -> str:
        actions.restore_site(self.actor, self.site)
        return reverse("site", args=[self.site.pk])

    def said(self) -> str:
        words = _(
            "“%(name)s” is back with all that was in it. Its devices are bound again, but for "
            "those whose MAC is used elsewhere by now."
        )
        return words % {"name": self.site.name}

    def way_back(self) -> str:
        return reverse("sites-deleted")
