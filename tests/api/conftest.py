"""Callers of the API: one client for each of the cast, each with a token."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.cast import Cast

BASE = "/api/v1"


class Caller:
    """Somebody who calls the API with a token, and reads JSON."""

    def __init__(self, token: str = "", **options: Any) -> None:
        self._client = Client(**options)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: object) -> HttpResponse:
        return self._client.get(f"{BASE}{path}", query, headers=self._headers)

    def known(self, path: str, tag: str) -> HttpResponse:
        """Get what one may already have in the version `tag`."""
        return self._client.get(f"{BASE}{path}", headers={**self._headers, "If-None-Match": tag})

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: object) -> HttpResponse:
        return self._send("patch", path, body, {})

    def send(self, method: str, path: str, body: object = None, **headers: str) -> HttpResponse:
        return self._send(method.lower(), path, body, headers)

    def delete(self, path: str) -> HttpResponse:
        return self._client.delete(f"{BASE}{path}", headers=self._headers)

    def raw(self, path: str, body: bytes, kind: str = "application/json") -> HttpResponse:
        return self._client.post(f"{BASE}{path}", body, content_type=kind, headers=self._headers)

    def _send(self, verb: str, path: str, body: object, headers: dict[str, str]) -> HttpResponse:
        send = getattr(self._client, verb)
        options: dict[str, Any] = {"data": b"" if body is None else body}
        options["content_type"] = "application/json"
        if isinstance(body, dict) and "file" in body:
            # A body with a file goes as a form, which the client spells itself only to post it.
            options["content_type"] = MULTIPART_CONTENT
            options["data"] = body if verb == "post" else encode_multipart(BOUNDARY, body)
        return send(f"{BASE}{path}", headers={**self._headers, **_named(headers)}, **options)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


CallerOf = Callable[[str], Caller]


@pytest.fixture
def caller(cast: Cast) -> CallerOf:
    """Return a caller for a name of the cast: `caller("mona")`."""
    return lambda name: Caller(cast.token(name))


@pytest.fixture
def installer(caller: CallerOf) -> Caller:
    return caller("ivan")


@pytest.fixture
def stranger(caller: CallerOf) -> Caller:
    """Oscar: an installer of another branch."""
    return caller("oscar")


def faults(response: HttpResponse) -> dict[str, str]:
    """Return the fields of a refusal, each with its message."""
    assert response.status_code == 422, response.content
    assert response["Content-Type"] == "application/problem+json"
    return {fault["field"]: fault["message"] for fault in response.json()["errors"]}
