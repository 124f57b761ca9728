"""Times as a site writes them, in its own zone."""

from datetime import datetime

from django import template

from doorward.kit import clock
from doorward.sites import words
from doorward.sites.models import Site

register = template.Library()


@register.filter
def date_at(at: datetime | None, site: Site) -> str:
    return words.date_of(site, at) if at else ""


@register.filter
def moment_at(at: datetime | None, site: Site) -> str:
    return words.moment_of(site, at) if at else ""


@register.filter
def exact_at(at: datetime | None, site: Site) -> str:
    """Write a moment to the second."""
    return words.moment_of(site, at, seconds=True) if at else ""


@register.filter
def seconds_at(at: datetime | None, site: Site) -> str:
    """Write the time of day to the second."""
    return words.time_of(site, at, seconds=True) if at else ""


@register.filter
def zone_words(zone: str) -> str:
    """Say a zone as "GMT+8:00 Shanghai"."""
    return words.zone_name(zone, clock.now())
