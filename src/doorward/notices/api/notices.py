"""Notices over the API: one's own, and that they are read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import Line, Moment, OneOf, Out, PathId
from doorward.notices import actions, objects, words
from doorward.notices.filters import NoticeChoices
from doorward.notices.models import Notice
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, actor_of, done
from doorward.tenancy.models import NoticeKind

notices = Router(tags=["notices"])


class NoticeOut(Out):
    """What happened, in a sentence; `in_view` says whether you still see what it was about.

    `subject` is the id of the alarm, device, work, ticket or message, as the kind says.
    """

    id: str
    kind: Annotated[str, OneOf(NoticeKind)]
    said: str
    in_view: bool
    site: str | None
    subject: str | None
    at: datetime
    read_at: datetime | None


class ReadOut(Out):
    """How many were unread."""

    read: int


class NoticeFilters(Filters):
    sorts = {"at": ("at",)}
    usual_sort = "-at"

    kind: Annotated[str, OneOf(NoticeKind)] | None = None
    read: Literal["unread", "read"] | None = None
    since: Moment | None = None
    until: Moment | None = None
    q: Annotated[Line, Field(max_length=100)] | None = Field(
        default=None,
        description=f"Names to look for in the newest {objects.SEARCHED:,} notices that the other "
        "filters leave; an `until` looks further back.",
    )


@notices.get("", response=Page[NoticeOut])
def list_notices(request: HttpRequest, filters: Query[NoticeFilters]) -> Page[NoticeOut]:
    """List what you were told, the latest first."""
    actor = actor_of(request)
    rows = Notice.objects.visible_to(actor)
    asked = {"kind": filters.kind, "read": filters.read}
    rows = narrowed(rows, NoticeChoices, asked, request)
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(at__lt=filters.until)
    if filters.q:
        rows = rows.filter(objects.search(actor, rows, filters.q).found)
    cut = listed(request, rows, filters)
    return Page[NoticeOut](items=_told(actor, cut.rows), next_cursor=cut.next_cursor)


@notices.post("/read", response=ReadOut, openapi_extra=KEYED)
@done
def read_notices(request: HttpRequest) -> ReadOut:
    """Say that you have read them all."""
    return ReadOut(read=actions.read_all(actor_of(request)))


@notices.post("/{notice}/read", response=NoticeOut, openapi_extra=KEYED)
@done
def read_notice(request: HttpRequest, notice: PathId) -> NoticeOut:
    """Say that you have read it."""
    actor = actor_of(request)
    row = Notice.objects.find(actor, notice)
    actions.read_notice(actor, row)
    row.refresh_from_db(fields=["read_at"])
    (told,) = _told(actor, [row])
    return told


def _told(actor: Actor, rows: Sequence[Notice]) -> list[NoticeOut]:
    seen = objects.seen(actor, rows)
    return [_out(row, in_view=row.pk in seen) for row in rows]


def _out(row: Notice, *, in_view: bool) -> NoticeOut:
    named = in_view and row.subject is not None
    return NoticeOut(
        id=str(row.pk),
        kind=row.kind,
        said=words.sentence(row) if in_view else words.hidden(row),
        in_view=in_view,
        site=str(row.site_id) if in_view and row.site_id else None,
        subject=str(row.subject) if named else None,
        at=row.at,
        read_at=row.read_at,
    )
