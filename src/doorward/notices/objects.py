"""What notices are about, as far as their reader sees it at this moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from doorward.activity.models import Alarm
from doorward.devices.models import Device
from doorward.files.models import Work
from doorward.helpdesk.models import Ticket
from doorward.notices.models import Announcement, Notice
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import NoticeKind
from doorward.tenancy.permissions import Can

_Kind = NoticeKind


@dataclass(frozen=True)
class Thing:
    """A kind of object: which of them an actor sees, and the name of the page of one."""

    # Any: rows of every kind.
    rows: Callable[[Actor], QuerySet[Any]]
    page: str
    in_site: bool = False


def _with_devices(actor: Actor) -> QuerySet[Site]:
    """Return the sites of which the actor sees devices: those of several are named together."""
    devices = Device.objects.visible_to(actor)
    return Site.objects.visible_to(actor).filter(pk__in=devices.values("site"))


_SITE = Thing(Site.objects.visible_to, "site")
_ITS_DEVICES = Thing(_with_devices, "devices")
_DEVICE = Thing(Device.objects.visible_to, "device", in_site=True)
_THINGS = {
    _Kind.ALARM: Thing(Alarm.objects.visible_to, "alarm", in_site=True),
    _Kind.WORK: Thing(Work.objects.visible_to, "work"),
    _Kind.MESSAGE: Thing(Announcement.objects.visible_to, "message"),
    _Kind.TICKET: Thing(Ticket.objects.visible_to, "ticket"),
}


def thing_of(notice: Notice) -> tuple[Thing, int] | None:
    """Return what a notice is about and its key, None where that is nothing one can lose."""
    if notice.kind == _Kind.OFFLINE:
        one = notice.subject is not None
        return (_DEVICE, notice.subject or 0) if one else (_ITS_DEVICES, notice.site_id or 0)
    if notice.kind == _Kind.MANAGER:
        return _SITE, notice.site_id or 0
    thing = _THINGS.get(_Kind(notice.kind))
    return None if thing is None else (thing, notice.subject or 0)


def seen(actor: Actor, notices: Iterable[Notice]) -> set[int]:
    """Return the keys of the notices whose objects the actor sees, a question for each kind."""
    found: set[int] = set()
    asked: dict[Thing, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for notice in notices:
        about = thing_of(notice)
        if about is None:
            found.add(notice.pk)
        else:
            asked[about[0]][about[1]].append(notice.pk)
    for thing, keys in asked.items():
        rows = thing.rows(actor).filter(pk__in=list(keys))
        for key in rows.values_list("pk", flat=True):
            found.update(keys[key])
    return found


def address_of(actor: Actor, notice: Notice) -> str:
    """Return where a notice leads whoever sees its object; "" where there is no page of it."""
    if notice.kind == _Kind.SUPPORT:
        return reverse("account-setting") if actor.may_be_helped else ""
    if notice.kind == _Kind.MACS:
        return reverse("macs") if actor.may(Can.VIEW_MAC) else ""
    about = thing_of(notice)
    if about is None:
        return ""
    thing, key = about
    return reverse(thing.page, args=[notice.site_id, key] if thing.in_site else [key])


def named(actor: Actor, words: str) -> Q:
    """Say which notices have these words in the names in them, as far as they are in view."""
    found = Q(about__icontains=words) | Q(by__icontains=words) | Q(site__name__icontains=words)
    return found & in_view(actor)


def in_view(actor: Actor) -> Q:
    """Say which notices may be found by the names in them: those whose objects are in view."""
    sites = Q(site=None) | Q(site__in=_SITE.rows(actor).values("pk"))
    for kind, thing in {**_THINGS, _Kind.OFFLINE: _DEVICE}.items():
        # Of those alone that have the words: as a range, or all things would be read for a table.
        key = OuterRef("subject")
        there = ~Q(kind=kind) | Q(Exists(thing.rows(actor).filter(pk__range=(key, key))))
        if kind == _Kind.OFFLINE:
            site = OuterRef("site")
            several = Exists(_with_devices(actor).filter(pk__range=(site, site)))
            there |= Q(several, subject=None)
        sites &= there
    return sites
