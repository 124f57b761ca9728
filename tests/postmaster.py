"""A mail server for tests: what it takes, and how it refuses."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from doorward.tenancy.actions.mail_server import MailServerForm

SECRET = "a-long-word-for-mail"


@dataclass(frozen=True)
class Somebody:
    """Whom one of many letters is written to."""

    email: str

    def get_full_name(self) -> str:
        return self.email.partition("@")[0].title()


class Postmaster:
    """A mail server's manners: what it answers at each step; None takes what comes."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.to_reader: str | None = None
        self.to_letter: str | None = None
        self.vanishes = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_reader:
            return self.to_reader
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.to_letter:
            return self.to_letter
        self.letters.append(envelope)
        if self.vanishes:
            server.transport.abort()
        return "250 taken"


Open = Callable[..., tuple[Postmaster, int]]


@pytest.fixture
def open_office() -> Iterator[Open]:
    """Open mail servers on loopback, and close them in the end."""
    opened: list[Controller] = []

    def office(keeper: Postmaster | None = None, **manners: object) -> tuple[Postmaster, int]:
        keeper = keeper or Postmaster()
        office = Controller(keeper, hostname="127.0.0.1", port=free_port(), **manners)  # type: ignore[arg-type]
        office.start()
        opened.append(office)
        return keeper, office.port

    yield office
    for one in opened:
        one.stop()


def known(*asked: object) -> AuthResult:
    """Let in whoever says the password."""
    told = asked[-1]
    assert isinstance(told, LoginPassword)
    return AuthResult(success=told.password == SECRET.encode(), handled=False)


def server_at(port: int, **told: object) -> MailServerForm:
    usual = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender_address": "doors@example.com",
        "sender_name": "Maple, Doors",
    }
    return MailServerForm(**{**usual, **told})  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
