"""What happened, and whom it concerns: from the ids of an event to news."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q

from doorward.activity.models import Alarm
from doorward.files.models import Work
from doorward.helpdesk.models import Ticket
from doorward.notices.actions.telling import News, tell
from doorward.notices.models import Notice
from doorward.sites.models import Site
from doorward.tenancy.models import Account, Node, NoticeKind, Standing, SupportVisit
from doorward.tenancy.permissions import Role

_What = Notice.What
_INSTALLERS = (Role.INSTALLER, Role.SUB_INSTALLER)
# Whoever looks after one site by the hundred reads it in the site itself.
_MOST = 200


def watchers_of(sites: Iterable[Site]) -> Mapping[int, list[int]]:
    """Return who looks after each site: its property managers and its installer's accounts."""
    by_node: dict[int, list[Site]] = defaultdict(list)
    for site in sites:
        by_node[site.node_id].append(site)
        by_node[site.installer_id].append(site)
    here = Q(node__kind=Node.Kind.SITE, role=Role.PROPERTY_MANAGER)
    there = Q(node__kind=Node.Kind.INSTALLER, role__in=_INSTALLERS)
    held = Standing.objects.in_force().filter(here | there, node__in=list(by_node))
    found: dict[int, list[int]] = defaultdict(list)
    for node, account in held.order_by("pk").values_list("node", "account"):
        for site in by_node[node]:
            if len(found[site.pk]) < _MOST:
                found[site.pk].append(account)
    return found


def tell_alarms(alarms: Collection[int]) -> None:
    """Tell who looks after a site of alarms that have begun there."""
    found = list(Alarm.objects.filter(pk__in=alarms).select_related("site").order_by("pk"))
    watchers = watchers_of({alarm.site_id: alarm.site for alarm in found}.values())
    tell(
        NoticeKind.ALARM,
        [
            News(
                what=_What(alarm.kind),
                readers=watchers.get(alarm.site_id, ()),
                about=alarm.door_name or alarm.device_name,
                subject=alarm.pk,
                site=alarm.site,
            )
            for alarm in found
        ],
    )


def tell_work(work: int) -> None:
    """Tell whoever asked for work how it ended."""
    row = Work.objects.filter(pk=work).first()
    if row is None or not row.is_over or row.state == Work.State.CANCELLED:
        return
    what = _What.FAULTS if row.fault_count else _What.DONE
    if row.state == Work.State.FAILED:
        what = _What.FAILED
    news = News(what=what, readers=[row.account_id], about=row.title, subject=row.pk)
    tell(NoticeKind.WORK, [news])


def tell_ticket(
    ticket: int, readers: Collection[int], by: int, *, is_new: bool, is_solved: bool
) -> None:
    """Tell one side of a ticket what the other did."""
    row = Ticket.objects.filter(pk=ticket).first()
    if row is None:
        return
    what = _What.ASKED if is_new else _What.ANSWERED
    if is_solved:
        what = _What.SOLVED
    told = {"about": row.subject, "by": _name_of(by), "subject": row.pk}
    tell(NoticeKind.TICKET, [News(what=what, readers=readers, **told)])  # type: ignore[arg-type]


def tell_support_begun(visit: int) -> None:
    """Tell an owner that somebody acts for them."""
    _tell_support(_What.BEGUN, [visit])


def tell_support_ended(visits: Collection[int]) -> None:
    _tell_support(_What.ENDED, visits)


def tell_macs(installer: int, count: int, by: int) -> None:
    """Tell an installer that somebody else registered MACs for it."""
    held = Standing.objects.in_force().filter(node=installer, role__in=_INSTALLERS)
    accounts = set(held.exclude(account=by).values_list("account", flat=True)[:_MOST])
    news = News(what=_What.REGISTERED, readers=accounts, by=_name_of(by), count=count)
    tell(NoticeKind.MACS, [news])


def tell_managers(node: int, accounts: Collection[int]) -> None:
    """Tell accounts that they manage a site now."""
    site = Site.objects.filter(node=node).first()
    if site is not None:
        news = News(what=_What.ASSIGNED, readers=accounts, about=site.name, site=site)
        tell(NoticeKind.MANAGER, [news])


def _tell_support(what: Notice.What, visits: Collection[int]) -> None:
    rows = SupportVisit.objects.filter(pk__in=visits).select_related("account").order_by("pk")
    news = [
        News(
            what=what,
            readers=[visit.acting_for_id],
            by=visit.account.get_full_name(),
            subject=visit.pk,
        )
        for visit in rows
    ]
    tell(NoticeKind.SUPPORT, news)


def _name_of(account: int) -> str:
    found = Account.objects.filter(pk=account).first()
    return found.get_full_name() if found else ""
