"""ETags (RFC 9110): not sending again what is known, and not changing what has changed."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from doorward.kit.api.shapes import Out
from doorward.kit.errors import Refused
from doorward.kit.versions import digest

P = ParamSpec("P")
O = TypeVar("O", bound=Out)  # noqa: E741

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_ETAG = {
    "ETag": {
        "description": "The version of what is told.",
        "schema": {"type": "string"},
    }
}


def _header(name: str, description: str) -> dict[str, object]:
    schema = {"type": "string"}
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": schema,
    }


# What an operation on one thing says of these headers in the document.
TAGGED = {
    "parameters": [_header("If-None-Match", "Answers 304 if the thing still has this ETag.")],
    "responses": {200: {"headers": _ETAG}, 304: {"description": "It is as you know it."}},
}
GUARDED = {
    "parameters": [
        _header("If-Match", "Nothing is done, and 412 answered, if the thing has another ETag.")
    ]
}
CHANGED = {**GUARDED, "responses": {200: {"headers": _ETAG}}}


class Stale(Refused):
    status = HTTPStatus.PRECONDITION_FAILED


def tag_of(out: Out) -> str:
    """Return the ETag of an answer: what people can change, and then what moves by itself."""
    body = out.model_dump(mode="json", exclude=set(out.secrets))
    moving = {name: body.pop(name) for name in out.moving}
    still = digest([body, out.concealed])
    return f'"{still}.{digest(moving)}"' if moving else f'"{still}"'


def tagged(view: Callable[Concatenate[HttpRequest, P], O]) -> Callable[..., HttpResponse]:
    """Answer with the thing and its ETag, or with 304 to whoever has it already."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        out = view(request, *args, **kwargs)
        tag = tag_of(out)
        known = request.headers.get("If-None-Match") if request.method == "GET" else None
        if known is not None and (known.strip() == "*" or tag.strip('"') in _tags(known)):
            answer = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        else:
            answer = JsonResponse(out.model_dump(mode="json", exclude=set(out.secrets)))
        answer["ETag"] = tag
        return answer

    return answered


def require_unchanged(request: HttpRequest, present: Callable[[], Out]) -> None:
    """Raise `Stale` if the client knows another version than `present`; call it under a lock.

    What moves by itself does not count: a device that has gone offline can still be renamed.
    """
    known = request.headers.get("If-Match")
    if known is None or known.strip() == "*":
        return
    still = tag_of(present()).strip('"').partition(".")[0]
    if still not in {tag.partition(".")[0] for tag in _tags(known, strong=True)}:
        message = _("Somebody has changed this since you read it. Read it again, then decide.")
        raise Stale("version.stale", message)


def _tags(header: str, *, strong: bool = False) -> set[str]:
    return {text for weak, text in _TAG.findall(header) if not (strong and weak)}
