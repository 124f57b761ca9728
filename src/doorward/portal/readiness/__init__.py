"""Whether a site is ready: what the manual has an installer check first, each with its mend."""

from datetime import datetime

from doorward.portal.readiness.devices import DeviceLines
from doorward.portal.readiness.facts import Facts
from doorward.portal.readiness.lines import Check
from doorward.portal.readiness.people import people_line
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# Of those that fail a check, so many are named.
NAMED = 10


def checks(actor: Actor, site: Site, at: datetime, *, most: int = NAMED) -> list[Check]:
    """Return the lines for a site; of what fails one, at most so many are named."""
    facts = Facts(actor, site, at)
    found = list(DeviceLines(facts, most))
    if actor.sees_below(Can.VIEW_PERSON, site.node):
        found.append(people_line(facts, most))
    return found
