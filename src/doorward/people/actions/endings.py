"""The end of what belongs to a site that is gone for good."""

from doorward.kit.rows import delete_some
from doorward.people.models import Group, Person
from doorward.sites.models import Site


def forget_site(site: Site, most: int) -> int:
    """Remove people and their groups of a site, what is below first; return how many."""
    lowest = Group.objects.filter(site=site, children=None)
    return delete_some(Person.objects.filter(site=site), most) or delete_some(lowest, most)
