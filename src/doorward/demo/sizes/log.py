"""A year of the door log: people at doors, by day, as the facts of now judge them."""

from datetime import date, timedelta

from django.db import connection

from doorward.activity.models import DoorEvent
from doorward.activity.reasons import Reason
from doorward.demo.sizes.equipment import Equipment
from doorward.demo.sizes.people import NO_CARD, tail_sql
from doorward.demo.sizes.places import Places, company_of_person
from doorward.demo.sizes.size import DAYS, Size, chance, days_of
from doorward.demo.sizes.writing import Tell, write
from doorward.kit import clock

AT_ONCE = 200_000
_MAKE_MONTH = "SELECT activity_make_partition(%s)"
# A device's own clock, and the way of a report, in seconds.
A_WEEK = timedelta(days=7)
_LATE = "interval '1 second'"


def first_day() -> date:
    """Return the first of the days that are filled; the last is yesterday."""
    return clock.now().date() - timedelta(days=DAYS)


def prepare_months() -> None:
    """Make the log's partitions of the past year, as the product makes those to come."""
    month, last = (first_day() - A_WEEK).replace(day=1), clock.now().date()
    with connection.cursor() as cursor:
        while month <= last:
            cursor.execute(_MAKE_MONTH, [month])
            month = (month + timedelta(days=31)).replace(day=1)


def write_log(places: Places, equipment: Equipment, people: int, tell: Tell) -> None:
    """Write the events, oldest first: their keys rise with their times."""
    size = places.size
    done = 0
    for begin, end in days_of(size.events, AT_ONCE):
        first, last = (size.events * day // DAYS for day in (begin, end))
        if last > first:
            done += _days(places, equipment, people, first, last)
            tell("events", done, size.events)


def _days(places: Places, equipment: Equipment, people: int, first: int, last: int) -> int:
    size = places.size
    somebody = f"reason NOT IN ('{Reason.EXIT}', '{Reason.UNKNOWN_CREDENTIAL}')"
    return write(
        DoorEvent,
        f"({_judged(size, equipment, people, first, last)}) AS judged",
        at="at",
        received_at=f"at + {_LATE}",
        device_at=f"CASE WHEN reason <> '{Reason.EXIT}' THEN date_trunc('second', at) END",
        node_id="node_id",
        site_id="site_id",
        device_id="device_id",
        door_id="door_id",
        company_id=f"CASE WHEN {somebody} THEN company_id END",
        person_id=f"CASE WHEN {somebody} THEN person_id END",
        door_name="door_name",
        person_name=f"CASE WHEN {somebody} THEN person_name ELSE '' END",
        card_tail=(
            f"CASE WHEN {somebody} THEN {tail_sql('n', size)}"
            f" WHEN reason = '{Reason.EXIT}' THEN ''"
            " ELSE right(lpad(upper(to_hex(what)), 8, '0'), 4) END"
        ),
        method=(
            f"CASE WHEN reason = '{Reason.EXIT}' THEN '{DoorEvent.Method.EXIT}'"
            f" ELSE '{DoorEvent.Method.CARD}' END"
        ),
        accepted=f"reason IN ('{Reason.OK}', '{Reason.EXIT}')",
        reason="reason",
        relay="1",
        local_id="e::text",
    )


def _judged(size: Size, equipment: Equipment, people: int, first: int, last: int) -> str:
    """Return in SQL the events with the facts of their people and doors, oldest first."""
    timed = f"""
        SELECT event.*, door.id AS door_id, door.node_id, door.site_id, door.device_id,
            door.name AS door_name, person.id AS person_id, person.company_id,
            person.first_name || ' ' || person.last_name AS person_name,
            person.status, person.valid_until, person.group_id IS NULL AS homeless,
            site.zone, {_moment()} AS at, what / 16 AS chance,
            door.id > {equipment.doors} + first_door AS of_company
        FROM ({_at_doors(size, first, last)}) AS event
        JOIN devices_door AS door ON door.id = {equipment.doors} + event.d
        JOIN sites_site AS site ON site.id = door.site_id
        JOIN people_person AS person ON person.id = {people} + event.n
    """
    return f"SELECT *, {_reason()} AS reason FROM ({timed}) AS timed ORDER BY at"


def _at_doors(size: Size, first: int, last: int) -> str:
    """Return in SQL the events: e is of day e * DAYS / events, person n of company j, door d.

    The door is the first of the site or, three times of ten, that of the company, if it has one.
    """
    each = size.companies_a_site
    chances = ", ".join(
        f"{chance('e', salt, size.seed)} AS {name}"
        for salt, name in enumerate(("who", "what", "hour"), 10)
    )
    person = f"mod(who, {size.people})"
    if size.credentials:
        # Whoever has no card sends the next.
        person = f"least({person} + (mod({person}, {NO_CARD}) = 0)::integer, {size.people - 1})"
    dealt = (
        f"SELECT e, e * {DAYS} / {size.events} AS day, what, hour, {person} AS n"
        f" FROM (SELECT e, {chances} FROM generate_series({first}::bigint, {last - 1}) AS e)"
        " AS thrown"
    )
    homed = f"SELECT *, {company_of_person('n', size)} AS j FROM ({dealt}) AS dealt"
    sited = (
        f"SELECT *, {size.doors} * (j / {each}) / {size.sites} AS first_door,"
        f" {size.doors} * (j / {each} + 1) / {size.sites} AS next_door FROM ({homed}) AS homed"
    )
    own = f"first_door + 1 + mod(j, {each})"
    # OFFSET 0: or each chance is thrown again wherever it is used.
    return (
        f"SELECT *, CASE WHEN mod(what, 10) < 3 AND {own} < next_door THEN {own}"
        f" ELSE first_door END AS d FROM ({sited} OFFSET 0) AS sited OFFSET 0"
    )


def _moment() -> str:
    """Return in SQL when: on working days from 7 to 20 by the site's clock, mostly about noon."""
    day = f"(date '{first_day().isoformat()}' + day::integer)"
    # One in twelve comes on the weekend, the others in the week before it.
    after = f"extract(isodow FROM {day})::integer - 5"
    day = (
        f"(CASE WHEN {after} > 0 AND mod(hour, 12) > 0"
        f" THEN {day} - ({after} + mod(hour / 12, 5)::integer) ELSE {day} END)"
    )
    seconds = "(mod(hour, 23400) + mod(hour / 23400, 23400))"
    micro = "mod(hour, 997) * interval '1003 microseconds'"
    return (
        f"(({day} + time '07:00' + {seconds} * interval '1 second' + {micro})"
        " AT TIME ZONE site.zone)"
    )


def _reason() -> str:
    """Return in SQL why: by what is known of the person, their card and the hours of the door."""
    wall = "(at AT TIME ZONE zone)"
    return f"""CASE
        WHEN mod(chance, 33) = 0 THEN '{Reason.EXIT}'
        WHEN mod(chance, 67) = 1 THEN '{Reason.UNKNOWN_CREDENTIAL}'
        WHEN status <> 'active' THEN '{Reason.SUSPENDED}'
        WHEN valid_until <= at THEN '{Reason.EXPIRED}'
        WHEN homeless AND NOT of_company THEN '{Reason.NO_RIGHT}'
        WHEN extract(isodow FROM {wall}) > 5
            AND (
                of_company OR extract(isodow FROM {wall}) = 7
                OR extract(hour FROM {wall}) NOT BETWEEN 9 AND 13
            )
            THEN '{Reason.OUT_OF_SCHEDULE}'
        ELSE '{Reason.OK}' END"""
