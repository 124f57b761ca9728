"""Who acts in a request, and in which language: resolved once, before anything else asks."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from doorward.kit import clock
from doorward.portal import acting
from doorward.portal.signin.adapter import WHERE
from doorward.portal.signin.cookies import address_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account
from doorward.tenancy.places import is_suspended

SEEN_SECONDS = 600
_API = "/api/"
# Kept by every cache on the way, so that no cookie may come with it.
_FOR_ALL = "/brand/"


class ActorMiddleware:
    """Set `request.actor`: the signed-in account's actor, as whoever it acts for, or None.

    Whoever is signed in reads pages in their own account's language. Before that, and by the
    API, the language is the one that is asked for in `Accept-Language`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        doer = _actor_of(request)
        request.actor = doer  # type: ignore[attr-defined]
        if doer is not None:
            if not request.path.startswith(_API):
                speak(request, cast(Account, request.user).language)
            if not request.path.startswith(_FOR_ALL):
                _note_visit(request)
            stepped = acting.step_in(request, doer)
            if not isinstance(stepped, Actor):
                return stepped
            request.actor = stepped  # type: ignore[attr-defined]
        zone = request.actor.zone_info if request.actor else None  # type: ignore[attr-defined]
        # A page of a site goes by the site's zone, any other by that of whoever reads it.
        with timezone.override(zone):
            response = self._get_response(request)
        if request.actor is not None:  # type: ignore[attr-defined]
            request.actor.finish()  # type: ignore[attr-defined]
        return response

    # Any: what Django hands to a view.
    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        return None if actor is None else acting.refusal(request, actor)


def speak(request: HttpRequest, language: str) -> None:
    """Answer this request in a language, if the product has it."""
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _actor_of(request: HttpRequest) -> Actor | None:
    """Return who acts; whose roles are all suspended by now is signed out."""
    if not request.user.is_authenticated:
        return None
    account: Account = request.user
    actor = Actor.of(account, address=address_of(request))
    if not actor.places and is_suspended(account):
        logout(request)
        return None
    return actor


def _note_visit(request: HttpRequest) -> None:
    """Keep in the session when it was last seen, to ten minutes."""
    where = request.session.get(WHERE)
    now = clock.now().timestamp()
    if where and now - where["seen"] > SEEN_SECONDS:
        request.session[WHERE] = {**where, "seen": now, "address": address_of(request)}
