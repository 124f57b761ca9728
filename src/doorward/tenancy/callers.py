"""Who calls the API: a token's account, where it stands and how much it has asked, in one query.

Every request pays for this before it does anything, so it is one statement: no object for the
token, no second question for the standings, and the count of the minute in an unlogged table.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import Cursor

from doorward.kit.api.limits import SECONDS, Bucket, minute_of
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Grant, Role
from doorward.tenancy.places import is_suspended
from doorward.tenancy.support import apps_refused

_BEARER = """
WITH caller AS (
    SELECT token.id AS token_id, token.used_at AS token_used_at, account.*
    FROM tenancy_apitoken token JOIN tenancy_account account ON account.id = token.account_id
    WHERE token.digest = %(digest)s AND token.revoked_at IS NULL AND account.is_active
), counted AS (
    INSERT INTO tenancy_api_use AS known (caller, minute, asked)
    SELECT 'token ' || token_id || %(bucket)s, %(minute)s, 1 FROM caller
    ON CONFLICT (caller) DO UPDATE SET
        asked = CASE WHEN known.minute = excluded.minute THEN known.asked + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING asked
), noted AS (
    UPDATE tenancy_apitoken SET used_at = %(at)s FROM caller
    WHERE tenancy_apitoken.id = caller.token_id
        AND (caller.token_used_at IS NULL OR caller.token_used_at < %(at)s - interval '1 hour')
)
SELECT counted.asked, (
    SELECT array_agg(
        concat_ws(' ', standing.role, node.id, node.path, array_to_string(standing.grants, ','))
        ORDER BY standing.id
    )
    FROM tenancy_standing standing JOIN tenancy_node node ON node.id = standing.node_id
    -- A role at a deleted site is of no use until the site is back.
    WHERE standing.account_id = caller.id AND left(node.path, 3) <> '/0/' AND (
        standing.role = 'personnel' OR NOT EXISTS (
            SELECT FROM tenancy_node shut
            WHERE shut.suspended_at IS NOT NULL AND (
                shut.id = node.id
                OR shut.kind = 'installer' AND starts_with(node.path, shut.path)
            )
        )
    )
), EXISTS (
    SELECT FROM tenancy_standing standing JOIN tenancy_accountaccess access
        ON access.node_id = standing.node_id AND access.account_id IS NULL
    WHERE standing.account_id = caller.id AND NOT access.app_allowed
        AND standing.role IN ('installer', 'sub_installer')
), caller.*
FROM caller CROSS JOIN counted
"""
_SIGNED_IN = """
INSERT INTO tenancy_api_use AS known (caller, minute, asked)
VALUES ('account ' || %(account)s || %(bucket)s, %(minute)s, 1)
ON CONFLICT (caller) DO UPDATE SET
    asked = CASE WHEN known.minute = excluded.minute THEN known.asked + 1 ELSE 1 END,
    minute = excluded.minute
RETURNING asked
"""
_FORGET = "DELETE FROM tenancy_api_use WHERE minute < %s"
_KEPT_MINUTES = 24 * 3600 // SECONDS


@dataclass(frozen=True)
class Caller:
    """Who calls, and the how-manieth request of this minute it is."""

    actor: Actor
    asked: int


def of_token(text: str, bucket: Bucket, at: datetime, address: str) -> Caller | None:
    """Return whose live token this is, or None; the request is counted, and its hour noted.

    Raise `Forbidden` where the installer lets no tokens in.
    """
    told = {
        "digest": hashlib.sha256(text.encode()).digest(),
        "bucket": f" {bucket.name}",
        "minute": minute_of(at),
        "at": at,
    }
    connection.ensure_connection()
    # Django's own cursors have each statement planned anew, which here takes longer than it runs.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        row = cursor.execute(_BEARER, told, prepare=True).fetchone()
        names = [column.name for column in cursor.description or ()]
    if row is None:
        return None
    asked, places, shut_out, *values = row
    if shut_out:
        raise apps_refused()
    account = _account(dict(zip(names[3:], values, strict=True)))
    # Whose every role is suspended with its organisation is a stranger.
    if not places and is_suspended(account):
        return None
    actor = Actor(account.username, account, tuple(map(_place, places or ())), address)
    return Caller(actor, asked)


def count_session(account: Account, bucket: Bucket, at: datetime) -> int:
    """Return the how-manieth request of this minute it is, over all of an account's sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SIGNED_IN,
            {"account": account.pk, "bucket": f" {bucket.name}", "minute": minute_of(at)},
        )
        asked: int = cursor.fetchone()[0]
    return asked


def forget_counts(at: datetime) -> int:
    """Delete the counts of callers who have asked nothing for a day; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [minute_of(at) - _KEPT_MINUTES])
        return int(cursor.rowcount)


def _account(row: dict[str, Any]) -> Account:
    fields = Account._meta.concrete_fields
    values = [row[str(field.column)] for field in fields]
    return Account.from_db(connection.alias, [field.attname for field in fields], values)


def _place(text: str) -> Place:
    role, node, path, grants = text.split(" ")
    return Place(
        Role(role), int(node), path, frozenset(map(Grant, filter(None, grants.split(","))))
    )
