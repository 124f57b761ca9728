"""What needs somebody at one site: its troubles, and what only becomes one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.devices.models import Connector, Device
from doorward.devices.models.devices import SKEW_SECONDS
from doorward.people.models import Person
from doorward.portal.amiss import Look
from doorward.portal.troubles import Level, Source, Trouble, Troubles, sources, worst_of
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

_SOON = timedelta(days=7)


def needs(actor: Actor, site: Site, at: datetime) -> Troubles:
    """Return what needs somebody at a site, the worst first."""
    look = Look(actor, at, Q(site=site))
    found = [*sources(look), _revoked(actor, site), _clocks_off(actor, site)]
    return worst_of(found, _validity_ending(actor, site, at))


def _revoked(actor: Actor, site: Site) -> Source[Connector]:
    """Return the revoked connectors that devices still stand behind."""
    revoked = Connector.objects.visible_to(actor).filter(site=site).exclude(revoked_at=None)
    peopled = revoked.annotate(device_count=Count("devices")).filter(device_count__gt=0)
    return Source(peopled, Value(Level.BAD.value), _still_behind)


def _still_behind(connector: Connector) -> Trouble:
    title = _("%(connector)s is revoked, with devices behind it") % {"connector": connector}
    more = _("Their doors keep deciding by themselves. Move them, or let it in again.")
    url = reverse("connector", args=[connector.site_id, connector.pk])
    return Trouble(Level.BAD, "ban", title, more, connector.site, url, _("Look at it"))


def _clocks_off(actor: Actor, site: Site) -> Source[Device]:
    off = Q(clock_skew__gt=SKEW_SECONDS) | Q(clock_skew__lt=-SKEW_SECONDS)
    wrong = Device.objects.visible_to(actor).filter(off, site=site)
    return Source(wrong, Value(Level.WARN.value), _clock_off)


def _clock_off(device: Device) -> Trouble:
    title = _("The clock of %(device)s is %(seconds)d seconds off") % {
        "device": device,
        "seconds": abs(device.clock_skew or 0),
    }
    more = _("It judges hours by its own clock. Check that it reaches its time server.")
    url = reverse("device", args=[device.site_id, device.pk])
    icon = "clock-exclamation"
    return Trouble(Level.WARN, icon, title, more, device.site, url, _("Look at it"))


def _validity_ending(actor: Actor, site: Site, at: datetime) -> Iterator[Trouble]:
    soon = Q(valid_until__gt=at, valid_until__lte=at + _SOON)
    count = Person.objects.visible_to(actor).filter(soon, site=site).count()
    if count:
        title = ngettext(
            "%(count)d person's validity ends within a week",
            "%(count)d people's validity ends within a week",
            count,
        ) % {"count": count}
        more = _("After that they open no door.")
        url = reverse("people", args=[site.pk])
        yield Trouble(Level.WARN, "clock-hour-4", title, more, site, url, _("See who"))
