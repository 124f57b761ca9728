"""Trying the way mail goes: one letter now, and in words what the server answered."""

import smtplib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit import delivery, mail_route, outbox
from doorward.kit.errors import Refused
from doorward.kit.mail_route import Route
from doorward.kit.models import Mail
from doorward.kit.postbox import Uncertain

TEMPLATE = "kit/email/trial"
# Seconds for each answer, and for all of them: somebody waits, and so does a thread for pages.
STEP, WHOLE = 4.0, 6.0
# Each holds one of a front's few threads.
_one_at_a_time = Lock()

_TOLD: tuple[tuple[type[Exception], Promise], ...] = (
    (
        smtplib.SMTPAuthenticationError,
        gettext_lazy("The server refused the user name or the password."),
    ),
    (
        smtplib.SMTPSenderRefused,
        gettext_lazy(
            "The server does not send in the name of %(sender)s. Use an address that belongs to "
            "this account."
        ),
    ),
    (smtplib.SMTPRecipientsRefused, gettext_lazy("The server takes no mail for %(reader)s.")),
    (
        ssl.SSLCertVerificationError,
        gettext_lazy(
            "The server's certificate is not valid for %(host)s. Use the name that the certificate "
            "was issued for, or let this machine trust who issued it."
        ),
    ),
    (
        ssl.SSLError,
        gettext_lazy(
            "The server does not speak TLS from the first byte at this port. Try STARTTLS."
        ),
    ),
    (
        socket.gaierror,
        gettext_lazy("No machine is known by the name %(host)s. Check how it is spelled."),
    ),
    (
        ConnectionRefusedError,
        gettext_lazy(
            "Nothing takes mail at %(place)s: the connection was refused. Check the port."
        ),
    ),
    (
        smtplib.SMTPServerDisconnected,
        gettext_lazy(
            "The server hung up. Port and encryption may not belong together: STARTTLS is usually "
            "at 587, TLS at 465."
        ),
    ),
    (smtplib.SMTPResponseException, gettext_lazy("The server refused the mail.")),
    (Uncertain, gettext_lazy("The server fell silent when it had the mail; it may have come.")),
    (smtplib.SMTPException, gettext_lazy("The server and Doorward did not understand each other.")),
    (OSError, gettext_lazy("%(place)s cannot be reached from this machine.")),
    # An answer that is no protocol at all.
    (ValueError, gettext_lazy("The server and Doorward did not understand each other.")),
)
_LATE = gettext_lazy(
    "%(place)s did not answer in time. Check host and port, and whether a firewall is between; a "
    "server that says nothing at first often wants TLS, at port 465."
)
_NO_STARTTLS = gettext_lazy("The server offers no STARTTLS at this port. Try TLS at port 465.")
_NO_SIGN_IN = gettext_lazy(
    "The server takes no user name and password this way. Leave the user empty, or use encryption."
)


@dataclass(frozen=True)
class Outcome:
    """What came of it: a sentence, and what the server said in its own words."""

    taken: bool
    text: str
    said: str = ""


def try_out(route: Route, reader: str, language: str) -> Outcome:
    """Hand one letter over now, within a few seconds; raise `Refused` while another is tried.

    Nothing of it is kept, and no transaction should be open: it waits for a stranger.
    """
    letter = outbox.written(TEMPLATE, {"place": route.place}, language)
    mail = Mail(
        recipient=reader,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        language=language,
        message_id=outbox.new_message_id(),
    )
    if not _one_at_a_time.acquire(blocking=False):
        message = _("Another test mail is on its way. Wait for its answer, then try again.")
        raise Refused("mail.trial_running", message)
    try:
        trouble = _handed_over(
            mail_route.line(route, patience=STEP), delivery.message_of(mail, route.sender)
        )
    finally:
        _one_at_a_time.release()
    return _outcome(trouble, route, reader)


def _handed_over(server: BaseEmailBackend, message: EmailMultiAlternatives) -> Exception | None:
    """Return what went wrong; whoever drips single bytes is not waited for."""
    answers: SimpleQueue[Exception | None] = SimpleQueue()
    Thread(target=_hand_over, args=(server, [message], answers), daemon=True).start()
    try:
        return answers.get(timeout=WHOLE)
    except Empty:
        return TimeoutError()


def _hand_over(
    server: BaseEmailBackend,
    messages: Iterable[EmailMultiAlternatives],
    answers: "SimpleQueue[Exception | None]",
) -> None:
    try:
        server.open()
        server.send_messages([*messages])
    except (*delivery.SERVER_GONE, Uncertain) as trouble:
        answers.put(trouble)
    else:
        answers.put(None)
    delivery.hang_up(server)


def _outcome(trouble: Exception | None, route: Route, reader: str) -> Outcome:
    if trouble is None:
        text = _("%(place)s took the mail for %(reader)s. Look into that mailbox, and its spam.")
        return Outcome(taken=True, text=text % {"place": route.place, "reader": reader})
    told = {
        "place": route.place,
        "host": route.host,
        "sender": route.sender,
        "reader": reader,
    }
    said = "" if _ran_late(trouble) else delivery.said_by(trouble)
    return Outcome(taken=False, text=str(_sentence(trouble)) % told, said=said)


def _sentence(trouble: Exception) -> Promise:
    if _ran_late(trouble):
        return _LATE
    if isinstance(trouble, smtplib.SMTPNotSupportedError):
        return _NO_STARTTLS if "STARTTLS" in str(trouble) else _NO_SIGN_IN
    return next(text for kind, text in _TOLD if isinstance(trouble, kind))


def _ran_late(trouble: Exception) -> bool:
    # smtplib tells of an answer that never came as of a line that was cut.
    cut = isinstance(trouble, smtplib.SMTPServerDisconnected) and trouble.__context__
    return isinstance(cut or trouble, TimeoutError)
