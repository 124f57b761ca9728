"""What needs somebody at one site: its troubles, and what only becomes one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.devices.models import Connector, Device
from doorward.people.models import Person
from doorward.portal.troubles import Trouble, troubles, worst_first
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

# A clock that is further off makes a device judge hours wrongly.
SKEW_SECONDS = 60
_SOON = timedelta(days=7)


def needs(actor: Actor, site: Site, at: datetime) -> list[Trouble]:
    """List what needs somebody at a site, the worst first."""
    return worst_first(
        [
            *troubles(actor, at, site=site),
            *_revoked(actor, site),
            *_clocks_off(actor, site),
            *_validity_ending(actor, site, at),
        ]
    )


def _revoked(actor: Actor, site: Site) -> Iterator[Trouble]:
    """Yield the revoked connectors that devices still stand behind."""
    revoked = Connector.objects.visible_to(actor).filter(site=site).exclude(revoked_at=None)
    counted = revoked.annotate(device_count=Count("devices")).filter(device_count__gt=0)
    for connector in counted.order_by("name"):
        title = _("%(connector)s is revoked, with devices behind it") % {"connector": connector}
        more = _("Their doors keep deciding by themselves. Move them, or let it in again.")
        url = reverse("connector", args=[site.pk, connector.pk])
        yield _need("bad", title, more, site, url=url, mend=_("Look at it"), icon="ban")


def _clocks_off(actor: Actor, site: Site) -> Iterator[Trouble]:
    off = Q(clock_skew__gt=SKEW_SECONDS) | Q(clock_skew__lt=-SKEW_SECONDS)
    for device in Device.objects.visible_to(actor).filter(off, site=site).order_by("name"):
        title = _("The clock of %(device)s is %(seconds)d seconds off") % {
            "device": device,
            "seconds": abs(device.clock_skew or 0),
        }
        more = _("It judges hours by its own clock. Check that it reaches its time server.")
        url = reverse("device", args=[site.pk, device.pk])
        yield _need(
            "warn", title, more, site, url=url, mend=_("Look at it"), icon="clock-exclamation"
        )


def _validity_ending(actor: Actor, site: Site, at: datetime) -> Iterator[Trouble]:
    soon = Q(valid_until__gt=at, valid_until__lte=at + _SOON)
    count = Person.objects.visible_to(actor).filter(soon, site=site).count()
    if count:
        title = ngettext(
            "%(count)d person's validity ends within a week",
            "%(count)d people's validity ends within a week",
            count,
        )
        more = _("After that they open no door.")
        url = reverse("people", args=[site.pk])
        named = title % {"count": count}
        yield _need("warn", named, more, site, url=url, mend=_("See who"), icon="clock-hour-4")


def _need(
    level: str, title: str, more: str, site: Site, *, url: str, mend: str, icon: str
) -> Trouble:
    return Trouble(level, icon, title, more, site, url, mend)
