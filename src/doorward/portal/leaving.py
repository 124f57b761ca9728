"""How far the devices of deleted offices are with forgetting what came from here."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.devices.models import Device
from doorward.kit.counts import counted
from doorward.sites.models import Site


def with_unbinding(sites: QuerySet[Site]) -> QuerySet[Site]:
    """Add to each deleted site how many devices it has, and how many of these are done."""
    devices = Device.objects.released()
    return sites.annotate(
        device_count=counted(devices, "site"),
        telling_count=counted(devices.filter(release=Device.Release.TELLING), "site"),
    )


def unbinding_words(devices: int, telling: int) -> str:
    """Say how far they are."""
    if not devices:
        return _("None")
    if not telling:
        return _("All %(count)d have let go") % {"count": devices}
    words = ngettext(
        "%(telling)d of %(count)d has yet to be told",
        "%(telling)d of %(count)d have yet to be told",
        telling,
    )
    return words % {"telling": telling, "count": devices}
