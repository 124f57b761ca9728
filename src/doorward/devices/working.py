"""How far the working out of who may open has come at a site."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from doorward.devices.models import Door
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor


@dataclass(frozen=True)
class Working:
    """At how many of so many doors it is worked out who may open; under way since when."""

    done: int
    total: int
    since: datetime


def working_at(actor: Actor, site: Site) -> Working | None:
    """Count the doors that the actor sees, in one query; None where nothing is under way."""
    counts = Door.objects.seen_at(actor, site).aggregate(
        total=Count("pk"),
        left=Count("pk", filter=Q(device__shelf__stale_since__isnull=False)),
        since=Min("device__shelf__stale_since"),
    )
    if not counts["left"]:
        return None
    return Working(counts["total"] - counts["left"], counts["total"], counts["since"])


def topic_of(site: Site) -> str:
    """Return what is told to pages when it has come further."""
    return f"site:{site.pk}:rights"
