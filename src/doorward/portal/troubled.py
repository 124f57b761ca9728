"""At which sites something needs attention, and how much."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from doorward.activity.models import Alarm
from doorward.devices.models import Connector, Device
from doorward.devices.models.devices import Devices
from doorward.kit.rows import any_of
from doorward.portal import troubles
from doorward.tenancy.actor import Actor

# All that is amiss is counted at once: it is little beside what there is, but on a bad day nearly
# all of it, and then no site should be looked at by itself.
_COUNTED = """
SELECT site.id, count(*) FROM ({rows}) AS troubling (site_id)
JOIN sites_site AS site ON site.id = troubling.site_id
GROUP BY site.id ORDER BY count(*) DESC, site.name, site.id LIMIT %s
"""


def most_troubled(actor: Actor, at: datetime, ailing: Devices, most: int) -> Mapping[int, int]:
    """Return by site how much needs attention there, of so many sites at most, the worst first."""
    return _counted([ailing, *_beside(actor, at)], most)


def troubles_at(actor: Actor, at: datetime, sites: Collection[int]) -> Mapping[int, int]:
    """Return by site how much needs attention there; sites where all is well are left out."""
    here = any_of("site", sites)
    ailing = troubles.find_ailing(Device.objects.visible_to(actor).filter(here), at, actor)
    return _counted([ailing, *(rows.filter(here) for rows in _beside(actor, at))], len(sites))


def somewhere(actor: Actor, at: datetime) -> Q:
    """Say at which sites anything needs attention."""
    ailing = troubles.find_ailing(Device.objects.visible_to(actor), at, actor)
    others = (rows.order_by().values("site") for rows in _beside(actor, at))
    return Q(pk__in=ailing.order_by().values("site").union(*others))


# Any: rows of several kinds, each with a site.
def _beside(actor: Actor, at: datetime) -> list[QuerySet[Any]]:
    """Return what needs attention beside devices with troubles of their own."""
    return [
        troubles.away(Connector.objects.visible_to(actor), at),
        Alarm.objects.visible_to(actor).open(),
    ]


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
