"""Deeds on connectors: adding, enrolling, revoking, and what their beats say."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from doorward.devices.actions import leases, timeline
from doorward.devices.models import Connector
from doorward.devices.models.connectors import PRESENCE
from doorward.kit import clock, live, rows
from doorward.kit.errors import Refused
from doorward.sites.models import Site
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

CODE_LIFE = timedelta(hours=24)
# Letters and digits that nobody mistakes for each other when a code is read out.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 4, 5
# The largest number the column holds; a connector may claim anything.
MOST = 2**31 - 1
# A report may be stored at the same moment: what it writes is never written over.
_CODE = ("code_digest", "code_expires_at")
_GREETED = ("spool", "committed", "version", "online_since", "last_seen_at")


@transaction.atomic
def create_connector(actor: Actor, site: Site, *, name: str) -> tuple[Connector, str]:
    """Add a connector; return it with its one-time code, which is never shown again.

    The code lets a machine in for good, so whoever acts for another makes none.
    """
    actor.require_in_person()
    actor.require(Can.CHANGE_CONNECTOR, site)
    connector = Connector(node=site.node, site=site, name=name)
    code = _give_code(connector)
    rows.store(connector)
    audit.record(actor, "create", connector, connector.node, after={"name": name})
    return connector, code


@transaction.atomic
def rename_connector(actor: Actor, connector: Connector, *, name: str) -> Connector:
    actor.require(Can.CHANGE_CONNECTOR, connector)
    before = audit.facts(connector, "name")
    connector.name = name
    rows.store(connector, only=["name"])
    audit.record(actor, "change", connector, connector.node, before=before, after={"name": name})
    return connector


@transaction.atomic
def renew_code(actor: Actor, connector: Connector) -> str:
    """Return a new one-time code. The key pinned before stays good until the code is used."""
    actor.require_in_person()
    actor.require(Can.CHANGE_CONNECTOR, connector)
    connector.revoked_at = None
    code = _give_code(connector)
    rows.store(connector, only=["revoked_at", *_CODE])
    audit.record(actor, "renew code", connector, connector.node)
    return code


@transaction.atomic
def revoke_connector(actor: Actor, connector: Connector) -> None:
    """Shut a connector out, now and until it gets a new code."""
    actor.require(Can.CHANGE_CONNECTOR, connector)
    connector.revoked_at = clock.now()
    connector.public_key = connector.code_digest = connector.code_expires_at = None
    connector.online_since = None
    rows.store(connector, only=["revoked_at", "public_key", "online_since", *_CODE])
    audit.record(actor, "revoke", connector, connector.node)
    _tell_neighbours(connector)
    live.publish(_topics([connector]))


@transaction.atomic
def delete_connector(actor: Actor, connector: Connector) -> None:
    """Delete a connector; refused while devices are behind it."""
    actor.require(Can.CHANGE_CONNECTOR, connector)
    audit.record(actor, "delete", connector, connector.node)
    key = connector.pk
    try:
        connector.delete()
    except ProtectedError as protest:
        raise Refused(
            "in_use",
            _("Devices are reached through this connector. Move or delete them first."),
        ) from protest
    live.wake("roster", [key])


@transaction.atomic
def enrol(code: str, *, public_key: bytes, version: str) -> Connector:
    """Pin a connector's key by its one-time code; raise `Refused`, alike for every bad code.

    A connector that never heard the answer asks again with the same key, and gets the same one.
    """
    now = clock.now()
    connector = (
        Connector.objects.select_for_update()
        .filter(code_digest=_digest(code), revoked_at=None)
        .first()
    )
    if connector is not None and connector.code_expires_at is None:
        if connector.public_key is not None and bytes(connector.public_key) == public_key:
            return connector
        connector = None
    if connector is None or connector.code_expires_at is None or connector.code_expires_at <= now:
        raise Refused(
            "connector.code", _("This code is wrong, used or too old. Ask for a new one.")
        )
    connector.public_key, connector.enrolled_at = public_key, now
    connector.version = version[:32]
    # The digest stays: by it the same connector is known that asks again.
    connector.code_expires_at = None
    # A newly enrolled box has a new spool, and it numbers its reports from one.
    connector.spool, connector.committed = "", 0
    rows.store(connector)
    audit.record(Actor.system(f"connector {connector.pk}"), "enrol", connector, connector.node)
    _tell_neighbours(connector)
    return connector


@dataclass(frozen=True)
class Greeting:
    """The last sequence stored of a connector's spool, and since when its link is there."""

    committed: int
    since: datetime


@dataclass(frozen=True)
class Arrival:
    """A connector at the door, and the spool that its reports come from."""

    connector: int
    spool: str
    version: str


def greet(connector_id: int, *, spool: str, version: str) -> Greeting:
    """Note a connector at the door; raise `Connector.DoesNotExist` where there is none."""
    (greeting,) = greet_all([Arrival(connector_id, spool, version)])
    if greeting is None:
        raise Connector.DoesNotExist
    return greeting


@transaction.atomic
def greet_all(arrivals: Sequence[Arrival]) -> list[Greeting | None]:
    """Note connectors at the door, in the order in which they came; None for one that is gone."""
    now = clock.now()
    keys = {arrival.connector for arrival in arrivals}
    held = Connector.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
    known = {connector.pk: connector for connector in held}
    back = [c.pk for c in known.values() if c.online_since is None and c.last_seen_at is not None]
    timeline.note_presence(back, here=True)
    greetings: list[Greeting | None] = []
    for place, arrival in enumerate(arrivals):
        connector = known.get(arrival.connector)
        if connector is None:
            greetings.append(None)
            continue
        if connector.spool != arrival.spool:
            connector.spool, connector.committed = arrival.spool[:64], 0
        connector.version = arrival.version[:32]
        # Of two links of one connector the one that came later is the younger.
        connector.online_since = connector.last_seen_at = now + timedelta(microseconds=place)
        greetings.append(Greeting(connector.committed, connector.online_since))
    rows.update_many(list(known.values()), _GREETED)
    leases.take_back(known)
    live.publish(_topics(known.values()))
    return greetings


@dataclass(frozen=True)
class Departure:
    connector: int
    since: datetime


def depart(connector_id: int, *, since: datetime) -> None:
    """Note that a link has ended, unless the connector has come back by another."""
    depart_all([Departure(connector_id, since)])


@transaction.atomic
def depart_all(departures: Sequence[Departure]) -> list[None]:
    """Note that links have ended, but for connectors that have come back by others."""
    ended = {(one.connector, one.since) for one in departures}
    held = Connector.objects.filter(pk__in={connector for connector, _ in ended})
    known = held.order_by("pk").select_for_update(no_key=True)
    left = [connector for connector in known if (connector.pk, connector.online_since) in ended]
    keys = [connector.pk for connector in left]
    Connector.objects.filter(pk__in=keys).update(online_since=None)
    timeline.note_presence(keys, here=False)
    live.publish(_topics(left))
    return [None] * len(departures)


@transaction.atomic
def note_silence() -> None:
    """Note that connectors have fallen silent whose link nobody saw end."""
    silent = Connector.objects.filter(last_seen_at__lte=clock.now() - PRESENCE).exclude(
        online_since=None
    )
    fallen = list(silent.select_for_update(skip_locked=True))
    Connector.objects.filter(pk__in=[connector.pk for connector in fallen]).update(
        online_since=None
    )
    timeline.note_presence([connector.pk for connector in fallen], here=False)
    live.publish(_topics(fallen))


def _tell_neighbours(connector: Connector) -> None:
    """Tell all connectors of the site: whether they have their devices for good has changed."""
    found = Connector.objects.filter(site=connector.site_id).order_by("pk")
    live.wake("roster", list(found.values_list("pk", flat=True)))


def _topics(connectors: Iterable[Connector]) -> list[str]:
    return [
        topic
        for connector in connectors
        for topic in (f"connector:{connector.pk}", f"site:{connector.site_id}:devices")
    ]


def _give_code(connector: Connector) -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    code = "-".join(groups)
    connector.code_digest = _digest(code)
    connector.code_expires_at = clock.now() + CODE_LIFE
    return code


def _digest(code: str) -> bytes:
    plain = code.upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode()).digest()
