"""Acting for another within one's own session: begun, carried from page to page, over."""

from collections.abc import Mapping
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.defaults import permission_denied
from django_htmx.http import HttpResponseClientRedirect

from doorward.kit import clock
from doorward.kit.addresses import address_of
from doorward.kit.api.problems import problem
from doorward.kit.errors import Forbidden
from doorward.kit.live import handle_of
from doorward.portal.onward import safe
from doorward.tenancy import support
from doorward.tenancy.actions import visits
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import SupportVisit

# What a session says of the visit it is on: its key, and where one goes back to.
VISIT = "doorward.visit"
_API = "/api/"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Of one's own account; signing in again is asked for on the way to what the other may do.
_OWN, _NOT_OWN = "account/", "account/again/"
_End = SupportVisit.End
_WORDS: Mapping[str, Promise] = {
    _End.TIME: _("The hour in which you acted for %(name)s is over. Nothing more was done."),
    _End.WITHDRAWN: _(
        "%(name)s, or the level above, has withdrawn the permission to act for them. Nothing"
        " more was done."
    ),
}
_OVER = _("You no longer act for another. Nothing more was done.")


def begin(request: HttpRequest, visit: SupportVisit, back: str) -> None:
    """Let whoever is signed in act for another; forms that were drawn before count no more."""
    request.session[VISIT] = {"key": visit.pk, "back": safe(back)}
    rotate_token(request)


def end(request: HttpRequest) -> str:
    """Let whoever is signed in be themselves again, with new forms; return where to go back to."""
    told = request.session.pop(VISIT, None) or {}
    rotate_token(request)
    return safe(str(told.get("back") or "/"))


def step_in(request: HttpRequest, doer: Actor) -> Actor | HttpResponseBase:
    """Return who acts in this request, or the answer where the visit is over.

    What was sent while it was on is not done afterwards, as somebody else.
    """
    told = request.session.get(VISIT)
    if told is None:
        return doer
    session = handle_of(request.session.session_key or "")
    try:
        return support.acting(doer, told["key"], session, clock.now())
    except support.Over as over:
        visits.end([over.visit], over.why)
        return _say_over(request, over)


def refusal(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
    """Return the answer to whoever asks for a page of the owner's while acting for them."""
    found = request.resolver_match
    route = found.route if found else ""
    if actor.acting is None or not route.startswith(_OWN) or route.startswith(_NOT_OWN):
        return None
    try:
        actor.require_in_person()
    except Forbidden as refused:
        return permission_denied(request, PermissionDenied(str(refused.message)))
    return None


def _say_over(request: HttpRequest, over: support.Over) -> HttpResponseBase:
    back = end(request)
    words = str(_WORDS.get(over.why, _OVER)) % {"name": over.name}
    if request.path.startswith(_API):
        return problem(HTTPStatus.FORBIDDEN, "support.over", words)
    harmless = request.method in _READING or request.path in {
        address_of("support-end"),
        address_of("account_logout"),
    }
    if not (harmless or request.htmx):  # type: ignore[attr-defined]
        return permission_denied(request, PermissionDenied(words))
    messages.warning(request, words)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(back)
    return HttpResponseRedirect(back)
