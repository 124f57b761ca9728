"""At which sites something needs attention, and how much."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from doorward.kit.rows import any_of
from doorward.portal.amiss import Look
from doorward.tenancy.actor import Actor

# All that is amiss is counted at once: it is little beside what there is, but on a bad day nearly
# all of it, and then no site should be looked at by itself.
_COUNTED = """
SELECT site.id, count(*) FROM ({rows}) AS troubling (site_id)
JOIN sites_site AS site ON site.id = troubling.site_id
GROUP BY site.id ORDER BY count(*) DESC, site.name, site.id LIMIT %s
"""


def most_troubled(look: Look, most: int) -> Mapping[int, int]:
    """Return by site how much needs attention there, of so many sites at most, the worst first.

    Of more devices than are counted, the worst alone are.
    """
    return _counted([look.worst_ailing, look.away, look.alarms], most)


def troubles_at(actor: Actor, at: datetime, sites: Collection[int]) -> Mapping[int, int]:
    """Return by site how much needs attention there; sites where all is well are left out."""
    look = Look(actor, at, Q(any_of("site", sites)))
    return _counted(_troubling(look), len(sites))


def somewhere(actor: Actor, at: datetime) -> Q:
    """Say at which sites anything needs attention."""
    first, *others = (rows.order_by().values("site") for rows in _troubling(Look(actor, at)))
    return Q(pk__in=first.union(*others))


# Any: rows of several kinds, each with a site.
def _troubling(look: Look) -> list[QuerySet[Any]]:
    return [look.ailing, look.away, look.alarms]


def _counted(troubling: Iterable[QuerySet[Any]], most: int) -> Mapping[int, int]:
    statements, values = list[str](), list[Any]()
    for rows in troubling:
        try:
            statement, given = rows.order_by().values("site").query.sql_with_params()
        except EmptyResultSet:
            # Nothing of the kind is in view.
            continue
        statements.append(f"({statement})")
        values += given
    if not statements:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(rows=" UNION ALL ".join(statements)), [*values, most])
        return dict(cursor.fetchall())
