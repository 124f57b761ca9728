"""The administrators of a site's companies: its accounts, as far as they are the site's own."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.files.lists import ListPage
from doorward.kit.errors import Hidden, Text
from doorward.kit.pages import Context, Crumb
from doorward.kit.rows import any_of
from doorward.portal.filters import AdministratorFilter
from doorward.portal.pages.accounts import UserEdit, UserShow
from doorward.portal.pages.invitations import UserNew
from doorward.portal.tables import AdministratorTable
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage, company_new
from doorward.tenancy.models import Account, Node, RoleHolder
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import (
    homes_of,
    meets_administrators,
    own_places,
    places_to_give,
    roles_to_give,
    seen_standings,
)

TITLE = _("Administrators")
_ROLE = Role.COMPANY_ADMINISTRATOR


class Administrators(SitePage, ListPage):
    title = TITLE
    needs = Can.VIEW_ACCOUNT
    table = AdministratorTable
    filters = AdministratorFilter
    search_hint = _("Name or e-mail")
    empty = {
        "text": _("No administrators yet"),
        "hint": _("Invite whoever looks after a company's people. They see that company alone."),
        "icon": "id-badge-2",
    }

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor) if meets_administrators(self.actor) else []

    def rows(self) -> QuerySet[RoleHolder]:
        held = RoleHolder.objects.visible_to(self.actor).filter(role=_ROLE)
        return held.filter(any_of("node", self.company_nodes)).select_related("node", "invitation")

    @cached_property
    def company_nodes(self) -> list[int]:
        # By their keys: the database does not search a view by what is looked up in it.
        return list(companies_of(self).values_list("node", flat=True))

    def search(self, rows: QuerySet[RoleHolder], words: str) -> QuerySet[RoleHolder]:
        return rows.filter(Q(name__icontains=words) | Q(email__icontains=words))

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[RoleHolder]) -> None:
        named = [one.account_id for one in records if one.account_id]
        known = Account.objects.visible_to(self.actor).filter(pk__in=named)
        table.opened = set(known.values_list("pk", flat=True))
        table.may_invite = _ROLE in roles_to_give(self.actor)

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        if filtered or self.company_names:
            return super().empty_state(filtered=filtered)
        state: dict[str, Text] = {
            **self.empty,
            "hint": _("Administrators look after a company. Add it first."),
        }
        if self.actor.may(Can.CHANGE_COMPANY, self.site.node):
            state["deed"], state["url"] = company_new(self.site)
        return state

    def action(self) -> Crumb | None:
        if _ROLE not in roles_to_give(self.actor) or not self.company_names:
            return None
        return (_("New administrator"), reverse("administrator-new", args=[self.site.pk]))


class AdministratorNew(SitePage, UserNew):
    """Invite somebody to look after one of the site's companies."""

    @property
    def role(self) -> Role | None:
        return _ROLE if _ROLE in self.roles else None

    @property
    def is_settled(self) -> bool:
        return True

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor) if self.role else []

    def trail(self) -> Iterable[Crumb]:
        return [administrators_crumb(self.site)]

    def way_back(self) -> str:
        return administrators_crumb(self.site)[1]

    def places(self) -> list[Node]:
        given = places_to_give(self.actor, _ROLE)
        return list(given.filter(pk__in=companies_of(self).values("node")).order_by("name"))

    def usual_place(self) -> int | None:
        return next((company.pk for company in self.places()), None)


class AdministratorPage(SitePage):
    """A page about somebody who administers one of the site's companies."""

    account: Account

    def prepare(self) -> None:
        super().prepare()
        held = seen_standings(self.actor).filter(account=self.account, role=_ROLE)
        if not held.filter(node__in=companies_of(self).values("node")).exists():
            raise Hidden

    def subjects(self) -> Iterable[Any]:
        return homes_of(self.account)

    def trail(self) -> Iterable[Crumb]:
        return [administrators_crumb(self.site)]


class AdministratorShow(AdministratorPage, UserShow):
    def context(self) -> Context:
        # What is done to the account comes back to this page.
        return {**super().context(), "within": f"?site={self.site.pk}"}


class AdministratorEdit(AdministratorPage, UserEdit):
    def trail(self) -> Iterable[Crumb]:
        return [*super().trail(), (self.account.get_full_name(), self.way_back())]

    def way_back(self) -> str:
        return reverse("administrator", args=[self.site.pk, self.account.pk])


def companies_of(page: SitePage) -> QuerySet[Company]:
    return Company.objects.seen_at(page.actor, page.site)


def administrators_crumb(site: Site) -> Crumb:
    return (TITLE, reverse("administrators", args=[site.pk]))
