"""What the room of devices objects to below it: no MAC is left behind without an owner."""

from django.utils.translation import gettext as _

from doorward.devices.models import MacEntry
from doorward.kit.counts import NAMED, first_of
from doorward.kit.errors import Refused
from doorward.tenancy.actor import Actor
from doorward.tenancy.events import OrganisationDeleted


def object_to_organisation(actor: Actor, event: OrganisationDeleted) -> None:
    """Raise `Refused`, naming the MACs that an installer still has in its library."""
    macs = MacEntry.objects.filter(node=event.organisation).order_by("mac")
    if count := macs.count():
        told = first_of(macs.values_list("mac", flat=True)[:NAMED], count)
        message = _("It still has MACs in its library: %(names)s. Remove them first.")
        raise Refused("organisation.in_use", message % {"names": told})
