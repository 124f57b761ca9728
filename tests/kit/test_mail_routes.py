"""Which way mail goes: by the server that the operator has set when it begins."""

import socket
from threading import Thread

import pytest
from django.core import mail as locmem
from django.db import transaction

from doorward.kit import clock, delivery, mail_route, mail_trial, outbox
from doorward.kit.errors import Refused
from doorward.kit.models import Mail
from doorward.kit.postbox import SmtpBackend
from doorward.tenancy.actions import mail_server as deeds
from doorward.tenancy.actor import Actor
from tests.postmaster import SECRET, Open, free_port, known, server_at

pytestmark = pytest.mark.django_db


def write() -> Mail:
    with transaction.atomic():
        return outbox.send(
            to="mona@example.com", template=mail_trial.TEMPLATE, context={}, language="en"
        )


def test_mail_goes_by_the_server_that_was_set_without_a_restart(
    otto: Actor, open_office: Open
) -> None:
    first, port = open_office()
    deeds.choose_server(otto, server_at(port))
    write()
    assert delivery.deliver_due() == 1
    other, port = open_office()
    deeds.choose_server(otto, server_at(port))
    write()
    assert delivery.deliver_due() == 1
    assert [len(first.letters), len(other.letters)] == [1, 1]
    (letter,) = other.letters
    assert letter.mail_from == "doors@example.com"
    assert b'From: "Maple, Doors" <doors@example.com>' in letter.content
    # What the settings say was asked nothing.
    assert locmem.outbox == []


def test_without_a_server_of_its_own_the_environment_counts(otto: Actor, open_office: Open) -> None:
    _keeper, port = open_office()
    deeds.choose_server(otto, server_at(port))
    assert mail_route.in_force().place == f"127.0.0.1:{port}"
    deeds.forget_server(otto)
    route = mail_route.in_force()
    assert (route.host, route.server) == ("", None)
    write()
    assert delivery.deliver_due() == 1
    assert len(locmem.outbox) == 1
    with pytest.raises(Refused):
        deeds.forget_server(otto)


def test_what_waits_for_another_server_goes_at_once(otto: Actor, open_office: Open) -> None:
    deeds.choose_server(otto, server_at(free_port()))
    write()
    assert delivery.deliver_due() == 0
    assert delivery.claim(clock.now()) is None
    keeper, port = open_office()
    deeds.choose_server(otto, server_at(port))
    assert delivery.deliver_due() == 1
    assert len(keeper.letters) == 1


def test_each_mail_goes_by_the_server_that_is_set_when_it_begins(
    otto: Actor, open_office: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, port), (other, other_port) = open_office(), open_office()
    deeds.choose_server(otto, server_at(port))
    write()
    write()
    settle = delivery._settle

    def settled(mail: Mail, state: Mail.State, error: str) -> None:
        settle(mail, state, error)
        # The operator saves between the first mail and the second.
        deeds.choose_server(otto, server_at(other_port, sender_address="gates@example.com"))

    monkeypatch.setattr(delivery, "_settle", settled)
    assert delivery.deliver_due() == 2
    senders = [letter.mail_from for letter in (*first.letters, *other.letters)]
    assert senders == ["doors@example.com", "gates@example.com"]


def test_a_mail_that_the_old_server_refused_goes_to_the_new_one_at_once(
    otto: Actor, open_office: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, port = open_office(authenticator=known, auth_require_tls=False)
    deeds.choose_server(otto, server_at(port, user="doors", password="wrong"))
    mail = write()
    hand_over = SmtpBackend.open

    def mended_meanwhile(server: SmtpBackend) -> bool | None:
        # The operator mends the password, and nothing else, while the old one is refused.
        deeds.choose_server(otto, server_at(port, user="doors", password=SECRET))
        return hand_over(server)

    monkeypatch.setattr(SmtpBackend, "open", mended_meanwhile)
    assert delivery.deliver_due() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, len(keeper.letters)) == (Mail.State.SENT, 2, 1)


def test_an_answer_that_is_no_protocol_is_tried_again(otto: Actor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as babbler:
        said = [b"220 mail", b"250-mail\r\n250 AUTH CRAM-MD5", b"334 a"]
        talking = Thread(target=_say, args=(babbler, said))
        talking.start()
        port = babbler.getsockname()[1]
        deeds.choose_server(otto, server_at(port, user="doors", password=SECRET))
        mail = write()
        assert delivery.deliver_due() == 0
        talking.join()
    mail.refresh_from_db()
    assert mail.state == Mail.State.WAITING
    assert mail.next_try_at > clock.now()


def _say(server: socket.socket, lines: list[bytes]) -> None:
    """Answer each line of the first caller with the next of ours."""
    caller, _address = server.accept()
    with caller, caller.makefile("rb") as heard:
        for line in lines:
            caller.sendall(line + b"\r\n")
            heard.readline()
