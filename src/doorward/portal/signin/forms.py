"""allauth's forms, with our way of counting tries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit.vault import lookup_hash
from doorward.portal.signin import codes, cookies
from doorward.portal.signin.adapter import SignInAdapter, begin
from doorward.tenancy.actions import signin
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account

# Seconds in which an app's code may be taken at all, with a clock that is a step off.
_CODE_LIFE = 120


@contextmanager
def counted(account: Account) -> Iterator[None]:
    """Count a try at a second factor; what the block raises makes it a wrong one."""
    attempt = begin(context.request, Purpose.CODE, account)
    try:
        yield
    except ValidationError:
        if attempt.makes_a_stir:
            signin.record_failure(account, cookies.address_of(context.request), "second factor")
        raise
    attempt.forgive()


class MailedCode(ConfirmLoginCodeForm):
    """The code that was sent by mail; the session knows only its seed."""

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        with counted(self.account):
            if not codes.is_code_of(self.expected_code, code):
                raise ValidationError(SignInAdapter.error_messages["incorrect_code"])
        return code


class FactorCode(AuthenticateForm):
    """A code of an app, or a recovery code."""

    def clean_code(self) -> str:
        return _taken_once(self.user, super().clean_code)


class FactorCodeAgain(ReauthenticateForm):
    def clean_code(self) -> str:
        return _taken_once(self.user, super().clean_code)


class FactorPasskey(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        with counted(self.user):
            return super().clean_credential()


class NewApp(ActivateTOTPForm):
    """The first code of an app: proof that it has the seed."""

    def clean_code(self) -> str:
        with counted(self.user):
            return cast(str, super().clean_code())


class NewPasskey(AddWebAuthnForm):
    """A passkey: it says by itself whose it is, and checks a finger, a face or a PIN."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        help_text=gettext_lazy("Where it is kept: “Work laptop”, “Phone”."),
    )
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)


def _taken_once(account: Account, judge: Any) -> str:
    """Judge a code; take none twice for as long as it could be taken."""
    with counted(account):
        code: str = judge()
        used = lookup_hash("used code", f"{account.pk}|{re.sub(r'[^0-9]', '', code)}").hex()
        if not cache.add(f"used-code-{used}", True, _CODE_LIFE):
            raise ValidationError(_("This code was used already. Wait for the next one."))
    return code
