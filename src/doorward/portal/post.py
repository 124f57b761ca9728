"""What of the installation's mail needs its operator."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.kit.counts import MOST, count_up_to, count_words
from doorward.portal.troubles import Level, Trouble
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import OutgoingMail
from doorward.tenancy.models.mail import OutgoingMails
from doorward.tenancy.permissions import Can

# A mail that waits longer than this does not wait for its turn.
_STUCK = timedelta(minutes=5)
# What went wrong longer ago stands in the list of mail alone.
_RECENT = timedelta(days=3)
_State = OutgoingMail.State


def troubles(actor: Actor, at: datetime) -> Iterator[Trouble]:
    """Yield what to look at: mail that waits for the server, and mail that went wrong."""
    if not actor.may(Can.VIEW_MAIL):
        return
    mails = OutgoingMail.objects.visible_to(actor)
    yield from _waiting(mails, at)
    recent = mails.filter(created_at__gt=at - _RECENT)
    if count := count_up_to(recent.filter(state=_State.FAILED)):
        title = ngettext("%(count)s mail failed", "%(count)s mails failed", count)
        more = _("Its reader's server refused it, or it could not be sent in time.")
        yield _trouble(Level.WARN, title, count, more, _State.FAILED)
    if count := count_up_to(recent.filter(state=_State.UNCERTAIN)):
        title = ngettext(
            "%(count)s mail may have arrived or not",
            "%(count)s mails may have arrived or not",
            count,
        )
        more = _("It is not sent again by itself, so that nobody gets it twice.")
        yield _trouble(Level.WARN, title, count, more, _State.UNCERTAIN)


def _waiting(mails: OutgoingMails, at: datetime) -> Iterator[Trouble]:
    """Yield that mail waits for the server, counted no further than is told."""
    waiting = mails.filter(state=_State.WAITING, created_at__lte=at - _STUCK)
    found = waiting.order_by("created_at")[: MOST + 1].aggregate(
        all=Count("pk"),
        stuck=Count("pk", filter=Q(is_bulk=False) | ~Q(error="")),
        said=Max("error"),
    )
    # What was written to thousands waits for its turn indeed, as long as anything goes out.
    goes_out = found["all"] and mails.filter(sent_at__gt=at - _STUCK).exists()
    if count := found["stuck" if goes_out else "all"]:
        title = ngettext("%(count)s mail waits", "%(count)s mails wait", count)
        more = found["said"] or _("The worker has not come to it yet.")
        yield _trouble(Level.BAD, title, count, more, _State.WAITING)


def _trouble(level: Level, title: str, count: int, more: str, state: str) -> Trouble:
    where = f"{reverse('mail')}?state={state}"
    title %= {"count": count_words(count)}
    return Trouble(level, "mail", title, more, None, where, _("Look at it"))
