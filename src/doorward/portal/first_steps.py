"""Leading whoever has first steps to do there, whatever page they ask for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from doorward.kit import clock
from doorward.portal.onward import STEPS, step_address
from doorward.portal.signin.adapter import WHERE
from doorward.tenancy.actions import welcome
from doorward.tenancy.models import Account

# What one may do meanwhile: leave, and follow the links that came by mail.
_OPEN = frozenset(
    {
        *STEPS.values(),
        *("account_login", "account_logout", "account_inactive", "support-end"),
        *("brand-logo", "brand-accent"),
        *("account-forgotten", "account-new-password", "account-email-confirm"),
        "help-entrance",
    }
)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class FirstStepsMiddleware:
    """Looks at nothing but the account, which is at hand: a page asks no more for it.

    The API says so itself, in its own words, and asks nothing of tokens.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    # Any: what Django hands to a view.
    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        account = cast(Account, request.user)
        if not account.is_authenticated or not account.awaits:
            return None
        found = request.resolver_match
        if found is None or found.namespaces or found.url_name in _OPEN:
            return None
        if request.method not in _READING and welcome.may_finish(account, _since(request)):
            return None
        return _lead(request, account)


def _since(request: HttpRequest) -> datetime:
    """Return when the session began; of one that does not say, now."""
    began = request.session.get(WHERE, {}).get("since")
    return datetime.fromtimestamp(began, UTC) if began else clock.now()


def _lead(request: HttpRequest, account: Account) -> HttpResponseBase:
    if request.htmx:  # type: ignore[attr-defined]
        here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(step_address(account.awaits, here or "/"))
    here = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(step_address(account.awaits, here))
