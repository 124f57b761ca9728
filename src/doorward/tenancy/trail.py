"""Reading the audit trail against its seals: what was changed, removed or slipped in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection

from doorward.kit.rows import array_of
from doorward.tenancy import chain
from doorward.tenancy.heads import Head
from doorward.tenancy.models import AuditSeal

# Seals that are fetched at once, each with up to a thousand entries.
_AT_ONCE = 20
# What was added is told of so many entries and not of more.
_TOLD = 1_000
# The database sorts this out on disk where there are millions.
_ADDED = """
SELECT entry.id FROM tenancy_auditentry AS entry
LEFT JOIN (SELECT unnest(entries) AS id FROM tenancy_auditseal WHERE number >= 1) AS sealed
    ON sealed.id = entry.id
WHERE entry.id <= %s AND sealed.id IS NULL
ORDER BY entry.id LIMIT %s
"""
# A moment may have become one that Python has none for.
_CALLED = """
SELECT id,
  CASE WHEN isfinite(at) THEN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
    ELSE at::text END,
  concat_ws(' ', actor, verb, label)
FROM tenancy_auditentry WHERE id = ANY(%s::bigint[])
"""


@dataclass
class Read:
    """How far a check has come: it grows while faults are taken from it."""

    entries: int = 0
    seals: int = 0
    newest: AuditSeal | None = None
    heads: list[Head] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """Yield what does not fit, a sentence each, in the order of the chain."""
        for seal in _seals():
            if seal.number < 1:
                yield f"seal {seal.number}: added by a stranger, as ours are numbered from 1"
                continue
            yield from self._out_of_line(seal)
            yield from _faults_under(seal)
            self.entries += len(seal.entries)
            self.seals += 1
            self.newest = seal
        yield from self._cut()
        yield from _added(self.newest.settled if self.newest else 0)

    def _out_of_line(self, seal: AuditSeal) -> Iterator[str]:
        before, expected = self.newest, self.newest.number + 1 if self.newest else 1
        if seal.number != expected:
            gap = f"{expected}" if seal.number == expected + 1 else f"{expected}–{seal.number - 1}"
            yield (
                f"seal {gap}: missing, and with it the proof of its entries "
                f"and of those of seal {seal.number}"
            )
            return
        digest = bytes(before.digest) if before else b""
        if chain.digest_of_seal(seal, digest) == bytes(seal.digest):
            return
        if before is None:
            yield (
                "seal 1: it was not made with this installation's master key, "
                "or was changed afterwards"
            )
        else:
            yield f"seal {seal.number}: changed after it was made, or put in another's place"

    def _cut(self) -> Iterator[str]:
        for head in self.heads:
            if not head.stands:
                number = self.newest.number if self.newest else 0
                end = f"the chain ends at {number}" if head.number > number else "another is there"
                yield (
                    f"seal {head.number}: it was there and is no longer ({end}); entries were cut "
                    "off and may have been written anew, or an earlier backup was restored"
                )


def _seals() -> Iterator[AuditSeal]:
    rows = AuditSeal.objects.order_by("number")
    some = list(rows[:_AT_ONCE])
    while some:
        yield from some
        some = list(rows.filter(number__gt=some[-1].number)[:_AT_ONCE])


def _faults_under(seal: AuditSeal) -> Iterator[str]:
    if seal.form not in chain.SPELLINGS:
        yield f"seal {seal.number}: made by a newer version of Doorward than this"
        return
    told, sealed = chain.spelled(seal), list(chain.pieces(bytes(seal.digests)))
    there = dict(told)
    if len(there) != len(told):
        # Only whoever owns the table can do so: it has a primary key.
        yield f"seal {seal.number}: some of its entries are there twice"
    if len(sealed) != len(seal.entries):
        # The seal itself is told already.
        return
    wrong: dict[int, str] = {}
    for key, digest in zip(seal.entries, sealed, strict=True):
        if key not in there:
            wrong[key] = "missing, removed"
        elif chain.digest_of_entry(seal.form, there[key]) != digest:
            wrong[key] = "changed"
    names = _names(wrong)
    for key, what in wrong.items():
        yield f"{names[key]}: {what} after it was sealed ({_time(seal.made_at)})"


def _added(settled: int) -> Iterator[str]:
    """Yield the entries that stand among sealed ones and were never sealed."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDED, [settled, _TOLD])
        keys = [key for (key,) in cursor.fetchall()]
    for name in _names(keys).values():
        yield f"{name}: added among entries that were sealed without it"


def _names(keys: Collection[int]) -> dict[int, str]:
    """Return how entries are called, by what stands there now, whatever that is."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [array_of(keys)])
        told = {key: f" ({at}, {words})" for key, at, words in cursor.fetchall()}
    return {key: f"entry {key}{told.get(key, '')}" for key in keys}


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
