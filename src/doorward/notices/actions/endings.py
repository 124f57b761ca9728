"""The end of what belongs to a site that is gone for good."""

from doorward.kit.rows import delete_some
from doorward.notices.actions.telling import recount
from doorward.notices.models import Notice
from doorward.sites.models import Site


def forget_site(site: Site, most: int) -> int:
    """Remove what was told of a site; return how many."""
    rows = Notice.objects.filter(site=site)
    unread = rows.order_by("pk")[:most]
    accounts = [one.account_id for one in unread if one.read_at is None]
    count = delete_some(rows, most)
    recount(accounts)
    return count
