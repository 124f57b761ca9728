"""Companies with what they hold: people, doors, access groups of their own."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access.models import AccessGroup
from doorward.access.pages import doors_at
from doorward.devices.models import Door
from doorward.files.lists import ListPage
from doorward.kit.counts import count_up_to, counted
from doorward.kit.pages import Context, Crumb, DeedPage
from doorward.people.models import Group, Person
from doorward.portal.tables import CompanyTable
from doorward.sites import actions
from doorward.sites.models import Company
from doorward.sites.pages import CompanyPage, SitePage, company_new
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import roles_to_give

# People and accounts shown on a company's page; the list of people has them all.
SHOWN = 10


class Companies(SitePage, ListPage):
    title = _("Companies")
    table = CompanyTable
    search_hint = _("Name")
    empty = {
        "text": _("No companies yet"),
        "hint": _("A company rents space here. Its people belong to it."),
        "icon": "building-store",
    }

    def rows(self) -> QuerySet[Company]:
        # What is counted of a company is of its site.
        companies = Company.objects.seen_at(self.actor, self.site)
        people = Person.objects.seen_of(self.actor, self.site)
        groups = AccessGroup.objects.seen_of(self.actor, self.site)
        return companies.annotate(
            person_count=counted(people, "company"),
            door_count=counted(self.granted(), "company"),
            group_count=counted(groups, "company"),
        )

    # Any: rows of a table between two others.
    def granted(self) -> QuerySet[Any]:
        """Return which doors in view were granted to which companies."""
        links = Door.companies.through.objects.all()
        if self.actor.sees_below(Can.VIEW_DOOR, self.site.node):
            return links
        return links.filter(door__in=Door.objects.visible_to(self.actor))

    def search(self, rows: QuerySet[Company], words: str) -> QuerySet[Company]:
        return rows.filter(name__icontains=words)

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_COMPANY, self.site.node):
            return None
        return company_new(self.site)


class CompanyShow(CompanyPage):
    """One company: who belongs to it, which doors it may use, who administers it."""

    template = "portal/company.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.company.name

    def context(self) -> Context:
        people = Person.objects.visible_to(self.actor).filter(company=self.company)
        groups = AccessGroup.objects.visible_to(self.actor).filter(node=self.company.node_id)
        divisions = Group.objects.visible_to(self.actor).filter(company=self.company)
        administrators = self.company.node.standings.filter(role=Role.COMPANY_ADMINISTRATOR)
        known = administrators.select_related("account").order_by("account__name")
        return {
            **super().context(),
            "company": self.company,
            "people": list(people.order_by("last_name", "first_name")[:SHOWN]),
            "person_count": count_up_to(people),
            "doors": list(doors_at(self).filter(companies=self.company)),
            "groups": list(groups.order_by("name")),
            "division_count": divisions.count(),
            "administrators": [standing.account for standing in known[:SHOWN]],
            "may_change": self.actor.may(Can.CHANGE_COMPANY, self.company.node),
            "may_invite": Role.COMPANY_ADMINISTRATOR in roles_to_give(self.actor),
            "may_add": self.actor.may(Can.CHANGE_PERSON, self.company.node),
            "may_change_access": self.actor.may(Can.CHANGE_ACCESS, self.company.node),
        }


class CompanyDelete(CompanyPage, DeedPage):
    needs = Can.CHANGE_COMPANY
    done = _("The company was deleted.")

    def act(self) -> None:
        actions.delete_company(self.actor, self.company)

    def way_back(self) -> str:
        return reverse("companies", args=[self.site.pk])
