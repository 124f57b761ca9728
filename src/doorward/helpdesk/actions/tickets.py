"""Deeds on tickets: asking, answering, marking as solved, reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from doorward.devices.models import Device
from doorward.files import pictures
from doorward.files.actions import store
from doorward.files.models import StoredFile
from doorward.files.pictures import JPEG
from doorward.helpdesk import desks
from doorward.helpdesk.events import TicketMoved
from doorward.helpdesk.models import LONGEST_TEXT, Message, Picture, ReadMark, Ticket
from doorward.kit import clock, live, outbox, rows
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.events import announce
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account

MOST_PICTURES = 4

_State = Ticket.State


@dataclass(frozen=True, kw_only=True)
class TicketForm:
    """What somebody asks, and from where; `pictures` are files as they came in."""

    subject: str
    text: str
    pictures: Sequence[bytes] = ()
    page: str = ""
    device: Device | None = None


def open_ticket(actor: Actor, place: Place, form: TicketForm) -> Ticket:
    """Ask the desk above a place where the actor stands; raise `Invalid` or `Refused`."""
    account = own_account(actor)
    if place not in desks.asking_places(actor):
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    subject, text = one_line(form.subject), several_lines(form.text)
    if not subject:
        raise Invalid({"subject": _("Say in a few words what it is about.")})
    _require_patience(Purpose.TICKET, account)
    drawn = _drawn(form.pictures)
    with transaction.atomic():
        guesses.begin(Purpose.TICKET, account=str(account.pk), source="")
        desk = desks.desk_above(place.path)
        if desk is None:
            raise Refused(
                "ticket.nobody",
                _("Nobody answers above you yet. Ask whoever runs this installation."),
            )
        ticket = Ticket(
            node_id=place.node,
            asked_as=place.role,
            desk=desk,
            opened_by=account,
            subject=subject,
            page=form.page,
            device=form.device,
            device_label=_label_of(form.device),
        )
        rows.store(ticket)
        audit.record(actor, "create", ticket, ticket.node, after={"desk": desk})
        _write(actor, account, ticket, text, drawn, from_desk=False)
        _tell(ticket, desks.readers_at(desk), account, is_new=True)
    return ticket


def answer_ticket(actor: Actor, ticket: Ticket, text: str, sent: Sequence[bytes] = ()) -> Message:
    """Write to the other side; a solved ticket is open once more."""
    account, text = own_account(actor), several_lines(text)
    _require_patience(Purpose.TICKET_ANSWER, account)
    drawn = _drawn(sent)
    with transaction.atomic():
        guesses.begin(Purpose.TICKET_ANSWER, account=str(account.pk), source="")
        held = _held(actor, ticket)
        from_desk = answers(actor, held)
        before = audit.facts(held, "state", "desk")
        if not from_desk:
            _find_desk(held)
        held.state = _State.WAITING if from_desk else _State.OPEN
        message = _write(actor, account, held, text, drawn, from_desk=from_desk)
        after = audit.facts(held, "state", "desk")
        audit.record(actor, "answer", held, held.node, before=before, after=after)
        _tell(held, _other_side(held, from_desk=from_desk), account)
    return message


@transaction.atomic
def solve_ticket(actor: Actor, ticket: Ticket) -> Ticket:
    """Say that nothing is left to do; either side may."""
    account = own_account(actor)
    held = _held(actor, ticket)
    if held.state == _State.SOLVED:
        raise Refused("ticket.solved", _("This ticket is solved already. An answer reopens it."))
    before = audit.facts(held, "state")
    held.state = _State.SOLVED
    held.save(update_fields=["state"])
    audit.record(actor, "solve", held, held.node, before=before, after=audit.facts(held, "state"))
    _tell(held, _other_side(held, from_desk=answers(actor, held)), account, is_solved=True)
    live.publish([held.topic])
    return held


def note_read(actor: Actor, ticket: Ticket) -> None:
    """Keep that somebody has read all that is there; what one reads is no deed in the trail."""
    if actor.account is None:
        return
    mark = ReadMark.objects.filter(ticket=ticket, account=actor.account).first()
    if mark is None or mark.upto < ticket.last:
        ReadMark.objects.update_or_create(
            ticket=ticket, account=actor.account, defaults={"upto": ticket.last}
        )


def answers(actor: Actor, ticket: Ticket) -> bool:
    """Say whether somebody is of the desk; whoever has asked is not, even if they stand there."""
    places = [place.node for place in actor.places if place.role in desks.ANSWERING]
    return ticket.desk_id in places and ticket.opened_by != actor.account


# What joins letters, or turns the way that they run, in scripts that need it.
_UNSEEN = frozenset("\u200c\u200d\u200e\u200f")


def one_line(typed: str) -> str:
    """Return what was typed as one line of words: no break, nothing that cannot be seen."""
    return "".join(filter(_is_kept, " ".join(typed.split())))


def several_lines(text: str) -> str:
    """Return plain text with the breaks of its lines, and nothing else that cannot be seen."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    said = "\n".join("".join(filter(_is_kept, line.replace("\t", "    "))) for line in lines)
    if not said.strip():
        raise Invalid({"text": _("Write what it is about.")})
    if len(said) > LONGEST_TEXT:
        raise Invalid({"text": _("This is too long: at most 10,000 characters are sent at once.")})
    return said


def _is_kept(letter: str) -> bool:
    return letter.isprintable() or letter in _UNSEEN


def _drawn(sent: Sequence[bytes]) -> list[pictures.Picture]:
    """Return pictures written anew; raise `Invalid` for what is none. Nothing is locked yet."""
    if len(sent) > MOST_PICTURES:
        message = _("At most %(count)d pictures are sent at once.") % {"count": MOST_PICTURES}
        raise Invalid({"pictures": message})
    try:
        return [pictures.read(content) for content in sent]
    except pictures.PictureError as fault:
        raise Invalid({"pictures": _(str(fault))}) from fault


def _require_patience(purpose: Purpose, account: Account) -> None:
    """Raise `TooMany` for whoever has to wait, before any picture is decoded for them."""
    if wait := guesses.wait_for(purpose, account=str(account.pk)):
        raise guesses.TooMany(wait)


def _held(actor: Actor, ticket: Ticket) -> Ticket:
    """Return the ticket, locked, for one of its two sides."""
    locked = Ticket.objects.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("node", "desk", "opened_by").filter(pk=ticket.pk)
    held = found.visible_to(actor).first()
    if held is None:
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    return held


def _find_desk(ticket: Ticket) -> None:
    """Let the next level answer where nobody is left at the desk."""
    if not desks.is_manned(ticket.desk):
        ticket.desk = desks.desk_above(ticket.node.path) or ticket.desk


def _write(
    actor: Actor,
    account: Account,
    ticket: Ticket,
    text: str,
    drawn: Sequence[pictures.Picture],
    *,
    from_desk: bool,
) -> Message:
    message = Message.objects.create(
        ticket=ticket,
        author=account,
        author_name=account.get_full_name(),
        from_desk=from_desk,
        text=text,
    )
    for number, picture in enumerate(drawn, start=1):
        file = store(
            actor,
            ticket.node,
            kind=StoredFile.Kind.PICTURE,
            name=f"ticket-{ticket.pk}-{number}.jpg",
            content=[picture.content],
            content_type=JPEG,
        )
        size = {"width": picture.width, "height": picture.height}
        Picture.objects.create(message=message, file=file, **size)
    ticket.last, ticket.last_at, ticket.last_by = message.pk, clock.now(), account
    ticket.save(update_fields=["last", "last_at", "last_by", "state", "desk"])
    note_read(actor, ticket)
    return message


def _other_side(ticket: Ticket, *, from_desk: bool) -> list[Account]:
    """Return who is told of what one side did."""
    if not from_desk:
        return desks.readers_at(ticket.desk)
    wrote = ticket.messages.filter(from_desk=False).values_list("author", flat=True)
    authors = {key for key in wrote if key is not None}
    return desks.still_there(authors, ticket.node)


def _tell(
    ticket: Ticket,
    readers: Sequence[Account],
    author: Account,
    *,
    is_new: bool = False,
    is_solved: bool = False,
) -> None:
    """Write to each reader who wants it, in their language, and wake everybody's pages.

    The mail's subject has nothing that somebody typed: whoever looks after the mail reads it.
    """
    message = ticket.messages.order_by("-pk").prefetch_related("pictures").first()
    context = {
        "ticket": ticket,
        "number": str(ticket.pk),
        "message": None if is_solved else message,
        "author": author,
        "is_new": is_new,
        "is_solved": is_solved,
        "path": reverse("ticket", args=[ticket.pk]),
    }
    others = [reader for reader in readers if reader != author]
    for reader in others:
        if reader.by_mail:  # type: ignore[attr-defined]
            outbox.send(
                to=reader.email,
                template="helpdesk/email/ticket",
                context={**context, "reader": reader},
                language=reader.language,
            )
    if others:
        keys = [reader.pk for reader in others]
        announce(TicketMoved(ticket.pk, keys, author.pk, is_new=is_new, is_solved=is_solved))
    # Whoever else answers there has one more or less to answer.
    desk = desks.readers_at(ticket.desk) if ticket.desk else []
    live.publish([ticket.topic, *(reader.topic for reader in (*readers, *desk))])


def _label_of(device: Device | None) -> str:
    if device is None:
        return ""
    known = (device.name, device.model, device.mac, device.firmware)
    return one_line(" · ".join(filter(None, known)))[:200]
