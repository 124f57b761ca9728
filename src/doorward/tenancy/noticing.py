"""Whom a kind of notice concerns, and who takes it which way: reading only."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account
from doorward.tenancy.models.noticing import NoticeChoice, NoticeKind
from doorward.tenancy.permissions import Role

Kind = NoticeKind
# What goes out by mail unless somebody has said otherwise.
# Of messages, those that whoever wrote them sends by mail, too.
MAILED = frozenset({Kind.ALARM, Kind.TICKET, Kind.MANAGER, Kind.MESSAGE})
# What nobody misses: who acts for one, and what the level above has to say.
ALWAYS_SHOWN = frozenset({Kind.SUPPORT, Kind.MESSAGE})
# Of what a mail comes in any case.
ALWAYS_MAILED = frozenset({Kind.SUPPORT})

_ALL = frozenset({Kind.WORK, Kind.TICKET, Kind.MESSAGE})
_SITES = _ALL | {Kind.ALARM, Kind.OFFLINE, Kind.SUPPORT}
CONCERNS: Mapping[Role, frozenset[Kind]] = {
    Role.OPERATOR: frozenset({Kind.WORK, Kind.TICKET}),
    Role.DISTRIBUTOR: _ALL,
    Role.SUB_DISTRIBUTOR: _ALL,
    Role.INSTALLER: _SITES | {Kind.MACS},
    Role.SUB_INSTALLER: _SITES | {Kind.MACS},
    Role.PROPERTY_MANAGER: _SITES | {Kind.MANAGER},
    Role.COMPANY_ADMINISTRATOR: _ALL | {Kind.SUPPORT},
    Role.PERSONNEL: _ALL,
}


class Channels(NamedTuple):
    """Which way somebody is told of a kind."""

    portal: bool
    mail: bool


def kinds_for(actor: Actor) -> list[Kind]:
    """Return the kinds that somebody may be told of, as they stand in the table of kinds."""
    concern = {kind for role in actor.roles for kind in CONCERNS[role]}
    return [kind for kind in Kind if kind in concern]


def usual(kind: Kind) -> Channels:
    return Channels(portal=True, mail=kind in MAILED)


def channels_of(account: Account) -> dict[Kind, Channels]:
    """Return how an account is told of each kind."""
    rows = NoticeChoice.objects.filter(account=account)
    chosen = {row.kind: Channels(row.portal, row.mail) for row in rows}
    return {kind: chosen.get(kind, usual(kind)) for kind in Kind}


def shown(kind: Kind) -> Q:
    """Say which accounts are told of a kind in the portal."""
    return ~Q(_choice(kind, portal=False))


def mailed(kind: Kind) -> Q:
    """Say which accounts are told of a kind by mail."""
    way = ~Q(_choice(kind, mail=False)) if kind in MAILED else Q(_choice(kind, mail=True))
    return way & Q(notices_by_mail=True) & ~Q(email="")


def _choice(kind: Kind, **way: bool) -> Exists:
    return Exists(NoticeChoice.objects.filter(account=OuterRef("pk"), kind=kind, **way))
