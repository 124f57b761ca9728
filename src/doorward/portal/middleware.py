"""Who acts in a request: resolved once, before anything else asks."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.kit import clock
from doorward.portal.signin.adapter import WHERE
from doorward.portal.signin.cookies import address_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account

SEEN_SECONDS = 600


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
        if signed_in:
            _note_visit(request)
        response = self._get_response(request)
        if request.actor is not None:  # type: ignore[attr-defined]
            request.actor.finish()  # type: ignore[attr-defined]
        return response


def _note_visit(request: HttpRequest) -> None:
    """Keep in the session when it was last seen, to ten minutes."""
    where = request.session.get(WHERE)
    now = clock.now().timestamp()
    if where and now - where["seen"] > SEEN_SECONDS:
        request.session[WHERE] = {**where, "seen": now, "address": address_of(request)}
