"""Messages over the API: what was sent to you, and what your level says to those below."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, Moment, OneOf, Out, PathId, Secret
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.kit.errors import Invalid
from doorward.notices import filters as choices
from doorward.notices import reach
from doorward.notices.actions import announcements as deeds
from doorward.notices.models import LONGEST_TEXT, LONGEST_TITLE, Announcement
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.api import KEYED, actor_of, created, done
from doorward.tenancy.permissions import Role

messages = Router(tags=["messages"])

_Title = Annotated[Line, Field(min_length=1, max_length=LONGEST_TITLE)]
_Text = Annotated[Secret, Field(min_length=1, max_length=LONGEST_TEXT)]
_Kind = Annotated[str, OneOf(Announcement.Kind)]
_Sites = Annotated[list[Id], Field(max_length=deeds.MOST_SITES)]
_Targets = Annotated[list[Annotated[str, OneOf(Role)]], Field(min_length=1, max_length=len(Role))]


class MessageOut(Out):
    """A message. All from `targets` on is told to those who write for its level."""

    id: str
    kind: _Kind
    title: str
    node_name: str
    state: Annotated[str, OneOf(Announcement.State)]
    sent_at: datetime | None
    targets: list[str] | None
    sites: list[str] | None
    by_mail: bool | None
    send_at: datetime | None
    recipients: int | None
    reads: int | None


class WholeMessageOut(MessageOut):
    """With its text, and how many accounts a draft would go to, and how many of them by mail, too.

    `mails` is how many a message that was sent has gone to by mail.
    """

    moving = frozenset({"reads", "recipients", "would_reach", "would_mail", "mails"})

    text: str
    would_reach: int | None = None
    would_mail: int | None = None
    mails: int | None = None


class MessageIn(In):
    """A draft to the roles below you; `node` only where you write for several places.

    With `sites` it is for those who belong to these alone. Of kind `news` it goes by mail only to
    whoever wants news and updates; any other, to whoever takes messages by mail.
    """

    title: _Title
    text: _Text
    targets: _Targets
    kind: _Kind = Announcement.Kind.MESSAGE
    by_mail: bool = False
    sites: _Sites = []
    send_at: Moment | None = None
    node: Id | None = None


class MessagePatch(In):
    title: _Title = OMITTED
    text: _Text = OMITTED
    targets: _Targets = OMITTED
    kind: _Kind = OMITTED
    by_mail: bool = OMITTED
    sites: _Sites = OMITTED
    send_at: Moment | None = None


class ReceivedFilters(Filters):
    sorts = {"title": ("title",), "sender": ("node__name",), "sent_at": ("sent_at",)}
    usual_sort = "-sent_at"

    read: Literal["unread"] | None = None
    since: Moment | None = None
    until: Moment | None = None
    q: Annotated[Line, Field(max_length=100)] | None = None


class WrittenFilters(Filters):
    sorts = {
        "title": ("title",),
        "changed_at": ("changed_at",),
        "sent_at": ("sent_at",),
        "state": ("state",),
    }
    usual_sort = "-changed_at"

    state: Annotated[str, OneOf(Announcement.State)] | None = None
    q: Annotated[Line, Field(max_length=100)] | None = None


@messages.get("", response=Page[MessageOut])
def list_messages(request: HttpRequest, filters: Query[ReceivedFilters]) -> Page[MessageOut]:
    """List what was sent to you, the latest first."""
    actor = actor_of(request)
    rows = Announcement.objects.visible_to(actor).received(actor).select_related("node")
    rows = narrowed(rows, choices.Received, {"read": filters.read}, request)
    if filters.since is not None:
        rows = rows.filter(sent_at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(sent_at__lt=filters.until)
    if filters.q:
        rows = rows.about(filters.q)
    cut = listed(request, rows, filters)
    items = [MessageOut(**_told(row, None)) for row in cut.rows]
    return Page[MessageOut](items=items, next_cursor=cut.next_cursor)


@messages.get("/written", response=Page[MessageOut])
def list_written(request: HttpRequest, filters: Query[WrittenFilters]) -> Page[MessageOut]:
    """List what your level wrote, with how many have read each."""
    actor = actor_of(request)
    rows = Announcement.objects.visible_to(actor).written(actor).select_related("node")
    rows = narrowed(rows, choices.Written, {"state": filters.state}, request)
    if filters.q:
        rows = rows.about(filters.q)
    cut = listed(request, rows, filters)
    reads = reach.read_counts(cut.rows)
    items = [MessageOut(**_told(row, reads.get(row.pk, 0))) for row in cut.rows]
    return Page[MessageOut](items=items, next_cursor=cut.next_cursor)


@messages.post("", response={201: WholeMessageOut}, openapi_extra=KEYED)
@created
def write_message(request: HttpRequest, body: MessageIn) -> WholeMessageOut:
    """Write a draft; nobody has it until it is sent."""
    actor = actor_of(request)
    form = deeds.MessageForm(**body.given("node"))
    return _out(actor, deeds.write_message(actor, _place(actor, body.node), form))


@messages.get("/{message}", response=WholeMessageOut, openapi_extra=TAGGED)
@tagged
def show_message(request: HttpRequest, message: PathId) -> WholeMessageOut:
    """Show a message. To say that it is read, there is a route of its own."""
    return _shown(actor_of(request), message)


@messages.patch("/{message}", response=WholeMessageOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_message(request: HttpRequest, message: PathId, body: MessagePatch) -> WholeMessageOut:
    """Change a draft; what was planned is a draft again."""
    actor = actor_of(request)
    row = _locked(actor, message)
    require_unchanged(request, lambda: _shown(actor, row.pk))
    names = ("title", "text", "targets", "send_at", "kind", "by_mail", "sites")
    form = deeds.MessageForm(**{**{n: getattr(row, n) for n in names}, **body.given()})
    return _out(actor, deeds.change_message(actor, row, form))


@messages.delete("/{message}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_message(request: HttpRequest, message: PathId) -> tuple[int, None]:
    """Delete a message that nobody has."""
    actor = actor_of(request)
    row = _locked(actor, message)
    require_unchanged(request, lambda: _shown(actor, row.pk))
    deeds.delete_message(actor, row)
    return 204, None


@messages.post("/{message}/send", response=WholeMessageOut, openapi_extra=KEYED)
@done
def send_message(request: HttpRequest, message: PathId) -> WholeMessageOut:
    """Send a draft, or plan it where it says when."""
    return _after(request, message, deeds.send_message)


@messages.post("/{message}/recall", response=WholeMessageOut, openapi_extra=KEYED)
@done
def recall_message(request: HttpRequest, message: PathId) -> WholeMessageOut:
    """Take back what was sent or planned."""
    return _after(request, message, deeds.recall_message)


@messages.post("/{message}/read", response=WholeMessageOut, openapi_extra=KEYED)
@done
def read_message(request: HttpRequest, message: PathId) -> WholeMessageOut:
    """Say that you have read what was sent to you."""
    return _after(request, message, deeds.read_message)


def _after(
    request: HttpRequest, key: PathId, deed: Callable[[Actor, Announcement], object]
) -> WholeMessageOut:
    actor = actor_of(request)
    deed(actor, _found(actor, key))
    return _shown(actor, key)


def _found(actor: Actor, key: PathId | int) -> Announcement:
    return Announcement.objects.select_related("node").find(actor, key)


def _locked(actor: Actor, key: PathId) -> Announcement:
    rows = Announcement.objects.select_related("node").select_for_update(of=("self",))
    return rows.find(actor, key)


def _shown(actor: Actor, key: PathId | int) -> WholeMessageOut:
    return _out(actor, _found(actor, key))


def _out(actor: Actor, row: Announcement) -> WholeMessageOut:
    ours = Announcement.objects.visible_to(actor).written(actor).filter(pk=row.pk).exists()
    reads = reach.read_counts([row]).get(row.pk, 0) if ours else None
    return WholeMessageOut(**_told(row, reads), text=row.text, **(_counts(row) if ours else {}))


# Any: fields of the answer by name.
def _counts(row: Announcement) -> dict[str, Any]:
    if not row.is_open:
        return {"mails": reach.mail_count(row)}
    would = reach.reach_of(row)
    return {"would_reach": would.accounts, "would_mail": would.mails}


def _place(actor: Actor, node: int | None) -> Place:
    """Return from where it is written; a sole place need not be named."""
    places = reach.writing_places(actor)
    if not places:
        raise reach.nobody_below()
    found: Sequence[Place] = [one for one in places if node in (None, one.node)]
    if len(found) != 1:
        message = _(
            "Name the node that you write for: there are several, or this one is not yours."
        )
        raise Invalid({"node": message})
    return found[0]


# Any: fields of several types. Without `reads` it is told as to whom it was sent.
def _told(row: Announcement, reads: int | None) -> dict[str, Any]:
    ours = reads is not None
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "title": row.title,
        "node_name": row.node.name,
        "state": row.state,
        "sent_at": row.sent_at,
        "targets": row.targets if ours else None,
        "sites": [str(key) for key in row.sites] if ours else None,
        "by_mail": row.by_mail if ours else None,
        "send_at": row.send_at if ours else None,
        "recipients": row.recipients if ours else None,
        "reads": reads,
    }
