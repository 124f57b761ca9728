"""Support access: whom one may help, entering and leaving, and the switches of who is helped."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files.lists import ListPage
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page
from doorward.portal import acting, forms
from doorward.portal.onward import NEXT
from doorward.tenancy import filters, support, tables
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.models import Node, Standing
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import own_places

TITLE = gettext_lazy("Account access")
SETTING = gettext_lazy("Account Setting")
# Visits that are told beside one's switches; all of them stand in the trail.
_VISITS = 20


def _is_on(page: Page) -> bool:
    """Say to which side a switch was put."""
    return page.request.POST.get("wanted") == "yes"


class Support(ListPage):
    """Whom one may help: who has enabled it, who has granted it, and the way in."""

    title = TITLE
    template = "portal/support.html"
    table = tables.Helped
    filters = filters.Helped
    needs = Can.ENTER_ACCOUNT
    search_hint = gettext_lazy("Name, user name or organisation")
    empty = {
        "text": gettext_lazy("Nobody to help yet"),
        "hint": gettext_lazy("Accounts of the level below you are listed here."),
        "icon": "headset",
    }

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def rows(self) -> QuerySet[Standing]:
        return support.enterable(self.actor)

    def search(self, rows: QuerySet[Standing], words: str) -> QuerySet[Standing]:
        named = Q(account__name__icontains=words) | Q(account__username__icontains=words)
        return rows.filter(named | Q(node__name__icontains=words))

    def dress(self, table: Any, records: Sequence[Standing]) -> None:
        for record in records:
            record.may_enable = support.may_enable(self.actor, record)  # type: ignore[attr-defined]


class SupportPage(DeedPage):
    """A deed on somebody whom one may help."""

    title = TITLE
    needs = Can.ENTER_ACCOUNT

    def prepare(self) -> None:
        support.require_free(self.actor)
        self.standing = support.found(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.standing]

    def way_back(self) -> str:
        return reverse("support")


class SupportEnable(SupportPage):
    """Enable account access, or do so no longer."""

    def act(self) -> None:
        deeds.enable(self.actor, self.standing, enabled=_is_on(self))

    def said(self) -> str:
        name = {"name": self.standing.account.get_full_name()}
        if _is_on(self):
            return _("Account access is enabled for %(name)s, who has the switches now.") % name
        return _("Account access is no longer enabled for %(name)s.") % name


class SupportEnter(SupportPage):
    """Enter another's portal, without a password and for an hour at most."""

    def acted(self) -> str:
        visit = deeds.enter(self.actor, self.standing, self.request.session.session_key or "")
        acting.begin(self.request, visit, self.request.POST.get(NEXT) or self.way_back())
        return "/"


class SupportEnd(DeedPage):
    """Be oneself again, where one was before."""

    title = gettext_lazy("Support access")

    def acted(self) -> str:
        deeds.leave(self.actor)
        return acting.end(self.request)


# --- The switches of who is helped ------------------------------------------------------------


class AccountSetting(Page):
    """Whether one may be helped, whether apps are let in, and who was here to help."""

    title = SETTING
    template = "portal/account_setting.html"

    def prepare(self) -> None:
        self.actor.require_in_person()
        self.accesses = list(support.own_accesses(self.actor))
        if not self.accesses:
            raise Hidden

    def context(self) -> Context:
        visits = support.visits_under(self.actor, _VISITS)
        return {**super().context(), "accesses": self.accesses, "visits": visits}


class AccountSwitch(DeedPage):
    title = SETTING

    def prepare(self) -> None:
        self.actor.require_in_person()
        self.access = support.own_access(self.actor, self.kwargs["pk"])

    def way_back(self) -> str:
        return reverse("account-setting")


class AccountGrant(AccountSwitch):
    def act(self) -> None:
        deeds.grant(self.actor, self.access, granted=_is_on(self))

    def said(self) -> str:
        if _is_on(self):
            return _("Permission is granted. You get a mail each time somebody comes to help.")
        return _("Permission is withdrawn. Whoever was in is out.")


class AccountApps(AccountSwitch):
    def act(self) -> None:
        deeds.allow_apps(self.actor, self.access, allowed=_is_on(self))

    def said(self) -> str:
        if _is_on(self):
            return _("Apps and API tokens are let in again.")
        return _("Apps and API tokens of all your accounts are refused from now on.")


class SupportDefault(FormPage):
    """What the operator has chosen for whoever is enabled from now on."""

    title = gettext_lazy("Support access")
    needs = Can.CHANGE_SUPPORT
    form_class = forms.SupportDefault
    deed = gettext_lazy("Save")
    done = gettext_lazy("Saved. It holds for whoever is enabled from now on.")

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]

    def crumbs(self) -> Iterable[Crumb]:
        return [(self.title, "")]

    def context(self) -> Context:
        # It is the page itself that one would come back to.
        return {**super().context(), "cancel": ""}

    def initial(self) -> Context:
        return {"granted": support.granted_by_default()}

    def way_back(self) -> str:
        return reverse("support-default")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        deeds.choose_default(self.actor, **form.cleaned_data)
        return self.way_back()
