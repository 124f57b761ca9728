"""How entries of the audit trail are spelled and digested; nobody without the key can do it."""

import hmac
import json
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection

from doorward.kit import vault
from doorward.kit.rows import array_of
from doorward.tenancy.models import AuditSeal

# How entries are spelled today. A seal tells its form: what was sealed under one is checked by it.
FORM = 2
SIZE = 32
_FACTS = """
  entry.id, entry.node_id,
  -- A moment that is none must not stop the sealing of all others.
  CASE WHEN isfinite(entry.at) THEN to_jsonb((extract(epoch FROM entry.at) * 1000000)::bigint)
    ELSE to_jsonb(entry.at::text) END,
  entry.actor,
  entry.account_id, entry.address::text, entry.verb, entry.subject, entry.subject_id, entry.label,
  entry.before, entry.after
"""
# By form: all of an entry as one text. The database spells it, so that it is the same when it is
# written and when it is checked, whatever Python makes of a number or a moment.
SPELLINGS = {
    # When nobody acted for another yet: an entry of then for which it is said now was changed.
    1: f"""
jsonb_build_array({_FACTS})::text || CASE
  WHEN entry.acting_for = '' AND entry.acting_for_account_id IS NULL THEN '' ELSE '+' END
""",
    2: f"jsonb_build_array({_FACTS}, entry.acting_for, entry.acting_for_account_id)::text",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def digest_of_entry(form: int, spelled: str) -> bytes:
    return _digest("audit entry", f"{form}:{spelled}".encode())


def digest_of_seal(seal: AuditSeal, before: bytes) -> bytes:
    """Return what the digest of a seal has to be after one of the digest `before`."""
    made = (seal.made_at - _EPOCH) // timedelta(microseconds=1)
    count = len(seal.entries)
    head = [seal.number, made, seal.form, seal.settled, seal.seen, seal.last, seal.total, count]
    keys = struct.pack(f">{count}q", *seal.entries)
    return _digest(
        "audit seal", json.dumps(head).encode() + b"\n" + before + keys + bytes(seal.digests)
    )


def spelled(seal: AuditSeal) -> list[tuple[int, str]]:
    """Return those entries of a seal that are there, each with its id as one text."""
    statement = (
        f"SELECT entry.id, {SPELLINGS[seal.form]} FROM tenancy_auditentry AS entry "  # noqa: S608
        "WHERE entry.id = ANY(%s::bigint[])"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [array_of(seal.entries)])
        found: list[tuple[int, str]] = cursor.fetchall()
        return found


def pieces(digests: bytes) -> Iterator[bytes]:
    """Yield the digests of single entries."""
    for begin in range(0, len(digests), SIZE):
        yield digests[begin : begin + SIZE]


def joined(form: int, texts: Sequence[str]) -> bytes:
    """Return the digests of entries, one after the other."""
    return b"".join(digest_of_entry(form, text) for text in texts)


def _digest(purpose: str, content: bytes) -> bytes:
    return hmac.digest(vault.derive(purpose), content, "sha256")
