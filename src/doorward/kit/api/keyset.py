"""The place in a sorted list, as a cursor: what stood in the sorted columns of the last row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q

_SALT = "doorward.cursor"
_NOTHING = Q(pk__in=())


class StrangeCursor(Exception):
    """A text that is no cursor of this list, sorted and filtered like this."""


@dataclass(frozen=True)
class Column:
    """A field that is sorted by. Empty ones come last upwards and first downwards."""

    field: str
    down: bool
    nullable: bool
    # Any: fields of every type.
    kind: "Field[Any, Any]"

    @classmethod
    def of(cls, model: type[Model], field: str, *, down: bool) -> "Column":
        kind: Any = None
        nullable = False
        for step in field.split("__"):
            kind = model._meta.pk if step == "pk" else model._meta.get_field(step)
            nullable = nullable or kind.null
            model = kind.related_model or model
        return cls(field, down, nullable, kind)

    @property
    def order(self) -> str:
        return f"-{self.field}" if self.down else self.field

    # Any: what stands in a field.
    def read(self, value: Any) -> Any:
        return None if value is None else self.kind.to_python(value)

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.field}__isnull": True}) if value is None else Q(**{self.field: value})

    def beyond(self, value: Any) -> Q:
        """Say which rows come after one with this value."""
        if self.down:
            if value is None:
                return Q(**{f"{self.field}__isnull": False})
            return Q(**{f"{self.field}__lt": value})
        if value is None:
            return _NOTHING
        further = Q(**{f"{self.field}__gt": value})
        return further | Q(**{f"{self.field}__isnull": True}) if self.nullable else further

    def from_here(self, value: Any) -> Q:
        """Say of what an index can leave out at once; a help for the database, not a condition."""
        if self.nullable:
            return Q()
        return Q(**{f"{self.field}__{'lte' if self.down else 'gte'}": value})


def cursor(columns: Sequence[Column], row: Model, question: str) -> str:
    """Return where the next page begins, for this question only; it is signed, not secret."""
    fields = [column.field for column in columns]
    if any("__" in field for field in fields):
        values: Sequence[Any] = type(row)._base_manager.values_list(*fields).get(pk=row.pk)
    else:
        values = [getattr(row, field) for field in fields]
    told = [_told(column, value) for column, value in zip(columns, values, strict=True)]
    return signing.dumps([question, *told], salt=_SALT, compress=True)


def after(columns: Sequence[Column], text: str, question: str) -> Q:
    """Say which rows come after the cursor's; raise `StrangeCursor`."""
    values = _read(columns, text, question)
    found = _NOTHING
    same = Q()
    for column, value in zip(columns, values, strict=True):
        found |= same & column.beyond(value)
        same &= column.equal(value)
    return columns[0].from_here(values[0]) & found


def _read(columns: Sequence[Column], text: str, question: str) -> list[Any]:
    try:
        asked, *values = signing.loads(text, salt=_SALT)
        if asked != question:
            raise StrangeCursor
        return [column.read(value) for column, value in zip(columns, values, strict=True)]
    except (signing.BadSignature, ValidationError, ValueError, TypeError) as fault:
        raise StrangeCursor from fault


# Any: what stands in a field.
def _told(column: Column, value: Any) -> object:
    kept = column.kind.get_prep_value(value)
    return kept.isoformat() if isinstance(kept, datetime) else kept
