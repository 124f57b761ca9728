"""Writing rows by the set: what is not told of a column is the model's own default."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Model

# Said while something goes on: what, how many so far, how many in all.
Tell = Callable[[str, int, int], None]


def write(model: type[Model], source: str, /, **columns: str) -> int:
    """Insert a row for each row of a SELECT's FROM; return how many.

    `columns` are SQL by column, made of names and numbers of our own, never of what somebody typed.
    """
    pattern = model()
    names, told, given = [], [], []
    for field in model._meta.concrete_fields:
        if field.generated or (field.primary_key and field.column not in columns):
            continue
        names.append(f'"{field.column}"')
        if field.column in columns:
            told.append(columns[field.column])
        else:
            told.append("%s")
            default = field.pre_save(pattern, add=True)
            given.append(field.get_db_prep_save(default, connection))
    statement = (
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)})'
        f" SELECT {', '.join(told)} FROM {source}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        written: int = cursor.rowcount
        return written


# Any: values of every column.
def stream(model: type[Model], columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    """Copy rows into a table; the values are as the database takes them, for these columns."""
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def block(model: type[Model], count: int) -> int:
    """Take so many keys in a row that nobody else gets; return the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, _key(model).column]
        )
        (sequence,) = cursor.fetchone()
        # Without a change, but with its lock: whoever else takes a key waits until we have ours.
        cursor.execute(f"ALTER SEQUENCE {sequence} NO CYCLE")
        cursor.execute(
            f"SELECT setval('{sequence}', nextval('{sequence}') + %s)",
            [max(0, count - 1)],
        )
        (last,) = cursor.fetchone()
        return int(last) - max(0, count - 1)


def analyze(*tables: type[Model]) -> None:
    """Let the database look at what it has, so that it plans for it."""
    names = ", ".join(f'"{model._meta.db_table}"' for model in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


@contextmanager
def words_at_once(index: str) -> Iterator[None]:
    """Put what an index of words has to learn aside, and sort it in at once, in the end.

    That takes a fifth of the time, and searches find everything meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '1GB'")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])


def _key(model: type[Model]) -> "models.Field[Any, Any]":
    return model._meta.pk
