"""The property managers of an office, and who could be one."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.files.lists import ListPage
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Context, Crumb, Done
from doorward.portal.tables import ManagerTable
from doorward.sites.pages import SitePage
from doorward.tenancy.actions import managing as actions
from doorward.tenancy.managing import candidates_for, managers_of
from doorward.tenancy.models import Node, Standing
from doorward.tenancy.permissions import Can

TITLE = gettext_lazy("Property managers")


class _Managing(BulkDeed):
    """A deed on accounts, each named by one of its roles."""

    needs = Can.CREATE_SITE

    # Any: the page and its rows have no common type.
    def __init__(self, page: Any, rows: QuerySet[Standing]) -> None:
        super().__init__(page, rows)
        # Where the role is that names somebody says nothing of whether they may be chosen.
        self.rows = rows

    def node(self) -> Node:
        # Any: the page of the list is one within a site.
        page: Any = self.page
        node: Node = page.site.node
        return node

    def accounts(self) -> list[int]:
        return list(self.rows.values_list("account", flat=True))


class Withdraw(_Managing):
    name = "withdraw"
    label = gettext_lazy("Take off")
    icon = "user-minus"
    counts_as = "removed"

    def question(self, count: int) -> Text:
        words = ngettext("Take %(count)d manager off", "Take %(count)d managers off", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        return [_("They no longer see this office. Their accounts stay.")]

    def act(self, form: Any) -> Done:
        count = actions.withdraw_managers(self.actor, self.node(), self.accounts())
        words = ngettext(
            "%(count)d property manager was taken off.",
            "%(count)d property managers were taken off.",
            count,
        )
        return Done(words % {"count": count})


class Assign(_Managing):
    name = "assign"
    label = gettext_lazy("Assign")
    icon = "user-plus"
    counts_as = "added"

    def question(self, count: int) -> Text:
        words = ngettext("Assign %(count)d manager", "Assign %(count)d managers", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        return [_("They see and manage all of this office from now on.")]

    def act(self, form: Any) -> Done:
        count = actions.assign_managers(self.actor, self.node(), self.accounts())
        words = ngettext(
            "%(count)d property manager was assigned.",
            "%(count)d property managers were assigned.",
            count,
        )
        return Done(words % {"count": count})


class ManagersPage(SitePage, ListPage):
    """One of the two lists: who is selected, and who is to be selected."""

    template = "portal/managers.html"
    needs = Can.CREATE_SITE
    table = ManagerTable
    search_hint = gettext_lazy("Name, user name or e-mail")

    def search(self, rows: QuerySet[Standing], words: str) -> QuerySet[Standing]:
        named = Q(account__name__icontains=words) | Q(account__username__icontains=words)
        return rows.filter(named | Q(account__email__icontains=words))

    def context(self) -> Context:
        tabs = [
            (_("Selected"), reverse("site-managers", args=[self.site.pk])),
            (_("To be selected"), reverse("site-managers-add", args=[self.site.pk])),
        ]
        here = self.request.path
        drawn = [(label, url, url == here) for label, url in tabs]
        return {**super().context(), "tabs": drawn}


class Managers(ManagersPage):
    title = TITLE
    deeds = (Withdraw,)
    empty = {
        "text": gettext_lazy("Nobody manages this office yet"),
        "hint": gettext_lazy("Assign somebody who manages another one, or invite somebody new."),
        "icon": "users",
    }

    def rows(self) -> QuerySet[Standing]:
        return managers_of(self.actor, self.site.node)

    def action(self) -> Crumb | None:
        return (_("Assign managers"), reverse("site-managers-add", args=[self.site.pk]))


class ManagersAdd(ManagersPage):
    in_person = True
    title = gettext_lazy("Assign managers")
    deeds = (Assign,)
    empty = {
        "text": gettext_lazy("Nobody else to assign"),
        "hint": gettext_lazy("Whoever manages another of your offices stands here."),
        "icon": "users",
    }

    def rows(self) -> QuerySet[Standing]:
        return candidates_for(self.actor, self.site.node)

    def trail(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("site-managers", args=[self.site.pk]))]

    def action(self) -> Crumb | None:
        return (_("Invite somebody"), reverse("user-new"))
