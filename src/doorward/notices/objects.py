"""What notices are about, as far as their reader sees it at this moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.urls import reverse

from doorward.activity.models import Alarm
from doorward.devices.models import Device
from doorward.files.models import Work
from doorward.helpdesk.models import Ticket
from doorward.kit.rows import any_of
from doorward.notices.models import Announcement, Notice, Notices
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import NoticeKind
from doorward.tenancy.permissions import Can

# Words are looked for in so many of the newest notices that the filters leave.
SEARCHED = 1_000
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
        rows = thing.rows(actor).filter(any_of("pk", keys))
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


@dataclass(frozen=True)
class Searched:
    """What a search for names has found; `is_all` unless there are older ones than it read."""

    found: Q
    is_all: bool


def search(actor: Actor, notices: Notices, words: str) -> Searched:
    """Say which of the newest notices have the words in the names in them, as far as in view.

    What they are about is asked for kind by kind: for each notice by itself, that would be
    thousands of looks.
    """
    said = ExpressionWrapper(
        Q(about__icontains=words) | Q(by__icontains=words), output_field=BooleanField()
    )
    newest = notices.select_related(None).only("kind", "subject", "site").annotate(said=said)
    # Any: annotated.
    # One more, to know whether there are older ones.
    read: list[Any] = list(newest.order_by("-at", "-pk")[: SEARCHED + 1])
    searched = read[:SEARCHED]
    sites = {None: False} | _sites(actor, searched, words)
    named = [one for one in searched if one.site_id in sites and (one.said or sites[one.site_id])]
    return Searched(Q(any_of("pk", seen(actor, named))), is_all=len(read) <= SEARCHED)


def _sites(actor: Actor, notices: Iterable[Notice], words: str) -> dict[int | None, bool]:
    """Return the sites of notices that are in view, and whether the words are in their names."""
    keys = {notice.site_id for notice in notices if notice.site_id is not None}
    named = ExpressionWrapper(Q(name__icontains=words), output_field=BooleanField())
    rows = Site.objects.visible_to(actor).filter(any_of("pk", keys)).annotate(named=named)
    return dict(rows.values_list("pk", "named"))
