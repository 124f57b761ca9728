"""Who acts in a request: resolved once, before anything else asks."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account


class ActorMiddleware:
    """Set `request.actor`: the signed-in account's actor, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signed_in = request.user.is_authenticated
        request.actor = (  # type: ignore[attr-defined]
            Actor.of(cast(Account, request.user), address=address_of(request))
            if signed_in
            else None
        )
        return self._get_response(request)


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")
