"""Where mail is handed over: an SMTP server, or a folder where none is set."""

import os
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.text import slugify

from doorward.kit import clock

# Letters kept in the folder, of those to one reader and of those to many; the oldest go.
KEPT_LETTERS = 500
# But no younger ones to one reader, however many: the codes and links in them may still be wanted.
_WANTED = timedelta(days=7)
_TO_MANY = ".many"


class Uncertain(Exception):
    """The server fell silent when it had the mail, or nearly: it may arrive or not."""


class SmtpBackend(EmailBackend):
    """Django's SMTP, which also tells whether a failure came before or after handing over."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _WatchedTls if self.use_ssl else _Watched

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return super().send_messages(email_messages) or 0
        except smtplib.SMTPResponseException:
            # An answer is never uncertain.
            raise
        except (OSError, smtplib.SMTPServerDisconnected) as trouble:
            if getattr(self.connection, "handed_over", False):
                raise Uncertain(str(trouble)) from trouble
            raise


class _Watched(smtplib.SMTP):
    """SMTP in clear, or with STARTTLS."""

    handed_over = False

    # Any: bytes of every kind, or text.
    def data(self, msg: Any) -> tuple[int, bytes]:
        self.handed_over = True
        answer = super().data(msg)
        self.handed_over = False
        return answer


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """SMTP within TLS from the first byte."""


class FolderBackend(BaseEmailBackend):
    """Letters in a folder: `.eml` as it would be sent, `.txt` to read."""

    def open(self) -> bool:
        self.folder = Path(settings.MAIL_FOLDER)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.open()
        for message in email_messages:
            kind = _TO_MANY if "List-Unsubscribe" in message.extra_headers else ""
            stem = f"{_stamp(clock.now())}-{slugify(message.to[0])}{kind}"
            _write(self.folder / f"{stem}.eml", message.message().as_bytes())
            heading = f"To: {message.to[0]}\nSubject: {message.subject}\n\n"
            _write(self.folder / f"{stem}.txt", f"{heading}{message.body}".encode())
        self._tidy()
        return len(email_messages)

    def _tidy(self) -> None:
        letters = sorted(self.folder.glob("*.eml"))
        to_many = [letter for letter in letters if letter.stem.endswith(_TO_MANY)]
        to_one = [letter for letter in letters if not letter.stem.endswith(_TO_MANY)]
        since = _stamp(clock.now() - _WANTED)
        old = [letter for letter in to_one[:-KEPT_LETTERS] if letter.name < since]
        for letter in [*to_many[:-KEPT_LETTERS], *old]:
            letter.unlink(missing_ok=True)
            letter.with_suffix(".txt").unlink(missing_ok=True)


def _stamp(at: datetime) -> str:
    """Return how the name of a letter of then begins, so that names stand in order of time."""
    return f"{at:%Y-%m-%dT%H-%M-%S.%f}Z"


def _write(file: Path, content: bytes) -> None:
    # Codes stand in letters: only the owner reads them.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
