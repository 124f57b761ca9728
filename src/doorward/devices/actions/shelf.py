"""Keeping the shelf: what changed gets the device's next revision, set by set, in SQL.

A room that owns a kind of entry gives a query for `(device_id, key, digest)`; nothing here
knows what the entries mean.
"""

from collections.abc import Collection, Mapping
from typing import Any, LiteralString

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from doorward.devices.actions import timeline
from doorward.devices.models import Device, ShelfEntry, ShelfHead
from doorward.kit import clock, live
from doorward.kit.rows import key_of
from doorward.protocols import neutral

CHANNEL = "shelf"

_SHELVE: LiteralString = """
WITH desired AS MATERIALIZED ({desired}),
changed AS (
    SELECT desired.device_id, desired.key, desired.digest, FALSE AS gone, held.ctid AS place
    FROM desired
    LEFT JOIN devices_shelfentry held
        ON held.device_id = desired.device_id AND held.kind = %(kind)s AND held.key = desired.key
        -- Said once more, lest the shelves of all devices be read for these.
        AND held.device_id = ANY(%(devices)s)
    WHERE held.id IS NULL OR held.gone OR held.digest <> desired.digest
    UNION ALL
    SELECT held.device_id, held.key, held.digest, TRUE, held.ctid
    FROM devices_shelfentry held
    LEFT JOIN desired ON desired.device_id = held.device_id AND desired.key = held.key
    WHERE held.kind = %(kind)s
        AND held.device_id = ANY(%(devices)s)
        AND (%(keys)s::bigint[] IS NULL OR held.key = ANY(%(keys)s))
        AND NOT held.gone
        AND desired.key IS NULL
),
heads AS (
    UPDATE devices_shelfhead head SET revision = head.revision + 1
    FROM (SELECT DISTINCT device_id FROM changed) those
    WHERE head.device_id = those.device_id
    RETURNING head.device_id, head.revision
),
-- Whether and where a row is there is known, and stays so under the head's lock: to insert "or
-- else update" costs twice as much a row.
added AS (
    INSERT INTO devices_shelfentry (device_id, kind, key, revision, digest, gone, failure)
    SELECT changed.device_id, %(kind)s, changed.key, heads.revision, changed.digest, FALSE, ''
    FROM changed JOIN heads USING (device_id)
    WHERE changed.place IS NULL
    ORDER BY changed.device_id, changed.key
),
moved AS (
    UPDATE devices_shelfentry entry
    SET revision = heads.revision, digest = changed.digest, gone = changed.gone,
        synced_at = NULL, failure = ''
    FROM changed JOIN heads USING (device_id)
    WHERE changed.place IS NOT NULL AND entry.ctid = changed.place
)
SELECT device_id FROM heads
"""

_SETTLE: LiteralString = """
UPDATE devices_shelfentry entry
SET failure = COALESCE(failed.why, ''),
    synced_at = CASE
        WHEN failed.why IS NULL AND %(complete)s THEN COALESCE(entry.synced_at, %(at)s)
    END
FROM devices_shelfentry own
LEFT JOIN unnest(%(kinds)s::text[], %(keys)s::bigint[], %(whys)s::text[])
    AS failed (kind, key, why) ON failed.kind = own.kind AND failed.key = own.key
WHERE entry.ctid = own.ctid
    AND own.device_id = %(device)s
    AND own.revision <= %(revision)s
    AND (own.synced_at IS NULL OR failed.why IS NOT NULL)
"""

# The same for many devices at once, none of which has failures or had any.
_CONFIRM: LiteralString = """
UPDATE devices_shelfhead head
SET confirmed = GREATEST(
        told.revision, CASE WHEN head.confirmed_epoch = head.epoch THEN head.confirmed ELSE 0 END
    ),
    confirmed_epoch = head.epoch,
    confirmed_at = %(at)s
FROM unnest(%(devices)s::bigint[], %(epochs)s::bigint[], %(revisions)s::bigint[])
    AS told (device, epoch, revision)
WHERE head.device_id = told.device AND head.epoch = told.epoch AND told.revision <= head.revision
RETURNING head.device_id, head.confirmed >= head.revision
"""
_SYNCED: LiteralString = """
UPDATE devices_shelfentry entry SET synced_at = %(at)s
FROM devices_shelfhead head, unnest(
    %(devices)s::bigint[], %(epochs)s::bigint[], %(revisions)s::bigint[]
) AS told (device, epoch, revision)
WHERE entry.device_id = told.device
    AND head.device_id = told.device
    AND head.epoch = told.epoch
    AND told.revision <= head.revision
    AND entry.revision <= told.revision
    AND entry.synced_at IS NULL
"""

_SYNC_CLOCKS: LiteralString = """
SELECT device.id AS device_id, 0::bigint AS key,
    decode(md5(
        jsonb_build_array(site.zone, site.time_format, site.date_format, %(ntp)s::text)::text
    ), 'hex') AS digest
FROM devices_device device JOIN sites_site site ON site.id = device.site_id
WHERE device.id = ANY(%(devices)s)
"""

_SYNC_RELAYS: LiteralString = """
SELECT door.device_id, door.relay::bigint AS key,
    decode(md5(jsonb_build_array(door.name, door.hold_seconds)::text), 'hex') AS digest
FROM devices_door door
WHERE door.device_id = ANY(%(devices)s)
"""


def lock_heads(devices: Collection[int]) -> None:
    """Hold the heads of these devices until the transaction ends, in an order without deadlock."""
    heads = ShelfHead.objects.select_for_update().filter(device__in=devices).order_by("device")
    list(heads.values_list("device", flat=True))


def shelve(
    kind: neutral.Kind,
    desired: LiteralString,
    devices: Collection[int],
    *,
    keys: Collection[int] | None = None,
    facts: Mapping[str, str] | None = None,
) -> set[int]:
    """Bring one kind of entry on these devices' shelves to what `desired` selects.

    `keys` limits the work to these entries; `desired` must then select no others. The caller
    holds the heads. Return the devices whose shelf changed.
    """
    values: dict[str, Any] = {
        **(facts or {}),
        "kind": kind.value,
        "devices": list(devices),
        "keys": None if keys is None else list(keys),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHELVE.format(desired=desired), values)
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def refresh_settings(devices: Collection[int], *, ntp_servers: Collection[str]) -> None:
    """Bring clocks and relays of these devices to what sites and doors say."""
    lock_heads(devices)
    changed = shelve(
        neutral.Kind.CLOCK, _SYNC_CLOCKS, devices, facts={"ntp": ",".join(ntp_servers)}
    )
    changed |= shelve(neutral.Kind.RELAY, _SYNC_RELAYS, devices)
    tell(changed)


def mark_stale(devices: Collection[int]) -> None:
    """Note that facts have changed which these shelves do not follow yet; the heads are held."""
    since = Coalesce(F("stale_since"), Value(clock.now()))
    ShelfHead.objects.filter(device__in=devices).update(stale_since=since)
    _show_working(devices)


def mark_fresh(devices: Collection[int]) -> None:
    """Note that these shelves follow the facts from this transaction on; the heads are held."""
    stale = ShelfHead.objects.filter(device__in=devices, stale_since__isnull=False)
    if stale.update(stale_since=None):
        _show_working(devices)


def _show_working(devices: Collection[int]) -> None:
    sites = Device.objects.filter(pk__in=devices).values_list("site", flat=True).distinct()
    live.publish(f"site:{site}:rights" for site in sites.order_by())
    live.publish(f"device:{device}" for device in devices)


def tell(devices: Collection[int]) -> None:
    """Wake whoever carries changes to these devices, and the pages that show them."""
    if devices:
        live.wake(CHANNEL, sorted(devices))
        live.publish(f"device:{device}" for device in devices)


@transaction.atomic
def confirm(
    device: int,
    *,
    epoch: int,
    revision: int,
    failures: Collection[neutral.EntryFailure],
    complete: bool = True,
) -> None:
    """Note that a device was read back to hold a revision, but for some entries.

    Where the failures are not `complete`, nothing is proved of the entries they do not name. A
    word about another epoch is old news and changes nothing.
    """
    lock_heads([device])
    head = ShelfHead.objects.get(device=device)
    if epoch != head.epoch or revision > head.revision:
        return
    now = clock.now()
    head.confirmed = max(revision, head.confirmed if head.confirmed_epoch == epoch else 0)
    head.confirmed_epoch, head.confirmed_at = epoch, now
    head.save(update_fields=["confirmed", "confirmed_epoch", "confirmed_at"])
    known = [failure for failure in failures if key_of(failure.key) is not None]
    failed_before = _failed(device)
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "at": now,
                "device": device,
                "revision": revision,
                "kinds": [failure.kind.value for failure in known],
                "keys": [int(failure.key) for failure in known],
                "whys": [failure.why[:200] for failure in known],
                "complete": complete,
            },
        )
    timeline.note_failures(device, now, before=failed_before, after=_failed(device))
    live.publish([f"device:{device}"])


@transaction.atomic
def confirm_all(applied: Collection[neutral.ChangesApplied]) -> set[int]:
    """Note what devices were read back to hold, all of it; return those that hold everything.

    Of a device that named failures before, or names some now, `confirm` is to be asked.
    """
    told = {int(one.device): (one.epoch, one.revision) for one in applied}
    values: dict[str, Any] = {
        "at": clock.now(),
        "devices": list(told),
        "epochs": [epoch for epoch, _ in told.values()],
        "revisions": [revision for _, revision in told.values()],
    }
    lock_heads(told)
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRM, values)
        moved = dict(cursor.fetchall())
        cursor.execute(_SYNCED, values)
    live.publish(f"device:{device}" for device in moved)
    return {device for device, holds_all in moved.items() if holds_all}


def troubled(devices: Collection[int]) -> set[int]:
    """Return those of these devices that could not take something."""
    failed = ShelfEntry.objects.filter(device__in=devices).exclude(failure="")
    return set(failed.values_list("device", flat=True))


def begin_epoch(device: int) -> None:
    """Forget what the device was thought to hold: it gets everything anew."""
    begin_epochs([device])


@transaction.atomic
def begin_epochs(devices: Collection[int]) -> None:
    """Forget what these devices were thought to hold: they get everything anew."""
    lock_heads(devices)
    ShelfHead.objects.filter(device__in=devices).update(epoch=F("epoch") + 1)
    ShelfEntry.objects.filter(device__in=devices).update(synced_at=None, failure="")
    tell(devices)


@transaction.atomic
def sweep_tombstones(device: int) -> int:
    """Delete confirmed tombstones; return how many. The floor remembers how far."""
    lock_heads([device])
    head = ShelfHead.objects.get(device=device)
    if not head.holds_all:
        return 0
    swept, _details = ShelfEntry.objects.filter(
        device=device, gone=True, synced_at__isnull=False
    ).delete()
    if swept:
        head.floor = head.confirmed
        head.save(update_fields=["floor"])
    return swept


def _failed(device: int) -> int:
    return ShelfEntry.objects.filter(device=device).exclude(failure="").count()
