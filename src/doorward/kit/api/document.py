"""The API as a whole: its OpenAPI document, and the gate before every route."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Swagger
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from doorward.kit.api.limits import HEADERS, RETRY, tell
from doorward.kit.api.problems import (
    MEDIA_TYPE,
    Malformed,
    NotAllowed,
    NotJson,
    Problem,
    TooLarge,
    answer_problems,
    hidden,
    refused,
)
from doorward.kit.errors import Refused

MAX_BODY_BYTES = 1_000_000

# Any: the document is JSON of a shape that others define (OpenAPI 3.1).
Json = dict[str, Any]
View = Callable[..., HttpResponseBase]

_LOCATION = {
    "description": "Where the new thing is to be found.",
    "schema": {"type": "string", "format": "uri-reference"},
}
_ALWAYS = (401, 403, 404, 405, 422, 429, 500, 503)
_WITH_BODY = (400, 413, 415)


class Api(NinjaAPI):
    """Our API: every refusal is a problem document, and the document says which there are."""

    def __init__(self, **options: Any) -> None:
        # The validator is somebody's service on the net.
        docs = Docs({"validatorUrl": None})
        super().__init__(parser=JsonParser(), renderer=Renderer(), docs=docs, **options)
        answer_problems(self)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _gate(pattern.callback)
        return patterns, app, namespace

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: Json | None = None
    ) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        shapes = Problem.model_json_schema(ref_template=REF_TEMPLATE, mode="serialization")
        document["components"]["schemas"] |= {**shapes.pop("$defs"), "Problem": shapes}
        for path in document["paths"].values():
            for method, operation in path.items():
                _declare_problems(method, operation)
        return document


class Docs(Swagger):
    """The interactive pages; only the document itself is public."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        if request.actor is None:  # type: ignore[attr-defined]
            return redirect_to_login(request.get_full_path())
        return super().render_page(request, api, **kwargs)


class JsonParser(Parser):
    """JSON as RFC 8259 has it: no NaN, and a fault says where it is."""

    def parse_body(self, request: HttpRequest) -> Json:
        kind = request.content_type or ""
        if kind != "application/json" and not kind.endswith("+json"):
            raise NotJson("body.type", _("Send JSON, with `Content-Type: application/json`."))
        try:
            body: Json = json.loads(request.body, parse_constant=_no_constant)
        except json.JSONDecodeError as fault:
            place = {"line": fault.lineno, "column": fault.colno}
            message = _("The body is no JSON at line %(line)d, column %(column)d. Mend it there.")
            raise Malformed("json.malformed", message % place) from fault
        except (ValueError, RecursionError) as fault:
            message = _("The body is no JSON that can be read. Send UTF-8 with plain numbers.")
            raise Malformed("json.malformed", message) from fault
        return body


class Encoder(NinjaJSONEncoder):
    """Times with all their microseconds: they are compared with what was told before."""

    def default(self, o: object) -> object:
        if isinstance(o, datetime):
            return o.isoformat().replace("+00:00", "Z")
        return super().default(o)


class Renderer(JSONRenderer):
    encoder_class = Encoder


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _gate(view: View) -> View:
    """Refuse what no route should read; give each answer the API's form and headers."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _check_body(request)
            response = _allowed(view(request, *args, **kwargs))
        except Refused as refusal:
            response = refused(refusal)
        except Http404:
            response = hidden()
        tell(request, response)
        response.setdefault("Cache-Control", "no-store")
        return response

    return gated


def _check_body(request: HttpRequest) -> None:
    """Read the body now, while it can be refused: a CSRF check would use it up."""
    if request.content_type == "multipart/form-data":
        _take_files(request)
        return
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        message = _("A body has at most 1,000,000 bytes. Send less at once.")
        raise TooLarge("body.too_large", message)
    request.body  # noqa: B018 - reading keeps it


def _take_files(request: HttpRequest) -> None:
    """Take a form's files in as they come, each bounded by itself, whatever is done with them.

    Django reads forms of a POST only.
    """
    method = request.method
    request.method = "POST"
    try:
        request.POST  # noqa: B018 - reading keeps it
    finally:
        request.method = method


def _allowed(response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    methods = response["Allow"]
    message = _("This address takes %(methods)s only.") % {"methods": methods}
    answer = refused(NotAllowed("method", message))
    answer["Allow"] = methods
    return answer


def _declare_problems(method: str, operation: Json) -> None:
    statuses = _ALWAYS if method == "get" else (*_ALWAYS, *_WITH_BODY, 409)
    if any(parameter["name"] == "If-Match" for parameter in operation["parameters"]):
        statuses = (*statuses, 412)
    for status, answer in operation["responses"].items():
        answer["headers"] = {**HEADERS, **answer.get("headers", {})}
        if status in {201, 202}:
            answer["headers"]["Location"] = _LOCATION
    for status in sorted(statuses):
        operation["responses"][status] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}},
        }
    operation["responses"][429]["headers"] = {**HEADERS, **RETRY}
    operation["responses"][503]["headers"] = RETRY
