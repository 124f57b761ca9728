"""Saving a row so that what the schema forbids comes back as `Invalid` at the right field."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial, reduce
from ipaddress import IPv4Address, IPv6Address
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from psycopg import Binary
from psycopg.types.json import Jsonb

from doorward.kit.errors import Invalid, Text

# What surely fits a bigint.
MAX_DIGITS = 18
# Rows that one statement writes.
AT_ONCE = 2_000
# Up to so many rows that are looked for are known by their keys from then on; of those that are
# found by words or states, as many as a list is counted and turned to.
_FEW, _KNOWN = 1_000, 10_000
# Values that mean the same in JSON as in a column.
_AS_THEY_ARE = frozenset({str, int, bool, type(None), datetime})
_KEYS = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
_NAMED = """
WITH RECURSIVE named (key) AS (
    ({first}) UNION ALL SELECT ({following}) FROM named WHERE named.key IS NOT NULL
)
SELECT key FROM named WHERE key IS NOT NULL LIMIT %s
"""


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


def delete_some(rows: "models.QuerySet[Any]", most: int) -> int:
    """Delete so many of the rows at most, with what goes along with them; return how many."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    rows.model._base_manager.filter(pk__in=keys).delete()
    return len(keys)


def any_of(field: str, keys: Iterable[int]) -> "models.Lookup[Any]":
    """Return the condition that a key is one of these: one value, however many they are.

    A statement takes no more than 65,535 values, and a view is not searched by what is joined.
    """
    return _AnyOf(models.F(field), [*keys])


def array_of(keys: Iterable[int]) -> str:
    """Return keys as one array for the database, without looking at each as the driver does."""
    return f"{{{','.join(map(str, keys))}}}"


# Any: keys of every kind of row.
def among_those(field: str, keys: "models.QuerySet[Any]") -> models.Func:
    """Return the condition that a field is one of the keys that another question finds.

    They are put together once, in a table: with `__in` alone the database looks for each row in
    the other tables as soon as it believes that few will do. IS TRUE keeps it from that.
    """
    found = models.ExpressionWrapper(
        models.Q(**{f"{field}__in": keys}), output_field=models.BooleanField()
    )
    template = "(%(expressions)s) IS TRUE"
    return models.Func(found, template=template, output_field=models.BooleanField())


def any_found(field: str, keys: "models.QuerySet[Any, Any]") -> models.Func:
    """Return the condition that a key is one of those that another question finds.

    Each is looked up by its index: with `__in` alone the database reads the whole table as soon as
    it believes that this costs no more.
    """
    return models.Func(
        models.F(field),
        ArraySubquery(keys),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )


def in_one_of(rows: "models.QuerySet[Any]", ways: "Sequence[models.Q]") -> "models.Q":
    """Say which of the rows are found in one of these ways; see `among_found`."""
    return among_found([rows.filter(way).values_list("pk") for way in ways], otherwise=ways)


# Any: keys of every kind of row.
def among_found(
    ways: "Sequence[models.QuerySet[Any, Any]]", *, otherwise: "Sequence[models.Q]"
) -> "models.Q":
    """Say which rows have a key that one of these ways finds; they are looked for at once.

    With OR between conditions of several tables the database looks at every row, so each way is
    gone by its own index. Where very many are found, the first of them are soon met among all rows
    in their order, and OR of the conditions that say `otherwise` the same is right.
    """
    found = together([way.order_by() for way in ways])
    keys = [key for (key,) in found[: _KNOWN + 1]]
    return models.Q(any_of("pk", set(keys))) if len(keys) <= _KNOWN else reduce(or_, otherwise)


# Any: rows of every kind.
def together(ways: "Sequence[models.QuerySet[Any, Any]]") -> "models.QuerySet[Any, Any]":
    """Return what these ways find as one question; what several find comes several times."""
    first, *others = ways
    return first.union(*others, all=True) if others else first


# Any: keys of every kind of row.
def named_if_few(field: str, keys: "models.QuerySet[Any, Any]") -> "models.Q | None":
    """Return the condition that a field is one of these keys, by name; None where they are many.

    The database sees how few there are, and looks at no other rows, whatever they are sorted by.
    """
    found = list(keys.order_by()[: _FEW + 1])
    return models.Q(any_of(field, set(found))) if len(found) <= _FEW else None


# Any: rows of every kind may name others.
def named_by(rows: "models.QuerySet[Any]", field: str, most: int) -> list[int]:
    """Return so many at most of the keys that rows name in a field, each once, in their order.

    Of more rows than that each key is found by one look into an index that begins with the field:
    where thousands name the same, one alone is read, and DISTINCT would read them all.
    """
    ordered = rows.order_by(field).values(field)
    read = list(ordered.values_list(field, flat=True)[:most])
    named = list(dict.fromkeys(read))
    if len(read) < most or len(named) == most:
        return named
    following = ordered.filter(**{f"{field}__gt": RawSQL("named.key", ())})
    first, given = ordered[:1].query.sql_with_params()
    then, more = following[:1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_NAMED.format(first=first, following=then), [*given, *more, most])
        return [key for (key,) in cursor.fetchall()]


class _AnyOf(models.Lookup):  # type: ignore[type-arg]
    prepare_rhs = False

    # Any: Django's compilers have no types.
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        key, values = self.process_lhs(compiler, connection)
        return f"{key} = ANY(%s::bigint[])", [*values, array_of(self.rhs)]


def insert_many(rows: Sequence[models.Model]) -> None:
    """Add new rows of one model, in one statement for every few thousand; each gets its key.

    Nothing is validated here. Django's own way spells every value of every row as a parameter,
    which takes several times as long.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not field.generated]
    types = ", ".join(f"{_quoted(f.attname)} {f.db_type(connection)}" for f in fields)
    columns = ", ".join(_quoted(f.column or f.attname) for f in fields)
    values = ", ".join(f"told.{_quoted(f.attname)}" for f in fields)
    statement = (
        f"INSERT INTO {_quoted(meta.db_table)} ({columns}) "
        f"SELECT {values} FROM jsonb_to_recordset(%s) AS told ({types})"
    )
    # The connection itself: what stands for it looks it up anew for each value.
    itself = connections[connection.alias]
    spelling = [(f.attname, _speller(f, itself)) for f in fields]
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), AT_ONCE):
            some = rows[begin : begin + AT_ONCE]
            cursor.execute(_KEYS, [_quoted(meta.db_table), meta.pk.column, len(some)])
            for row, (key,) in zip(some, cursor.fetchall(), strict=True):
                row.pk = key
            told = [{name: spell(getattr(row, name)) for name, spell in spelling} for row in some]
            cursor.execute(statement, [json.dumps(told, default=_plain)])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


# Any: what a field takes, and what the database's driver gets.
def _speller(
    field: "models.Field[Any, Any]", itself: BaseDatabaseWrapper
) -> Callable[[Any], object]:
    """Return what spells a field's value; what is plain stays as it is, but a secret is sealed."""
    spell = partial(field.get_db_prep_save, connection=itself)
    if isinstance(field, models.BinaryField):
        return spell
    return lambda value: value if type(value) in _AS_THEY_ARE else spell(value)


def _spelled(row: models.Model, fields: Sequence["models.Field[Any, Any]"]) -> dict[str, object]:
    return {f.attname: f.get_prep_value(getattr(row, f.attname)) for f in fields}


# Any: what a field hands to the database's driver.
def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Jsonb):
        return value.obj
    if isinstance(value, Binary):
        return f"\\x{bytes(value.obj).hex()}"
    if isinstance(value, IPv4Address | IPv6Address):
        return str(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not told as JSON")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def key_of(text: str) -> int | None:
    """Return the key that a stranger's text spells, or None where it can be none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
