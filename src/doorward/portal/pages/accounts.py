"""Accounts that one looks after: who they are, what they may, and help when they are stuck."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files.lists import ListPage
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Crumb, DeedPage, Page
from doorward.kit.rows import key_of
from doorward.portal.account_fields import DetailsFields, details_of
from doorward.portal.signin.adapter import kinds_of
from doorward.portal.signin.devices import sessions_of
from doorward.tenancy import filters, tables
from doorward.tenancy.actions import accounts, details, endings
from doorward.tenancy.editing import EditPage
from doorward.tenancy.models import Account, Invitation, Standing
from doorward.tenancy.permissions import Can, Grant, Role
from doorward.tenancy.places import (
    few_accounts,
    grants_to_give,
    homes_of,
    own_places,
    roles_to_give,
    seen_standings,
)

TITLE = gettext_lazy("Accounts")
# Invitations that are shown above the list.
_WAITING = 20
# Roles that have a tab of their own, and what one adds there.
_TABS = {
    Role.PROPERTY_MANAGER: (gettext_lazy("Property Manager"), gettext_lazy("New property manager")),
    Role.SUB_INSTALLER: (gettext_lazy("Sub Account"), gettext_lazy("New sub account")),
}


class Users(ListPage):
    title = TITLE
    template = "tenancy/users.html"
    table = tables.Users
    filters = filters.Users
    needs = Can.VIEW_ACCOUNT
    search_hint = gettext_lazy("Name, user name or e-mail")
    # As many as the vendor's manual has here.
    usual_size = 10
    tucked_away = ("factor",)
    empty = {
        "text": gettext_lazy("No accounts yet"),
        "hint": gettext_lazy("Invite who should manage sites or companies with you."),
        "icon": "users",
    }

    def subjects(self) -> Iterable[Any]:
        return own_places(self.actor)

    def rows(self) -> QuerySet[Account]:
        held = Prefetch("standings", seen_standings(self.actor), to_attr="seen")
        rows: QuerySet[Account] = Account.objects.visible_to(self.actor).filter(self.few)
        return rows.prefetch_related(held, "authenticator_set").order_by("username")

    # Any: a table comes without types, and a row takes what its deeds need to know.
    def dress(self, table: Any, records: Sequence[Any]) -> None:
        changeable = accounts.changeable(self.actor, records)
        for account in records:
            account.may_change = account.pk in changeable

    @cached_property
    def few(self) -> Q:
        return few_accounts(self.actor)

    @cached_property
    def tab(self) -> Role | None:
        """The role whose tab is open."""
        named = self.request.GET.get("role")
        return next((role for role in _TABS if role == named), None)

    @cached_property
    def given(self) -> list[Role]:
        return roles_to_give(self.actor)

    def search(self, rows: QuerySet[Account], words: str) -> QuerySet[Account]:
        named = Q(name__icontains=words) | Q(username__icontains=words)
        return rows.filter(named | Q(email__icontains=words))

    def action(self) -> Crumb | None:
        if self.tab and self.tab in self.given:
            return _TABS[self.tab][1], f"{reverse('user-new')}?{urlencode({'role': self.tab})}"
        return (gettext_lazy("Invite somebody"), reverse("user-new")) if self.given else None

    def tabs(self) -> list[tuple[object, str, bool]]:
        """Return the tabs of somebody who gives several of these roles; others need none."""
        offered = [role for role in _TABS if role in self.given]
        if len(offered) < 2:
            return []
        kinds = [(_TABS[role][0], list_of(role), self.tab == role) for role in offered]
        return [(gettext_lazy("All"), list_of(None), not self.request.GET.get("role")), *kinds]

    def context(self) -> Context:
        waiting = Invitation.objects.visible_to(self.actor).select_related("node")
        if self.tab:
            waiting = waiting.filter(role=self.tab)
        return {
            **super().context(),
            "waiting": waiting.order_by("-created_at")[:_WAITING],
            "tabs": self.tabs(),
        }


class UserPage(Page):
    """A page about one account below the actor's."""

    needs: ClassVar[Can | None] = Can.CHANGE_ACCOUNT

    def prepare(self) -> None:
        super().prepare()
        self.account = Account.objects.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return homes_of(self.account)

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("users")), (self.title, "")]

    def way_back(self) -> str:
        site = site_of(self)
        if site is None:
            return reverse("user", args=[self.account.pk])
        return reverse("administrator", args=[site, self.account.pk])


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
            "to_take": [one.pk for one in endings.standings_to_take(self.actor, self.account)],
            "grants": [Grant(one).label for held in standings for one in held.grants],
        }


class UserEdit(UserPage, EditPage):
    """Names, phone, address and rules of an account; its language is its own affair."""

    title = gettext_lazy("Edit account")
    form_class = DetailsFields
    deed = gettext_lazy("Save")
    done = gettext_lazy("The account is saved.")
    # Whether another address waits to be confirmed.
    waits = False

    def prepare(self) -> None:
        super().prepare()
        accounts.require_whole(self.actor, self.account)
        self.standings = list(self.account.standings.select_related("node"))

    def edited(self) -> Account:
        account: Account = self.account
        return account

    def crumbs(self) -> Iterable[Crumb]:
        name = (self.account.get_full_name(), self.way_back())
        return [(TITLE, reverse("users")), name, (self.title, "")]

    def form_options(self) -> Context:
        as_sub = [one for one in self.standings if one.role == Role.SUB_INSTALLER]
        given = (grants_to_give(self.actor, one.node) for one in as_sub)
        held = {grant for one in as_sub for grant in one.grants}
        return {
            "role": next((r for r in _TABS if any(one.role == r for one in self.standings)), None),
            "grants": frozenset[Grant]().union(*given),
            "initial": details_of(self.account, held),
        }

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        before = self.account.email_wanted
        saved = details.change_details(self.actor, self.account, form.told(self.account))
        self.waits = bool(saved.email_wanted) and saved.email_wanted != before
        return self.way_back()

    def said(self) -> str:
        if self.waits:
            return _("Saved. The new address counts once the link that went there is opened.")
        return super().said()


class UserEmailKeep(UserPage, DeedPage):
    done = gettext_lazy("The address stays as it is. The link that was sent is void.")

    def act(self) -> None:
        details.keep_email(self.actor, self.account)


class UserEmailAgain(UserPage, DeedPage):
    done = gettext_lazy("Another link is on its way to the new address.")

    def act(self) -> None:
        details.ask_for_email_again(self.actor, self.account)


class UserDelete(UserPage, DeedPage):
    """Delete an account, or take away what is one's own to take."""

    gone = True

    def act(self) -> None:
        self.gone = endings.delete_account(self.actor, self.account)

    def said(self) -> str:
        if self.gone:
            return _("The account is deleted.")
        return _("Its roles here are taken away. The account stays: it has a role elsewhere.")

    def acted(self) -> str:
        self.act()
        return list_at(self)


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
        # Within a site there is no page about somebody who has no role there any more.
        return super().way_back() if still_seen and site_of(self) is None else list_at(self)


def site_of(page: Page) -> int | None:
    """Return within which site one came to an account; whether it is there, its page says."""
    return key_of(page.request.GET.get("site", ""))


def list_at(page: Page) -> str:
    """Return the address of the list that one came from: a site's, or that of all accounts."""
    site = site_of(page)
    return reverse("users") if site is None else reverse("administrators", args=[site])


def list_of(role: Role | None) -> str:
    """Return the address of the list of those who hold a role, of all without one."""
    query = f"?{urlencode({'role': role})}" if role in _TABS else ""
    return f"{reverse('users')}{query}"


def found_in(standings: QuerySet[Standing], key: int) -> Standing:
    """Return one of the roles that the actor knows of; raise `Hidden` for any other."""
    found = standings.filter(pk=key).first()
    if found is None:
        raise Hidden
    return found
