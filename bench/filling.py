"""Writing long logs soon: their indexes are built once the rows are there.

Imported by a process of the installation itself: see `Installation.shell`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from doorward.demo.sizes.filling import fill
from doorward.demo.sizes.size import Size

_LOG = "activity_doorevent"
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), conname,
        pg_get_constraintdef(pg_constraint.oid)
    FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid
    WHERE indrelid = %s::regclass AND NOT indisprimary
"""


def at_once(sizes: Sequence[Mapping[str, int]]) -> int:
    """Add so much, one after the other; return the key of the first site of the first.

    All of it comes or nothing; the database has tidied up and looked at what it has in the end.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    with transaction.atomic(), _log_without_indexes():
        sites = [fill(Size(**size)).places.sites for size in sizes]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return sites[0]


@contextmanager
def _log_without_indexes() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [_LOG])
        indexes = cursor.fetchall()
        for index, _, constraint, _ in indexes:
            if constraint:
                cursor.execute(f"ALTER TABLE {_LOG} DROP CONSTRAINT {constraint}")
            else:
                cursor.execute(f"DROP INDEX {index}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _, made, constraint, claim in indexes:
            if constraint:
                cursor.execute(f"ALTER TABLE {_LOG} ADD CONSTRAINT {constraint} {claim}")
            else:
                # It is told as of the table alone, without its months.
                cursor.execute(made.replace(" ON ONLY ", " ON ", 1))
