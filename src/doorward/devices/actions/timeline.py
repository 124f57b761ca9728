"""Writing the lives of devices: set by set, and never more than is worth keeping."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection

from doorward.devices.models import Device, Moment
from doorward.kit import clock, live

KEPT = timedelta(days=90)
KEPT_OF_EACH = 1_000

# The connectors' devices that were reachable, in one statement for all of them.
_BEHIND = """
INSERT INTO devices_moment (node_id, device_id, at, kind, facts)
SELECT node_id, id, %(at)s, %(kind)s, '{"connector": true}' FROM devices_device
WHERE connector_id = ANY(%(connectors)s) AND reachable
"""
_SWEEP = """
DELETE FROM devices_moment WHERE id IN (
    SELECT id FROM (
        SELECT id, at, row_number() OVER (PARTITION BY device_id ORDER BY at DESC, id DESC) place
        FROM devices_moment) listed
    WHERE place > %s OR at < %s)
"""


# Any fact is a number, a text or a list of texts: what a sentence is made of.
def moment(device: Device, kind: str, at: datetime, **facts: object) -> Moment:
    return Moment(node_id=device.node_id, device=device, at=at, kind=kind, facts=facts)


def record(moments: Iterable[Moment]) -> None:
    """Add moments and wake the pages that show these devices."""
    written = Moment.objects.bulk_create(moments)
    live.publish({topic(one.device_id) for one in written})


def note_presence(connectors: Collection[int], *, here: bool) -> None:
    """Note of all devices behind connectors that they went or came back together with them."""
    if not connectors:
        return
    kind = Moment.Kind.ONLINE if here else Moment.Kind.OFFLINE
    with connection.cursor() as cursor:
        cursor.execute(
            _BEHIND, {"at": clock.now(), "kind": kind.value, "connectors": list(connectors)}
        )


def note_failures(device: int, at: datetime, *, before: int, after: int) -> None:
    """Note that a device could not take so many changes, or that it has taken them now."""
    if before == after:
        return
    row = Device.objects.only("node_id").get(pk=device)
    if after:
        record([moment(row, Moment.Kind.NOT_TAKEN, at, count=after)])
    else:
        record([moment(row, Moment.Kind.TAKEN, at)])


def sweep() -> None:
    """Forget what is too old, or more than is kept of a device."""
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, [KEPT_OF_EACH, clock.now() - KEPT])


def changes(
    device: Device, before: Mapping[str, object], at: datetime, *, jump: int
) -> list[Moment]:
    """Return the moments that lie between how a row was and how it is; `jump` in seconds.

    `before` has the fields of `WATCHED`.
    """
    found = []
    if before["reachable"] and not device.reachable and device.problem:
        found.append(moment(device, Moment.Kind.OFFLINE, at, problem=device.problem))
    elif is_back(device, before):
        found.append(moment(device, Moment.Kind.ONLINE, at))
    old, new = _codes(before["findings"]), _codes(device.findings)
    for codes, kind in ((new - old, Moment.Kind.FOUND), (old - new, Moment.Kind.MENDED)):
        found += [moment(device, kind, at, code=code) for code in sorted(codes)]
    was, is_now = before["clock_skew"], device.clock_skew
    if isinstance(was, int) and is_now is not None and abs(is_now - was) > jump:
        found.append(moment(device, Moment.Kind.CLOCK, at, before=was, after=is_now))
    return found


def is_back(device: Device, before: Mapping[str, object]) -> bool:
    """False where it was there, or its connector had only just come and had not asked it yet."""
    was_away = bool(before["problem"]) or before["seen_at"] is None
    return device.reachable and not before["reachable"] and was_away


WATCHED = ("reachable", "problem", "seen_at", "findings", "clock_skew")


def topic(device: int) -> str:
    return f"device:{device}"


def _codes(findings: object) -> set[str]:
    rows = findings if isinstance(findings, list) else []
    return {str(row["code"]) for row in rows}
