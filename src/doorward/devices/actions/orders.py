"""Orders on their way: claimed once by a gateway, settled once, given up when overdue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from doorward.devices.models import Command
from doorward.kit import clock, live
from doorward.protocols import neutral

# Who ordered what stands in the audit trail, and what came of it in the door log.
KEPT = timedelta(days=90)
_AT_ONCE = 5_000

# Somebody waits for an outcome: no more is fetched than it has to do with.
_OF_OUTCOME = (
    *("node", "device", "door", "account", "actor", "kind", "status", "created_at"),
    *("door__site", "door__name", "door__relay", "account__name", "account__username"),
)

# One statement is the claim: of two gateways one finds the row taken.
_CLAIM = """
UPDATE devices_command command SET status = 'sent', sent_at = %(at)s
FROM unnest(%(connectors)s::bigint[], %(sinces)s::timestamptz[]) AS link (connector, since),
    devices_connector connector
WHERE command.connector_id = link.connector
    AND connector.id = link.connector
    -- A link that a younger one has replaced leads nowhere any more.
    AND connector.online_since <= link.since
    AND command.status = 'queued'
    AND (command.not_before IS NULL OR command.not_before <= %(at)s)
    AND command.expires_at > %(at)s
    -- What a connector has no word for would cost its link.
    AND (command.kind = 'unlock' OR command.connector_id = ANY(%(knowing_reboots)s::bigint[]))
RETURNING command.id, command.connector_id, command.device_id, command.expires_at,
    (SELECT door.relay FROM devices_door door WHERE door.id = command.door_id),
    (SELECT door.hold_seconds FROM devices_door door WHERE door.id = command.door_id)
"""


@dataclass(frozen=True)
class Claim:
    """An order to carry now, and until when; one without a relay is a reboot."""

    command: int
    connector: int
    device: int
    expires_at: datetime
    relay: int | None
    hold_seconds: int | None

    @property
    def body(self) -> neutral.UnlockDoor | neutral.RebootDevice:
        """Return the order in neutral words."""
        device = str(self.device)
        if self.relay is None or self.hold_seconds is None:
            return neutral.RebootDevice(device=device)
        return neutral.UnlockDoor(device=device, relay=self.relay, hold_seconds=self.hold_seconds)


def claim_commands(
    links: Mapping[int, datetime], knowing_reboots: Collection[int] = ()
) -> list[Claim]:
    """Take the queued orders of connectors that are linked here, each since when.

    No other gateway can take them as well. Only those `knowing_reboots` are given any.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "connectors": list(links),
                "sinces": list(links.values()),
                "knowing_reboots": list(knowing_reboots),
                "at": clock.now(),
            },
        )
        claims = [Claim(*row) for row in cursor.fetchall()]
    # Whoever waits for a door has its button, which needs no word of that.
    live.publish(f"device:{claim.device}" for claim in claims if claim.relay is None)
    return claims


@transaction.atomic(savepoint=False)
def settle_command(connector: int, order: int, settled: neutral.OrderSettled) -> Command | None:
    """Note what became of an order, once; return the command if this settled it.

    A repeated report changes nothing. Raise `Command.DoesNotExist` for an order that this
    connector was not given; the caller's transaction is then to be rolled back.
    """
    held = Command.objects.select_for_update(of=("self",)).select_related("door", "account")
    command = held.only(*_OF_OUTCOME).get(pk=order, connector=connector)
    if command.is_settled and not _is_belated(command, settled):
        return None
    command.status = Command.Status(settled.outcome.value)
    if command.is_reboot and settled.outcome == neutral.Outcome.DONE:
        command.status = Command.Status.TAKEN
    command.problem = settled.problem.value if settled.problem else ""
    # The connector's word for when, as far as it can be: neither before the order nor to come.
    command.settled_at = min(max(settled.at, command.created_at), clock.now())
    command.save(update_fields=["status", "problem", "settled_at"])
    live.publish(topics_of(command))
    return command


def _is_belated(command: Command, settled: neutral.OrderSettled) -> bool:
    """Say whether what we gave up waiting for was done in time, and only its word came late."""
    if command.status != Command.Status.EXPIRED or settled.outcome != neutral.Outcome.DONE:
        return False
    under_way = Command.objects.reboots_under_way().filter(device=command.device_id)
    return not (command.is_reboot and under_way.exists())


@transaction.atomic
def expire_commands() -> int:
    """Give up what nobody carried or answered in time, and waiting for devices; return how many."""
    overdue = Command.objects.overdue().select_for_update(skip_locked=True)
    expired = list(overdue[:500])
    now = clock.now()
    for command in expired:
        if command.status == Command.Status.TAKEN:
            command.status = Command.Status.AWAY
        else:
            command.status, command.settled_at = Command.Status.EXPIRED, now
    Command.objects.bulk_update(expired, ["status", "settled_at"])
    if expired:
        live.publish(topic for command in expired for topic in topics_of(command))
    return len(expired)


def forget_old() -> int:
    """Delete the orders that ended long ago, some a transaction; return how many."""
    ended = Command.objects.exclude(status__in=Command.UNDER_WAY)
    old = ended.filter(created_at__lt=clock.now() - KEPT).order_by("pk")
    count = 0
    while keys := list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        count += Command.objects.filter(pk__in=keys).delete()[0]
    return count


def topics_of(command: Command) -> list[str]:
    """Return the topics of the pages that show an order."""
    device = f"device:{command.device_id}"
    return [f"door:{command.door_id}", device] if command.door_id else [device]
