"""Inviting somebody to a role, and what comes of it."""

from collections.abc import Iterable
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit.errors import Invalid, Refused
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, add_faults
from doorward.portal.account_fields import InvitationFields
from doorward.portal.forms import NewAccount
from doorward.portal.pages.account.entrance import Entrance
from doorward.portal.pages.accounts import TITLE, list_at, list_of
from doorward.portal.signin.cookies import address_of
from doorward.portal.signin.views import expect_login
from doorward.sites.models import Site
from doorward.tenancy.actions import invitations
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Invitation, Node
from doorward.tenancy.permissions import Can, Grant, Role
from doorward.tenancy.places import (
    grants_to_give,
    offered_places,
    own_places,
    places_to_give,
    roles_to_give,
)

INVITE = gettext_lazy("Invite somebody")
# What a page is called that invites to one role.
TITLES = {
    Role.PROPERTY_MANAGER: gettext_lazy("New property manager"),
    Role.SUB_INSTALLER: gettext_lazy("New sub account"),
    Role.COMPANY_ADMINISTRATOR: gettext_lazy("New administrator"),
}


# What asks for the fields of the role that was just chosen, and not for the invitation.
CHOOSING = "choosing"


class UserNew(FormPage):
    """Inviting to a role, settled by the address or chosen in the form, which asks what it needs.

    Where no script runs, the form asks for it after it was sent.
    """

    needs = Can.CHANGE_ACCOUNT
    in_person = True
    form_class = InvitationFields
    deed = gettext_lazy("Send the invitation")
    done = gettext_lazy("The invitation is on its way.")

    def prepare(self) -> None:
        settled = self.role if self.is_settled else None
        self.title = TITLES.get(settled, INVITE) if settled else INVITE

    @cached_property
    def roles(self) -> list[Role]:
        return roles_to_give(self.actor)

    @cached_property
    def role(self) -> Role | None:
        """The role that was chosen or named by the address, or the one that is chosen at first."""
        named = self.request.POST.get("role") or self.request.GET.get("role")
        chosen = (role for role in self.roles if role == named)
        return next(chosen, None) or next(iter(self.roles), None)

    @property
    def is_settled(self) -> bool:
        """Whether the address says to which role, and nothing is to be chosen."""
        return self.request.GET.get("role") in self.roles

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor) if self.roles else []

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("users")), (self.title, "")]

    def way_back(self) -> str:
        chosen = self.is_settled or "role" in self.request.POST
        return list_of(self.role if chosen else None)

    def answered_before(self) -> HttpResponseBase | None:
        # Whoever chooses, does nothing: they may also go back to it after it was sent.
        return None if CHOOSING in self.request.POST else super().answered_before()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if CHOOSING in request.POST:
            return self.show(form=self.redrawn())
        return super().post(request, *args, **kwargs)

    def redrawn(self) -> BaseForm:
        """Return the form of another role with what was typed so far, and nothing objected to."""
        form = self.form_class(**self.form_options())
        typed = self.request.POST
        for bound in form:
            if bound.name in typed and bound.name != "node":
                form.initial[bound.name] = bound.field.widget.value_from_datadict(
                    typed, self.request.FILES, bound.html_name
                )
        return form

    def form_options(self) -> Context:
        places = self.places()
        asked = {"node": self.request.GET.get("at") or self.usual_place(), "role": self.role}
        return {
            "roles": self.roles,
            "role": self.role,
            "chosen_at": "" if self.is_settled else self.request.get_full_path(),
            "places": places,
            "grants": self.grants_at(places),
            "initial": {name: value for name, value in asked.items() if value},
        }

    def places(self) -> list[Node]:
        """Return where the role may be held."""
        return offered_places(self.actor, self.role)

    def usual_place(self) -> int | None:
        """Return where the role may be held that stands in the form at first."""
        fitting = places_to_give(self.actor, self.role)
        return fitting.order_by("name").values_list("pk", flat=True).first()

    def grants_at(self, places: Iterable[Node]) -> frozenset[Grant]:
        """Return what may be ticked for a sub-installer somewhere; the action looks where."""
        if self.role != Role.SUB_INSTALLER:
            return frozenset()
        return frozenset[Grant]().union(*(grants_to_give(self.actor, one) for one in places))

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        invitations.invite(self.actor, form.cleaned_data["node"], form.told())
        return self.way_back()


class InvitationPage(DeedPage):
    needs = Can.CHANGE_ACCOUNT

    def prepare(self) -> None:
        rows = Invitation.objects.select_related("node")
        self.invitation = rows.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.invitation]

    def way_back(self) -> str:
        return list_at(self)


class InvitationAgain(InvitationPage):
    done = gettext_lazy("The invitation is on its way again. The link before it is void.")

    def act(self) -> None:
        invitations.invite_again(self.actor, self.invitation)


class InvitationWithdraw(InvitationPage):
    done = gettext_lazy("The invitation is withdrawn.")

    def act(self) -> None:
        invitations.withdraw(self.actor, self.invitation)


class InvitationAccept(Entrance):
    """Accept by the link of a mail: with a new account, or with the one that one has."""

    template = "tenancy/invitation.html"
    title = gettext_lazy("You are invited")

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._shown(token)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        invitation = invitations.read_link(token)
        if invitation is None:
            return self._shown(token, status=HTTPStatus.CONFLICT)
        try:
            if invitations.account_of(invitation):
                # Nobody acts before they have signed in.
                invitations.accept(request.actor or Actor("invitation"), token)  # type: ignore[attr-defined]
                messages.success(request, _("You have the role now."))
                return HttpResponseRedirect(reverse("dashboard"))
            form = NewAccount(request.POST, account=None)
            if form.is_valid():
                chosen = {name: form.cleaned_data[name] for name in ("username", "password")}
                # Until they choose another, their pages go by the clock of where they are.
                site = Site.objects.around(invitation.node)
                chosen["zone"] = site.zone if site else ""
                try:
                    invitations.accept_anew(token, **chosen, address=address_of(request))
                except Invalid as fault:
                    add_faults(form, fault)
                else:
                    messages.success(request, _("Your account is ready. Sign in with it."))
                    expect_login(request, chosen["username"])
                    return HttpResponseRedirect(reverse("account_login"))
        except Refused:
            return self._shown(token, status=HTTPStatus.CONFLICT)
        return self._shown(token, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def _shown(
        self, token: str, *, form: NewAccount | None = None, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        invitation = invitations.read_link(token)
        known = invitations.account_of(invitation) if invitation else None
        me = self.request.user if self.request.user.is_authenticated else None
        proposed = invitation.username or invitation.email.partition("@")[0] if invitation else ""
        return self.show(
            invitation=invitation,
            known=known,
            is_me=known is not None and known == me,
            here=self.request.path,
            form=form or NewAccount(account=None, initial={"username": proposed}),
            status=status,
        )
