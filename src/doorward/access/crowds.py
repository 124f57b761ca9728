"""Who is in which access groups before a change and after it, as a few crowds: one query."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, LiteralString

from django.db import connection

from doorward.access.preview import NAMED, Crowd

# Stands for a group as it will be; no row has it.
PROPOSED = 0


# Both relations are (person, access group). Who is where is asked by people and by groups, or
# the view would be built in whole.
_CROWDS: LiteralString = """
WITH now AS (
    SELECT person_id, array_agg(DISTINCT accessgroup_id ORDER BY accessgroup_id) AS groups
    FROM access_member
    WHERE accessgroup_id = ANY(%(groups)s) AND person_id = ANY(%(people)s)
    GROUP BY person_id
),
becoming AS (
    SELECT person_id, array_agg(DISTINCT accessgroup_id ORDER BY accessgroup_id) AS groups
    FROM (
        SELECT person_id, accessgroup_id
        FROM access_member
        WHERE accessgroup_id = ANY(%(staying)s) AND person_id = ANY(%(people)s)
        UNION ALL
        SELECT unnest(%(members)s::bigint[]), %(proposed)s::bigint
    ) AS will
    GROUP BY person_id
),
named AS (
    SELECT id, row_number() OVER (ORDER BY last_name, first_name, id) AS place,
        status <> 'active' OR valid_until IS NOT NULL AND valid_until <= %(at)s AS dormant
    FROM people_person
    WHERE id = ANY(%(people)s)
)
SELECT COALESCE(now.groups, '{}'), COALESCE(becoming.groups, '{}'), count(*),
    md5(string_agg(named.id::text, ',' ORDER BY named.id)),
    count(*) FILTER (WHERE dormant),
    (array_agg(named.place ORDER BY named.place))[1:%(named)s],
    (array_agg(named.id ORDER BY named.place))[1:%(named)s]
FROM named
LEFT JOIN now ON now.person_id = named.id
LEFT JOIN becoming ON becoming.person_id = named.id
WHERE now.groups IS DISTINCT FROM becoming.groups
GROUP BY now.groups, becoming.groups
"""


def crowds(
    people: Collection[int],
    *,
    groups: Collection[int],
    staying: Collection[int],
    members: Collection[int],
    proposed: int,
    at: datetime,
) -> list[Crowd]:
    """Return people by what they are in of `groups` now and what they will be in.

    They stay in `staying` as they are; of the `proposed` group these `members` are in it
    afterwards. Whoever is in the same groups before and after is left out.
    """
    # Any: lists, numbers and a moment.
    facts: dict[str, Any] = {
        "people": list(people),
        "groups": list(groups),
        "staying": list(staying),
        "members": list(members),
        "proposed": proposed,
        "named": NAMED,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CROWDS, facts)
        return [
            Crowd(
                before=frozenset(before),
                after=frozenset(after),
                count=count,
                mark=mark,
                dormant=dormant,
                first=tuple(zip(places, keys, strict=True)),
            )
            for before, after, count, mark, dormant, places, keys in cursor.fetchall()
        ]
