"""One's own account: who one is, password, sessions, tokens."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    reauthenticate_by_password,
)
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from doorward.kit import clock
from doorward.kit.errors import Hidden, Invalid
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page, add_faults
from doorward.portal import forms
from doorward.portal.middleware import speak
from doorward.portal.onward import onward_of
from doorward.portal.signin import again, devices
from doorward.tenancy import support
from doorward.tenancy.actions import details, passwords, profile, signin
from doorward.tenancy.actions.tokens import issue_token, revoke_token
from doorward.tenancy.steps import Mark

_TABS = (
    (gettext_lazy("Profile"), "account"),
    (gettext_lazy("Security"), "mfa_index"),
    (gettext_lazy("Sessions"), "account-sessions"),
    (gettext_lazy("API tokens"), "account-tokens"),
)
TITLE = gettext_lazy("Your account")


def tabs(here: str) -> list[tuple[object, str, bool]]:
    return [(label, reverse(name), name == here) for label, name in _TABS]


class Own(Page):
    """A page of one's own account, with its sisters beside it."""

    tab = "account"

    def prepare(self) -> None:
        self.account = profile.own_account(self.actor)

    def context(self) -> Context:
        context = {**super().context(), "tabs": tabs(self.tab), "me": self.account}
        return {**context, "address": self.actor.address}

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("account")), (self.title, "")]

    def way_back(self) -> str:
        return reverse(self.tab)


class Profile(Own, FormPage):
    title = TITLE
    template = "portal/account/profile.html"
    form_class = forms.Profile
    deed = gettext_lazy("Save")
    done = gettext_lazy("Your profile is saved.")

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, "")]

    def form_options(self) -> Context:
        return {**super().form_options(), "account": self.account}

    def initial(self) -> Context:
        me = self.account
        names = {name: getattr(me, name) for name in ("name", "first_name", "last_name")}
        return {**names, "language": me.language}

    def context(self) -> Context:
        asked_at = self.account.email_asked_at
        is_old = asked_at is not None and clock.now() - asked_at > profile.EMAIL_LIFE
        return {**super().context(), "link_is_old": is_old}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        profile.change_profile(self.actor, **form.cleaned_data)
        # What is said next is already in the language that was chosen.
        speak(self.request, form.cleaned_data["language"])
        return self.way_back()


class Email(Own, FormPage):
    """Whoever finds a browser open must not turn the mail of an account to themselves."""

    title = gettext_lazy("Change the e-mail address")
    form_class = forms.Address
    deed = gettext_lazy("Send the link")
    done = gettext_lazy("A link is on its way to that address. Open it within 24 hours.")
    template = "portal/account/email.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return again.ask(request.path) if again.is_due(request) else super().get(request)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return again.ask(request.path) if again.is_due(request) else super().post(request)

    def initial(self) -> Context:
        return {"email": "" if self.account.email_confirmed_at else self.account.email}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        profile.ask_for_email(self.actor, form.cleaned_data["email"], self.actor.address)
        return self.way_back()


class EmailKeep(Own, DeedPage):
    done = gettext_lazy("Your address stays as it is. The link that was sent is void.")

    def act(self) -> None:
        details.keep_email(self.actor, self.account)


class EmailAgain(Own, DeedPage):
    done = gettext_lazy("A link is on its way to that address. Open it within 24 hours.")

    def act(self) -> None:
        profile.ask_for_email_once_more(self.actor, self.actor.address)


class EmailWithdraw(Own, DeedPage):
    done = gettext_lazy("Your address stays as it is. The link that was sent is void.")

    def act(self) -> None:
        profile.withdraw_email(self.actor)


# --- Password ---------------------------------------------------------------------------------


def _marks(current: int) -> list[Mark]:
    """Return the bar of the three steps to a new password; one that is done leads to the first."""
    titles = _("Current password"), _("New password"), pgettext("step", "Done")
    states = ["done"] * (current - 1) + ["current"] + ["to come"] * (len(titles) - current)
    first = reverse("account-password")
    return [Mark(title, state, first) for title, state in zip(titles, states, strict=True)]


class PasswordOld(Own, FormPage):
    """Step one: who changes a password knows the old one."""

    title = gettext_lazy("Change password")
    template = "portal/account/password.html"
    tab = "mfa_index"
    form_class = forms.OldPassword

    def context(self) -> Context:
        return {**super().context(), "step": 1, "marks": _marks(1)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Judge outside of a transaction: what a wrong try counts must stay counted."""
        form = self.form()
        if form.is_valid():
            try:
                return HttpResponseRedirect(self.save(form))
            except Invalid as fault:
                add_faults(form, fault)
        return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        try:
            right = get_adapter().reauthenticate(self.account, form.cleaned_data["old"])
        except ValidationError as later:
            raise Invalid({"old": " ".join(later.messages)}) from later
        if not right:
            raise Invalid({"old": _("This is not your password. Try again.")})
        reauthenticate_by_password(self.request)
        return reverse("account-password-new")


class PasswordNew(Own, FormPage):
    """Step two: the new one, within five minutes of the old."""

    title = gettext_lazy("Change password")
    template = "portal/account/password.html"
    tab = "mfa_index"
    form_class = forms.NewPassword

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not did_recently_reauthenticate(request):
            return HttpResponseRedirect(reverse("account-password"))
        return super().dispatch(request, *args, **kwargs)

    def form_options(self) -> Context:
        return {"account": self.account}

    def context(self) -> Context:
        known = {"step": 2, "marks": _marks(2), "account_name": self.account.username}
        return {**super().context(), **known}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        session = self.request.session
        passwords.change_own_password(
            self.actor,
            self.account,
            form.cleaned_data["password"],
            keep=session.session_key or "",
        )
        update_session_auth_hash(self.request, self.account)
        return reverse("account-password-done")


class PasswordDone(Own):
    """Step three: it is done."""

    title = gettext_lazy("Password changed")
    template = "portal/account/password_done.html"
    tab = "mfa_index"

    def context(self) -> Context:
        return {**super().context(), "marks": _marks(3)}


class Reminder(Own):
    """Once a month, for whom it is switched on: a question, not a rule."""

    title = gettext_lazy("Time for a new password?")
    template = "portal/account/reminder.html"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        passwords.note_reminder(self.account)
        if "change" in request.POST:
            return HttpResponseRedirect(reverse("account-password"))
        return HttpResponseRedirect(onward_of(request))


# --- Sessions ---------------------------------------------------------------------------------


class Sessions(Own):
    title = gettext_lazy("Sessions")
    template = "portal/account/sessions.html"
    tab = "account-sessions"

    def context(self) -> Context:
        key = self.request.session.session_key or ""
        found = devices.sessions_of(self.account, current=key)
        return {**super().context(), "sessions": found}


class SessionEnd(Own, DeedPage):
    tab = "account-sessions"
    done = gettext_lazy("The session has ended.")

    def act(self) -> None:
        if not signin.end_sessions(self.actor, self.account, only=self.kwargs["handle"]):
            raise Hidden


class SessionsEnd(Own, DeedPage):
    tab = "account-sessions"
    done = gettext_lazy("All other sessions have ended.")

    def act(self) -> None:
        key = self.request.session.session_key or ""
        signin.end_sessions(self.actor, self.account, keep=key)


class BrowserForget(Own, DeedPage):
    tab = "mfa_index"
    done = gettext_lazy("That browser is asked for a second factor again.")

    def act(self) -> None:
        if not self.account.browsers.filter(pk=self.kwargs["pk"]).exists():
            raise Hidden
        signin.forget_browsers(self.actor, self.account, self.kwargs["pk"])


# --- Tokens -----------------------------------------------------------------------------------


class Tokens(Own, FormPage):
    title = gettext_lazy("API tokens")
    template = "portal/account/tokens.html"
    tab = "account-tokens"
    form_class = forms.TokenName
    deed = gettext_lazy("Issue token")

    def context(self) -> Context:
        live = self.account.tokens.filter(revoked_at=None).order_by("name", "pk")
        shut_out = support.apps_refused().message if support.apps_are_off(self.account) else ""
        return {**super().context(), "tokens": live, "shut_out": shut_out}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the token at once: it goes into no address, no session and no message.

        It outlives the session, so whoever asks for it has signed in a moment ago.
        """
        if again.is_due(request):
            return again.ask(request.path)
        form = self.form()
        if form.is_valid():
            try:
                told = issue_token(self.actor, self.account, form.cleaned_data["name"])
            except Invalid as fault:
                form.add_error("name", str(fault.faults["name"]))
            else:
                return self.show(form=forms.TokenName(), told=told)
        return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


class TokenRevoke(Own, DeedPage):
    tab = "account-tokens"
    done = gettext_lazy("The token is revoked.")

    def act(self) -> None:
        token = self.account.tokens.filter(pk=self.kwargs["pk"], revoked_at=None).first()
        if token is None:
            raise Hidden
        revoke_token(self.actor, token)
