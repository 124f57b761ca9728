"""From where somebody writes messages, and to whom each goes: reading only."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from doorward.kit.errors import Forbidden
from doorward.notices.models import Announcement, Delivery
from doorward.sites.models import Site, Sites
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.models import Account, NoticeKind, Standing
from doorward.tenancy.noticing import mailed
from doorward.tenancy.permissions import REACHES, Role
from doorward.tenancy.sight import NOTHING

# Who belongs to a site; other roles stand above all of them.
SITE_ROLES = frozenset({Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL})


class Reach(NamedTuple):
    """How many accounts a message goes to, and to how many of them by mail, too."""

    accounts: int
    mails: int


def writing_places(actor: Actor) -> list[Place]:
    """Return where the actor writes from, for themselves alone."""
    if actor.acting is not None or actor.account is None:
        return []
    return [place for place in actor.places if place.role in REACHES]


def nobody_below() -> Forbidden:
    words = _("Messages are written by the levels that somebody stands below.")
    return Forbidden("message.reader", words)


def roles_from(place: Place) -> list[Role]:
    """Return to whom one writes from a place, as they stand in the table of roles."""
    return [role for role in Role if role in REACHES[place.role]]


def sites_to_name(actor: Actor, places: Iterable[Place]) -> Sites:
    """Return the sites that a message from one of these places can be for alone."""
    below = NOTHING
    for place in places:
        if not SITE_ROLES.isdisjoint(REACHES[place.role]):
            below |= Q(node__path__startswith=place.path)
    return Site.objects.visible_to(actor).filter(below)


def sites_of(actor: Actor, announcement: Announcement) -> Sites:
    """Return the sites that a message is for alone, as far as the actor sees them."""
    return Site.objects.visible_to(actor).filter(pk__in=announcement.sites)


# Any: rows of one value each.
def recipients(announcement: Announcement) -> QuerySet[Standing, Any]:
    """Return to whose accounts it goes: of these roles below the node, never above or beside."""
    reached = REACHES[Role(announcement.written_as)].intersection(announcement.targets)
    held = Standing.objects.in_force().filter(
        node__path__startswith=announcement.node.path,
        role__in=reached,
        account__is_active=True,
    )
    if announcement.sites:
        held = held.filter(_within(announcement.sites))
    if announcement.author_id is not None:
        held = held.exclude(account=announcement.author_id)
    return held.order_by().values("account").distinct()


def by_mail(announcement: Announcement) -> QuerySet[Account]:
    """Return the accounts that take such a message by mail, wherever they stand."""
    accounts: QuerySet[Account] = Account.objects.filter(is_active=True)
    if not announcement.by_mail:
        return accounts.none()
    if announcement.kind == Announcement.Kind.NEWS:
        # Asked for apart: it is no matter of which notices come by mail.
        return accounts.filter(wants_news=True).exclude(email="")
    return accounts.filter(mailed(NoticeKind.MESSAGE))


def reach_of(announcement: Announcement) -> Reach:
    """Count whom a message would go to, if it were sent now."""
    readers = recipients(announcement)
    mails = by_mail(announcement).filter(pk__in=readers).count() if announcement.by_mail else 0
    return Reach(readers.count(), mails)


def mail_count(announcement: Announcement) -> int:
    """Return to how many a message that was sent has gone by mail."""
    return announcement.deliveries.filter(mailed_at__isnull=False).count()


def _within(sites: Sequence[int]) -> Exists:
    """Say which standings are at one of these sites, or below."""
    here = Func(
        OuterRef("node__path"),
        F("node__path"),
        function="starts_with",
        output_field=BooleanField(),
    )
    return Exists(Site.objects.filter(here, pk__in=sites))


def read_counts(announcements: Sequence[Announcement]) -> dict[int, int]:
    """Return how many have read each of them."""
    keys = [one.pk for one in announcements]
    rows = Delivery.objects.filter(announcement__in=keys, read_at__isnull=False)
    counted = rows.order_by().values("announcement").annotate(count=Count("pk"))
    return {row["announcement"]: row["count"] for row in counted}
