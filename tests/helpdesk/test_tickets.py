"""Tickets: who asks whom, who reads them, what is kept of them, what is told by mail."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from doorward.files import folder
from doorward.files.models import StoredFile
from doorward.helpdesk import actions, desks
from doorward.helpdesk.actions import TicketForm, answer_ticket, open_ticket, solve_ticket
from doorward.helpdesk.models import Message, Picture, Ticket
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.models import Mail
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.actions.organisations import suspend_organisation
from doorward.tenancy.actor import Acting, Actor
from doorward.tenancy.models import Account, AuditEntry, Organisation
from doorward.tenancy.permissions import Role
from tests.cast import Cast
from tests.people.test_portraits import forged_png, picture

pytestmark = pytest.mark.django_db

State = Ticket.State


def asked(actor: Actor, subject: str = "The gate", **told: object) -> Ticket:
    form = TicketForm(subject=subject, text="It stays open.", **told)  # type: ignore[arg-type]
    return open_ticket(actor, actor.places[0], form)


def seen_by(cast: Cast, ticket: Ticket) -> set[str]:
    names = Account.objects.values_list("username", flat=True)
    rows = Ticket.objects.filter(pk=ticket.pk)
    return {name for name in names if rows.visible_to(cast.actor(name)).exists()}


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Rita's, which Mona answers."""
    return asked(cast.actor("rita"))


@pytest.mark.parametrize(
    ("who", "desk"),
    [
        *(("rita", "Maple Court"), ("ada", "Maple Court"), ("mona", "Ivan's installations")),
        *(("ivan", "Sven's distribution"), ("iris", "Sven's distribution")),
        *(("sven", "Dora's distribution"), ("dora", "Operator")),
        # Nobody looks after the distribution above him.
        ("oscar", "Operator"),
    ],
)
def test_each_asks_the_nearest_level_above_that_answers(cast: Cast, who: str, desk: str) -> None:
    assert asked(cast.actor(who)).desk.name == desk


def test_where_a_site_has_no_manager_its_installer_answers(cast: Cast) -> None:
    Account.objects.filter(username="mona").update(is_active=False)
    assert asked(cast.actor("rita")).desk.name == "Ivan's installations"


def test_an_answer_finds_the_next_level_where_nobody_is_left(cast: Cast, ticket: Ticket) -> None:
    Account.objects.filter(username="mona").update(is_active=False)
    answer_ticket(cast.actor("rita"), ticket, "Is anybody there?")
    ticket.refresh_from_db()
    assert ticket.desk.name == "Ivan's installations"
    assert seen_by(cast, ticket) >= {"ivan", "iris"}


def test_nobody_is_above_the_operator(otto: Actor) -> None:
    assert not desks.may_ask(otto)
    with pytest.raises(Forbidden):
        asked(otto)


def test_one_asks_only_from_where_one_stands(rita: object, cast: Cast, mona: Actor) -> None:
    with pytest.raises(Forbidden):
        open_ticket(cast.actor("rita"), mona.places[0], TicketForm(subject="x", text="y"))


@pytest.mark.parametrize(
    ("who", "readers"),
    [
        ("rita", {"rita", "mona"}),
        ("ada", {"ada", "mona"}),
        ("mona", {"mona", "ivan", "iris"}),
        ("iris", {"iris", "ivan", "sven"}),
        ("dora", {"dora", "otto"}),
    ],
)
def test_only_the_two_sides_read_it(cast: Cast, who: str, readers: set[str]) -> None:
    assert seen_by(cast, asked(cast.actor(who))) == readers


def test_whoever_has_left_reads_no_more(cast: Cast, ticket: Ticket) -> None:
    Account.objects.get(username="rita").standings.all().delete()
    Account.objects.get(username="mona").standings.all().delete()
    assert seen_by(cast, ticket) == set()


def test_its_state_says_whose_turn_it_is(cast: Cast, mona: Actor, ticket: Ticket) -> None:
    rita, states = cast.actor("rita"), []
    for deed in (
        lambda: None,
        lambda: answer_ticket(mona, ticket, "Since when?"),
        lambda: answer_ticket(rita, ticket, "Since Monday."),
        lambda: solve_ticket(mona, ticket),
        lambda: answer_ticket(rita, ticket, "It is open again."),
        lambda: solve_ticket(rita, ticket),
    ):
        deed()
        ticket.refresh_from_db()
        states.append(ticket.state)
    told = [State.OPEN, State.WAITING, State.OPEN, State.SOLVED, State.OPEN, State.SOLVED]
    assert states == told
    with pytest.raises(Refused):
        solve_ticket(mona, ticket)


@pytest.mark.parametrize("who", ["ada", "ivan", "otto", "oscar"])
def test_nobody_else_answers_or_solves(cast: Cast, ticket: Ticket, who: str) -> None:
    with pytest.raises(Forbidden):
        answer_ticket(cast.actor(who), ticket, "Let me in.")
    with pytest.raises(Forbidden):
        solve_ticket(cast.actor(who), ticket)
    ticket.refresh_from_db()
    assert (ticket.messages.count(), ticket.state) == (1, State.OPEN)


def test_the_trail_tells_the_deeds_and_no_word_of_them(cast: Cast, mona: Actor) -> None:
    ticket = asked(cast.actor("rita"), "Secret subject")
    answer_ticket(mona, ticket, "Secret answer")
    solve_ticket(mona, ticket)
    entries = AuditEntry.objects.filter(subject="ticket", subject_id=ticket.pk).order_by("pk")
    assert [one.verb for one in entries] == ["create", "answer", "solve"]
    told = [f"{one.label}{one.before}{one.after}" for one in entries]
    assert [one for one in told if "Secret" in one] == []


# --- What is kept -----------------------------------------------------------------------------


def test_text_keeps_its_lines_and_nothing_that_cannot_be_seen(mona: Actor) -> None:
    form = TicketForm(subject="Gate", text=" One\r\n\r\ntwo\x07\u202e three\u200d ")
    ticket = open_ticket(mona, mona.places[0], form)
    assert ticket.messages.get().text == "One\n\ntwo three\u200d"


@pytest.mark.parametrize(
    ("subject", "text", "field"),
    [
        ("", "Words", "subject"),
        ("\r\n\x07", "Words", "subject"),
        ("x" * 121, "Words", "subject"),
        ("Gate", " \n ", "text"),
        ("Gate", "\x07", "text"),
        ("Gate", "x" * 10_001, "text"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(
    mona: Actor, subject: str, text: str, field: str
) -> None:
    before = Ticket.objects.count()
    with pytest.raises(Invalid) as refusal:
        open_ticket(mona, mona.places[0], TicketForm(subject=subject, text=text))
    assert [*refusal.value.faults] == [field]
    assert Ticket.objects.count() == before


def test_a_picture_is_drawn_anew_and_lies_sealed(mona: Actor) -> None:
    sent = picture((3_000, 1_500), comment=b"SecretNote") + b"<script>alert(1)</script>"
    ticket = asked(mona, pictures=[sent])
    kept = Picture.objects.get(message__ticket=ticket)
    content = folder.read(kept.file.key).read()
    assert Image.open(BytesIO(content)).size == (kept.width, kept.height) == (2_400, 1_200)
    assert b"Secret" not in content
    assert b"script" not in content
    assert content not in folder.path_of(kept.file.key).read_bytes()
    assert (kept.file.kind, kept.file.node) == (StoredFile.Kind.PICTURE, ticket.node)


_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    "sent",
    [
        *([b""], [_SVG], [b"%PDF-1.7"], [b"MZ" + b"\x00" * 900], [picture(form="GIF")]),
        [picture() + b"\x00" * (5 << 20)],
        [forged_png(30_000, 30_000)],
        [picture()[:800]],
        [picture(), b"and one that is none"],
        [picture()] * 5,
    ],
    ids=["empty", "svg", "pdf", "exe", "gif", "heavy", "bomb", "cut off", "second", "many"],
)
def test_what_is_no_bearable_picture_is_refused_and_nothing_kept(
    mona: Actor, ticket: Ticket, sent: list[bytes]
) -> None:
    before = (StoredFile.objects.count(), Message.objects.count(), Mail.objects.count())
    with pytest.raises(Invalid) as refusal:
        answer_ticket(mona, ticket, "Look.", sent)
    assert [*refusal.value.faults] == ["pictures"]
    assert before == (StoredFile.objects.count(), Message.objects.count(), Mail.objects.count())


def test_a_flood_of_tickets_has_to_wait(mona: Actor, ivan: Actor) -> None:
    for number in range(10):
        asked(mona, f"Gate {number}")
    with pytest.raises(TooMany):
        asked(mona, "Gate once more")
    assert Ticket.objects.filter(subject="Gate once more").count() == 0
    assert asked(ivan)


def test_a_flood_of_answers_has_to_wait(mona: Actor, ticket: Ticket) -> None:
    for number in range(60):
        answer_ticket(mona, ticket, f"Answer {number}")
    with pytest.raises(TooMany):
        answer_ticket(mona, ticket, "One more")


# --- Mail -------------------------------------------------------------------------------------


def letters() -> list[Mail]:
    return list(Mail.objects.exclude(state=Mail.State.FAILED).order_by("pk"))


def test_each_answer_is_mailed_to_the_other_side(cast: Cast, mona: Actor, ticket: Ticket) -> None:
    answer_ticket(mona, ticket, "Since when?")
    solve_ticket(cast.actor("rita"), ticket)
    assert [(one.recipient, one.subject) for one in letters()] == [
        ("mona@example.com", f"New ticket #{ticket.pk}"),
        ("rita@example.com", f"New answer in ticket #{ticket.pk}"),
        ("mona@example.com", f"Ticket #{ticket.pk} is solved"),
    ]
    new, answer, _solved = letters()
    assert "It stays open." in new.text
    assert "Since when?" in answer.text
    assert all(f"/tickets/{ticket.pk}/" in one for one in (new.text, new.html))


def test_a_desk_of_two_is_told_twice_and_not_of_its_own_answer(ivan: Actor, mona: Actor) -> None:
    ticket = asked(mona)
    answer_ticket(ivan, ticket, "On my way.")
    told = ["ivan@example.com", "iris@example.com", "mona@example.com"]
    assert [one.recipient for one in letters()] == told


def test_words_of_a_ticket_reach_no_header_and_no_page_as_html(cast: Cast) -> None:
    subject = "Gate\r\nBcc: victim@example.com\r\n\r\n<b>bold</b>"
    form = TicketForm(subject=subject, text="<script>alert(1)</script>\n& more")
    ticket = open_ticket(cast.actor("rita"), cast.actor("rita").places[0], form)
    assert ticket.subject == "Gate Bcc: victim@example.com <b>bold</b>"
    (letter,) = letters()
    assert letter.recipient == "mona@example.com"
    assert letter.subject == f"New ticket #{ticket.pk}"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>&amp; more" in letter.html
    assert "<b>bold" not in letter.html
    assert "<script>alert(1)</script>\n& more" in letter.text


def test_whose_account_is_shut_or_without_address_gets_no_mail(mona: Actor) -> None:
    Account.objects.filter(username="iris").update(is_active=False)
    Account.objects.filter(username="ivan").update(email="")
    asked(mona)
    assert letters() == []


# --- Reading ----------------------------------------------------------------------------------


def test_what_the_other_side_said_is_unread_until_it_is_read(
    cast: Cast, mona: Actor, ticket: Ticket
) -> None:
    rita = cast.actor("rita")

    def unread(actor: Actor) -> bool:
        rows = Ticket.objects.visible_to(actor).unread_by(actor.account)
        return rows.filter(pk=ticket.pk).exists()

    assert (unread(mona), unread(rita)) == (True, False)
    actions.note_read(mona, ticket)
    assert not unread(mona)
    answer_ticket(mona, ticket, "Since when?")
    assert (unread(mona), unread(rita)) == (False, True)


def test_whoever_acts_for_another_reads_and_asks_nothing_as_them(sven: Actor, ivan: Actor) -> None:
    assert ivan.account
    asked(ivan)
    until = clock.now() + timedelta(hours=1)
    acting = Acting(ivan.account, Role.INSTALLER, until, visit=1, topic="visit:1")
    helper = Actor(name="sven", account=sven.account, places=ivan.places, acting=acting)
    assert not Ticket.objects.visible_to(helper).exists()
    with pytest.raises(Forbidden):
        open_ticket(helper, ivan.places[0], TicketForm(subject="Gate", text="Open."))


def test_a_suspended_desk_is_passed_over_and_told_nothing(cast: Cast) -> None:
    sven = Organisation.objects.get(name="Sven's distribution")
    suspend_organisation(cast.actor("dora"), sven)
    before = Mail.objects.filter(recipient="sven@example.com").count()
    assert asked(cast.actor("ivan")).desk.name == "Dora's distribution"
    assert Mail.objects.filter(recipient="sven@example.com").count() == before
