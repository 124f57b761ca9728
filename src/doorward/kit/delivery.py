"""Delivering mail: one at a time, never the same twice, and nobody waits for a server."""

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Literal

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app as jobs

from doorward.kit import clock, mail_route
from doorward.kit.models import Mail
from doorward.kit.outbox import DELIVER
from doorward.kit.postbox import Uncertain
from doorward.kit.turns import Turn

logger = logging.getLogger(__name__)

# Seconds that one run goes on. Mail to thousands takes hours, and a stop must not have to wait for
# that; nor may the job's lock be held when its worker is killed after all.
_TURN = 45.0
# After each definite no "later": minutes to the next try, the last for all further ones.
_BACK_OFF = (1, 5, 15, 60, 120, 240)
# A server that is not there is not there for any mail; it is asked again soon.
_SERVER_PATIENCE = timedelta(minutes=2)
# Longer than any server that answers at all can take.
_SENDING = timedelta(minutes=10)
_KEPT = {
    timedelta(days=30): (Mail.State.SENT,),
    timedelta(days=90): (Mail.State.FAILED, Mail.State.UNCERTAIN),
}

_TOO_LATE = gettext_noop("It could not be sent in time.")
_FELL_SILENT = gettext_noop("The worker stopped while it was being sent.")
# Certificates that are no good, refused passwords and time that ran out are among these; an answer
# that is no protocol at all comes as a ValueError.
SERVER_GONE = (OSError, smtplib.SMTPException, ValueError)


def deliver_due() -> int:
    """Send what is due until nothing is, the server fails or time is up; return how many were sent.

    What is left when time is up, or the worker is asked to stop, is for another job. A mail is
    claimed and committed before it is handed over. Whoever dies in between leaves it as being
    sent, and it is not sent again by itself.
    """
    give_up(clock.now())
    way, turn = _Way(), Turn(_TURN)
    sent = 0
    try:
        # Before one is taken: what fails here leaves no mail half sent.
        while not turn.is_over and way.follow() and (mail := claim(clock.now())):
            if not _deliver(mail, way):
                break
            sent += mail.state == Mail.State.SENT
    finally:
        hang_up(way.server)
    if turn.is_over:
        jobs.configure_task(DELIVER).defer()
    return sent


class _Way:
    """Which way mail goes, and an open line there; the settings are read for each mail."""

    def __init__(self) -> None:
        self._take()

    def _take(self) -> None:
        self.route = mail_route.in_force()
        self.server = mail_route.line(self.route)

    def follow(self) -> Literal[True]:
        """Go by another server from now on, if the operator has set one meanwhile."""
        if not mail_route.still_holds(self.route):
            hang_up(self.server)
            self._take()
        return True


def claim(at: datetime) -> Mail | None:
    """Take a mail that is due, or none; nobody else can have it then.

    What is written to one goes before what is written to many; of either those tried least, so
    that one over which a server stumbles holds up no other.
    """
    with transaction.atomic(durable=True):
        # What was recalled, or is no longer valid, while others were sent stays.
        due = Mail.objects.due(at).filter(give_up_at__gt=at)
        due = due.order_by("is_bulk", "attempts", "pk")
        mail = due.select_for_update(skip_locked=True).first()
        if mail:
            mail.state, mail.claimed_at = Mail.State.SENDING, at
            mail.attempts += 1
            mail.save(update_fields=["state", "claimed_at", "attempts"])
    return mail


def give_up(at: datetime) -> None:
    """Settle what nobody waits for any more, and what a dead worker had in its hand."""
    Mail.objects.waiting().filter(give_up_at__lte=at).update(
        state=Mail.State.FAILED, error=_TOO_LATE, text=None, html=None
    )
    silent = Mail.objects.filter(state=Mail.State.SENDING, claimed_at__lte=at - _SENDING)
    if count := silent.update(state=Mail.State.UNCERTAIN, error=_FELL_SILENT):
        logger.warning("%d mails may have been sent or not; an operator has to look", count)


def prune(at: datetime) -> None:
    """Forget mail that ended long ago."""
    for age, states in _KEPT.items():
        Mail.objects.filter(state__in=states, created_at__lte=at - age).delete()


def _deliver(mail: Mail, way: _Way) -> bool:
    """Hand a claimed mail over and settle it; say whether the next may be tried."""
    try:
        way.server.open()
    except SERVER_GONE as trouble:
        return _put_off(mail, way, trouble)
    try:
        way.server.send_messages([message_of(mail, way.route.sender)])
    except Uncertain as trouble:
        _settle(mail, Mail.State.UNCERTAIN, said_by(trouble))
        return False
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refusal:
        _refused(mail, *_answer(refusal))
        # After some answers the server hangs up; the next mail gets a line of its own.
        hang_up(way.server)
    except SERVER_GONE as trouble:
        # A refused sender is among these: that is a matter of settings, and of every mail.
        return _put_off(mail, way, trouble)
    else:
        _settle(mail, Mail.State.SENT, "")
    return True


def message_of(mail: Mail, sender: str) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    if mail.ends_at:
        # RFC 2369, 3.2.
        headers["List-Unsubscribe"] = f"<{mail.ends_at}>"
    message = EmailMultiAlternatives(
        mail.subject, mail.text or "", sender, [mail.recipient], headers=headers
    )
    message.attach_alternative(mail.html or "", "text/html")
    return message


def _settle(mail: Mail, state: Mail.State, error: str) -> None:
    """Write what became of a mail; a sent one keeps nothing that was in it."""
    mail.state, mail.error = state, error[:200]
    if state == Mail.State.SENT:
        mail.sent_at, mail.text, mail.html = clock.now(), None, None
    elif state == Mail.State.FAILED and mail.is_bulk:
        # A server may refuse thousands, which would be as many texts to keep.
        mail.useful_until, mail.text, mail.html = clock.now(), None, None
    mail.save(update_fields=["state", "error", "sent_at", "useful_until", "text", "html"])
    logger.info("mail %d is %s", mail.pk, mail.state)


def _refused(mail: Mail, code: int, answer: str) -> None:
    """Settle a definite no: for good, or until a later try (RFC 5321, 4.2.1)."""
    if code >= 500:
        _settle(mail, Mail.State.FAILED, answer)
        return
    minutes = _BACK_OFF[min(mail.attempts, len(_BACK_OFF)) - 1]
    mail.next_try_at = clock.now() + timedelta(minutes=minutes)
    mail.save(update_fields=["next_try_at"])
    _settle(mail, Mail.State.WAITING, answer)


def _put_off(mail: Mail, way: _Way, trouble: Exception) -> bool:
    """Let a mail wait for its server; say whether there is another one by now, to try at once."""
    if mail_route.still_holds(way.route):
        _postpone_all(mail, trouble)
        return False
    _settle(mail, Mail.State.WAITING, said_by(trouble))
    return True


def _postpone_all(mail: Mail, trouble: Exception) -> None:
    """Let every mail wait for a server that is not there, or will not have us."""
    words = said_by(trouble)
    logger.warning("no mail can be sent: %s", words)
    again = clock.now() + _SERVER_PATIENCE
    with transaction.atomic():
        _settle(mail, Mail.State.WAITING, words)
        Mail.objects.due(again).update(next_try_at=again, error=words)


_Refusal = smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException


def _answer(refusal: _Refusal) -> tuple[int, str]:
    """Return a refusal's code, and the server's own words."""
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(refusal.recipients.values()))
        return _answer(smtplib.SMTPResponseException(code, said))
    code, told = refusal.smtp_code, refusal.smtp_error
    text = told.decode(errors="replace") if isinstance(told, bytes) else told
    return code, f"{code} {' '.join(text.split())}"[:200]


def said_by(trouble: Exception) -> str:
    """Return what a server said, or what kept it from saying anything."""
    if isinstance(trouble, _Refusal):
        return _answer(trouble)[1]
    said = getattr(trouble, "strerror", None) or str(trouble)
    return (said or type(trouble).__name__)[:200]


def hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except SERVER_GONE as trouble:
        # Everything was settled before; how the server says goodbye is its own affair.
        logger.debug("the mail server hung up first: %s", trouble)
