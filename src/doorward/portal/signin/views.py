"""The pages of a sign-in: allauth's views, one field at a time, ended in our deeds."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from allauth.account.views import (
    ConfirmLoginCodeView,
    LoginView,
    LogoutView,
    ReauthenticateView,
)
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as FactorAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.portal.signin import codes, cookies, forms
from doorward.portal.signin.adapter import kinds_of
from doorward.tenancy.actions import signin
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account

TRUST = "trust"
# In the session: the name that somebody has just chosen.
_EXPECTED = "expected_login"


def expect_login(request: HttpRequest, login: str) -> None:
    """Have the next sign-in in this browser begin with the password."""
    request.session[_EXPECTED] = login


class SignIn(LoginView):
    """First the name, or a passkey; then the password. Both at once will do as well."""

    # Any: Django's views take and give anything.
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if login := request.session.pop(_EXPECTED, ""):
            return self._ask_password(login)
        return cast(HttpResponseBase, super().get(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "password" not in request.POST:
            return self._ask_password(request.POST.get("login", "").strip())
        return cast(HttpResponseBase, super().post(request, *args, **kwargs))

    def _ask_password(self, login: str) -> HttpResponseBase:
        """Ask everybody for a password: who has an account is nobody's business."""
        if not login or "\x00" in login:
            fault = _("Type your user name or your e-mail address.")
            return self._show(HTTPStatus.UNPROCESSABLE_ENTITY, name_fault=fault)
        return self._show(HTTPStatus.OK, login=login)

    def form_invalid(self, form: Any) -> HttpResponseBase:
        """Say what is wrong, and with which status: 429 where one has to wait."""
        codes_found = {fault.code for faults in form.errors.as_data().values() for fault in faults}
        late = "later" in codes_found
        status = HTTPStatus.TOO_MANY_REQUESTS if late else HTTPStatus.UNPROCESSABLE_ENTITY
        login = str(form.data.get("login", "")).strip()
        return self._show(status, form=form, login=login)

    def _show(self, status: HTTPStatus, **shown: Any) -> HttpResponse:
        context = self.get_context_data(**{"form": None, **shown})
        return cast(HttpResponse, self.render_to_response(context, status=status))


class Trusting:
    """A step at which one may say that this browser need not be asked for a month."""

    request: HttpRequest

    def trusted(self, account: Account, response: HttpResponseBase) -> HttpResponseBase:
        """Trust this browser if that was ticked and the sign-in went through."""
        if self.request.POST.get(TRUST) and self.request.user.is_authenticated:
            token = response.cookies[cookies.NAME].value
            actor = Actor.of(account, address=cookies.address_of(self.request))
            signin.trust_browser(actor, account, token)
        return response


class MailedCode(Trusting, ConfirmLoginCodeView):
    """A code by mail, where the level above wants a second factor."""

    def get_form_class(self) -> Any:
        return super().get_form_class() if self._action == "resend" else forms.MailedCode

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if self._action != "resend":
            kwargs["account"] = self._process.user
        return kwargs

    def form_valid(self, form: Any) -> HttpResponseBase:
        account = cast(Account, self._process.user)
        # Before this browser is a known one: as it was counted.
        codes.forgive(self.request, account)
        return self.trusted(account, super().form_valid(form))

    def _resend_form_valid(self, form: Any) -> HttpResponseBase:
        """Send another code a minute after the last one; its five minutes begin anew."""
        state, now = self._process.state, clock.now().timestamp()
        if now - state["at"] < codes.AGAIN / timedelta(seconds=1):
            messages.error(
                self.request, _("A code can be sent again after a minute. Wait a little.")
            )
        else:
            self._resend(now)
        here = reverse("account_confirm_login_code")
        return HttpResponseRedirect(self.passthrough_next_url(here))

    def _resend(self, now: float) -> None:
        try:
            codes.count(self.request, cast(Account, self._process.user))
        except TooMany as later:
            messages.error(self.request, codes.too_many(later))
        else:
            self._process.state["at"] = now
            self._process.resend()
            messages.success(self.request, _("A new code is on its way. The old one is void."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "address": _masked(context.get("email") or "")}


class SecondFactor(Trusting, AuthenticateView):
    """A passkey, a code of an app or a recovery code, where the account has enrolled any."""

    form_class = forms.FactorCode
    webauthn_form_class = forms.FactorPasskey

    def form_valid(self, form: Any) -> HttpResponseBase:
        account = cast(Account, self.stage.login.user)
        return self.trusted(account, super().form_valid(form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        kinds = kinds_of(self.stage.login.user)
        return {
            **context,
            "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
            "has_app": Authenticator.Type.TOTP in kinds,
        }


class PasskeySignIn(LoginWebAuthnView):
    """Sign in with a passkey alone: it is something one has and something one is or knows."""


class SignOut(LogoutView):
    """By a click, not by a link."""


class PasswordAgain(ReauthenticateView):
    """Sign in again, for what should not be done by whoever finds the browser open."""


class FactorAgain(FactorAgainView):
    form_class = forms.FactorCodeAgain


class PasskeyAgain(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponseBase:
        for fault in form.errors.get("credential", []):
            messages.error(self.request, fault)
        query = urlencode({"next": self.request.POST.get("next", "/")})
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate_webauthn')}?{query}")


def _masked(address: str) -> str:
    """Return an address as its owner knows it and nobody else learns it."""
    name, _at, host = address.partition("@")
    return f"{name[:2]}…@{host}" if host else ""
