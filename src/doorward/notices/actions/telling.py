"""Telling accounts what has happened: in the portal, and by mail where they want it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper
from django.urls import reverse
from django.utils import translation

from doorward.kit import clock, live, outbox, rows
from doorward.notices import words
from doorward.notices.models import Notice
from doorward.sites.models import Site
from doorward.tenancy.models import Account, NoticeKind
from doorward.tenancy.noticing import ALWAYS_SHOWN, mailed, shown

# After a mail of a kind, so long no other of that kind: what else happens stands in the portal.
QUIET = timedelta(minutes=15)
# Readers that are written to by mail at once, and things that one mail names.
MOST_MAILED, MOST_NAMED = 200, 20

_RECOUNT = """
UPDATE tenancy_account SET unread_notices = (
    SELECT count(*) FROM notices_notice notice
    WHERE notice.account_id = tenancy_account.id AND notice.read_at IS NULL AND notice.shown
)
WHERE id = ANY(%s)
"""


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened, and the keys of the accounts that are to know."""

    what: Notice.What
    readers: Collection[int]
    about: str = ""
    by: str = ""
    count: int = 1
    subject: int | None = None
    site: Site | None = None


@transaction.atomic
def tell(kind: NoticeKind, news: Sequence[News]) -> int:
    """Write news of one kind to their readers' inboxes and mail; return how many were told.

    Questions and statements are as many for one reader as for a hundred, but for the mails.
    """
    readers = _readers(kind, {key for one in news for key in one.readers})
    now = clock.now()
    heard = {key for key, reader in readers.items() if reader.by_portal or reader.by_mail}  # type: ignore[attr-defined]
    made = [
        _notice(kind, one, readers[key], now)
        for one in news
        for key in sorted(heard.intersection(one.readers))
    ]
    if not made:
        return 0
    _mail(kind, made, now)
    rows.insert_many(made)
    recount(heard)
    live.publish(readers[key].topic for key in heard)
    return len(made)


@transaction.atomic
def recount(accounts: Iterable[int]) -> None:
    """Count anew what accounts have not read; in the transaction that changed it."""
    keys = sorted(set(accounts))
    # Held first: whoever waits here counts what the other has written.
    held = Account.objects.select_for_update(no_key=True).filter(rows.any_of("pk", keys))
    list(held.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [keys])


def _readers(kind: NoticeKind, keys: Collection[int]) -> dict[int, Account]:
    """Return the accounts that are in use, each saying which way it is told."""
    by_portal = ExpressionWrapper(shown(kind), BooleanField())
    by_mail = ExpressionWrapper(mailed(kind), BooleanField())
    found = Account.objects.filter(pk__in=list(keys), is_active=True)
    readers = {one.pk: one for one in found.annotate(by_portal=by_portal, by_mail=by_mail)}
    if kind in ALWAYS_SHOWN:
        for reader in readers.values():
            reader.by_portal, reader.by_mail = True, False
    if kind == NoticeKind.TICKET:
        # Its mails are written with the deed itself.
        for reader in readers.values():
            reader.by_mail = False
    return readers


def _notice(kind: NoticeKind, news: News, reader: Account, at: datetime) -> Notice:
    return Notice(
        account=reader,
        kind=kind,
        what=news.what,
        at=at,
        shown=reader.by_portal,  # type: ignore[attr-defined]
        about=news.about[:300],
        by=news.by[:200],
        count=news.count,
        subject=news.subject,
        site=news.site,
    )


def _mail(kind: NoticeKind, made: Sequence[Notice], at: datetime) -> None:
    """Write one mail to each reader who wants it and had none of this kind lately."""
    wanted: dict[int, list[Notice]] = defaultdict(list)
    for notice in made:
        if notice.account.by_mail:  # type: ignore[attr-defined]
            wanted[notice.account_id].append(notice)
    if not wanted:
        return
    late = Notice.objects.filter(account__in=list(wanted), kind=kind, mailed_at__gt=at - QUIET)
    for key in set(late.values_list("account", flat=True)):
        del wanted[key]
    for notices in list(wanted.values())[:MOST_MAILED]:
        _write(kind, notices)
        for notice in notices:
            notice.mailed_at = at


def _write(kind: NoticeKind, notices: Sequence[Notice]) -> None:
    reader = notices[0].account
    with translation.override(reader.language):
        title = words.subject(kind)
        named = notices[:MOST_NAMED]
        lines = [(words.sentence(one), one.site.name if one.site else "") for one in named]
    outbox.send(
        to=reader.email,
        template="notices/email/notice",
        context={
            "reader": reader,
            "title": title,
            "lines": lines,
            "more": len(notices) - len(lines),
            "minutes": QUIET // timedelta(minutes=1),
            "path": reverse("notices"),
        },
        language=reader.language,
    )
