"""Lists by cursor: a page costs the same at the end of a long list as at its beginning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from doorward.kit.api.shapes import MAX_ID, Line, Out
from doorward.kit.errors import Invalid

MAX_LIMIT = 100

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Filters(BaseModel):
    """What a list takes in its address; a name that it does not know is named back."""

    cursor: Annotated[Line, Field(max_length=200)] | None = None
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)


class Page(Out, Generic[T]):
    """A part of a list; `next_cursor` asks for the next part and is null at the end."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True)
class Cut(Generic[M]):
    """The rows of one page, and where the next one begins."""

    rows: Sequence[M]
    next_cursor: str | None


def by_id(request: HttpRequest, rows: QuerySet[M], filters: Filters) -> Cut[M]:
    """Return a page of rows, oldest first; raise `Invalid` for a strange filter or cursor."""
    refuse_unknown(request, filters)
    if filters.cursor is not None:
        rows = rows.filter(pk__gt=_read(filters.cursor))
    return cut(rows.order_by("pk"), filters.limit, lambda row: row.pk)


def cut(rows: QuerySet[M], limit: int, place: Callable[[M], object]) -> Cut[M]:
    """Return the first rows; `place` says of the last where the next page begins."""
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return Cut(shown, str(place(shown[-1])) if len(found) > limit else None)


def refuse_unknown(request: HttpRequest, filters: BaseModel) -> None:
    """Raise `Invalid` for names in the address that would otherwise filter nothing."""
    known = type(filters).model_fields
    strange = [name for name in request.GET if name not in known]
    if strange:
        names = ", ".join(sorted(known))
        message = _("There is no such filter. Choose from: %(names)s.") % {"names": names}
        raise Invalid(dict.fromkeys(strange, message))


def strange_cursor() -> Invalid:
    return Invalid({"cursor": _("This is no cursor of ours. Begin again without one.")})


def _read(cursor: str) -> int:
    if cursor.isascii() and cursor.isdecimal() and len(cursor) < 20 and int(cursor) <= MAX_ID:
        return int(cursor)
    raise strange_cursor()
