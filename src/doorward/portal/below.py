"""What stands below organisations, counted for the rows of a page with one question."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.db import connection

from doorward.kit.counts import MOST
from doorward.kit.rows import array_of

# The ends of a path's range: what begins with "/1/7/" lies before "/1/70".
_COUNTS = """
SELECT above.id,
    (SELECT count(*) FROM (
        SELECT FROM tenancy_node AS below
        WHERE below.kind = 'site' AND below.path ~>=~ above.path::text
            AND below.path ~<~ (rtrim(above.path, '/') || '0')
        LIMIT %(most)s
    ) AS counted),
    (SELECT count(DISTINCT held.account_id) FROM tenancy_standing AS held
        WHERE held.node_id = above.id)
FROM tenancy_node AS above
WHERE above.id = ANY(%(keys)s::bigint[])
"""


class Below(NamedTuple):
    """Up to one more than is counted of its sites, and the accounts that speak for it."""

    sites: int
    accounts: int


def counts_below(keys: Collection[int]) -> Mapping[int, Below]:
    """Return what stands below each of these organisations, which the actor has in view."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"most": MOST + 1, "keys": array_of(keys)})
        return {key: Below(sites, accounts) for key, sites, accounts in cursor.fetchall()}
