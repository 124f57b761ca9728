"""Who may open what over the API: now, and whether the doors know it."""

from datetime import datetime
from typing import Annotated

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router
from pydantic import BaseModel

from doorward.access import facts, why
from doorward.access.openable import openers
from doorward.access.rights import Decision, GroupFacts, may_open
from doorward.access.told import NOTHING, Stand, Told, on_shelves, told_of
from doorward.access.wording import Spelling, describe
from doorward.activity.reasons import Reason
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.kit.api.paging import Filters, Page, listed, refuse_unknown
from doorward.kit.api.shapes import Id, Moment, OneOf, Out, PathId
from doorward.people.models import Person
from doorward.tenancy.api import actor_of, referred

person_rights = Router(tags=["people"])
door_rights = Router(tags=["doors"])


class RightOut(Out):
    """Whether a person may open a door now, and whether the door's device knows.

    `until` is when `may_open` turns. `state` is synced (since `since`), pending, failed (`why`)
    or nothing: the device has nothing to hold of this person. `leaving` is a removal that the
    device has yet to do.
    """

    person: str
    person_name: str
    door: str
    door_name: str
    may_open: bool
    reason: Annotated[str, OneOf(Reason)]
    until: datetime | None
    state: Annotated[str, OneOf(Stand)]
    since: datetime | None
    why: str
    leaving: bool

    @classmethod
    def of(cls, person: Person, door: Door, decision: Decision, told: Told) -> "RightOut":
        return cls(
            person=str(person.pk),
            person_name=str(person),
            door=str(door.pk),
            door_name=door.name,
            may_open=decision.allowed,
            reason=decision.reason.value,
            until=decision.until,
            state=told.stand.value,
            since=told.since,
            why=told.why,
            leaving=told.leaving,
        )


class WhyOut(Out):
    """The judgement of one question; `group` and `window` are what lets the person in."""

    person: str
    door: str
    at: datetime
    may_open: bool
    reason: Annotated[str, OneOf(Reason)]
    sentence: str
    group: str | None
    window: str | None
    until: datetime | None


class Question(BaseModel):
    """Which door, and when; now, if no time is given."""

    door: Id
    at: Moment | None = None


@person_rights.get("/{person}/doors", response=Page[RightOut])
def list_doors_of_person(
    request: HttpRequest, person: PathId, filters: Query[Filters]
) -> Page[RightOut]:
    """List the doors of a person's site: may the person open them now, do they know it."""
    actor = actor_of(request)
    row = Person.objects.find(actor, person)
    doors = Door.objects.visible_to(actor).filter(site=row.site_id)
    cut = listed(request, doors.select_related("site", "device__connector"), filters)
    items = _rights([row], list(cut.rows))
    return Page[RightOut](items=items, next_cursor=cut.next_cursor)


@door_rights.get("/{door}/people", response=Page[RightOut])
def list_people_of_door(
    request: HttpRequest, door: PathId, filters: Query[Filters]
) -> Page[RightOut]:
    """List the people whom an access group lets through a door, or whom its device still knows."""
    actor = actor_of(request)
    row = Door.objects.select_related("site", "device__connector").find(actor, door)
    seen = Person.objects.visible_to(actor)
    known = on_shelves().filter(device=row.device_id, key=OuterRef("pk"))
    people = seen.filter(Q(pk__in=openers(seen, row)) | Q(Exists(known)))
    cut = listed(request, people, filters)
    items = _rights(list(cut.rows), [row])
    return Page[RightOut](items=items, next_cursor=cut.next_cursor)


@person_rights.get("/{person}/why", response=WhyOut)
def explain_right(request: HttpRequest, person: PathId, question: Query[Question]) -> WhyOut:
    """Judge whether a person may open a door at a time, and say why or why not."""
    refuse_unknown(request, question)
    actor = actor_of(request)
    row = Person.objects.find(actor, person)
    door = referred(Door.objects.select_related("site"), actor, question.door, "door")
    at = question.at or clock.now()
    answer = why.answer(actor, row, door, at)
    decision = answer.decision
    return WhyOut(
        person=str(row.pk),
        door=str(door.pk),
        at=at,
        may_open=decision.allowed,
        reason=decision.reason.value,
        sentence=answer.sentence,
        group=str(answer.group.pk) if answer.group else None,
        window=describe([decision.window], Spelling(gettext)) if decision.window else None,
        until=decision.until,
    )


def _rights(people: list[Person], doors: list[Door]) -> list[RightOut]:
    at = clock.now()
    groups = facts.groups_joining([one.pk for one in people], [one.pk for one in doors])
    told = told_of([one.pk for one in people], doors)
    return [
        RightOut.of(
            person,
            door,
            _judge(person, door, at, groups),
            told.get((person.pk, door.device_id), NOTHING),
        )
        for person in people
        for door in doors
    ]


def _judge(person: Person, door: Door, at: datetime, groups: list[GroupFacts]) -> Decision:
    return may_open(facts.person_facts(person), facts.door_facts(door), at, groups=groups)
