"""What of the installation's mail needs its operator."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.portal.troubles import Level, Trouble
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import OutgoingMail
from doorward.tenancy.permissions import Can

# A mail that waits longer than this does not wait for its turn.
_STUCK = timedelta(minutes=5)
# What went wrong longer ago stands in the list of mail alone.
_RECENT = timedelta(days=3)


def troubles(actor: Actor, at: datetime) -> Iterator[Trouble]:
    """Yield what to look at: mail that waits for the server, and mail that went wrong."""
    if not actor.may(Can.VIEW_MAIL):
        return
    state = OutgoingMail.State
    waiting = Q(state=state.WAITING, created_at__lte=at - _STUCK)
    recent = Q(created_at__gt=at - _RECENT)
    found = OutgoingMail.objects.visible_to(actor).aggregate(
        waiting=Count("pk", filter=waiting),
        stuck=Count("pk", filter=waiting & (Q(is_bulk=False) | ~Q(error=""))),
        said=Max("error", filter=waiting),
        sent=Max("sent_at"),
        failed=Count("pk", filter=recent & Q(state=state.FAILED)),
        uncertain=Count("pk", filter=recent & Q(state=state.UNCERTAIN)),
    )
    # What was written to thousands waits for its turn indeed, as long as anything goes out.
    goes_out = found["sent"] is not None and found["sent"] > at - _STUCK
    if count := found["stuck" if goes_out else "waiting"]:
        title = ngettext("%(count)d mail waits", "%(count)d mails wait", count)
        more = found["said"] or _("The worker has not come to it yet.")
        yield _trouble(Level.BAD, title, count, more, state.WAITING)
    if count := found["failed"]:
        title = ngettext("%(count)d mail failed", "%(count)d mails failed", count)
        more = _("Its reader's server refused it, or it could not be sent in time.")
        yield _trouble(Level.WARN, title, count, more, state.FAILED)
    if count := found["uncertain"]:
        title = ngettext(
            "%(count)d mail may have arrived or not",
            "%(count)d mails may have arrived or not",
            count,
        )
        more = _("It is not sent again by itself, so that nobody gets it twice.")
        yield _trouble(Level.WARN, title, count, more, state.UNCERTAIN)


def _trouble(level: Level, title: str, count: int, more: str, state: str) -> Trouble:
    where = f"{reverse('mail')}?state={state}"
    return Trouble(level, "mail", title % {"count": count}, more, None, where, _("Look at it"))
