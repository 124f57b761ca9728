"""Writing the logs: rows are only ever added, and the same row twice counts once."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.db import connection

from doorward.activity.models import DoorEvent, QuarantinedReport
from doorward.activity.topics import topics_of
from doorward.devices.models import Connector, Device
from doorward.kit import clock, live


@dataclass(kw_only=True)
class Line:
    """A line of the door log to be, with the columns of `DoorEvent`.

    To make an object of Django's for each takes ten times as long.
    """

    at: datetime
    node_id: int
    site_id: int
    device_id: int
    door_name: str
    person_name: str
    method: str
    accepted: bool
    reason: str
    local_id: str
    received_at: datetime = field(default_factory=clock.now)
    device_at: datetime | None = None
    door_id: int | None = None
    company_id: int | None = None
    person_id: int | None = None
    account_id: int | None = None
    card_tail: str = ""
    disputed: bool = False
    relay: int | None = None
    generation: int = 0


def record(events: Collection[DoorEvent | Line]) -> None:
    """Add events; one that is there already (device, generation, local id, at) is passed over."""
    _insert(events)
    doors = {f"door:{event.door_id}" for event in events if event.door_id is not None}
    live.publish(topics_of(events) | doors)


def _insert(events: Collection[DoorEvent | Line]) -> None:
    """Add rows by one statement: to spell each value as a parameter takes several times as long."""
    statement, names = _insertion()
    told = [{name: values[name] for name in names} for values in map(vars, events)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(told, default=datetime.isoformat)])


@cache
def _insertion() -> tuple[str, list[str]]:
    """Return the statement that adds rows, and what is told of each."""
    fields = [field for field in DoorEvent._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(field.column for field in fields)
    types = ", ".join(f"{field.column} {field.db_type(connection)}" for field in fields)
    statement = (
        f"INSERT INTO activity_doorevent ({columns}) SELECT {columns}"  # noqa: S608 - columns
        f" FROM json_to_recordset(%s) AS told ({types}) ON CONFLICT DO NOTHING"
    )
    return statement, [field.attname for field in fields]


def not_yet_recorded(device: Device, events: Collection[Line]) -> list[Line]:
    """Return the events whose row of the device's log nobody has told before.

    Two connectors that had the device one after the other read the same row at two moments. The
    device is held until the transaction ends, so that they do not tell it at once.
    """
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    known = set(
        DoorEvent.objects.filter(
            device=device,
            generation__in={event.generation for event in events},
            local_id__in={event.local_id for event in events},
        ).values_list("generation", "local_id")
    )
    return [event for event in events if (event.generation, event.local_id) not in known]


def quarantine(
    connector: Connector, device: Device | None, *, kind: str, raw: str, why: str
) -> None:
    """Keep what could not be stored where it belongs, so that it blocks nothing behind it."""
    QuarantinedReport.objects.create(
        node=connector.node,
        connector=connector,
        device=device,
        at=clock.now(),
        kind=kind[:32],
        raw=_printable(raw)[:1000],
        why=_printable(why)[:200],
    )


def prepare_partitions(months_ahead: int = 2) -> None:
    """Make the log's partitions of this and the coming months; there is a default for the rest."""
    first = clock.now().date().replace(day=1)
    with connection.cursor() as cursor:
        for ahead in range(months_ahead + 1):
            cursor.execute(
                "SELECT activity_make_partition((%s::date + make_interval(months => %s))::date)",
                [first, ahead],
            )


def _printable(text: str) -> str:
    # PostgreSQL takes no NUL in a text.
    return text.replace("\x00", "\ufffd")
