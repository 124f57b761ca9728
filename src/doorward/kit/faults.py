"""What Django answers by itself when something is wrong: a page, or under /api a problem."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from doorward.kit.api.problems import hidden, problem

_API = "/api/"


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
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
