"""The tree of a company's groups of people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit import offers
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Crumb, FormPage, Page, words_of
from doorward.kit.rows import key_of
from doorward.people import actions, trees
from doorward.people.forms import GroupFields
from doorward.people.models import Group, Person
from doorward.people.models.groups import MAX_DEPTH
from doorward.people.pages.people import companies_at, groups_at
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can


@dataclass(frozen=True)
class Line:
    """A group in the tree: how many it has itself and with all beneath, and where they go."""

    group: Group
    own: int
    all: int
    below: int
    above: str
    may_have_more: bool

    @property
    def level(self) -> int:
        return self.group.depth


class PeopleGroups(SitePage, Page):
    """One company's groups as a tree."""

    title = gettext_lazy("Groups")
    template = "people/groups.html"

    def prepare(self) -> None:
        super().prepare()
        self.companies = list(companies_at(self).select_related("node"))
        self.company = chosen_company(self, self.companies)

    def context(self) -> Context:
        known = {**super().context(), "companies": self.companies, "company": self.company}
        if self.company:
            return {**known, **self.tree(self.company)}
        may_add = self.actor.may(Can.CHANGE_COMPANY, self.site.node)
        return {**known, "may_add_company": may_add}

    def tree(self, company: Company) -> Context:
        people = Person.objects.visible_to(self.actor).filter(company=company)
        lines = lines_of(self, company)
        return {
            "lines": lines,
            "page_count": len(lines),
            "ungrouped": people.filter(group=None).count(),
            "may_change": self.actor.may(Can.CHANGE_PERSON, company.node),
        }


class PeopleGroupNew(SitePage, FormPage):
    title = gettext_lazy("Add a group")
    needs = Can.CHANGE_PERSON
    form_class = GroupFields
    deed = gettext_lazy("Add group")
    done = gettext_lazy("The group was added. Add its people next.")

    def prepare(self) -> None:
        super().prepare()
        companies = list(companies_at(self).select_related("node", "site"))
        self.company = chosen_company(self, companies)

    def subjects(self) -> Iterable[Any]:
        return [self.company or self.site]

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site, self.company)]

    def way_back(self) -> str:
        return groups_url(self.site, self.company)

    def form_options(self) -> Context:
        return {
            "initial": {"parent": self.request.GET.get("below", "")},
            "parents": parents_at(self, self.company),
            "groups_url": choices_url(self.site),
        }

    def context(self) -> Context:
        about = self.company.name if self.company else ""
        return {**super().context(), "page_about": about}

    def save(self, form: GroupFields) -> str:
        if self.company is None:
            raise Hidden
        actions.create_group(self.actor, self.company, **form.cleaned_data)
        return self.way_back()


class PeopleGroupPage(SitePage):
    """A page about one group of people."""

    group: Group

    def prepare(self) -> None:
        super().prepare()
        groups = Group.objects.filter(site=self.site).select_related("company", "parent", "node")
        self.group = groups.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.group]

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site, self.group.company)]

    def way_back(self) -> str:
        return groups_url(self.site, self.group.company)


class PeopleGroupChoices(SitePage):
    """What a picker of groups offers for what was typed, as JSON."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = groups_at(self).filter(offers.begun(words_of(request), "name"))
        if company := key_of(request.GET.get("of", "")):
            found = found.filter(company=company)
        groups = list(found.select_related("company").order_by("name", "pk")[: offers.FOUND])
        above = {key for group in groups for key in group.ancestors}
        names = dict(groups_at(self).filter(pk__in=above).values_list("pk", "name"))
        paths = trees.paths(groups, names)
        return JsonResponse(
            [
                {"value": g.pk, "label": paths[g.pk], "hint": g.company.name, "of": g.company_id}
                for g in groups
            ],
            safe=False,
        )


def chosen_company(page: SitePage, companies: list[Company]) -> Company | None:
    """Return the company that the address names, else the first; raise `Hidden` for another."""
    if asked := page.request.GET.get("company", ""):
        key = key_of(asked)
        found = next((company for company in companies if company.pk == key), None)
        if found is None:
            raise Hidden
        return found
    return companies[0] if companies else None


def lines_of(page: SitePage, company: Company) -> list[Line]:
    """Return a company's groups as a tree is read, counted in one query."""
    groups = trees.in_order(list(groups_at(page).filter(company=company)))
    people = Person.objects.visible_to(page.actor).filter(company=company)
    counted = people.exclude(group=None).order_by().values_list("group").annotate(n=Count("pk"))
    counts = dict(counted)
    all_counts = trees.sums(groups, counts)
    children: dict[int | None, int] = {}
    for group in groups:
        children[group.parent_id] = children.get(group.parent_id, 0) + 1
    names = {group.pk: group.name for group in groups}
    return [
        Line(
            group=group,
            own=counts.get(group.pk, 0),
            all=all_counts.get(group.pk, 0),
            below=children.get(group.pk, 0),
            above=names.get(group.parent_id or 0, ""),
            may_have_more=group.depth < MAX_DEPTH,
        )
        for group in groups
    ]


def parents_at(page: SitePage, company: Company | None) -> Any:
    """Return the groups below which another fits."""
    groups = groups_at(page).filter(company=company)
    return groups.filter(ancestors__len__lt=MAX_DEPTH)


def groups_url(site: Site, company: Company | None) -> str:
    query = f"?company={company.pk}" if company else ""
    return reverse("people-groups", args=[site.pk]) + query


def groups_crumb(site: Site, company: Company | None) -> Crumb:
    return (_("Groups"), groups_url(site, company))


def choices_url(site: Site) -> str:
    return reverse("people-group-choices", args=[site.pk])
