"""A connection of its own, over which long work tells how far it is while its transaction is open.

As long as it is open, it holds the work: nobody else begins it. With the process that holds it the
connection ends, and the hold with it.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

from doorward.kit import clock, live

# Tells our advisory locks from others' ("WORK").
_HOLDS = 0x574F524B
# After a minute of silence the other end is gone: a lost machine holds its work no longer.
_KEEPALIVE = (
    "SELECT set_config('tcp_keepalives_idle', '30', false),"
    " set_config('tcp_keepalives_interval', '10', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)
_TELL = """
UPDATE files_work
SET total = %s, done = %s, counts = %s, fault_count = %s, heard_at = %s
WHERE id = %s AND state = 'running' RETURNING cancel_asked
"""


@dataclass(frozen=True)
class Progress:
    """How far a work is."""

    total: int | None
    done: int
    counts: dict[str, int]
    fault_count: int


class Teller:
    """Tells of one work; `holds` says whether the work is ours to do."""

    def __init__(self, work: int) -> None:
        self._work = work
        # Any: what Django hands its own driver.
        options: dict[str, Any] = connection.get_connection_params()
        self._connection = psycopg.connect(**options, autocommit=True)
        self._connection.execute(_KEEPALIVE)
        asked = (_HOLDS, work % 2**31)
        row = self._connection.execute("SELECT pg_try_advisory_lock(%s, %s)", asked).fetchone()
        self.holds = bool(row and row[0])

    def tell(self, progress: Progress, topics: tuple[str, ...]) -> bool:
        """Write how far it is and wake the pages that show it; return whether it shall stop."""
        told = (
            progress.total,
            progress.done,
            Jsonb(progress.counts),
            progress.fault_count,
            clock.now(),
            self._work,
        )
        with self._connection.cursor() as cursor:
            row = cursor.execute(_TELL, told).fetchone()
            live.publish(topics, cursor)
        return bool(row and row[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
