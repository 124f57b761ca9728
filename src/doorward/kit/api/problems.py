"""Answers that say no: problem documents (RFC 9457), one form for every refusal."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from doorward.kit.api.shapes import Out
from doorward.kit.errors import Hidden, Invalid, Refused, Text

MEDIA_TYPE = "application/problem+json"
# The words that stand before a field's own place: where it was found, and the argument it fills.
_SOURCES = {"body", "query", "path", "header", "cookie", "form", "file"}
_ARGUMENTS = {"body", "filters"}
_INDEX = re.compile(r"\.(\d+)(?=\.|$)")


class Fault(Out):
    """What is wrong at one field, and the mend; `windows[1].start` is a field within a list."""

    field: str
    message: str


class Problem(Out):
    """Why the API said no. `code` is for programs, `detail` and `errors` are for people."""

    type: str = Field(default="about:blank")
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] = Field(default_factory=list)


class TooLarge(Refused):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class NotJson(Refused):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Malformed(Refused):
    status = HTTPStatus.BAD_REQUEST


class NotAllowed(Refused):
    status = HTTPStatus.METHOD_NOT_ALLOWED


def problem(
    status: int, code: str, detail: Text, faults: Mapping[str, Text] | None = None
) -> HttpResponse:
    """Return a problem document."""
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=str(detail),
        errors=[Fault(field=name, message=str(text)) for name, text in (faults or {}).items()],
    )
    response = JsonResponse(told.model_dump(), status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Doorward"'
    return response


def invalid(faults: Mapping[str, Text]) -> HttpResponse:
    detail = _("Some fields need mending; `errors` names each.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, faults)


def refused(refusal: Refused) -> HttpResponse:
    return problem(refusal.status, refusal.code, refusal.message)


def hidden() -> HttpResponse:
    """Return the one answer to what does not exist and to what is a stranger's."""
    detail = _("There is nothing here that you can see. Check the id.")
    return problem(HTTPStatus.NOT_FOUND, "not_found", detail)


def answer_problems(api: NinjaAPI) -> None:
    """Give each kind of error its answer; broken things stay exceptions."""
    api.add_exception_handler(Invalid, _on_invalid)
    api.add_exception_handler(Refused, _on_refused)
    api.add_exception_handler(Hidden, _on_hidden)
    api.add_exception_handler(ValidationError, _on_shape)
    api.add_exception_handler(HttpError, _on_unread)
    api.add_exception_handler(AuthenticationError, _on_stranger)
    for unreadable in (SuspiciousOperation, MultiPartParserError):
        api.add_exception_handler(unreadable, _on_unreadable)


# Any: the framework hands its handlers either an exception or a class of one.
def _on_invalid(request: HttpRequest, fault: Any) -> HttpResponse:
    return invalid(fault.faults)


def _on_refused(request: HttpRequest, refusal: Any) -> HttpResponse:
    return refused(refusal)


def _on_hidden(request: HttpRequest, absence: Any) -> HttpResponse:
    return hidden()


def _on_shape(request: HttpRequest, fault: Any) -> HttpResponse:
    return invalid({place_of(error["loc"]): _mend(error) for error in reversed(fault.errors)})


def _on_unread(request: HttpRequest, fault: Any) -> HttpResponse:
    """Answer a body that could not be parsed; the parser's own refusal is its cause."""
    if isinstance(fault.__cause__, Refused):
        return refused(fault.__cause__)
    return problem(fault.status_code, "request", str(fault))


def _on_unreadable(request: HttpRequest, fault: Any) -> HttpResponse:
    return problem(HTTPStatus.BAD_REQUEST, "request", _("The request cannot be read. Send JSON."))


def _on_stranger(request: HttpRequest, fault: Any) -> HttpResponse:
    detail = _("Sign in, or send a valid token as `Authorization: Bearer dw_…`.")
    return problem(HTTPStatus.UNAUTHORIZED, "authentication.missing", detail)


def place_of(location: Iterable[int | str]) -> str:
    """Return a field's place as people write it: `windows[1].start`."""
    steps = [str(step) for step in location]
    if steps and steps[0] in _SOURCES:
        steps = steps[1:]
    if len(steps) > 1 and steps[0] in _ARGUMENTS:
        steps = steps[1:]
    return _INDEX.sub(r"[\1]", ".".join(steps)) or "body"


def _mend(error: Mapping[str, Any]) -> str:
    """Return our sentence for a fault, or that of the library or of the type, as it is."""
    own = {
        "missing": _("This field is required."),
        "extra_forbidden": _("There is no such field. Leave it out."),
        "string_type": _("Write a text."),
        "string_unicode": _("Write a text of valid Unicode characters."),
        "int_type": _("Write a whole number."),
        "int_parsing": _("Write a whole number."),
        "bool_type": _("Write true or false."),
        "list_type": _("Write a list."),
        "model_type": _("Write a JSON object."),
        "model_attributes_type": _("Write a JSON object."),
    }
    return own.get(error["type"]) or str(error["msg"])
