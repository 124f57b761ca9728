"""Who acts in a request: resolved once, before anything else asks."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.kit import clock
from doorward.portal import acting
from doorward.portal.signin.adapter import WHERE
from doorward.portal.signin.cookies import address_of
from doorward.tenancy.actor import Actor

SEEN_SECONDS = 600


class ActorMiddleware:
    """Set `request.actor`: the signed-in account's actor, as whoever it acts for, or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            doer = Actor.of(request.user, address=address_of(request))
            request.actor = doer  # type: ignore[attr-defined]
            _note_visit(request)
            stepped = acting.step_in(request, doer)
            if not isinstance(stepped, Actor):
                return stepped
            request.actor = stepped  # type: ignore[attr-defined]
        response = self._get_response(request)
        if request.actor is not None:  # type: ignore[attr-defined]
            request.actor.finish()  # type: ignore[attr-defined]
        return response

    # Any: what Django hands to a view.
    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        return None if actor is None else acting.refusal(request, actor)


def _note_visit(request: HttpRequest) -> None:
    """Keep in the session when it was last seen, to ten minutes."""
    where = request.session.get(WHERE)
    now = clock.now().timestamp()
    if where and now - where["seen"] > SEEN_SECONDS:
        request.session[WHERE] = {**where, "seen": now, "address": address_of(request)}
