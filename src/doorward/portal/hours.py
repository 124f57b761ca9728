"""Openings and refusals of a day by the hour: counted in one question, by the index of the log."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour

from doorward.activity.models import DoorEvent
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can


@dataclass(frozen=True)
class Day:
    """A day as far as it is over: `hours` are the rows of a chart, of what was opened."""

    hours: list[dict[str, object]]
    entries: int
    refusals: int


def day_of(lines: QuerySet[DoorEvent], zone: tzinfo, at: datetime) -> Day:
    """Count the lines of the day in which a moment lies, by the hour of a zone's clocks.

    An hour that a clock change repeats is one bar, one that is skipped stays empty.
    """
    began = datetime.combine(at.astimezone(zone).date(), time(), zone)
    counted = (
        lines.filter(at__gte=began)
        .order_by()
        .values(hour=ExtractHour("at", tzinfo=zone))
        .annotate(
            entries=Count("pk", filter=Q(accepted=True)),
            refusals=Count("pk", filter=Q(accepted=False)),
        )
    )
    found = {row["hour"]: row for row in counted}
    hours: list[dict[str, object]] = [
        {"label": f"{hour:02}", "value": found[hour]["entries"] if hour in found else 0}
        for hour in range(24)
    ]
    entries = sum(row["entries"] for row in found.values())
    return Day(hours, entries, sum(row["refusals"] for row in found.values()))


def lines_in_view(actor: Actor) -> QuerySet[DoorEvent]:
    """Return the lines of everything that an actor looks after, wherever.

    They are named by sites, and of companies by these: so the index of each finds its own day, and
    the database does not go through what everybody did anywhere.
    """
    if actor.sees_all(Can.VIEW_LOG):
        return DoorEvent.objects.visible_to(actor)
    below = actor.nodes_below(Can.VIEW_LOG)
    sites = list(Site.objects.filter(node__among=below).values_list("pk", flat=True))
    companies = Company.objects.filter(node__among=below).exclude(site__among=sites or [0])
    keys = list(companies.values_list("pk", flat=True))
    seen = Q(pk__in=())
    if sites:
        seen |= Q(site__among=sites)
    if keys:
        seen |= Q(company__among=keys)
    return DoorEvent.objects.filter(seen)
