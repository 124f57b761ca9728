"""What a connector's beat says of itself and of its devices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from django.db import connection, transaction

from doorward.devices.actions import timeline
from doorward.devices.actions.connectors import MOST
from doorward.devices.actions.devices import (
    STATE_FIELDS,
    take_condition,
    take_state,
    topics_of,
)
from doorward.devices.actions.reboots import note_return
from doorward.devices.actions.timeline import WATCHED
from doorward.devices.models import Device
from doorward.devices.models.devices import SKEW_SECONDS
from doorward.kit import clock, live, rows
from doorward.kit.rows import key_of
from doorward.protocols.link.frames import DeviceState

# Those that are held until the transaction ends are looked at again, so that a younger link counts.
_NOTE: LiteralString = """
WITH told AS (
    SELECT * FROM unnest(%(connectors)s::bigint[], %(sinces)s::timestamptz[], %(depths)s::int[])
        AS told (id, since, depth)
),
standing AS (
    SELECT connector.id, told.since, told.depth
    FROM devices_connector connector JOIN told USING (id)
    WHERE connector.revoked_at IS NULL
        AND (connector.online_since IS NULL OR connector.online_since <= told.since)
    ORDER BY connector.id
    FOR NO KEY UPDATE OF connector
)
UPDATE devices_connector connector
SET online_since = COALESCE(connector.online_since, standing.since),
    last_seen_at = %(at)s,
    spool_depth = standing.depth
FROM standing WHERE connector.id = standing.id
RETURNING connector.id
"""
_NEEDED = (*STATE_FIELDS, "node", "site", "connector")


@dataclass(frozen=True)
class Told:
    """A connector's beat over a link that stands `since`; `changed` are devices it says more of."""

    connector: int
    since: datetime
    spool_depth: int
    changed: Collection[DeviceState]


def note_states(
    connector: int, since: datetime, spool_depth: int, changed: Collection[DeviceState]
) -> bool:
    """Note one beat; see `note_beats`."""
    return note_beats([Told(connector, since, spool_depth, changed)])[0]


@transaction.atomic
def note_beats(beats: Sequence[Told]) -> list[bool]:
    """Note that links live; connectors that were thought silent are there again.

    Return for each False, and note nothing of it, where a younger link of its connector stands, in
    whatever process.
    """
    youngest = {beat.connector: beat for beat in sorted(beats, key=lambda beat: beat.since)}
    standing = _note_connectors(list(youngest.values()))
    stands = [
        beat.connector in standing and beat.since == youngest[beat.connector].since
        for beat in beats
    ]
    _note_devices([beat for beat, counts in zip(beats, stands, strict=True) if counts])
    return stands


def _note_connectors(beats: Sequence[Told]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {
                "connectors": [beat.connector for beat in beats],
                "sinces": [beat.since for beat in beats],
                "depths": [max(0, min(beat.spool_depth, MOST)) for beat in beats],
                "at": clock.now(),
            },
        )
        return {key for (key,) in cursor.fetchall()}


def _note_devices(beats: Sequence[Told]) -> None:
    told = {
        (beat.connector, key): state
        for beat in beats
        for state in beat.changed
        if (key := key_of(state.device)) is not None
    }
    if not told:
        return
    held = Device.objects.filter(pk__in=[key for _, key in told]).only(*_NEEDED).order_by("pk")
    known = [
        device
        for device in held.select_for_update(no_key=True)
        if (device.connector_id, device.pk) in told
    ]
    before = {device.pk: {name: getattr(device, name) for name in WATCHED} for device in known}
    moved = [d for d in known if _take(d, told[d.connector_id, d.pk])]
    if not moved:
        return
    rows.update_many(moved, STATE_FIELDS)
    now = clock.now()
    timeline.record(
        moment
        for device in moved
        for moment in timeline.changes(device, before[device.pk], now, jump=SKEW_SECONDS)
    )
    note_return([device.pk for device in moved if timeline.is_back(device, before[device.pk])])
    live.publish(
        topic for device in moved for topic in (*topics_of(device), f"site:{device.site_id}:doors")
    )


def _take(device: Device, state: DeviceState) -> bool:
    problem = state.problem.value if state.problem else ""
    told = take_condition(device, state)
    skew = state.clock_skew
    return take_state(device, online=state.online, problem=problem, clock_skew=skew) or told
