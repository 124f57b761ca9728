"""Accounts that one looks after: who they are, what they may, and help when they are stuck."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files.lists import ListPage
from doorward.kit.errors import Hidden, Invalid, Refused
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page, add_faults
from doorward.portal.forms import InvitationFields, NewAccount
from doorward.portal.pages.account.entrance import Entrance
from doorward.portal.signin.adapter import kinds_of
from doorward.portal.signin.cookies import address_of
from doorward.portal.signin.devices import sessions_of
from doorward.tenancy import filters, tables
from doorward.tenancy.actions import accounts, invitations
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Invitation, Standing
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import (
    homes_of,
    offered_places,
    own_places,
    roles_to_give,
    seen_standings,
)

TITLE = gettext_lazy("Accounts")
# Invitations that are shown above the list.
_WAITING = 20


class Users(ListPage):
    title = TITLE
    template = "tenancy/users.html"
    table = tables.Users
    filters = filters.Users
    needs = Can.VIEW_ACCOUNT
    search_hint = gettext_lazy("Name, user name or e-mail")
    empty = {
        "text": gettext_lazy("No accounts yet"),
        "hint": gettext_lazy("Invite who should manage sites or companies with you."),
        "icon": "users",
    }

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def rows(self) -> QuerySet[Account]:
        held = Prefetch("standings", seen_standings(self.actor), to_attr="seen")
        rows: QuerySet[Account] = Account.objects.visible_to(self.actor)
        return rows.prefetch_related(held, "authenticator_set").order_by("username")

    def search(self, rows: QuerySet[Account], words: str) -> QuerySet[Account]:
        named = Q(name__icontains=words) | Q(username__icontains=words)
        return rows.filter(named | Q(email__icontains=words))

    def action(self) -> Crumb | None:
        if not roles_to_give(self.actor):
            return None
        return gettext_lazy("Invite somebody"), reverse("user-new")

    def context(self) -> Context:
        waiting = Invitation.objects.visible_to(self.actor).select_related("node")
        return {**super().context(), "waiting": waiting.order_by("-created_at")[:_WAITING]}


class UserPage(Page):
    """A page about one account below the actor's."""

    needs: ClassVar[Can | None] = Can.CHANGE_ACCOUNT

    def prepare(self) -> None:
        self.account = Account.objects.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return homes_of(self.account)

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("users")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("user", args=[self.account.pk])


class UserShow(UserPage):
    """Who is it, what may they, how do they sign in, and what can one do for them?"""

    template = "tenancy/user.html"
    needs: ClassVar[Can | None] = None

    def prepare(self) -> None:
        super().prepare()
        self.title = self.account.get_full_name()

    def context(self) -> Context:
        kinds = kinds_of(self.account)
        standings = seen_standings(self.actor).filter(account=self.account)
        return {
            **super().context(),
            "user_account": self.account,
            "standings": standings,
            "may_end_role": len(standings) > 1 and self.actor.myself != self.account,
            "has_passkey": "webauthn" in kinds,
            "has_app": "totp" in kinds,
            "has_factors": bool(kinds),
            "session_count": len(sessions_of(self.account, current="")),
            "token_count": self.account.tokens.filter(revoked_at=None).count(),
            "may_change": accounts.may_change(self.actor, self.account),
            "is_me": self.actor.account == self.account and not self.actor.acting,
        }


class UserFactor(UserPage, DeedPage):
    """Require a second factor, or do so no longer."""

    def act(self) -> None:
        required = self.request.POST.get("required") == "yes"
        accounts.require_factor(self.actor, self.account, required=required)

    def said(self) -> str:
        if self.request.POST.get("required") == "yes":
            return _("A second factor is required from the next sign-in on.")
        return _("A second factor is no longer required. What the owner has added stays.")


class UserFactorsRemove(UserPage, DeedPage):
    done = gettext_lazy("The second factors are removed, and the owner is told.")

    def act(self) -> None:
        accounts.remove_factors(self.actor, self.account)


class UserPassword(UserPage, DeedPage):
    done = gettext_lazy("A link to a new password is on its way.")

    def act(self) -> None:
        accounts.send_password_link(self.actor, self.account)


class UserForgive(UserPage, DeedPage):
    done = gettext_lazy("Unlocked: the owner can try again at once.")

    def act(self) -> None:
        accounts.forgive(self.actor, self.account)


class UserSessionsEnd(UserPage, DeedPage):
    done = gettext_lazy("All sessions of the account are ended.")

    def act(self) -> None:
        accounts.end_all_sessions(self.actor, self.account)


class UserShut(UserPage, DeedPage):
    done = gettext_lazy("The account is shut. Nobody gets in with it.")

    def act(self) -> None:
        accounts.shut(self.actor, self.account)


class UserOpen(UserPage, DeedPage):
    done = gettext_lazy("The account is open again.")

    def act(self) -> None:
        accounts.reopen(self.actor, self.account)


class UserRoleEnd(UserPage, DeedPage):
    done = gettext_lazy("The role is taken away.")

    def prepare(self) -> None:
        super().prepare()
        standings = seen_standings(self.actor).filter(account=self.account)
        self.standing = found_in(standings, self.kwargs["standing"])

    def act(self) -> None:
        accounts.end_role(self.actor, self.standing)

    def way_back(self) -> str:
        still_seen = Account.objects.visible_to(self.actor).filter(pk=self.account.pk).exists()
        return super().way_back() if still_seen else reverse("users")


# --- Invitations ------------------------------------------------------------------------------


class UserNew(FormPage):
    title = gettext_lazy("Invite somebody")
    needs = Can.CHANGE_ACCOUNT
    form_class = InvitationFields
    deed = gettext_lazy("Send the invitation")
    done = gettext_lazy("The invitation is on its way.")

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor) if roles_to_give(self.actor) else []

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("users")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("users")

    def form_options(self) -> Context:
        places = offered_places(self.actor)
        initial = {"node": self.request.GET.get("at"), "role": self.request.GET.get("role")}
        return {"roles": roles_to_give(self.actor), "places": places, "initial": initial}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        told = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        node = told.pop("node")
        invitations.invite(self.actor, node, invitations.InvitationForm(**told))
        return self.way_back()


class InvitationPage(DeedPage):
    needs = Can.CHANGE_ACCOUNT

    def prepare(self) -> None:
        rows = Invitation.objects.select_related("node")
        self.invitation = rows.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.invitation]

    def way_back(self) -> str:
        return reverse("users")


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
                try:
                    invitations.accept_anew(token, **chosen, address=address_of(request))
                except Invalid as fault:
                    add_faults(form, fault)
                else:
                    messages.success(request, _("Your account is ready. Sign in with it."))
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
        initial = {"username": invitation.email.partition("@")[0]} if invitation else {}
        return self.show(
            invitation=invitation,
            known=known,
            is_me=known is not None and known == me,
            here=self.request.path,
            form=form or NewAccount(account=None, initial=initial),
            status=status,
        )


def found_in(standings: QuerySet[Standing], key: int) -> Standing:
    """Return one of the roles that the actor knows of; raise `Hidden` for any other."""
    found = standings.filter(pk=key).first()
    if found is None:
        raise Hidden
    return found
