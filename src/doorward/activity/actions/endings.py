"""The end of the logs of a site that is gone for good: nothing else takes lines out of them."""

from typing import LiteralString

from django.db import connection

from doorward.activity.models import Alarm
from doorward.kit.rows import delete_some
from doorward.sites.models import Site

_FORGET: LiteralString = """
DELETE FROM activity_doorevent WHERE (id, at) IN (
    SELECT id, at FROM activity_doorevent WHERE site_id = %s ORDER BY at DESC, id DESC LIMIT %s)
"""


def forget_site(site: Site, most: int) -> int:
    """Remove alarms and lines of the door log of a site; return how many."""
    if count := delete_some(Alarm.objects.filter(site=site), most):
        return count
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [site.pk, most])
        return int(cursor.rowcount)
