"""What the room of sites objects to below it: an organisation goes only once its sites are gone."""

from django.utils.translation import gettext as _

from doorward.kit.counts import NAMED, first_of
from doorward.kit.errors import Refused
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.events import OrganisationDeleted


def object_to_organisation(actor: Actor, event: OrganisationDeleted) -> None:
    """Raise `Refused`, naming the sites that an installer still has."""
    sites = Site.objects.filter(installer=event.organisation).order_by("name")
    kept = sites.filter(deleted_at=None)
    if sites.exists() and not kept.exists():
        message = _(
            "Its deleted offices can still be brought back. Delete it once they are gone for good."
        )
        raise Refused("organisation.in_use", message)
    sites = kept
    if count := sites.count():
        told = first_of(sites.values_list("name", flat=True)[:NAMED], count)
        message = _("It still has sites: %(names)s. Its installer deletes them first.")
        raise Refused("organisation.in_use", message % {"names": told})
