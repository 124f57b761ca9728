"""Reading notices: what one reads is no deed in the trail."""

from django.db import transaction

from doorward.kit import clock, live
from doorward.notices.actions.telling import recount
from doorward.notices.models import Notice, Notices
from doorward.tenancy.actor import Actor


def read_notice(actor: Actor, notice: Notice) -> None:
    """Keep that somebody has read one of their notices."""
    _read(actor, Notice.objects.visible_to(actor).filter(pk=notice.pk))


def read_all(actor: Actor) -> int:
    """Keep that somebody has read all of theirs; return how many were unread."""
    return _read(actor, Notice.objects.visible_to(actor))


@transaction.atomic
def _read(actor: Actor, rows: Notices) -> int:
    count = rows.unread().update(read_at=clock.now()) if actor.account else 0
    if count and actor.account:
        recount([actor.account.pk])
        # The page that is drawn next says so, too.
        actor.account.refresh_from_db(fields=["unread_notices"])
        live.publish(actor.topics)
    return count
