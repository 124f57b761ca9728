"""Pages that lie within a site, and the forms of sites and companies."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorward.kit.errors import Text
from doorward.kit.pages import Crumb, FormPage, Page
from doorward.kit.sheets import Local
from doorward.sites import actions
from doorward.sites.forms import (
    AddressFields,
    CompanyFields,
    PlaceFields,
    ServiceFields,
    SiteFields,
    TimeFields,
)
from doorward.sites.models import Company, Site
from doorward.sites.words import local_of
from doorward.tenancy.editing import EditPage
from doorward.tenancy.installers import installers_for
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.steps import Step, StepsPage


class SitePage(Page):
    """A page within a site, named by `site` in the address."""

    site: Site

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # `prepare` activates the site's zone; the thread goes on to serve other pages.
        with timezone.override(None):
            return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        sites = Site.objects.select_related("node")
        self.site = sites.find(self.actor, self.kwargs["site"])
        timezone.activate(self.site.zone_info)
        super().prepare()

    @cached_property
    def company_names(self) -> dict[int, str]:
        """Return the site's companies that the reader sees, by id and in the order of names."""
        companies = Company.objects.seen_at(self.actor, self.site)
        return dict(companies.order_by("name").values_list("pk", "name"))

    def subjects(self) -> Iterable[Any]:
        return [self.site]

    def crumbs(self) -> Iterable[Crumb]:
        return [*site_crumbs(self.site), *self.trail(), (self.title, "")]

    def trail(self) -> Iterable[Crumb]:
        """Return what lies between the site and this page."""
        return ()

    def place(self) -> Node:
        """Return where in the tree the page lies: what one keeps of it is kept there."""
        return self.site.node

    def names(self) -> Iterable[Text]:
        return [self.title, self.site.name]

    def local(self) -> Local:
        return local_of(self.site)

    def way_back(self) -> str:
        return reverse("site", args=[self.site.pk])

    def context(self) -> dict[str, Any]:
        return {**super().context(), "site": self.site}


def site_crumbs(site: Site) -> list[Crumb]:
    return [(site.name, reverse("site", args=[site.pk]))]


class Regions(Page):
    """The states of a country and the cities of a state, for a form that asks for a place."""

    template = "sites/regions.html"

    def context(self) -> dict[str, Any]:
        told = {name: self.request.GET.get(name, "") for name in ("country", "state")}
        return {"form": PlaceFields(initial=told)}


class SiteNew(StepsPage):
    title = _("New office")
    needs = Can.CREATE_SITE
    template = "sites/site_new.html"
    draft_name = "site-new"
    steps = (
        Step("office", _("Office"), AddressFields),
        Step("time", _("Time and formats"), TimeFields),
        Step("services", _("Services"), ServiceFields),
    )
    deed = _("Create office")
    done = _("The office was created. Add a connector and its devices next.")

    def prepare(self) -> None:
        self.installers = installers_for(self.actor, Can.CREATE_SITE)

    def subjects(self) -> Iterable[Any]:
        return self.installers

    def form_options(self, step: Step) -> dict[str, Any]:
        installers = {"installers": self.installers} if step.name == "office" else {}
        return {**super().form_options(step), **installers}

    def initial(self, step: Step) -> dict[str, Any]:
        """Take zone and formats over from the newest site: the next one is mostly near it."""
        newest = Site.objects.visible_to(self.actor).order_by("-pk").first()
        if newest is None:
            return {}
        names = ("country", "zone", "time_format", "date_format", "contact_order")
        return {name: getattr(newest, name) for name in names}

    def crumbs(self) -> Iterable[Crumb]:
        return [(_("Sites"), reverse("sites")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("sites")

    def save(self, filled: Mapping[str, Any]) -> str:
        told = {
            name: value
            for step in self.steps
            for name, value in filled[step.name].cleaned_data.items()
        }
        told.pop("owner", None)
        installer = filled["office"].installer()
        site = actions.create_site(self.actor, installer, actions.SiteForm(**told))
        return reverse("site", args=[site.pk])


class SiteEdit(SitePage, EditPage):
    title = _("Site settings")
    needs = Can.CHANGE_SITE
    template = "sites/site_form.html"
    form_class = SiteFields
    deed = _("Save office")
    done = _("Saved. The devices of the site are told of zone and formats.")

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.site, name) for name in actions.SITE_FIELDS}

    def context(self) -> dict[str, Any]:
        return {**super().context(), "may_delete": self.actor.may(Can.CREATE_SITE, self.site.node)}

    def save(self, form: SiteFields) -> str:
        actions.change_site(self.actor, self.site, form.told())
        return self.request.path


class CompanyNew(SitePage, FormPage):
    title = _("Add a company")
    needs = Can.CHANGE_COMPANY
    form_class = CompanyFields
    deed = _("Add company")
    done = _("The company was added. Add its people next.")

    def trail(self) -> Iterable[Crumb]:
        return [company_crumb(self.site)]

    def way_back(self) -> str:
        return reverse("companies", args=[self.site.pk])

    def save(self, form: CompanyFields) -> str:
        company = actions.create_company(self.actor, self.site, **form.cleaned_data)
        return company_url(company)


class CompanyPage(SitePage):
    """A page about one company of the site."""

    company: Company

    def prepare(self) -> None:
        super().prepare()
        companies = Company.objects.filter(site=self.site)
        self.company = companies.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.company]

    def trail(self) -> Iterable[Crumb]:
        return [company_crumb(self.site)]

    def way_back(self) -> str:
        return company_url(self.company)


class CompanyEdit(CompanyPage, EditPage):
    title = _("Edit company")
    needs = Can.CHANGE_COMPANY
    form_class = CompanyFields
    deed = _("Save company")
    done = _("Saved.")

    def trail(self) -> Iterable[Crumb]:
        return [*super().trail(), (self.company.name, company_url(self.company))]

    def initial(self) -> dict[str, Any]:
        return {"name": self.company.name}

    def save(self, form: CompanyFields) -> str:
        actions.change_company(self.actor, self.company, **form.cleaned_data)
        return company_url(self.company)


def company_crumb(site: Site) -> Crumb:
    return (_("Companies"), reverse("companies", args=[site.pk]))


def company_new(site: Site) -> Crumb:
    return (_("Add a company"), reverse("company-new", args=[site.pk]))


def company_url(company: Company) -> str:
    return reverse("company", args=[company.site_id, company.pk])
