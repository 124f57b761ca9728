"""How many people are in access groups and may open doors: counted up to one more than is told.

Each group and each door is counted by itself, and never further than `kit.counts` does.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import LiteralString

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from doorward.access.models import AccessGroup
from doorward.kit.counts import MOST
from doorward.kit.rows import array_of
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# People of one access group. Whom one sees is looked up in a table of them, made once a question:
# IS TRUE keeps the database from looking for each of them in the tables instead.
_NAMED: LiteralString = """
    SELECT named.person_id FROM access_accessgroup_people named
    WHERE named.accessgroup_id = {group} AND {seen}
    LIMIT {most}
"""
# Each group of people is looked up by itself: how many of the people in it one sees, the database
# cannot guess, and goes through those of all houses to find the first of them. OFFSET 0 keeps it
# from reading all groups of people that there are.
_GROUPED: LiteralString = """
    SELECT person.id FROM (
        SELECT DISTINCT below.id FROM access_accessgroup_people_groups held
        CROSS JOIN LATERAL (
            SELECT id FROM people_group WHERE ancestors @> ARRAY[held.group_id] OFFSET 0
        ) AS below
        WHERE held.accessgroup_id = {group}
    ) AS beneath
    CROSS JOIN LATERAL (
        SELECT person.id FROM people_person person
        WHERE person.group_id = beneath.id AND {seen} AND {other}
        LIMIT {most}
    ) AS person
    LIMIT {most}
"""
_SEEN: LiteralString = "({person} IN (SELECT id FROM seen)) IS TRUE"
_UNNAMED: LiteralString = """
    (person.id IN (
        SELECT named.person_id FROM access_accessgroup_people named
        WHERE named.accessgroup_id = {group}
    )) IS NOT TRUE
"""
_MEMBERS: LiteralString = """
    SELECT asked.id,
        (SELECT count(*) FROM ({named}) AS one) + (SELECT count(*) FROM ({grouped}) AS other)
    FROM unnest(%s::bigint[]) AS asked(id)
"""
_NAMED_ONLY: LiteralString = """
    SELECT asked.id, (SELECT count(*) FROM ({named}) AS one)
    FROM unnest(%s::bigint[]) AS asked(id)
"""
# Who is let in by several groups counts once.
_OPENERS: LiteralString = """
    SELECT asked.id, (
        SELECT count(*) FROM (
            SELECT DISTINCT member.person_id
            FROM access_accessgroup_doors opened
            CROSS JOIN LATERAL (({named}) UNION ALL ({grouped})) AS member
            WHERE opened.door_id = asked.id
            LIMIT {most}
        ) AS one
    )
    FROM unnest(%s::bigint[]) AS asked(id)
"""


def counted_for(actor: Actor, site: Site) -> QuerySet[Person]:
    """Return whom an actor counts in access groups of a site.

    Who sees everybody there counts all that are in: each of them would be looked up otherwise.
    """
    people = Person.objects.all()
    if actor.sees_below(Can.VIEW_PERSON, site.node):
        return people
    return people.visible_to(actor).filter(site=site)


def by_sight(
    actor: Actor, groups: Collection[AccessGroup]
) -> Iterator[tuple[list[int], QuerySet[Person]]]:
    """Yield access groups of any site, with their sites at hand, and whom the actor counts in them:

    everybody where the actor sees everybody, and those in view at the others.
    """
    whole = [one.pk for one in groups if actor.sees_below(Can.VIEW_PERSON, one.site.node)]
    yield whole, Person.objects.all()
    others = [one for one in groups if one.pk not in set(whole)]
    seen = Person.objects.visible_to(actor).filter(site__in={one.site_id for one in others})
    yield [one.pk for one in others], seen


def members(groups: Collection[int], people: QuerySet[Person]) -> Mapping[int, int]:
    """Count who of these people is in each of these access groups."""
    return _counts(_MEMBERS, "asked.id", groups, people)


def named(groups: Collection[int], people: QuerySet[Person]) -> Mapping[int, int]:
    """Count who of these people is named in each of these access groups."""
    return _counts(_NAMED_ONLY, "asked.id", groups, people)


def openers(doors: Collection[int], people: QuerySet[Person]) -> Mapping[int, int]:
    """Count who of these people is let through each of these doors at some time."""
    return _counts(_OPENERS, "opened.accessgroup_id", doors, people)


def _counts(
    question: LiteralString, group: LiteralString, keys: Collection[int], people: QuerySet[Person]
) -> Mapping[int, int]:
    if not keys:
        return {}
    some, among = people.query.has_filters(), ()
    statement = _statement(question, group, some=bool(some))
    if some:
        try:
            seen, among = people.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return {}
        statement = f"WITH seen(id) AS MATERIALIZED ({seen}) {statement}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*among, array_of(keys)])
        return {key: min(count, MOST + 1) for key, count in cursor.fetchall() if count}


def _statement(question: LiteralString, group: LiteralString, *, some: bool) -> str:
    def seen(person: LiteralString) -> LiteralString:
        return _SEEN.format(person=person) if some else "TRUE"

    # Where people of several groups are put together, doubles go there.
    other = "TRUE" if question is _OPENERS else _UNNAMED.format(group=group)
    return question.format(
        named=_NAMED.format(group=group, seen=seen("named.person_id"), most=MOST + 1),
        grouped=_GROUPED.format(group=group, seen=seen("person.id"), other=other, most=MOST + 1),
        most=MOST + 1,
    )
