"""The API's document, read for what can name a thing: parts of addresses, filters, fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from doorward.api import api

_ID = "^[1-9][0-9]{0,18}$"
# Any: a document is JSON.
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A place for an id or for many: `filter.site` lies within `filter`."""

    name: str
    many: bool
    in_query: bool

    @property
    def last(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    def put(self, body: Mapping[str, object], one: int) -> dict[str, object]:
        """Return a body with an id in this place."""
        first, _dot, rest = self.name.partition(".")
        if rest:
            within = body.get(first)
            inner: object = Field(rest, self.many, in_query=False).put(
                within if isinstance(within, dict) else {}, one
            )
            # Rows are chosen by their ids or by a filter, not by both.
            return {**{k: v for k, v in body.items() if k != "ids"}, first: inner}
        return {**body, first: [one] if self.many else one}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    parts: tuple[str, ...]
    fields: tuple[Field, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_list(self) -> bool:
        return self.method == "GET" and any(field.name == "sort" for field in self.others)

    @property
    def others(self) -> tuple[Field, ...]:
        """What else stands in the address of a list."""
        parameters = _document()["paths"][self.path][self.method.lower()].get("parameters", ())
        return tuple(Field(one["name"], many=False, in_query=True) for one in parameters)


@cache
def routes() -> list[Route]:
    return [
        Route(method.upper(), path, *_read(operation))
        for path, methods in _document()["paths"].items()
        for method, operation in methods.items()
    ]


@cache
def _document() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix=""))


def _read(operation: Schema) -> tuple[tuple[str, ...], tuple[Field, ...]]:
    parameters = [(one, _takes(one["schema"])) for one in operation.get("parameters", ())]
    ids = [(one, how) for one, how in parameters if how]
    parts = tuple(one["name"] for one, _how in ids if one["in"] == "path")
    asked = [
        Field(one["name"], how == "many", in_query=True) for one, how in ids if one["in"] == "query"
    ]
    bodies = operation.get("requestBody", {}).get("content", {}).values()
    sent = {field for body in bodies for field in _fields(body["schema"])}
    return parts, (*asked, *sorted(sent, key=lambda field: field.name))


def _takes(schema: Schema) -> str:
    """Say whether a schema takes one id, many or none."""
    if schema.get("pattern") == _ID:
        return "one"
    if schema.get("type") == "array":
        return "many" if _takes(schema.get("items", {})) else ""
    return next((how for one in schema.get("anyOf", ()) if (how := _takes(one))), "")


def _fields(schema: Schema, within: str = "") -> Iterator[Field]:
    if "$ref" in schema:
        schema = _document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for kind in ("anyOf", "allOf", "oneOf"):
        for one in schema.get(kind, ()):
            yield from _fields(one, within)
    for name, inner in schema.get("properties", {}).items():
        if how := _takes(inner):
            yield Field(within + name, how == "many", in_query=False)
        else:
            yield from _fields(inner, f"{within}{name}.")
