"""The cookie by which a browser is known again."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.tenancy.actions import signin
from doorward.tenancy.models import Account

NAME = "doorward_browser"


def browser_token(request: HttpRequest) -> str:
    return request.COOKIES.get(NAME, "")


def known_digest(request: HttpRequest, account: Account | None) -> bytes | None:
    """Return the digest of this browser, if the account has signed in in it."""
    browser = signin.known_browser(account, browser_token(request)) if account else None
    return bytes(browser.digest) if browser else None


def know_browser(request: HttpRequest, response: HttpResponseBase, account: Account) -> str:
    """Remember this browser for the account; return its token."""
    token = signin.know_browser(
        account,
        browser_token(request),
        agent=request.headers.get("User-Agent", ""),
        address=address_of(request),
    )
    response.set_cookie(
        NAME,
        token,
        max_age=signin.KNOWN // timedelta(seconds=1),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return token


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")
