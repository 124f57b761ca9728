"""A mail server for tests: what it takes, and how it refuses."""

import socket

from aiosmtpd.smtp import SMTP, Envelope, Session


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
