"""Tickets over the API: words alone, pictures are sent and seen on their page."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from doorward.devices.models import Device
from doorward.helpdesk import actions, desks
from doorward.helpdesk.filters import TicketChoices
from doorward.helpdesk.models import LONGEST_SUBJECT, LONGEST_TEXT, Message, Ticket
from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import Id, In, Line, Moment, OneOf, Out, PathId, Secret
from doorward.kit.api.versions import TAGGED, tagged
from doorward.kit.errors import Forbidden, Invalid
from doorward.messages import gettext_noop
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.api import KEYED, actor_of, created, done, referred

tickets = Router(tags=["tickets"])

_NOWHERE = gettext_noop(
    "Name the node that you ask for: there are several, or this one is not yours."
)


class TicketOut(Out):
    """A ticket; `node` is where whoever asks stands, `desk` where it is answered."""

    id: str
    subject: str
    state: Annotated[str, OneOf(Ticket.State)]
    node: str
    node_name: str
    desk: str
    desk_name: str
    asked_by: str
    device: str | None
    device_label: str
    page: str
    created_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, ticket: Ticket) -> "TicketOut":
        return cls(**_told(ticket))


class MessageOut(Out):
    """What one side wrote; `pictures` says how many came with it."""

    id: str
    author_name: str
    from_desk: bool
    text: str
    pictures: int
    at: datetime

    @classmethod
    def of(cls, message: Message) -> "MessageOut":
        return cls(
            id=str(message.pk),
            author_name=message.author_name,
            from_desk=message.from_desk,
            text=message.text,
            pictures=len(message.pictures.all()),
            at=message.at,
        )


class WholeTicketOut(TicketOut):
    """A ticket with all that was said."""

    messages: list[MessageOut]

    @classmethod
    def of(cls, ticket: Ticket) -> "WholeTicketOut":
        said = ticket.messages.order_by("pk").prefetch_related("pictures")
        return cls(**_told(ticket), messages=[MessageOut.of(one) for one in said])


class TicketIn(In):
    """A question to the level above; `node` only where you hold roles at several."""

    subject: Annotated[Line, Field(min_length=1, max_length=LONGEST_SUBJECT)]
    text: Annotated[Secret, Field(min_length=1, max_length=LONGEST_TEXT)]
    node: Id | None = None
    device: Id | None = None


class AnswerIn(In):
    text: Annotated[Secret, Field(min_length=1, max_length=LONGEST_TEXT)]


class TicketFilters(Filters):
    """`side` is `asked` for what you ask, `answered` for what is yours to answer."""

    sorts = {
        "number": ("pk",),
        "created_at": ("pk",),
        "last_at": ("last_at",),
    }
    usual_sort = "-last_at"

    state: Literal["open", "waiting", "solved"] | None = None
    side: Literal["asked", "answered"] | None = None
    unread: Literal["unread"] | None = None
    since: Moment | None = None
    until: Moment | None = None
    q: Annotated[Line, Field(max_length=200)] | None = None


@tickets.get("", response=Page[TicketOut])
def list_tickets(request: HttpRequest, filters: Query[TicketFilters]) -> Page[TicketOut]:
    """List the tickets of your side, the last word first."""
    rows = Ticket.objects.visible_to(actor_of(request))
    rows = rows.select_related("node", "desk", "opened_by")
    asked = {name: getattr(filters, name) for name in ("state", "side", "unread")}
    rows = narrowed(rows, TicketChoices, asked, request)
    if filters.since is not None:
        rows = rows.filter(last_at__gte=filters.since)
    if filters.until is not None:
        rows = rows.filter(last_at__lt=filters.until)
    if filters.q:
        rows = rows.about(filters.q)
    cut = listed(request, rows, filters)
    items = [TicketOut.of(row) for row in cut.rows]
    return Page[TicketOut](items=items, next_cursor=cut.next_cursor)


@tickets.post("", response={201: WholeTicketOut}, openapi_extra=KEYED)
@created
def open_ticket(request: HttpRequest, body: TicketIn) -> WholeTicketOut:
    """Ask the level above you."""
    actor = actor_of(request)
    device = _device(actor, body.device)
    form = actions.TicketForm(subject=body.subject, text=body.text, device=device)
    return WholeTicketOut.of(actions.open_ticket(actor, _place(actor, body.node), form))


@tickets.get("/{ticket}", response=WholeTicketOut, openapi_extra=TAGGED)
@tagged
def show_ticket(request: HttpRequest, ticket: PathId) -> WholeTicketOut:
    """Show a ticket with all that was said."""
    return WholeTicketOut.of(_found(actor_of(request), ticket))


@tickets.post("/{ticket}/answer", response=WholeTicketOut, openapi_extra=KEYED)
@done
def answer_ticket(request: HttpRequest, ticket: PathId, body: AnswerIn) -> WholeTicketOut:
    """Write to the other side; a solved ticket is open once more."""
    actor = actor_of(request)
    actions.answer_ticket(actor, _found(actor, ticket), body.text)
    return WholeTicketOut.of(_found(actor, ticket))


@tickets.post("/{ticket}/solve", response=WholeTicketOut, openapi_extra=KEYED)
@done
def solve_ticket(request: HttpRequest, ticket: PathId) -> WholeTicketOut:
    """Say that nothing is left to do; 409 where it is solved already."""
    actor = actor_of(request)
    actions.solve_ticket(actor, _found(actor, ticket))
    return WholeTicketOut.of(_found(actor, ticket))


def _found(actor: Actor, key: PathId) -> Ticket:
    return Ticket.objects.select_related("node", "desk", "opened_by").find(actor, key)


def _device(actor: Actor, key: int | None) -> Device | None:
    return None if key is None else referred(Device.objects.all(), actor, key, "device")


def _place(actor: Actor, node: int | None) -> Place:
    """Return from where it is asked; a sole place need not be named."""
    places = desks.asking_places(actor)
    if not places:
        raise Forbidden("ticket.nobody", _("Nobody is above you here."))
    found = [one for one in places if node in (None, one.node)]
    if len(found) != 1:
        raise Invalid({"node": _(_NOWHERE)})
    return found[0]


# Any: fields of several types.
def _told(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": str(ticket.pk),
        "subject": ticket.subject,
        "state": ticket.state,
        "node": str(ticket.node_id),
        "node_name": ticket.node.name,
        "desk": str(ticket.desk_id),
        "desk_name": ticket.desk.name,
        "asked_by": ticket.opened_by.get_full_name() if ticket.opened_by else "",
        "device": None if ticket.device_id is None else str(ticket.device_id),
        "device_label": ticket.device_label,
        "page": ticket.page,
        "created_at": ticket.created_at,
        "last_at": ticket.last_at,
    }
