"""Saving a row so that what the schema forbids comes back as `Invalid` at the right field."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models.expressions import RawSQL

from doorward.kit.errors import Invalid, Text

# What surely fits a bigint.
MAX_DIGITS = 18
# Rows that one statement writes.
AT_ONCE = 2_000


def store(row: models.Model, *, only: Collection[str] | None = None) -> None:
    """Validate and save, `only` these fields if named; raise `Invalid`.

    A lost race against a like row is answered the same.
    """
    check(row)
    try:
        with transaction.atomic():
            row.save(update_fields=only)
    except IntegrityError:
        check(row)
        raise


def check(row: models.Model) -> None:
    """Raise `Invalid` for what fields or constraints object to.

    A constraint says by its `violation_error_code` at which field its message belongs.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid(faults_of(error)) from error


def faults_of(error: ValidationError) -> dict[str, Text]:
    """Return one sentence a field."""
    faults: dict[str, Text] = {}
    for field, errors in error.error_dict.items():
        for fault in errors:
            place = fault.code if field == NON_FIELD_ERRORS and fault.code else field
            faults.setdefault(place, " ".join(fault.messages))
    return faults


def update_many(rows: Sequence[models.Model], names: Collection[str]) -> None:
    """Write these fields of many rows of one model, in one statement for every few thousand.

    Nothing is validated here; a CASE for each row, as Django has it, takes minutes where this
    takes a second.
    """
    if not rows:
        return
    meta = rows[0]._meta
    key = _quoted(meta.pk.attname)
    fields = [f for f in meta.concrete_fields if f.primary_key or f.name in names]
    types = ", ".join(f"{_quoted(f.attname)} {f.db_type(connection)}" for f in fields)
    values = ", ".join(
        f"{_quoted(f.column or f.attname)} = told.{_quoted(f.attname)}"
        for f in fields
        if not f.primary_key
    )
    statement = (
        f"UPDATE {_quoted(meta.db_table)} AS kept SET {values} "
        f"FROM jsonb_to_recordset(%s) AS told ({types}) "
        f"WHERE kept.{_quoted(meta.pk.column or meta.pk.attname)} = told.{key}"
    )
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), AT_ONCE):
            told = [_spelled(row, fields) for row in rows[begin : begin + AT_ONCE]]
            cursor.execute(statement, [json.dumps(told, default=_plain)])


def any_of(keys: Iterable[int]) -> RawSQL:
    """Return keys for `pk__in` as one value: a statement takes no more than 65,535 of them."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])


def _spelled(row: models.Model, fields: Sequence["models.Field[Any, Any]"]) -> dict[str, object]:
    return {f.attname: f.get_prep_value(getattr(row, f.attname)) for f in fields}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not told as JSON")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def key_of(text: str) -> int | None:
    """Return the key that a stranger's text spells, or None where it can be none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
