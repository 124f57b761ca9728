"""What is said to whoever asks something of a device that cannot be reached."""

from django.utils.translation import gettext as _

from doorward.devices.models import Device
from doorward.kit import clock
from doorward.sites.models import Site
from doorward.sites.words import since_of


def why_offline(device: Device, site: Site) -> str:
    """Say since when a device, fetched with its connector, is away, and what mends it."""
    since = device.away_since
    if since is None:
        return _("%(device)s was never connected. Check its power.") % {"device": device.name}
    return _(
        "%(device)s has been offline since %(time)s. The order was not sent;"
        " try again when it is back."
    ) % {"device": device.name, "time": since_of(site, since, clock.now())}
