"""Organisations below one's own: distributors, sub-distributors, installers."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.devices.models import MacEntry
from doorward.files.lists import ListPage
from doorward.kit.counts import count_up_to
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page
from doorward.portal.account_fields import (
    NewOrganisation,
    OrganisationFields,
    organisation_initial,
)
from doorward.portal.below import counts_below
from doorward.portal.filters import OrganisationFilter
from doorward.portal.tables import OrganisationTable
from doorward.sites.models import Site
from doorward.tenancy.actions import organisations as deeds
from doorward.tenancy.editing import EditPage
from doorward.tenancy.limits import Limit, most_of
from doorward.tenancy.models import Account, Invitation, Node, Organisation
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import (
    holding,
    kinds_to_make,
    own_places,
    parents_to_choose,
    seen_standings,
)

TITLE = gettext_lazy("Organisations")
# Organisations, accounts and invitations on an organisation's page; lists have them all.
_SHOWN = 10
_NEW = {
    Node.Kind.DISTRIBUTOR: gettext_lazy("New distributor"),
    Node.Kind.SUB_DISTRIBUTOR: gettext_lazy("New sub-distributor"),
    Node.Kind.INSTALLER: gettext_lazy("New installer"),
}


class Organisations(ListPage):
    title = TITLE
    table = OrganisationTable
    filters = OrganisationFilter
    needs = Can.VIEW_ORGANISATION
    search_hint = gettext_lazy("Name")
    template = "portal/organisations.html"
    empty = {
        "text": gettext_lazy("Nobody below you yet"),
        "hint": gettext_lazy("An installer looks after sites. Add the first one."),
        "icon": "building-community",
    }

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def rows(self) -> QuerySet[Organisation]:
        rows: QuerySet[Organisation] = Organisation.objects.visible_to(self.actor)
        return rows.select_related("parent").order_by("name")

    def search(self, rows: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
        return rows.filter(name__icontains=words)

    # Any: the table that is drawn.
    def dress(self, table: Any, records: Sequence[Any]) -> None:
        table.below = counts_below([record.pk for record in records])

    def action(self) -> Crumb | None:
        """Offer to add what one mostly has below: the lowest kind that one may make."""
        kinds = kinds_to_make(self.actor)
        return (_NEW[kinds[-1]], new_address(kinds[-1])) if kinds else None

    def context(self) -> Context:
        return {**super().context(), "others": list(self.others())}

    def others(self) -> Iterable[tuple[object, str]]:
        """Yield what else one may add: label and address."""
        for kind in kinds_to_make(self.actor)[:-1]:
            yield _NEW[kind], new_address(kind)


class OrganisationPage(Page):
    """A page about one organisation below the actor's."""

    needs: ClassVar[Can | None] = Can.CHANGE_ORGANISATION

    def prepare(self) -> None:
        rows = Organisation.objects.select_related("parent")
        self.organisation = rows.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.organisation]

    def crumbs(self) -> Iterable[Crumb]:
        here = (self.organisation.name, self.way_back())
        return [(TITLE, reverse("organisations")), here, (self.title, "")]

    def way_back(self) -> str:
        return reverse("organisation", args=[self.organisation.pk])


class OrganisationShow(OrganisationPage):
    """What is it, what stands below it, who speaks for it, and what can one do about it?"""

    template = "portal/organisation.html"
    needs = Can.VIEW_ORGANISATION

    def prepare(self) -> None:
        super().prepare()
        self.title = self.organisation.name

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("organisations")), (self.title, "")]

    def context(self) -> Context:
        here = self.organisation
        below = Organisation.objects.visible_to(self.actor).filter(parent=here)
        sites = Site.objects.visible_to(self.actor).filter(node__path__startswith=here.path)
        macs = MacEntry.objects.visible_to(self.actor).filter(node=here)
        held = holding(seen_standings(self.actor).filter(node=here))
        accounts = Account.objects.visible_to(self.actor).filter(held)
        waiting = Invitation.objects.visible_to(self.actor).filter(node=here)
        site_count, below_count = count_up_to(sites), count_up_to(below)
        mac_count = count_up_to(macs)
        return {
            **super().context(),
            "organisation": here,
            "blocked": bool(site_count or mac_count or below_count),
            "is_installer": here.kind == Node.Kind.INSTALLER,
            "below": list(below.order_by("name")[:_SHOWN]),
            "below_count": below_count,
            "sites": list(sites.order_by("name")[:_SHOWN]),
            "site_count": site_count,
            "mac_count": mac_count,
            "accounts": list(accounts.order_by("name", "username")[:_SHOWN]),
            "account_count": count_up_to(accounts),
            "waiting": list(waiting.order_by("-created_at")[:_SHOWN]),
            "may_change": self.actor.may(Can.CHANGE_ORGANISATION, here),
            "most_sites": most_of(Limit.SITES, here),
            "may_bound": self.actor.may(Can.CHANGE_LIMITS, here),
            "invite_url": f"{reverse('user-new')}?role={Role(here.kind).value}&at={here.pk}",
        }


class OrganisationNew(FormPage):
    needs = Can.CHANGE_ORGANISATION
    form_class = NewOrganisation
    deed = gettext_lazy("Add and invite")

    def prepare(self) -> None:
        self.title = _NEW[self.kind]

    @cached_property
    def kind(self) -> Node.Kind:
        """The kind that is asked for, or the lowest that one may make."""
        kinds = kinds_to_make(self.actor) or [Node.Kind.INSTALLER]
        named = self.request.GET.get("kind")
        return next((kind for kind in kinds if kind == named), kinds[-1])

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("organisations")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("organisations")

    def form_options(self) -> Context:
        below = self.request.GET.get("below")
        return {
            "kind": self.kind,
            "parents": parents_to_choose(self.actor, self.kind),
            "initial": {"parent": below} if below else {},
        }

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        made = deeds.create_organisation(
            self.actor, form.cleaned_data["parent"], self.kind, form.told(), form.first(self.kind)
        )
        return reverse("organisation", args=[made.pk])

    def said(self) -> str:
        return _("It is there, and the invitation of its first account is on its way.")


class OrganisationEdit(OrganisationPage, EditPage):
    title = gettext_lazy("Edit organisation")
    form_class = OrganisationFields
    deed = gettext_lazy("Save")
    done = gettext_lazy("The organisation is saved.")

    def form_options(self) -> Context:
        kind = Node.Kind(self.organisation.kind)
        return {"kind": kind, "initial": organisation_initial(self.organisation)}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        deeds.change_organisation(self.actor, self.organisation, form.told())
        return self.way_back()


class OrganisationSuspend(OrganisationPage, DeedPage):
    done = gettext_lazy("It is suspended. Devices and doors go on working.")

    def act(self) -> None:
        deeds.suspend_organisation(self.actor, self.organisation)


class OrganisationResume(OrganisationPage, DeedPage):
    done = gettext_lazy("It is resumed: its accounts get in again.")

    def act(self) -> None:
        deeds.resume_organisation(self.actor, self.organisation)


class OrganisationDelete(OrganisationPage, DeedPage):
    done = gettext_lazy("The organisation is deleted.")

    def acted(self) -> str:
        deeds.delete_organisation(self.actor, self.organisation)
        return reverse("organisations")


def new_address(kind: Node.Kind) -> str:
    return f"{reverse('organisation-new')}?kind={kind.value}"
