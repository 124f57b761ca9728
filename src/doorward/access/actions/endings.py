"""The end of what belongs to a site that is gone for good."""

from doorward.access.models import AccessGroup, Credential
from doorward.kit.rows import delete_some
from doorward.sites.models import Site


def forget_site(site: Site, most: int) -> int:
    """Remove access groups and credentials of a site; return how many."""
    groups = AccessGroup.objects.filter(site=site)
    return delete_some(groups, most) or delete_some(Credential.objects.filter(site=site), most)
