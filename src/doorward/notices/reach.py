"""From where somebody writes messages, and to whom each goes: reading only."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from doorward.kit.errors import Forbidden
from doorward.notices.models import Announcement, Delivery
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.models import Standing
from doorward.tenancy.permissions import REACHES, Role


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


# Any: rows of one value each.
def recipients(announcement: Announcement) -> QuerySet[Standing, Any]:
    """Return to whose accounts it goes: of these roles below the node, never above or beside."""
    reached = REACHES[Role(announcement.written_as)].intersection(announcement.targets)
    held = Standing.objects.in_force().filter(
        node__path__startswith=announcement.node.path,
        role__in=reached,
        account__is_active=True,
    )
    if announcement.author_id is not None:
        held = held.exclude(account=announcement.author_id)
    return held.order_by().values("account").distinct()


def read_counts(announcements: Sequence[Announcement]) -> dict[int, int]:
    """Return how many have read each of them."""
    keys = [one.pk for one in announcements]
    rows = Delivery.objects.filter(announcement__in=keys, read_at__isnull=False)
    counted = rows.order_by().values("announcement").annotate(count=Count("pk"))
    return {row["announcement"]: row["count"] for row in counted}
