"""Orders on their way: claimed once by a gateway, settled once, given up when overdue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from doorward.devices.models import Command
from doorward.kit import clock, live
from doorward.protocols import neutral

# Somebody waits for an outcome: no more is fetched than it has to do with.
_OF_OUTCOME = (
    *("node", "device", "door", "account", "actor", "status", "created_at"),
    *("door__site", "door__name", "door__relay", "account__name", "account__username"),
)

# One statement is the claim: of two gateways one finds the row taken.
_CLAIM = """
UPDATE devices_command command SET status = 'sent', sent_at = %(at)s
FROM devices_door door,
    unnest(%(connectors)s::bigint[], %(sinces)s::timestamptz[]) AS link (connector, since),
    devices_connector connector
WHERE door.id = command.door_id
    AND command.connector_id = link.connector
    AND connector.id = link.connector
    -- A link that a younger one has replaced leads nowhere any more.
    AND connector.online_since <= link.since
    AND command.status = 'queued'
    AND command.expires_at > %(at)s
RETURNING command.id, command.connector_id, command.device_id,
    door.relay, door.hold_seconds, command.expires_at
"""


@dataclass(frozen=True)
class Claim:
    """An unlock to carry now, and until when."""

    command: int
    connector: int
    device: int
    relay: int
    hold_seconds: int
    expires_at: datetime


def claim_commands(links: Mapping[int, datetime]) -> list[Claim]:
    """Take the queued unlocks of connectors that are linked here, each since when.

    No other gateway can take them as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {"connectors": list(links), "sinces": list(links.values()), "at": clock.now()},
        )
        return [Claim(*row) for row in cursor.fetchall()]


@transaction.atomic(savepoint=False)
def settle_command(connector: int, order: int, settled: neutral.OrderSettled) -> Command | None:
    """Note what became of an order, once; return the command if this settled it.

    A repeated report changes nothing. Raise `Command.DoesNotExist` for an order that this
    connector was not given; the caller's transaction is then to be rolled back.
    """
    held = Command.objects.select_for_update(of=("self",)).select_related("door", "account")
    command = held.only(*_OF_OUTCOME).get(pk=order, connector=connector)
    # What we gave up waiting for may have moved the relay in time; only its word came late.
    belated = command.status == Command.Status.EXPIRED and settled.outcome == neutral.Outcome.DONE
    if command.is_settled and not belated:
        return None
    command.status = Command.Status(settled.outcome.value)
    command.problem = settled.problem.value if settled.problem else ""
    # The connector's word for when, as far as it can be: neither before the order nor to come.
    command.settled_at = min(max(settled.at, command.created_at), clock.now())
    command.save(update_fields=["status", "problem", "settled_at"])
    live.publish(_command_topics(command))
    return command


@transaction.atomic
def expire_commands() -> int:
    """Give up what nobody carried or answered in time; return how many."""
    overdue = Command.objects.overdue().select_for_update(skip_locked=True)
    expired = list(overdue[:500])
    now = clock.now()
    for command in expired:
        command.status, command.settled_at = Command.Status.EXPIRED, now
    Command.objects.bulk_update(expired, ["status", "settled_at"])
    if expired:
        live.publish(topic for command in expired for topic in _command_topics(command))
    return len(expired)


def _command_topics(command: Command) -> list[str]:
    return [f"door:{command.door_id}", f"device:{command.device_id}"]
