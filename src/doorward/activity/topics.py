"""Who hears of what happens at doors: whoever sees its lines in the log, and nobody else."""

from collections.abc import Iterable
from typing import Protocol

from doorward.devices.models import Door
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# Topics go into a ticket, which is not to grow without end.
_DOORS = 200


class Told(Protocol):
    """A line of the log, as far as it matters who hears of it."""

    @property
    def site_id(self) -> int: ...

    @property
    def company_id(self) -> int | None: ...


def topics_of(events: Iterable[Told]) -> set[str]:
    """Return whom events wake: those who see all of a site, and those who see a company's."""
    found = set()
    for event in events:
        found.add(_of_site(event.site_id))
        if event.company_id is not None:
            found.add(_of_company(event.company_id))
    return found


def topics_for(actor: Actor, site: Site) -> list[str]:
    """Return what a page listens to that shows an actor lines of a site's log.

    Whoever sees their own lines alone listens to nothing: every topic would tell of others.
    """
    if actor.sees_below(Can.VIEW_LOG, site.node):
        return [_of_site(site.pk)]
    below = Company.objects.filter(site=site, node__among=actor.nodes_below(Can.VIEW_LOG))
    return [_of_company(key) for key in below.order_by("pk").values_list("pk", flat=True)]


def alarm_topics_for(actor: Actor, site: Site) -> list[str]:
    """Return what a page listens to that shows an actor alarms of a site.

    Whoever sees some doors alone listens to these, the first of them.
    """
    if sites := alarm_topics_of([site], actor):
        return sites
    doors = Door.objects.visible_to(actor).filter(site=site).order_by("pk")
    return [f"door:{key}" for key in doors.values_list("pk", flat=True)[:_DOORS]]


def alarm_topics_of(sites: Iterable[Site], actor: Actor) -> list[str]:
    """Return the topics of those sites, with their nodes, of which an actor sees every alarm."""
    return [
        f"site:{site.pk}:alarms" for site in sites if actor.sees_below(Can.VIEW_ALARM, site.node)
    ]


def _of_site(key: int) -> str:
    return f"site:{key}:events"


def _of_company(key: int) -> str:
    return f"company:{key}:events"
