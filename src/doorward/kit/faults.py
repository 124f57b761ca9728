"""What Django answers by itself when something is wrong: a page, or under /api a problem."""

from collections.abc import Mapping
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults

from doorward.kit.api.problems import hidden, problem

_API = "/api/"
_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
# By status, of a request that is not taken in: a code, what is wrong, and what mends it.
_BODIES: Mapping[HTTPStatus, tuple[str, Promise, Promise]] = {
    _TOO_LARGE: (
        "body.too_large",
        gettext_lazy("This is too much at once"),
        gettext_lazy(
            "Nothing of it was saved. Files are taken up to 20 MB, all else up to 2.5 MB: "
            "go back and send less at once."
        ),
    ),
    HTTPStatus.REQUEST_TIMEOUT: (
        "body.too_slow",
        gettext_lazy("This took too long"),
        gettext_lazy(
            "The line was too slow, or it broke off. Nothing of it was saved: "
            "go back and send it once more."
        ),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "rate.at_once",
        gettext_lazy("Too many requests at once"),
        gettext_lazy("Nothing of it was done. Wait two seconds, then ask for fewer at a time."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "busy",
        gettext_lazy("There is too much to do at the moment"),
        gettext_lazy("Nothing of it was done. Wait two seconds, then try again."),
    ),
}


def body_refused(status: HTTPStatus, path: str) -> HttpResponse:
    """Answer a body that is not taken, in the language of now, without asking the database."""
    code, title, mend = _BODIES[status]
    if path.startswith(_API):
        return problem(status, code, f"{title}. {mend}")
    page = render_to_string("body_refused.html", {"title": title, "mend": mend})
    return HttpResponse(page, status=status)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return body_refused(_TOO_LARGE, request.path)
    if not request.path.startswith(_API):
        return defaults.bad_request(request, exception)
    detail = _("The request cannot be read. Check its address and its headers.")
    return problem(HTTPStatus.BAD_REQUEST, "request", detail)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(_API):
        return defaults.permission_denied(request, exception)
    detail = _("Your role does not allow this here.")
    return problem(HTTPStatus.FORBIDDEN, "permission.missing", detail)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(_API):
        return defaults.page_not_found(request, exception)
    return hidden()


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a bug: whoever runs this finds its trace in the log, a caller learns nothing."""
    if not request.path.startswith(_API):
        return defaults.server_error(request)
    detail = _("Something broke on the server. Nothing was changed; try again in a moment.")
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "broken", detail)
