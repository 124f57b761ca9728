"""The end of what belongs to a site that is gone for good."""

from doorward.helpdesk.models import Ticket
from doorward.kit.rows import delete_some
from doorward.sites.models import Site


def forget_site(site: Site, most: int) -> int:
    """Remove the tickets that were asked from a site; return how many."""
    return delete_some(Ticket.objects.filter(node__path__startswith=site.node.path), most)
