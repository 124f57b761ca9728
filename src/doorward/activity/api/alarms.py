"""Alarms over the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.activity import wording
from doorward.activity.actions import alarms as actions
from doorward.activity.filters import Alarms as AlarmChoices
from doorward.activity.models import Alarm
from doorward.kit.api.paging import BY_AGE, Filters, Page, listed, narrowed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, Moment, OneOf, Out, PathId
from doorward.kit.api.versions import TAGGED, tagged
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, actor_of, done

alarms = Router(tags=["alarms"])


class AlarmOut(Out):
    """An alarm. It lasts until `over_at` and is open until it was acknowledged, too.

    The same once more while it is open counts up `count` and moves `last_at`. `input` is 1 for A.
    """

    id: str
    site: str
    device: str | None
    device_name: str
    door: str | None
    door_name: str
    kind: Annotated[str, OneOf(Alarm.Kind)]
    state: Annotated[str, OneOf(Alarm.State)]
    sentence: str
    input: int | None
    at: datetime
    last_at: datetime
    count: int
    over_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    note: str
    closed_at: datetime | None

    @classmethod
    def of(cls, alarm: Alarm) -> "AlarmOut":
        # Any: each field has its own type.
        links: dict[str, Any] = {
            name: None if (key := getattr(alarm, f"{name}_id")) is None else str(key)
            for name in ("device", "door")
        }
        plain = set(cls.model_fields) - links.keys() - {"id", "site", "sentence"}
        return cls(
            id=str(alarm.pk),
            site=str(alarm.site_id),
            sentence=wording.title(alarm),
            **links,
            **{name: getattr(alarm, name) for name in plain},
        )


class NoteIn(In):
    """What was found, for whoever reads it later."""

    note: Annotated[Line, Field(max_length=200)] = OMITTED


class AlarmFilters(Filters):
    """`since` is in, `until` is out; `state` may be `open` for what is not closed."""

    sorts = {BY_AGE: ("at", "pk"), "at": ("at", "pk")}
    usual_sort = "-at"

    site: Id | None = None
    door: Id | None = None
    device: Id | None = None
    kind: Annotated[str, OneOf(Alarm.Kind)] | None = None
    state: Literal["open", "new", "acknowledged", "closed"] | None = None
    since: Moment | None = None
    until: Moment | None = None


@alarms.get("", response=Page[AlarmOut])
def list_alarms(request: HttpRequest, filters: Query[AlarmFilters]) -> Page[AlarmOut]:
    """List the alarms you can see, newest first."""
    actor = actor_of(request)
    rows = _narrowed(Alarm.objects.visible_to(actor), filters)
    parts = [_narrowed(part, filters) for part in Alarm.objects.visible_apart(actor)]
    cut = listed(request, rows, filters, parts=parts)
    return Page[AlarmOut](items=[AlarmOut.of(row) for row in cut.rows], next_cursor=cut.next_cursor)


def _narrowed(rows: QuerySet[Alarm], filters: AlarmFilters) -> QuerySet[Alarm]:
    named = filters.model_dump(include={"site", "door", "device", "kind"}, exclude_none=True)
    rows = narrowed(rows.filter(**named), AlarmChoices, {"state": filters.state})
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(at__lt=filters.until)
    return rows


@alarms.get("/{alarm}", response=AlarmOut, openapi_extra=TAGGED)
@tagged
def show_alarm(request: HttpRequest, alarm: PathId) -> AlarmOut:
    """Show an alarm."""
    return AlarmOut.of(Alarm.objects.find(actor_of(request), alarm))


@alarms.post("/{alarm}/acknowledge", response=AlarmOut, openapi_extra=KEYED)
@done
def acknowledge_alarm(request: HttpRequest, alarm: PathId, body: NoteIn) -> AlarmOut:
    """Say that you have seen it; an alarm that is over is closed by that."""
    actor = actor_of(request)
    row = _found(actor, alarm)
    seen = Alarm.objects.visible_to(actor).filter(pk=row.pk)
    actions.acknowledge_alarms(actor, seen, **body.given())
    return AlarmOut.of(_found(actor, alarm))


@alarms.post("/{alarm}/close", response=AlarmOut, openapi_extra=KEYED)
@done
def close_alarm(request: HttpRequest, alarm: PathId, body: NoteIn) -> AlarmOut:
    """End an alarm by hand: it counts as seen and over."""
    actor = actor_of(request)
    row = _found(actor, alarm)
    seen = Alarm.objects.visible_to(actor).filter(pk=row.pk)
    actions.close_alarms(actor, seen, **body.given())
    return AlarmOut.of(_found(actor, alarm))


def _found(actor: Actor, key: PathId) -> Alarm:
    return Alarm.objects.select_related("node").find(actor, key)
