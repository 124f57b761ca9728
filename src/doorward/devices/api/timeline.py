"""The lives of devices over the API."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from doorward.devices.models import Device, Moment
from doorward.devices.moments import sentence
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import OneOf, Out, PathId
from doorward.tenancy.api import actor_of

device_moments = Router(tags=["devices"])


class MomentOut(Out):
    """Something that happened to a device: a kind, a sentence, and what the sentence is made of."""

    id: str
    at: datetime
    kind: Annotated[str, OneOf(Moment.Kind)]
    sentence: str
    facts: dict[str, str | int | bool | None]


class MomentFilters(Filters):
    """Newest first."""

    sorts = {"at": ("at", "pk")}
    usual_sort = "-at"

    kind: Annotated[str, OneOf(Moment.Kind)] | None = None


@device_moments.get("/{device}/timeline", response=Page[MomentOut])
def list_moments(
    request: HttpRequest, device: PathId, filters: Query[MomentFilters]
) -> Page[MomentOut]:
    """List what happened to a device: the last 1,000 moments of 90 days."""
    actor = actor_of(request)
    rows = Moment.objects.visible_to(actor).filter(device=Device.objects.find(actor, device))
    if filters.kind is not None:
        rows = rows.filter(kind=filters.kind)
    cut = listed(request, rows, filters)
    items = [
        MomentOut(id=str(row.pk), at=row.at, kind=row.kind, sentence=sentence(row), facts=row.facts)
        for row in cut.rows
    ]
    return Page[MomentOut](items=items, next_cursor=cut.next_cursor)
