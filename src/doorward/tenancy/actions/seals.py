"""Sealing what the audit trail has got since: apart from the deeds, which wait for nothing."""

import logging
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from doorward.tenancy import chain, heads
from doorward.tenancy.models import AuditSeal

logger = logging.getLogger(__name__)

# Entries that one seal covers.
MOST = 1_000
# Tells our advisory lock from others' ("SEAL").
_LOCK = 0x5345414C
# Since when the oldest transaction is open that may still write; ours aside. Where the server
# keeps no account of them, one may be open since ever.
_OLDEST = """
SELECT CASE WHEN current_setting('track_activities')::bool
  THEN (SELECT min(xact_start) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid())
  ELSE to_timestamp(0) END
"""
_SEEN = """
SELECT coalesce(
  pg_sequence_last_value(pg_get_serial_sequence('tenancy_auditentry', 'id')::regclass), 0
)
"""
_UNSEALED = f"""
SELECT entry.id, {chain.SPELLINGS[chain.FORM]}
FROM tenancy_auditentry AS entry
LEFT JOIN (
  SELECT unnest(entries) AS id FROM tenancy_auditseal WHERE number >= 1 AND last > %(after)s
) AS sealed ON sealed.id = entry.id
WHERE entry.id > %(after)s AND sealed.id IS NULL
ORDER BY entry.id LIMIT %(most)s
"""  # noqa: S608 (nothing of a stranger's)


class _Run(NamedTuple):
    """Where a run goes on, and up to which id nothing was on its way any more when it began."""

    after: int
    settling: int


def seal_entries() -> None:
    """Seal every entry that is committed; several may try, one does it.

    Deeds are not held up: who writes an entry takes no lock, and an entry that is committed late
    is found by the next run, for as long as a transaction is open that may bring one.
    """
    run: _Run | None = None
    more = True
    while more:
        with transaction.atomic():
            run, more = _seal_some(run)
    if newest := AuditSeal.objects.order_by("-number").first():
        heads.keep(newest)


def _seal_some(run: _Run | None) -> tuple[_Run, bool]:
    """Make one seal if there is anything to seal; say where to go on, and whether to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    newest = AuditSeal.objects.order_by("-number").first()
    run = run or _begun(newest)
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, {"after": run.after, "most": MOST})
        found: list[tuple[int, str]] = cursor.fetchall()
    more = len(found) == MOST
    last = found[-1][0] if found else 0
    settled = min(run.settling, last) if more else run.settling
    if newest:
        settled = max(settled, newest.settled)
    if found or (newest and settled > newest.settled):
        _make(newest, found, settled)
    return _Run(last, run.settling), more


def _begun(newest: AuditSeal | None) -> _Run:
    """Return where to begin: what was begun before a seal is settled once no transaction is older.

    Asked before entries are looked for: whatever ended until then is seen.
    """
    if newest is None:
        return _Run(0, 0)
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        (oldest,) = cursor.fetchone()
    ended = AuditSeal.objects.all() if oldest is None else _made_before(oldest)
    seen = ended.order_by("-number").values_list("seen", flat=True).first()
    return _Run(newest.settled, max(newest.settled, seen or 0))


def _made_before(oldest: datetime) -> QuerySet[AuditSeal]:
    return AuditSeal.objects.filter(made_at__lt=oldest)


def _make(newest: AuditSeal | None, found: list[tuple[int, str]], settled: int) -> None:
    begun, now = _begun_and_now()
    keys = [key for key, _text in found]
    seal = AuditSeal(
        number=newest.number + 1 if newest else 1,
        made_at=now,
        form=chain.FORM,
        settled=settled,
        seen=begun,
        last=max(keys, default=0),
        total=(newest.total if newest else 0) + len(keys),
        entries=keys,
        digests=chain.joined(chain.FORM, [text for _key, text in found]),
    )
    seal.digest = chain.digest_of_seal(seal, bytes(newest.digest) if newest else b"")
    seal.save(force_insert=True)
    # Told once an hour: by a log that goes elsewhere one sees later that the chain was cut.
    if newest is None or _hour(newest.made_at) != _hour(now):
        logger.info("sealed %d entries of the audit trail, head %s", seal.total, seal)


def _begun_and_now() -> tuple[int, datetime]:
    """Return the highest id that an entry was begun with, and a time that is not before that."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN)
        (begun,) = cursor.fetchone()
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return begun, now


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
