"""What needs somebody at all sites or at one: connectors, devices and rows, set by set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import partial
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.db.models import (
    Case,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.activity import wording
from doorward.activity.models import Alarm, QuarantinedReport
from doorward.devices import findings
from doorward.devices.models import (
    Connector,
    Device,
    Drift,
    ShelfEntry,
    Stranger,
    devices,
)
from doorward.devices.models.devices import NEEDY, devices_counted
from doorward.kit.counts import count_up_to, count_words, counted
from doorward.portal.amiss import Look
from doorward.sites import words
from doorward.sites.models import Site

# A list of troubles is to be worked off, not to be read to the end.
SHOWN = 20

M = TypeVar("M", bound=Model)


class Level(IntEnum):
    """How bad a thing is, the worst first."""

    BAD = 0
    WARN = 1
    INFO = 2


class Ailment(IntEnum):
    """What ails a device, the worst first."""

    REFUSED = 0
    OFFLINE = 1
    FAILED = 2
    WAITING = 3
    PROBLEM = 4
    FINDING = 5
    BEHIND = 6

    @property
    def level(self) -> Level:
        if self <= Ailment.FAILED:
            return Level.BAD
        return Level.WARN if self <= Ailment.FINDING else Level.INFO


@dataclass(frozen=True)
class Trouble:
    """One thing with its mend, as <c-attention> shows it."""

    severity: Level
    icon: str
    title: str
    more: str
    # None for what concerns the whole installation.
    site: Site | None
    url: str
    mend: str

    @property
    def level(self) -> str:
        return self.severity.name.lower()


@dataclass(frozen=True)
class Troubles:
    """The worst of what needs attention, and how much there is in all, as far as it is counted."""

    shown: list[Trouble]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


def _as_they_are(rows: QuerySet[M]) -> QuerySet[M]:
    return rows


@dataclass(frozen=True)
class Source(Generic[M]):
    """Rows that each are a trouble, and how one is told."""

    rows: QuerySet[M]
    # How bad a row is, the worst lowest. Any: expressions come without types.
    rank: Any
    tell: Callable[[M], Trouble]
    # Adds to rows what is told of them.
    dressed: Callable[[QuerySet[M]], QuerySet[M]] = _as_they_are
    # How bad a rank is.
    level: Callable[[int], Level] = Level
    # The field by which equally bad ones are listed.
    name: str = "name"

    def worst(self) -> list[M]:
        """Return those to show with their `rank`; nothing is added to any others."""
        order = ("rank", "site__name", self.name)
        first = self.rows.annotate(rank=self.rank).order_by(*order).values("pk")[:SHOWN]
        shown = self.rows.model._default_manager.filter(pk__in=first).annotate(rank=self.rank)
        return list(self.dressed(shown.select_related("site")).order_by(*order))


# Any: sources of rows of every kind.
def sources(look: Look) -> list[Source[Any]]:
    """Return where troubles come from."""
    return [
        _alarms(look),
        _connectors_away(look),
        _devices_ailing(look),
        _drifted(look),
        _strangers(look),
        _quarantined(look),
    ]


def worst_of(sources: Iterable[Source[Any]], more: Iterable[Trouble] = ()) -> Troubles:
    """Return the worst of all sources, and of `more` that was found elsewhere."""
    # Told are those alone that are shown.
    found: list[tuple[Level, Callable[[], Trouble]]] = [
        (trouble.severity, partial(_itself, trouble)) for trouble in more
    ]
    count = len(found)
    for source in sources:
        worst = source.worst()
        count += len(worst) if len(worst) < SHOWN else count_up_to(source.rows)
        found += [(source.level(row.rank), partial(source.tell, row)) for row in worst]
    first = sorted(found, key=itemgetter(0))[:SHOWN]
    return Troubles([tell() for _level, tell in first], count)


def _itself(trouble: Trouble) -> Trouble:
    return trouble


def _alarms(look: Look) -> Source[Alarm]:
    """Return open alarms: those that nobody has seen before those that only last."""
    calm = Q(kind=Alarm.Kind.INPUT) | Q(acknowledged_at__isnull=False)
    rank = Case(When(calm, then=Value(Level.WARN.value)), default=Value(Level.BAD.value))
    return Source(look.alarms, rank, lambda alarm: _alarm(alarm, look.at), name="-last_at")


def _alarm(alarm: Alarm, at: datetime) -> Trouble:
    rank: int = alarm.rank  # type: ignore[attr-defined]
    since = words.since_of(alarm.site, alarm.last_at, at)
    told = _("%(alarm)s, %(since)s") % {"alarm": wording.title(alarm), "since": since}
    where = reverse("alarm", args=[alarm.site_id, alarm.pk])
    seen = _("%(name)s has seen it.") % {"name": alarm.acknowledged_by}
    more = seen if alarm.acknowledged_at else wording.mend(alarm)
    mend = _("Show") if alarm.acknowledged_at else _("Look at it")
    return Trouble(Level(rank), "bell-ringing", told, more, alarm.site, where, mend)


def _connectors_away(look: Look) -> Source[Connector]:
    never = When(last_seen_at=None, then=Value(Level.WARN.value))
    return Source(
        look.away,
        Case(never, default=Value(Level.BAD.value)),
        lambda connector: _connector_away(connector, look.at),
        lambda shown: shown.annotate(device_count=devices_counted()),
    )


# Any: a row with what the query has added to it.
def _connector_away(connector: Any, at: datetime) -> Trouble:
    where = reverse("connector", args=[connector.site_id, connector.pk])
    if connector.last_seen_at is None:
        title = _("%(connector)s has never connected") % {"connector": connector}
        more = _("Start the connector on site with its one-time code.")
        return Trouble(Level.WARN, "router", title, more, connector.site, where, _("Show"))
    since = words.since_of(connector.site, connector.last_seen_at, at)
    title = _("%(connector)s has been offline since %(since)s") % {
        "connector": connector,
        "since": since,
    }
    more = ngettext(
        "%(count)d device is out of reach. Its doors keep deciding by themselves.",
        "%(count)d devices are out of reach. Their doors keep deciding by themselves.",
        connector.device_count,
    ) % {"count": connector.device_count}
    icon, mend = "plug-connected-x", _("Look at it")
    return Trouble(Level.BAD, icon, title, more, connector.site, where, mend)


def _devices_ailing(look: Look) -> Source[Device]:
    failures = ShelfEntry.objects.exclude(failure="")
    why = failures.filter(device=OuterRef("pk")).order_by().values("device")
    return Source(
        look.worst_ailing,
        _rank(look),
        lambda device: _device_ailing(device, look.at),
        lambda shown: shown.select_related("connector", "shelf").annotate(
            failed=counted(failures, "device"),
            why=Subquery(why.annotate(first=Max("failure")).values("first")),
        ),
        level=lambda rank: Ailment(rank).level,
    )


def _rank(look: Look) -> Case:
    """Say in SQL what ails a device: of what holds, the first."""
    return Case(
        When(binding=Device.Binding.REFUSED, then=Value(Ailment.REFUSED.value)),
        When(binding=Device.Binding.WAITING, then=Value(Ailment.WAITING.value)),
        When(~devices.online(look.at), then=Value(Ailment.OFFLINE.value)),
        When(look.failed, then=Value(Ailment.FAILED.value)),
        When(~Q(problem=""), then=Value(Ailment.PROBLEM.value)),
        When(NEEDY, then=Value(Ailment.FINDING.value)),
        default=Value(Ailment.BEHIND.value),
    )


# Any: a row with what the query has added to it.
def _device_ailing(device: Any, at: datetime) -> Trouble:
    ailment = Ailment(device.rank)
    title, more = _diagnosis(device, ailment, at)
    where = reverse("device", args=[device.site_id, device.pk])
    mend = _("Show") if ailment.level is Level.INFO else _("Look at it")
    return Trouble(ailment.level, "device-tablet", title, more, device.site, where, mend)


def _diagnosis(device: Any, ailment: Ailment, at: datetime) -> tuple[str, str]:
    """Return a title, and what to do."""
    name = {"device": device.name}
    told = str(device.get_problem_display()) if device.problem else ""
    problem = findings.advice(device.findings, told)
    match ailment:
        case Ailment.REFUSED:
            return _("%(device)s was refused") % name, problem
        case Ailment.WAITING:
            searched = _("It is bound once it states its MAC.")
            return _("%(device)s has not been reached yet") % name, problem or searched
        case Ailment.OFFLINE:
            return _offline(device, at), problem or _("Check its power and network.")
        case Ailment.FAILED:
            return _not_taken(device, device.failed), device.why
        case Ailment.PROBLEM | Ailment.FINDING:
            return _("%(device)s has a problem") % name, problem
        case Ailment.BEHIND:
            return _lag(device, device.shelf.pending)


def _offline(device: Device, at: datetime) -> str:
    seen = device.connector.last_seen_at if device.reachable else device.reachable_since
    began = seen or device.created_at
    since = words.since_of(device.site, began, at)
    return _("%(device)s has been offline since %(since)s") % {
        "device": device.name,
        "since": since,
    }


def _not_taken(device: Device, count: int) -> str:
    return ngettext(
        "%(device)s could not take %(count)s change",
        "%(device)s could not take %(count)s changes",
        count,
    ) % {"device": device.name, "count": count_words(count)}


def _lag(device: Device, count: int) -> tuple[str, str]:
    name = {"device": device.name, "count": count_words(count)}
    if device.shelf.stale_since is not None:
        title = _("%(device)s waits for who may open to be worked out") % name
        return title, _("The worker is busy, or does not run. Look at its log.")
    title = ngettext(
        "%(device)s is %(count)s change behind", "%(device)s is %(count)s changes behind", count
    )
    return title % name, _("It is being told now.")


def _drifted(look: Look) -> Source[Device]:
    """Return the devices that others have changed of late, until somebody has seen it."""
    unseen = Drift.objects.unseen(look.at)
    latest = unseen.filter(device=OuterRef("pk")).order_by("-pk")
    return Source(
        look.with_any(look.devices, unseen, "device_id"),
        Value(Level.WARN.value),
        _drift,
        lambda shown: shown.annotate(
            nature=Subquery(latest.values("nature")[:1]),
            mended_at=Subquery(latest.values("mended_at")[:1]),
        ),
    )


# Any: a row with what the query has added to it.
def _drift(device: Any) -> Trouble:
    title = _("%(device)s was changed on site") % {"device": device.name}
    told = {"nature": Drift.Nature(device.nature).label}
    if device.mended_at:
        more = _("%(nature)s. It was put right; look at what it was.") % told
    else:
        more = _("%(nature)s. It is being put right.") % told
    url = reverse("device", args=[device.site_id, device.pk])
    return Trouble(Level.WARN, "arrows-diff", title, more, device.site, url, _("Look at it"))


def _strangers(look: Look) -> Source[Device]:
    """Return the devices on which there is somebody whom nobody here has put there."""
    unknown = Stranger.objects.unknown()
    return Source(
        look.with_any(look.devices, unknown, "device_id"),
        Value(Level.WARN.value),
        _strange,
        lambda shown: shown.annotate(unknown=counted(unknown, "device")),
    )


# Any: a row with what the query has added to it.
def _strange(device: Any) -> Trouble:
    title = ngettext(
        "%(device)s holds %(count)s person who is not from here",
        "%(device)s holds %(count)s people who are not from here",
        device.unknown,
    ) % {"device": device.name, "count": count_words(device.unknown)}
    more = _("Somebody added them at the device itself. Remove them, or let them stay.")
    url = reverse("device", args=[device.site_id, device.pk])
    return Trouble(Level.WARN, "user-question", title, more, device.site, url, _("Look at it"))


def _quarantined(look: Look) -> Source[Connector]:
    """Return the connectors that told what could not be read; whoever sees one sees all of it."""
    reports = QuarantinedReport.objects.all()
    seen = Connector.objects.visible_to(look.actor).filter(look.here)
    return Source(
        look.with_any(seen, reports, "connector_id"),
        Value(Level.WARN.value),
        _rows_apart,
        lambda shown: shown.annotate(report_count=counted(reports, "connector")),
    )


# Any: a row with what the query has added to it.
def _rows_apart(connector: Any) -> Trouble:
    title = ngettext(
        "%(count)s row of %(connector)s could not be read",
        "%(count)s rows of %(connector)s could not be read",
        connector.report_count,
    ) % {"count": count_words(connector.report_count), "connector": connector}
    more = _("They were kept apart, so that nothing behind them waits.")
    where = reverse("connector", args=[connector.site_id, connector.pk])
    icon = "alert-octagon"
    return Trouble(Level.WARN, icon, title, more, connector.site, where, _("Show"))
