"""Mail: written with the facts it tells of, delivered once or not at all, waiting for nobody."""

import socket
import stat
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as locmem
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from time_machine import TimeMachineFixture

from doorward.kit import clock, delivery, outbox, postbox, turns
from doorward.kit.errors import Refused
from doorward.kit.models import Mail
from tests.jobs import RunJobs
from tests.postmaster import Open, Postmaster, Somebody, free_port

pytestmark = pytest.mark.django_db
SECRET = "482913"


@pytest.fixture
def postmaster(settings: Any) -> Iterator[Postmaster]:
    """A mail server that the installation is told to use."""
    keeper = Postmaster()
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port())
    controller.start()
    _use(settings, controller.port)
    yield keeper
    controller.stop()


def _use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "doorward.kit.postbox.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1


def write(to: str = "mona@example.com", **more: object) -> Mail:
    with transaction.atomic():
        return outbox.send(
            to=to,
            template="tests/email/code",
            context={"code": SECRET, "name": "Mona <b>Meier</b>"},
            language="en",
            **more,  # type: ignore[arg-type]
        )


@pytest.fixture(autouse=True)
def templates(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "tests" / "email"
    folder.mkdir(parents=True)
    (folder / "code.txt").write_text("Subject: Your code\n\nHello {{ name }}, {{ code }}.\n")
    (folder / "code.html").write_text(
        '{% extends "kit/email.html" %}{% block letter %}{{ name }}: {{ code }}{% endblock %}'
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path / "templates")]}]


def write_many(*addresses: str) -> list[Mail]:
    """Write one letter to many, by keys that begin alike."""
    with transaction.atomic():
        written = outbox.send_many(
            {f"news:7:{place}": Somebody(email) for place, email in enumerate(addresses)},
            template="tests/email/code",
            context={"code": SECRET, "name": "all"},
            language="en",
            ends_at="/setting/",
        )
    mails = list(Mail.objects.filter(key__startswith="news:7:").order_by("pk"))
    assert {mail.key for mail in mails} == written
    return mails


def fresh(mail: Mail) -> Mail:
    return Mail.objects.get(pk=mail.pk)


def test_a_mail_goes_out_in_both_forms_and_keeps_nothing(
    postmaster: Postmaster, run_jobs: RunJobs
) -> None:
    mail = write()
    assert "kit.deliver_mail" in run_jobs()
    (letter,) = postmaster.letters
    content = letter.content.decode()
    assert letter.rcpt_tos == ["mona@example.com"]
    assert f"Message-ID: {mail.message_id}" in content
    assert "Hello Mona <b>Meier</b>, 482913." in content
    assert "Mona &lt;b&gt;Meier&lt;/b&gt;: 482913" in content
    sent = fresh(mail)
    assert (sent.state, sent.text, sent.html) == (Mail.State.SENT, None, None)


def test_a_mail_of_a_deed_that_was_undone_never_was(run_jobs: RunJobs) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not Mail.objects.filter(subject="Your code").exists()
    assert run_jobs() == []


def test_bodies_are_sealed(db: None) -> None:
    mail = write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, html, subject FROM kit_mail WHERE id = %s", [mail.pk])
        text, html, subject = cursor.fetchone()
    assert SECRET.encode() not in bytes(text) + bytes(html)
    assert subject == "Your code"


@pytest.mark.parametrize("answer", ["550 No such user", "554 Go away"])
def test_a_reader_that_is_refused_for_good_fails(postmaster: Postmaster, answer: str) -> None:
    postmaster.to_reader = answer
    mail = write()
    delivery.deliver_due()
    assert (fresh(mail).state, fresh(mail).error) == (Mail.State.FAILED, answer)


def test_a_later_is_tried_again_ever_more_slowly(
    postmaster: Postmaster, time_machine: TimeMachineFixture
) -> None:
    postmaster.to_letter = "451 Greylisted, come back"
    mail = write()
    waits = []
    for _ in range(5):
        time_machine.move_to(fresh(mail).next_try_at, tick=False)
        delivery.deliver_due()
        waits.append((fresh(mail).next_try_at - clock.now()) // timedelta(minutes=1))
    assert waits == [1, 5, 15, 60, 120]
    assert (fresh(mail).state, fresh(mail).attempts) == (Mail.State.WAITING, 5)
    postmaster.to_letter = None
    time_machine.move_to(fresh(mail).next_try_at, tick=False)
    assert delivery.deliver_due() == 1
    assert len(postmaster.letters) == 1


def test_one_refused_reader_does_not_hold_up_the_next(postmaster: Postmaster) -> None:
    postmaster.to_reader = "421 Closing the channel"
    first, second = write("a@example.com"), write("b@example.com")
    delivery.deliver_due()
    assert {fresh(first).attempts, fresh(second).attempts} == {1}


def test_mail_waits_for_a_server_that_is_down(
    settings: Any, time_machine: TimeMachineFixture
) -> None:
    _use(settings, free_port())
    time_machine.move_to(clock.now(), tick=False)
    mails = [write(), write()]
    assert delivery.deliver_due() == 0
    assert {fresh(mail).state for mail in mails} == {Mail.State.WAITING}
    # One knock at the door told for all.
    assert sum(fresh(mail).attempts for mail in mails) == 1
    assert all("Connection refused" in fresh(mail).error for mail in mails)
    assert delivery.claim(clock.now()) is None


def test_mail_waits_for_a_server_that_says_nothing(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        _use(settings, deaf.getsockname()[1])
        settings.EMAIL_TIMEOUT = 0.2
        mail = write()
        delivery.deliver_due()
    assert fresh(mail).state == Mail.State.WAITING
    assert "timed out" in fresh(mail).error


def test_a_server_that_vanishes_with_the_mail_leaves_it_uncertain(postmaster: Postmaster) -> None:
    postmaster.vanishes = True
    mail = write()
    delivery.deliver_due()
    assert fresh(mail).state == Mail.State.UNCERTAIN
    postmaster.vanishes = False
    delivery.deliver_due()
    assert len(postmaster.letters) == 1


def test_a_worker_that_dies_with_the_mail_leaves_it_uncertain(
    postmaster: Postmaster, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now())
    mail = write()
    claimed = delivery.claim(clock.now())
    assert claimed == mail
    assert delivery.claim(clock.now()) is None
    time_machine.shift(timedelta(minutes=11))
    delivery.deliver_due()
    assert (fresh(mail).state, postmaster.letters) == (Mail.State.UNCERTAIN, [])


def test_an_operator_sends_an_uncertain_mail_again(postmaster: Postmaster) -> None:
    mail = write()
    delivery.claim(clock.now())
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.UNCERTAIN)
    outbox.send_again(fresh(mail))
    delivery.deliver_due()
    (letter,) = postmaster.letters
    assert f"Message-ID: {mail.message_id}" in letter.content.decode()
    with pytest.raises(Refused):
        outbox.send_again(fresh(mail))


def test_what_is_no_longer_valid_is_not_sent(
    postmaster: Postmaster, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now())
    mail = write(useful_until=clock.now() + timedelta(minutes=5))
    time_machine.shift(timedelta(minutes=6))
    delivery.deliver_due()
    late = fresh(mail)
    assert (late.state, late.text, postmaster.letters) == (Mail.State.FAILED, None, [])
    with pytest.raises(Refused):
        outbox.send_again(late)


def test_a_sender_that_the_server_will_not_have_is_no_mail_s_fault(
    settings: Any,
) -> None:
    class Strict(Postmaster):
        async def handle_MAIL(self, *_: object) -> str:
            return "550 Not from you"

    controller = Controller(Strict(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        _use(settings, controller.port)
        mail = write()
        delivery.deliver_due()
    finally:
        controller.stop()
    assert (fresh(mail).state, fresh(mail).error) == (Mail.State.WAITING, "550 Not from you")


def test_without_a_server_letters_lie_readable_in_a_private_folder(
    settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "doorward.kit.postbox.FolderBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"
    mail = write()
    delivery.deliver_due()
    (text,) = (tmp_path / "mail").glob("*.txt")
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert text.read_text().startswith("To: mona@example.com\nSubject: Your code\n\nHello Mona")
    assert mail.message_id.encode() in letter.read_bytes()
    assert stat.S_IMODE(text.stat().st_mode) == stat.S_IMODE(letter.stat().st_mode) == 0o600
    assert stat.S_IMODE(text.parent.stat().st_mode) == 0o700


def test_a_folder_keeps_what_one_may_still_want_whatever_many_get(
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    time_machine: TimeMachineFixture,
) -> None:
    settings.EMAIL_BACKEND = "doorward.kit.postbox.FolderBackend"
    settings.MAIL_FOLDER = tmp_path
    monkeypatch.setattr(postbox, "KEPT_LETTERS", 2)
    time_machine.move_to(clock.now())
    for name in "abc":
        write(f"{name}@example.com")
    write_many(*(f"guest-{n}@example.com" for n in range(5)))
    delivery.deliver_due()

    def kept() -> list[str]:
        assert len([*tmp_path.glob("*.eml")]) == len([*tmp_path.glob("*.txt")])
        return sorted(letter.stem.partition("Z-")[2] for letter in tmp_path.glob("*.txt"))

    alone = ["aexamplecom", "bexamplecom", "cexamplecom"]
    assert kept() == [*alone, "guest-3examplecom.many", "guest-4examplecom.many"]
    time_machine.shift(timedelta(days=8))
    write("d@example.com")
    delivery.deliver_due()
    assert [name for name in kept() if ".many" not in name] == ["cexamplecom", "dexamplecom"]


def test_old_mail_is_forgotten(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(clock.now())
    mail = write()
    delivery.deliver_due()
    assert len(locmem.outbox) == 1
    time_machine.shift(timedelta(days=29))
    delivery.prune(clock.now())
    assert fresh(mail)
    time_machine.shift(timedelta(days=2))
    delivery.prune(clock.now())
    assert not Mail.objects.filter(pk=mail.pk).exists()


def test_mail_is_written_inside_a_transaction_or_not_at_all(
    transactional_db: None,
) -> None:
    with pytest.raises(RuntimeError):
        outbox.send(to="mona@example.com", template="tests/email/code", context={}, language="en")


def test_an_address_that_is_none_is_a_fault_of_ours(db: None) -> None:
    with pytest.raises(Exception, match="valid email"):
        write("mona@example.com\nBcc: everybody@example.com")


# --- To many ----------------------------------------------------------------------------------


def test_one_letter_to_many_says_where_to_end_such_mails(
    postmaster: Postmaster, settings: Any
) -> None:
    write_many("a@example.com", "b@example.com")
    write("c@example.com")
    delivery.deliver_due()
    contents = {letter.rcpt_tos[0]: letter.content.decode() for letter in postmaster.letters}
    ends = f"List-Unsubscribe: <{settings.BASE_URL}/setting/>"
    assert [ends in contents[f"{name}@example.com"] for name in "abc"] == [True, True, False]
    assert "482913" in contents["b@example.com"]


def test_many_are_written_by_as_many_statements_as_few() -> None:
    with CaptureQueriesContext(connection) as few:
        write_many("a@example.com", "b@example.com")
    Mail.objects.filter(is_bulk=True).delete()
    with CaptureQueriesContext(connection) as many:
        assert len(write_many(*(f"guest-{n}@example.com" for n in range(1_500)))) == 1_500
    assert len(many) == len(few)


def test_a_key_is_written_once() -> None:
    write_many("a@example.com")
    with pytest.raises(IntegrityError):
        write_many("a@example.com")


def test_what_is_no_address_keeps_back_nobody_else() -> None:
    mails = write_many("nobody", "b@example.com", "c@example.com\nBcc: d@example.com")
    assert [mail.recipient for mail in mails] == ["b@example.com"]


def test_what_one_waits_for_overtakes_what_many_get(postmaster: Postmaster) -> None:
    write_many("a@example.com", "b@example.com")
    write("c@example.com")
    delivery.deliver_due()
    assert postmaster.letters[0].rcpt_tos == ["c@example.com"]


def test_a_run_ends_by_itself_and_leaves_the_rest_to_the_next(
    postmaster: Postmaster, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A clock that moves by four seconds whenever it is looked at.
    monkeypatch.setattr(turns, "monotonic", count(0, 4).__next__)
    write_many(*(f"guest-{n}@example.com" for n in range(30)))
    assert 0 < delivery.deliver_due() < 15
    run_jobs()
    readers = [letter.rcpt_tos[0] for letter in postmaster.letters]
    assert len(readers) == len(set(readers)) == 30


def test_a_worker_that_is_asked_to_stop_takes_up_no_other_mail(
    settings: Any, open_office: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Last(Postmaster):
        async def handle_DATA(self, *told: Any) -> str:
            turns.end_all()
            return await super().handle_DATA(*told)

    monkeypatch.setattr(turns, "_stopping", Event())
    _keeper, port = open_office(Last())
    _use(settings, port)
    first, second = write_many("a@example.com", "b@example.com")
    assert delivery.deliver_due() == 1
    assert (fresh(first).state, fresh(second).state) == (Mail.State.SENT, Mail.State.WAITING)


def test_what_is_refused_of_mail_to_many_keeps_no_text(postmaster: Postmaster) -> None:
    postmaster.to_reader = "550 No such user"
    (one,), alone = write_many("a@example.com"), write("b@example.com")
    delivery.deliver_due()
    assert [fresh(mail).state for mail in (one, alone)] == [Mail.State.FAILED] * 2
    assert (fresh(one).text, fresh(one).html) == (None, None)
    with pytest.raises(Refused) as refused:
        outbox.send_again(fresh(one))
    assert "keeps no text" in str(refused.value.message)
    # What one reader waits for can be sent again.
    outbox.send_again(fresh(alone))


def test_what_is_withdrawn_goes_out_neither_now_nor_later(postmaster: Postmaster) -> None:
    waits, in_hand, failed, sent = write_many(*(f"{name}@example.com" for name in "abcd"))
    for mail, state in ((in_hand, "sending"), (failed, "failed"), (sent, "sent")):
        Mail.objects.filter(pk=mail.pk).update(state=state)
    other = write("e@example.com")
    outbox.withdraw("news:7:")
    assert not Mail.objects.filter(pk=waits.pk).exists()
    with pytest.raises(Refused):
        outbox.send_again(fresh(failed))
    # The server puts off what was in the worker's hand.
    Mail.objects.filter(pk=in_hand.pk).update(state="waiting")
    delivery.deliver_due()
    assert [letter.rcpt_tos for letter in postmaster.letters] == [["e@example.com"]]
    assert (fresh(in_hand).state, fresh(sent).state) == ("failed", "sent")
    assert fresh(other).state == "sent"


def test_what_ends_while_others_are_sent_is_not_taken_up(db: None) -> None:
    ended = write()
    Mail.objects.filter(pk=ended.pk).update(give_up_at=clock.now())
    assert delivery.claim(clock.now()) is None
    lasts = write()
    claimed = delivery.claim(clock.now())
    assert claimed is not None
    assert claimed.pk == lasts.pk
