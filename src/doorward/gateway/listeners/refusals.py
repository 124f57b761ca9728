"""Answers to bodies that are not taken in: a page or a problem, in its reader's language."""

import io
from functools import cache
from http import HTTPStatus

from csp.constants import HEADER
from csp.utils import build_policy
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation
from starlette.responses import Response
from starlette.types import Scope

from doorward.kit.faults import body_refused


def refusal(status: HTTPStatus, scope: Scope) -> Response:
    """Return the answer and hang up: what else of the body comes is not read."""
    path = str(scope.get("path", "/"))
    asked = ASGIRequest({"path": path, "method": "POST", "headers": scope["headers"]}, io.BytesIO())
    language = translation.get_language_from_request(asked)
    content, kind = _document(status, language, path.startswith("/api/"))
    headers = {"Connection": "close", "Cache-Control": "no-store", HEADER: build_policy()}
    return Response(
        content, status, {**headers, "Content-Type": kind, "Content-Language": language}
    )


@cache
def _document(status: HTTPStatus, language: str, for_programs: bool) -> tuple[bytes, str]:
    """Return content and its type: drawn once, since whoever floods us waits for nothing."""
    with translation.override(language):
        answer = body_refused(status, "/api/" if for_programs else "/")
    return answer.content, answer["Content-Type"]
