"""The steps between a right password and being in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginByCodeStage
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.portal.signin import codes, cookies
from doorward.tenancy.actions import signin
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.models import Account


def is_trusted(request: HttpRequest, account: Account) -> bool:
    """Say whether the account asks this browser for no second factor."""
    browser = signin.known_browser(account, cookies.browser_token(request))
    return browser is not None and browser.is_trusted(clock.now())


class Code(LoginByCodeStage):
    """A code by mail, where the level above wants a second factor."""

    # Any: allauth's stages return a response or none, and whether to go on.
    def handle(self) -> Any:
        account = self.login.user
        required = get_adapter(self.request).is_login_by_code_required(self.login)
        if not required or self._is_trusted():
            return super().handle()
        if not account.email:
            return self._back(
                _(
                    "A second factor is required, and this account has no e-mail address to send"
                    " a code to. Ask whoever looks after your account to enter one."
                )
            )
        if self.state:
            # A code is on its way already.
            return super().handle()
        try:
            codes.count(self.request, account)
        except TooMany as later:
            return self._back(codes.too_many(later))
        return super().handle()

    # Any: allauth's stages return a response or none, and whether to go on.
    def _back(self, why: str) -> Any:
        clear_login(self.request)
        messages.error(self.request, why)
        return HttpResponseRedirect(reverse("account_login")), False

    def _is_trusted(self) -> bool:
        return is_trusted(self.request, self.login.user)


class Factor(AuthenticateStage):
    """A passkey, a code from an app or a recovery code, where the account has enrolled any."""

    def _should_handle(self, request: HttpRequest) -> bool:
        due: bool = super()._should_handle(request)
        return due and not is_trusted(request, self.login.user)
