"""What needs somebody at all sites or at one: connectors, devices and rows, set by set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.activity.models import QuarantinedReport
from doorward.devices.models import Connector, Device, ShelfEntry
from doorward.devices.models.connectors import PRESENCE
from doorward.sites import words
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# A list of troubles is to be worked off, not to be read to the end.
SHOWN = 20
_RANK = {"bad": 0, "warn": 1, "info": 2}


@dataclass(frozen=True)
class Trouble:
    """One thing with its mend. `level` is bad, warn or info, as <c-attention> has them."""

    level: str
    icon: str
    title: str
    more: str
    site: Site
    url: str
    mend: str


def troubles(actor: Actor, at: datetime, *, site: Site | None = None) -> list[Trouble]:
    """Return what needs attention anywhere or at a site, in four queries, the worst first."""
    here = Q(site=site) if site else Q()
    found = [
        *_connectors_away(actor, at, here),
        *_devices_ailing(actor, at, here),
        *_quarantined(actor, here),
    ]
    return worst_first(found)


def worst_first(found: Iterable[Trouble]) -> list[Trouble]:
    return sorted(found, key=lambda trouble: _RANK[trouble.level])


def connected(at: datetime, prefix: str = "") -> Q:
    """Say which connectors are online at a moment, or which rows lead to one by `prefix`."""
    return Q(
        **{
            f"{prefix}revoked_at": None,
            f"{prefix}online_since__isnull": False,
            f"{prefix}last_seen_at__gt": at - PRESENCE,
        }
    )


def online(at: datetime) -> Q:
    """Say which devices are online at a moment."""
    return Q(reachable=True) & connected(at, "connector__")


def away(connectors: QuerySet[Connector], at: datetime) -> QuerySet[Connector]:
    """Return the connectors that ought to be here and are not."""
    return connectors.filter(revoked_at=None).exclude(connected(at))


def ailing(devices: QuerySet[Device], at: datetime, actor: Actor) -> QuerySet[Device]:
    """Return the devices with a trouble of their own: their connector is here.

    Who cannot see connectors is shown the devices behind an absent one instead.
    """
    behind = ~Q(shelf__confirmed_epoch=F("shelf__epoch"))
    behind |= Q(shelf__confirmed__lt=F("shelf__revision"))
    failed = Q(pk__in=ShelfEntry.objects.exclude(failure="").values("device"))
    unwell = Q(reachable=False) | ~Q(problem="") | ~Q(binding=Device.Binding.BOUND)
    here = connected(at, "connector__")
    own = here & (unwell | behind | failed)
    if not actor.may(Can.VIEW_CONNECTOR):
        own |= ~here
    return devices.filter(own)


def _connectors_away(actor: Actor, at: datetime, here: Q) -> Iterator[Trouble]:
    connectors = Connector.objects.visible_to(actor).filter(here).select_related("site")
    counted = away(connectors, at).annotate(device_count=Count("devices"))
    for connector in counted.order_by("site__name", "name")[:SHOWN]:
        yield _connector_away(connector, connector.device_count, at)


def _connector_away(connector: Connector, devices: int, at: datetime) -> Trouble:
    where = reverse("connector", args=[connector.site_id, connector.pk])
    if connector.last_seen_at is None:
        title = _("%(connector)s has never connected") % {"connector": connector}
        more = _("Start the connector on site with its one-time code.")
        return Trouble("warn", "router", title, more, connector.site, where, _("Show"))
    since = words.since_of(connector.site, connector.last_seen_at, at)
    title = _("%(connector)s is offline since %(since)s") % {"connector": connector, "since": since}
    more = ngettext(
        "%(count)d device is out of reach. Its doors keep deciding by themselves.",
        "%(count)d devices are out of reach. Their doors keep deciding by themselves.",
        devices,
    ) % {"count": devices}
    icon, mend = "plug-connected-x", _("Look at it")
    return Trouble("bad", icon, title, more, connector.site, where, mend)


def _devices_ailing(actor: Actor, at: datetime, here: Q) -> Iterator[Trouble]:
    failures = ShelfEntry.objects.filter(device=OuterRef("pk")).exclude(failure="").order_by()
    failed = failures.values("device").annotate(n=Count("pk"), first=Max("failure"))
    devices = ailing(Device.objects.visible_to(actor).filter(here), at, actor).annotate(
        failed=Coalesce(Subquery(failed.values("n"), output_field=IntegerField()), 0),
        why=Subquery(failed.values("first")),
    )
    known = devices.select_related("site", "connector", "shelf")
    for device in known.order_by("site__name", "name")[:SHOWN]:
        level, title, more = _diagnosis(device, device.failed, device.why or "", at)
        where = reverse("device", args=[device.site_id, device.pk])
        mend = _("Show") if level == "info" else _("Look at it")
        yield Trouble(level, "device-tablet", title, more, device.site, where, mend)


def _diagnosis(device: Device, failed: int, why: str, at: datetime) -> tuple[str, str, str]:
    """Return level, title and what to do; the worst that holds of a device."""
    name = {"device": device.name}
    problem = str(device.get_problem_display()) if device.problem else ""
    if device.binding == Device.Binding.REFUSED:
        return "bad", _("%(device)s was refused") % name, problem
    if device.binding == Device.Binding.WAITING:
        searched = _("It is bound once it states its MAC.")
        return "warn", _("%(device)s has not been reached yet") % name, problem or searched
    if not device.is_online:
        return "bad", _offline(device, at), problem or _("Check its power and network.")
    if failed:
        title = ngettext(
            "%(device)s could not take %(count)d change",
            "%(device)s could not take %(count)d changes",
            failed,
        )
        return "bad", title % {**name, "count": failed}, why
    if problem:
        return "warn", _("%(device)s has a problem") % name, problem
    behind = device.shelf.pending
    title = ngettext(
        "%(device)s is %(count)d change behind", "%(device)s is %(count)d changes behind", behind
    )
    return "info", title % {**name, "count": behind}, _("It is being told now.")


def _offline(device: Device, at: datetime) -> str:
    seen = device.connector.last_seen_at if device.reachable else device.reachable_since
    began = seen or device.created_at
    since = words.since_of(device.site, began, at)
    return _("%(device)s is offline since %(since)s") % {"device": device.name, "since": since}


def _quarantined(actor: Actor, here: Q) -> Iterator[Trouble]:
    connectors = Connector.objects.visible_to(actor).filter(here)
    reports = (
        QuarantinedReport.objects.visible_to(actor).filter(connector__in=connectors).order_by()
    )
    counts = reports.values_list("connector").annotate(n=Count("pk"))
    counted: dict[int, int] = dict(counts[:SHOWN])
    for connector in (
        connectors.filter(pk__in=counted).select_related("site").order_by("site__name", "name")
    ):
        count = counted[connector.pk]
        title = ngettext(
            "%(count)d row of %(connector)s could not be read",
            "%(count)d rows of %(connector)s could not be read",
            count,
        )
        more = _("They were kept apart, so that nothing behind them waits.")
        where = reverse("connector", args=[connector.site_id, connector.pk])
        named = title % {"count": count, "connector": connector}
        yield Trouble("warn", "alert-octagon", named, more, connector.site, where, _("Show"))
