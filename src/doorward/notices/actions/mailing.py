"""Mails of messages: to each who takes them that way, once, and not after a recall."""

from collections import defaultdict

from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django import app as jobs

from doorward.kit import clock, live, outbox
from doorward.kit.turns import Turn
from doorward.notices import reach
from doorward.notices.models import Announcement
from doorward.tenancy.models import Account

WRITE = "notices.mail_message"
# Readers whom one transaction asks.
_AT_ONCE = 500
# Seconds that one run goes on, and after which it looks again whether the outbox has room.
_TURN, _PAUSE = 45.0, 10


def begin(message: Announcement) -> None:
    """Let mails of a message be written once it is committed, if it goes by mail."""
    if message.by_mail:
        jobs.configure_task(WRITE).defer(message=message.pk)


def withdraw(message: Announcement) -> None:
    """Take back mails that are not out yet; the message is recalled already, under its lock."""
    outbox.withdraw(_key_prefix(message))


def mail_message(key: int) -> None:
    """Write the mails of a message that was sent, as long as the outbox has room; the rest later.

    Whom it is for was settled when it was sent: nobody joins or leaves by another role. Each of
    them is asked once, in the order of their accounts; whether they take it by mail, where to and
    in which language, is what they have chosen by then.

    Each portion is a transaction that notes how far it came. Who is killed in between goes on
    there, and however often the job runs, nobody gets a mail twice.
    """
    turn = Turn(_TURN)
    while outbox.has_room() and not turn.is_over:
        if not _write_portion(key):
            return
    jobs.configure_task(WRITE, schedule_in={"seconds": _PAUSE}).defer(message=key)


@transaction.atomic
def _write_portion(key: int) -> bool:
    """Write to those of the next readers who take it by mail; say whether others may follow."""
    # Whoever recalls it meanwhile waits, or was first.
    locked = Announcement.objects.select_for_update(no_key=True, of=("self",))
    sent = locked.select_related("node").filter(pk=key, state=Announcement.State.SENT)
    message = sent.first()
    if message is None:
        return False
    waiting = message.deliveries.filter(account__gt=message.mailed_up_to, mailed_at=None)
    asked = list(waiting.order_by("account").values_list("account", flat=True)[:_AT_ONCE])
    if not asked:
        return False
    by_language: dict[str, list[Account]] = defaultdict(list)
    for reader in reach.by_mail(message).filter(pk__in=asked):
        by_language[reader.language].append(reader)
    written = [
        key for language, some in by_language.items() for key in _write(message, language, some)
    ]
    message.deliveries.filter(account__in=written).update(mailed_at=clock.now())
    message.mailed_up_to = asked[-1]
    message.save(update_fields=["mailed_up_to"])
    # The page of whoever wrote it counts them.
    live.publish([message.topic])
    return True


def _write(message: Announcement, language: str, readers: list[Account]) -> list[int]:
    """Write to all who read a language; return to which accounts a letter goes."""
    is_news = message.kind == Announcement.Kind.NEWS
    ends = reverse("setting-notification")
    by_key = {f"{_key_prefix(message)}{reader.pk}": reader for reader in readers}
    written = outbox.send_many(
        by_key,
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
    return [by_key[key].pk for key in written]


def _key_prefix(message: Announcement) -> str:
    """Return how the keys of its mails begin; that of a reader's goes on with the account's."""
    return f"message:{message.pk}:"
