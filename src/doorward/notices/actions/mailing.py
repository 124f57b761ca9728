"""Mails of messages: to each who takes them that way, once, and not after a recall."""

from collections import defaultdict

from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app as jobs

from doorward.kit import clock, live, outbox
from doorward.notices import reach
from doorward.notices.models import Announcement, Delivery
from doorward.tenancy.models import Account

WRITE = "notices.mail_message"
# Readers whose mails one transaction writes.
_AT_ONCE = 500


def begin(message: Announcement) -> None:
    """Let mails of a message be written once it is committed, if it goes by mail."""
    if message.by_mail:
        jobs.configure_task(WRITE).defer(message=message.pk)


def withdraw(message: Announcement) -> None:
    """Take back mails that are not out yet; the message is recalled already, under its lock."""
    outbox.withdraw(_keys(message))


def mail_message(key: int) -> int:
    """Write the mails of a message that was sent; return how many.

    Each batch is a transaction: who is killed in between goes on where the last one ended.
    """
    written = 0
    while count := _write_some(key):
        written += count
    return written


@transaction.atomic
def _write_some(key: int) -> int:
    # Whoever recalls it meanwhile waits, or was first.
    locked = Announcement.objects.select_for_update(no_key=True, of=("self",))
    sent = locked.select_related("node").filter(pk=key, state=Announcement.State.SENT)
    message = sent.first()
    if message is None:
        return 0
    waiting = Delivery.objects.filter(announcement=message, mailed_at=None)
    readers = list(
        reach.by_mail(message).filter(pk__in=waiting.values("account")).order_by("pk")[:_AT_ONCE]
    )
    by_language: dict[str, list[Account]] = defaultdict(list)
    for reader in readers:
        by_language[reader.language].append(reader)
    for language, some in by_language.items():
        _write(message, language, some)
    waiting.filter(account__in=readers).update(mailed_at=clock.now())
    # The page of whoever wrote it counts them.
    live.publish([message.topic])
    return len(readers)


def _write(message: Announcement, language: str, readers: list[Account]) -> None:
    """Write one letter to all who read a language."""
    is_news = message.kind == Announcement.Kind.NEWS
    ends = reverse("account" if is_news else "setting-notification")
    outbox.send_many(
        {f"{_keys(message)}{reader.pk}": reader.email for reader in readers},
        template="notices/email/message",
        context={
            "sender": message.node.name,
            "title": message.title,
            "text": message.text,
            "is_news": is_news,
            "path": reverse("message", args=[message.pk]),
            "ends": ends,
        },
        language=language,
        ends_at=ends,
    )


def _keys(message: Announcement) -> str:
    """Return how the keys of its mails begin; that of a reader's goes on with the account's."""
    return f"message:{message.pk}:"
