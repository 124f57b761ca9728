"""What allauth asks us at each step of a sign-in."""

import time
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock, outbox
from doorward.portal.onward import step_address
from doorward.portal.signin import codes, cookies
from doorward.tenancy.actions import guesses, signin, welcome
from doorward.tenancy.actions.guesses import TooMany, Try
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account
from doorward.tenancy.places import is_suspended

# What a session says of where it began, for the list of sessions.
WHERE = "doorward.where"
_WAYS = {"password": "password", "code": "e-mail code", "mfa": "second factor"}


class SignInAdapter(DefaultAccountAdapter):
    """Accounts are created by the level above; tries are counted; mail goes to the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "This name and password do not belong together. Check both and try again."
        ),
        "email_password_mismatch": _(
            "This address and password do not belong together. Check both and try again."
        ),
        "incorrect_password": _("This is not your password. Try again."),
        "incorrect_code": _("This code is not right. Check it and try again."),
        "too_many_login_attempts": _(
            "Too many wrong codes. Sign in again: a new code will be sent."
        ),
        "rate_limited": _("A code can be sent again after a minute. Wait a little."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return cookies.address_of(request)

    # --- The password ---------------------------------------------------------------------

    # Any: what was typed, by its field.
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Judge a password after counting the try; raise `ValidationError` if that has to wait."""
        typed = str(credentials.get("username") or credentials.get("email") or "")
        account = Account.objects.named(typed).first()
        attempt = begin(request, Purpose.PASSWORD, account, typed)
        user = cast(Account | None, super().authenticate(request, **credentials))
        if user:
            attempt.forgive()
        elif account and attempt.makes_a_stir:
            signin.record_failure(account, cookies.address_of(request), "password")
        return user

    # Any: how allauth came here.
    def pre_login(
        self, request: HttpRequest, user: Account, **details: Any
    ) -> HttpResponseBase | None:
        """Tell whoever is suspended so; only who has the password or the passkey learns it."""
        refusal: HttpResponseBase | None = super().pre_login(request, user, **details)
        if refusal is None and is_suspended(user):
            clear_login(request)
            return HttpResponseRedirect(reverse("account_suspended"))
        return refusal

    # --- The steps after it ---------------------------------------------------------------

    def get_login_stages(self) -> list[str]:
        """Return the steps: each of ours knows which browsers the account trusts."""
        return [f"doorward.portal.signin.stages.{name}" for name in ("Code", "Factor")]

    def is_login_by_code_required(self, login: Login) -> bool:
        """Ask for a code by mail where a second factor is due and the account has none itself."""
        account = cast(Account, login.user)
        if not account.second_factor_required or has_own_factor(account):
            return False
        records = get_authentication_records(self.request, account)
        return not records or records[-1]["method"] == "password"

    def generate_login_code(self) -> str:
        return codes.new_seed()

    def login(self, request: HttpRequest, user: Account) -> None:
        super().login(request, user)
        request.session[WHERE] = {
            "since": time.time(),
            "seen": time.time(),
            "address": cookies.address_of(request),
            "agent": request.headers.get("User-Agent", "")[:200],
        }

    def post_login(self, request: HttpRequest, user: Account, **details: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **details)
        cookies.know_browser(request, response, user)
        records = get_authentication_records(request, user)
        ways = [_WAYS.get(record["method"], record["method"]) for record in records]
        signin.record_sign_in(user, cookies.address_of(request), ways)
        if user.password_is_old:
            onward = urlencode({"next": response["Location"]})
            response["Location"] = f"{reverse('account-reminder')}?{onward}"
        # Whatever comes first, comes before the reminder.
        response["Location"] = step_address(welcome.begin(user), response["Location"])
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            signin.record_sign_out(request.user, cookies.address_of(request))
            signin.hang_up(request.user, request.session.session_key)
        super().logout(request)

    # --- Mail -----------------------------------------------------------------------------

    # Any: what the template is to show.
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write allauth's mail in our words. Only the codes of a sign-in come this way."""
        if template_prefix != "account/email/login_code":
            raise ValueError(f"no words of ours for {template_prefix}")
        account = Account.objects.filter(email=email.lower()).first()
        with transaction.atomic():
            outbox.send(
                to=email,
                template="tenancy/email/code",
                context={"code": codes.code_of(context["code"]), "account": account},
                language=account.language if account else "en",
                useful_until=clock.now() + codes.LIFE,
            )

    def send_notification_mail(
        self, template_prefix: str, user: Account, *_: Any, **__: Any
    ) -> None:
        """Our deeds tell the owner what was done; nothing goes out twice."""

    # Any: allauth's templates and their contexts.
    def add_message(
        self, request: HttpRequest, level: int, *_: Any, message: str | None = None, **__: Any
    ) -> None:
        """Pass on what went wrong; what went well, our pages say themselves."""
        if message:
            messages.add_message(request, level, message)


def kinds_of(account: Account) -> frozenset[str]:
    """Return the kinds of second factors that the account has enrolled."""
    found = Authenticator.objects.filter(user=account)
    return frozenset(found.values_list("type", flat=True))


def has_own_factor(account: Account) -> bool:
    """Say whether the account has enrolled a second factor itself; recovery codes are none."""
    return bool(kinds_of(account) - {Authenticator.Type.RECOVERY_CODES})


def begin(request: HttpRequest, purpose: Purpose, account: Account | None, typed: str = "") -> Try:
    """Count a try of this request; raise `ValidationError` with the wait if there is one."""
    try:
        return guesses.begin(
            purpose,
            account=str(account.pk) if account else f"typed {typed.casefold()}",
            source=cookies.address_of(request),
            browser=cookies.known_digest(request, account),
        )
    except TooMany as later:
        raise ValidationError(str(later.message), code="later") from later
