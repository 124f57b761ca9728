"""Mail, written in the caller's transaction; the worker delivers what was committed."""

import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context, engines
from django.template.backends.django import Template
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from doorward.kit import brand, clock, rows
from doorward.kit.errors import Refused
from doorward.kit.models import PATIENCE, Mail

logger = logging.getLogger(__name__)

DELIVER = "kit.deliver_mail"
_SUBJECT = "Subject:"
# Mails to many that wait at a time: each holds its whole text.
_MOST_WAITING = 2_000
# An operator who sends a mail again gives it another day.
_SECOND_PATIENCE = timedelta(days=1)


class Reader(Protocol):
    """Who gets one of many letters: where to, and by what name."""

    @property
    def email(self) -> str: ...

    def get_full_name(self) -> str: ...


@dataclass(frozen=True)
class Letter:
    """What a template says to one reader."""

    subject: str
    text: str
    html: str


def send(
    *,
    to: str,
    template: str,
    # Templates show anything.
    context: Mapping[str, object],
    language: str,
    useful_until: datetime | None = None,
) -> Mail:
    """Write a mail; it goes out once the caller's transaction has committed.

    `template` is such as "tenancy/email/invitation". Its subject is kept in clear and must hold no
    code. After `useful_until` the mail is no longer sent.
    """
    _require_transaction()
    mail = _mail(to, written(template, context, language), language)
    if useful_until is not None:
        mail.useful_until = mail.give_up_at = useful_until
    mail.save()
    jobs.configure_task(DELIVER).defer()
    return mail


def has_room() -> bool:
    """Say whether another few hundred mails to many may be written by now.

    Who has more of them comes back later: so what is stored is bounded, however many they go to.
    """
    return Mail.objects.waiting().filter(is_bulk=True).count() < _MOST_WAITING


def send_many(
    readers: Mapping[str, Reader],
    *,
    template: str,
    # Templates show anything.
    context: Mapping[str, object],
    language: str,
    ends_at: str,
) -> Collection[str]:
    """Write a letter to many, each by name, in a statement for every few thousand of them.

    Returned are the keys of those that were written.

    `readers` stand by a key of each, which the database takes once; the template has each as its
    `reader`. Whose address is none is left out, so that it keeps back nobody else's letter.
    `ends_at` is the path of the page where they end such mails.
    """
    _require_transaction()
    mails: dict[str, Mail] = {}
    for key, reader in readers.items():
        letter = written(template, {**context, "reader": reader}, language)
        try:
            mail = _mail(reader.email, letter, language)
        except ValidationError:
            logger.warning("nothing was written as %s: there is no such address", key)
            continue
        mail.key, mail.is_bulk, mail.ends_at = key, True, f"{settings.BASE_URL}{ends_at}"
        mails[key] = mail
    rows.insert_many([*mails.values()])
    jobs.configure_task(DELIVER).defer()
    return mails.keys()


def withdraw(key_prefix: str) -> None:
    """Take back mails whose keys begin so: what is not out yet goes out neither now nor later."""
    found = Mail.objects.filter(key__startswith=key_prefix)
    found.waiting().delete()
    # One that is in the worker's hand may fail yet, and would be tried again.
    found.exclude(state=Mail.State.SENT).update(useful_until=clock.now(), give_up_at=clock.now())


def written(template: str, context: Mapping[str, object], language: str) -> Letter:
    """Return what a mail says, and send nothing.

    The template's `.txt` begins with a `Subject:` line; the `.html` beside it says the same.
    """
    with translation.override(language):
        shown = {**context, "base_url": settings.BASE_URL, "brand": brand.look()}
        subject, text = _split(_render(f"{template}.txt", shown, escape=False))
        html = _render(f"{template}.html", {**shown, "subject": subject}, escape=True)
    return Letter(subject, text, html)


def new_message_id() -> str:
    return f"<{uuid.uuid4()}@{urlsplit(settings.BASE_URL).hostname}>"


def hurry() -> None:
    """Let all that waits be tried at once: it goes another way from now on."""
    Mail.objects.waiting().update(next_try_at=clock.now())
    jobs.configure_task(DELIVER).defer()


def send_again(mail: Mail) -> None:
    """Let a mail that failed, or may have, go out once more; the caller's action records it."""
    if not mail.may_be_sent_again:
        raise Refused("mail.settled", settled_reason(mail))
    at = clock.now()
    mail.state, mail.next_try_at, mail.error = Mail.State.WAITING, at, ""
    mail.give_up_at = mail.useful_until or at + _SECOND_PATIENCE
    mail.save(update_fields=["state", "next_try_at", "error", "give_up_at"])
    jobs.configure_task(DELIVER).defer()


def settled_reason(mail: Mail) -> str:
    """Say why a mail is not sent again."""
    if mail.is_bulk and mail.state == Mail.State.FAILED:
        return _("A mail to many that failed keeps no text. Its reader finds it in the portal.")
    if mail.state in {Mail.State.FAILED, Mail.State.UNCERTAIN}:
        return _("What this mail says is no longer valid. Ask its reader to request a new one.")
    return _("This mail is sent, or still on its way. There is nothing to do.")


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a mail is written inside the transaction that it tells of")


def _mail(to: str, letter: Letter, language: str) -> Mail:
    """Return a letter to somebody, not stored yet; raise `ValidationError` for a bad address."""
    validate_email(to)
    at = clock.now()
    return Mail(
        recipient=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        language=language,
        message_id=new_message_id(),
        created_at=at,
        next_try_at=at,
        give_up_at=at + PATIENCE,
    )


def _render(name: str, context: Mapping[str, object], *, escape: bool) -> str:
    found = engines["django"].get_template(name)
    assert isinstance(found, Template)
    return str(found.template.render(Context(dict(context), autoescape=escape)))


def _split(text: str) -> tuple[str, str]:
    """Return subject and body of a rendered text; a missing subject is a fault of ours."""
    first, _newline, body = text.lstrip().partition("\n")
    if not first.startswith(_SUBJECT):
        raise ValueError("a mail's text begins with a Subject: line")
    return " ".join(first.removeprefix(_SUBJECT).split())[:200], body.strip() + "\n"
