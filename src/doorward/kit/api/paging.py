"""Lists by cursor: a page costs the same at the end of a long list as at its beginning."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import django_filters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from doorward.kit.api import keyset
from doorward.kit.api.keyset import Column, StrangeCursor
from doorward.kit.api.shapes import Line, Out
from doorward.kit.errors import Invalid
from doorward.kit.versions import digest

MAX_LIMIT = 100
# Whatever a list has, it can be sorted by when its things came to be.
BY_AGE = "id"
# Filters that leave what lies within one site.
PLACES = ("site", "company", "connector", "device", "door", "person", "within")
# Not part of the question that a cursor belongs to.
_HOW_MUCH = {"cursor", "limit"}

T = TypeVar("T")
M = TypeVar("M", bound=Model)
R = TypeVar("R", bound="QuerySet[Any]")
# By the name that a page's column has as well, the fields that are sorted by.
Sorts = Mapping[str, Sequence[str]]


class Filters(BaseModel):
    """What a list takes in its address; a name that it does not know is named back.

    Names of filters and sorts are those of the list's page.
    """

    sorts: ClassVar[Sorts] = {}
    usual_sort: ClassVar[str] = BY_AGE
    # What a list of many sites can be sorted by beside `BY_AGE`, as an index gives it; the other
    # sorts take one of `PLACES`. None where every sort takes all there is.
    across: ClassVar[Collection[str] | None] = None

    cursor: Annotated[Line, Field(max_length=2000)] | None = None
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    sort: Annotated[Line, Field(max_length=200)] | None = None

    # Any: what pydantic passes on.
    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        text = "Names to sort by, with commas between and `-` before what runs down: "
        text += f"{_ticked((BY_AGE, *cls.sorts))}."
        if cls.across is not None:
            places = [name for name in PLACES if name in cls.model_fields]
            text += f" Without {_ticked(places, ' or ')} only: {_ticked((BY_AGE, *cls.across))}."
        cls.model_fields["sort"].description = text
        cls.model_rebuild(force=True)

    @property
    def is_placed(self) -> bool:
        """Say whether all that is asked for lies within one site."""
        return any(getattr(self, name, None) is not None for name in PLACES)


class Page(Out, Generic[T]):
    """A part of a list; `next_cursor` asks for the next part and is null at the end."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True)
class Cut(Generic[M]):
    """The rows of one page, and where the next one begins."""

    rows: Sequence[M]
    next_cursor: str | None


def listed(
    request: HttpRequest,
    rows: QuerySet[M],
    filters: Filters,
    *,
    parts: Sequence[QuerySet[M]] = (),
    few_places: bool = False,
) -> Cut[M]:
    """Return a page of rows, sorted as asked for and else as is usual for the list.

    `parts` are the same rows in parts that have none in common: sorted by fields of their own, each
    is read in order and no further than the page goes. With `few_places` all of them lie at these,
    so that every sort takes the whole list. Raise `Invalid` for a filter or a sort that there is
    not, and for a cursor of another question.
    """
    refuse_unknown(request, filters)
    if not few_places:
        _refuse_across(filters)
    columns = _columns(rows.model, filters)
    if not parts or any("__" in column.field for column in columns):
        parts = [rows]
    question = digest([request.path, filters.model_dump(mode="json", exclude=_HOW_MUCH)])
    if filters.cursor is not None:
        try:
            beyond = keyset.after(columns, filters.cursor, question)
        except StrangeCursor as fault:
            raise strange_cursor() from fault
        parts = [part.filter(beyond) for part in parts]
    ordered = _merged(parts, [column.order for column in columns], filters.limit + 1)
    return cut(ordered, filters.limit, lambda row: keyset.cursor(columns, row, question))


def narrowed(
    rows: R,
    kind: type[django_filters.FilterSet],
    asked: Mapping[str, object],
    request: HttpRequest | None = None,
) -> R:
    """Narrow rows as the list's page would; what is None is not asked for.

    `request` is for filters that depend on who asks.
    """
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in asked.items() if value is not None})
    found: R = kind(data, rows, request=request).qs
    return found


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
    return Invalid({"cursor": _("This cursor belongs to no such list. Begin again without one.")})


def _merged(parts: Sequence[QuerySet[M]], order: Sequence[str], most: int) -> QuerySet[M]:
    """Return so many rows of all parts in order, each part asked for no more than these."""
    first, *others = [part.order_by(*order) for part in parts]
    if not others:
        return first
    return first[:most].union(*(one[:most] for one in others), all=True).order_by(*order)


def _columns(model: type[Model], filters: Filters) -> list[Column]:
    """Return the columns that are sorted by, the key last so that no two rows are alike.

    It runs as what stands before it, so that one index gives the rows in either direction.
    """
    sorts = {BY_AGE: ("pk",), **filters.sorts}
    asked = [name for name in (filters.sort or filters.usual_sort).split(",") if name]
    strange = [name for name in asked if name.removeprefix("-") not in sorts]
    if strange:
        place = {"name": strange[0], "names": ", ".join(sorts)}
        message = _("This list cannot be sorted by %(name)s. Choose from: %(names)s.")
        raise Invalid({"sort": message % place})
    found = {
        field: Column.of(model, field, down=name.startswith("-"))
        for name in reversed(asked)
        for field in reversed(sorts[name.removeprefix("-")])
    }
    columns = [*reversed(found.values())]
    if "pk" in found:
        return columns
    down = bool(columns) and columns[-1].down
    return [*columns, Column.of(model, "pk", down=down)]


def _refuse_across(filters: Filters) -> None:
    """Raise `Invalid` for a sort of many sites that no index gives: it would read all there is."""
    if filters.across is None or filters.is_placed:
        return
    able = (BY_AGE, *filters.across)
    asked = (name.removeprefix("-") for name in (filters.sort or "").split(","))
    far = [name for name in asked if name in filters.sorts and name not in able]
    if far:
        place = {"name": far[0], "names": ", ".join(able)}
        message = _("Name a site to sort by %(name)s. A list of all sites takes: %(names)s.")
        raise Invalid({"sort": message % place})


def _ticked(names: Iterable[str], between: str = ", ") -> str:
    return between.join(f"`{name}`" for name in names)
