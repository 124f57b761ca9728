"""Missing devices: who is away for minutes is told once, and once more when it is back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from doorward.devices.models import Device
from doorward.devices.models.devices import online
from doorward.kit import clock
from doorward.notices.actions.news import watchers_of
from doorward.notices.actions.telling import News, tell
from doorward.notices.models import Absence, Notice
from doorward.sites.models import Site
from doorward.tenancy.models import Node, NoticeKind

# Shorter absences are no news: a restart, a cable that was moved.
PATIENCE = timedelta(minutes=5)
# Since when this process looks. Whoever was not here cannot say how long others were away: after an
# outage of the cloud connectors have as long to come back as they always have.
_LOOKING_SINCE = clock.now()
# Devices that one run tells of; the next minute takes more.
_AT_ONCE = 2_000
# Devices of a site that are named.
_NAMED = 5

_What = Notice.What


def watch_devices() -> None:
    """Tell which devices went away and which came back, in one notice for each site."""
    if clock.now() - _LOOKING_SINCE >= PATIENCE:
        _tell_gone()
    _tell_back()


@transaction.atomic
def _tell_gone() -> None:
    since = clock.now() - PATIENCE
    away = Q(reachable=False, reachable_since__lte=since)
    away |= Q(reachable=True, connector__last_seen_at__lte=since)
    told = Absence.objects.filter(device=OuterRef("pk"))
    missed = Device.objects.filter(away, ~Exists(told), seen_at__isnull=False, release="")
    missed = missed.exclude(node__in=Node.uprooted().values("pk"))
    found = list(missed.select_related("site").order_by("pk")[:_AT_ONCE])
    Absence.objects.bulk_create([Absence(device=device) for device in found], ignore_conflicts=True)
    tell(NoticeKind.OFFLINE, _news(_What.GONE, found))


@transaction.atomic
def _tell_back() -> None:
    here = Device.objects.filter(online(clock.now()), pk__in=Absence.objects.values("device"))
    found = list(here.select_related("site").order_by("pk")[:_AT_ONCE])
    Absence.objects.filter(device__in=[device.pk for device in found]).delete()
    tell(NoticeKind.OFFLINE, _news(_What.BACK, found))


def _news(what: Notice.What, devices: Iterable[Device]) -> list[News]:
    by_site: dict[Site, list[Device]] = defaultdict(list)
    for device in devices:
        by_site[device.site].append(device)
    watchers = watchers_of(by_site)
    return [
        News(
            what=what,
            readers=watchers.get(site.pk, ()),
            about=_names(some),
            count=len(some),
            subject=some[0].pk if len(some) == 1 else None,
            site=site,
        )
        for site, some in by_site.items()
    ]


def _names(devices: Sequence[Device]) -> str:
    names = ", ".join(device.name for device in devices[:_NAMED])
    return f"{names}, …" if len(devices) > _NAMED else names
