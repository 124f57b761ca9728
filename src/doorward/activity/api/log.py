"""The door log over the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Query, Router

from doorward.activity.filters import DoorLog
from doorward.activity.models import DoorEvent, DoorEvents
from doorward.activity.reasons import Reason, sentence
from doorward.kit.api.paging import BY_AGE, Filters, Page, listed, narrowed
from doorward.kit.api.shapes import Id, Moment, OneOf, Out, PathId
from doorward.kit.api.versions import TAGGED, tagged
from doorward.tenancy.api import actor_of

door_events = Router(tags=["door-events"])


class DoorEventOut(Out):
    """An opening or a refusal. `at` is when it was heard, `device_at` what the device's clock said.

    `accepted` is what the device did, `reason` our judgement; `disputed` where the two disagree.
    Names are those of then. `local_id` is the row's number in the device's own log, and where one
    scan moved several relays, `/` and the relay behind it.
    """

    id: str
    at: datetime
    device_at: datetime | None
    received_at: datetime
    site: str
    device: str | None
    door: str | None
    door_name: str
    company: str | None
    person: str | None
    person_name: str
    card_tail: str
    method: Annotated[str, OneOf(DoorEvent.Method)]
    accepted: bool
    reason: Annotated[str, OneOf(Reason)]
    sentence: str
    disputed: bool
    relay: int | None
    local_id: str

    @classmethod
    def of(cls, event: DoorEvent) -> "DoorEventOut":
        # Any: each field has its own type.
        links: dict[str, Any] = {
            name: None if (key := getattr(event, f"{name}_id")) is None else str(key)
            for name in ("device", "door", "company", "person")
        }
        plain = set(cls.model_fields) - links.keys() - {"id", "site", "sentence"}
        return cls(
            id=str(event.pk),
            site=str(event.site_id),
            sentence=sentence(
                Reason(event.reason),
                person=event.person_name,
                door=event.door_name,
                translate=gettext,
            ),
            **links,
            **{name: getattr(event, name) for name in plain},
        )


class DoorEventFilters(Filters):
    """`since` is in, `until` is out. As old as a line is, so long ago is what it tells."""

    sorts = {BY_AGE: ("at", "pk"), "at": ("at", "pk")}
    usual_sort = "-at"

    site: Id | None = None
    company: Id | None = None
    person: Id | None = None
    door: Id | None = None
    device: Id | None = None
    since: Moment | None = None
    until: Moment | None = None
    result: Literal["allowed", "refused", "disputed"] | None = None
    accepted: bool | None = None
    disputed: bool | None = None
    method: Annotated[str, OneOf(DoorEvent.Method)] | None = None
    reason: Annotated[str, OneOf(Reason)] | None = None


@door_events.get("", response=Page[DoorEventOut])
def list_door_events(request: HttpRequest, filters: Query[DoorEventFilters]) -> Page[DoorEventOut]:
    """List what happened at the doors, newest first."""
    actor = actor_of(request)
    rows = _narrowed(DoorEvent.objects.visible_to(actor), filters)
    parts = [_narrowed(part, filters) for part in DoorEvent.objects.visible_apart(actor)]
    cut = listed(request, rows, filters, parts=parts)
    items = [DoorEventOut.of(row) for row in cut.rows]
    return Page[DoorEventOut](items=items, next_cursor=cut.next_cursor)


def _narrowed(rows: DoorEvents, filters: DoorEventFilters) -> DoorEvents:
    apart = {"cursor", "limit", "sort", "since", "until", "result"}
    rows = rows.filter(**filters.model_dump(exclude=apart, exclude_none=True))
    rows = narrowed(rows, DoorLog, {"result": filters.result})
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(at__lt=filters.until)
    return rows


@door_events.get("/{event}", response=DoorEventOut, openapi_extra=TAGGED)
@tagged
def show_door_event(request: HttpRequest, event: PathId) -> DoorEventOut:
    """Show a line of the door log."""
    return DoorEventOut.of(DoorEvent.objects.find(actor_of(request), event))
