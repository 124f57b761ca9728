"""Who is in which access groups before a change and after it, as a few crowds: one query."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from django.db import connection

from doorward.access.preview import NAMED, Crowd
from doorward.kit.rows import array_of

# Stands for a group as it will be; no row has it.
PROPOSED = 0


# Both relations are (person, access group). Who is where is asked by people and by groups, or
# the view would be built in whole.
_CROWDS: LiteralString = """
WITH now AS (
    SELECT person_id, array_agg(DISTINCT accessgroup_id ORDER BY accessgroup_id) AS groups
    FROM access_member
    WHERE accessgroup_id = ANY(%(groups)s::bigint[]) AND person_id = ANY(%(people)s::bigint[])
    GROUP BY person_id
),
becoming AS (
    SELECT person_id, array_agg(DISTINCT accessgroup_id ORDER BY accessgroup_id) AS groups
    FROM (
        SELECT person_id, accessgroup_id
        FROM access_member
        WHERE accessgroup_id = ANY(%(staying)s::bigint[]) AND person_id = ANY(%(people)s::bigint[])
        UNION ALL
        SELECT person_id, accessgroup_id
        FROM access_accessgroup_people
        WHERE accessgroup_id = ANY(%(named)s::bigint[]) AND person_id = ANY(%(people)s::bigint[])
        UNION ALL
        SELECT * FROM unnest(%(joiners)s::bigint[], %(joined)s::bigint[])
    ) AS will
    GROUP BY person_id
),
named AS (
    SELECT id, row_number() OVER (ORDER BY last_name, first_name, id) AS place,
        status <> 'active' OR valid_until IS NOT NULL AND valid_until <= %(at)s AS dormant
    FROM people_person
    WHERE id = ANY(%(people)s::bigint[])
)
SELECT COALESCE(now.groups, '{}'), COALESCE(becoming.groups, '{}'), count(*),
    md5(string_agg(named.id::text, ',' ORDER BY named.id)),
    count(*) FILTER (WHERE dormant),
    (array_agg(named.place ORDER BY named.place))[1:%(most)s],
    (array_agg(named.id ORDER BY named.place))[1:%(most)s]
FROM named
LEFT JOIN now ON now.person_id = named.id
LEFT JOIN becoming ON becoming.person_id = named.id
WHERE now.groups IS DISTINCT FROM becoming.groups
GROUP BY now.groups, becoming.groups
"""


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    """In which access groups people will be.

    In `staying` they stay as they are, in `named` as far as they are named there; `joining` says
    by access group who comes to be in it, or still is.
    """

    staying: Collection[int] = ()
    named: Collection[int] = ()
    joining: Mapping[int, Collection[int]] = field(default_factory=dict)


def crowds(
    people: Collection[int], *, groups: Collection[int], after: Afterwards, at: datetime
) -> list[Crowd]:
    """Return people by what they are in of `groups` now and what they will be in.

    Whoever is in the same groups before and after is left out.
    """
    pairs = [(person, group) for group, some in after.joining.items() for person in some]
    # Any: arrays, a number and a moment.
    facts: dict[str, Any] = {
        "people": array_of(people),
        "groups": array_of(groups),
        "staying": array_of(after.staying),
        "named": array_of(after.named),
        "joiners": array_of(person for person, _group in pairs),
        "joined": array_of(group for _person, group in pairs),
        "most": NAMED,
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
