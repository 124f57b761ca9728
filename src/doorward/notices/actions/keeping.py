"""How long notices are kept."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from doorward.kit import clock
from doorward.notices.actions.telling import recount

KEPT = timedelta(days=90)
# Of one account; the oldest go.
MOST = 1_000
# Rows that one statement deletes.
_AT_ONCE = 20_000

_OLD = """
DELETE FROM notices_notice WHERE id IN (SELECT id FROM notices_notice WHERE at < %s LIMIT %s)
RETURNING account_id
"""
_TOO_MANY = """
DELETE FROM notices_notice WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY account_id ORDER BY at DESC, id DESC) AS place
        FROM notices_notice
    ) AS counted
    WHERE place > %s LIMIT %s
)
RETURNING account_id
"""


def forget_old() -> int:
    """Delete what is old, and what is beyond so many of an account; return how many."""
    return _forget(_OLD, clock.now() - KEPT) + _forget(_TOO_MANY, MOST)


def _forget(statement: str, bound: datetime | int) -> int:
    gone = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [bound, _AT_ONCE])
            accounts = [key for (key,) in cursor.fetchall()]
            recount(accounts)
        gone += len(accounts)
        if len(accounts) < _AT_ONCE:
            return gone
