"""What of somebody's long work is under way or ended a moment ago, for the frame of every page."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from doorward.files.models import Work
from doorward.kit import clock
from doorward.kit.addresses import address_of
from doorward.tenancy.actor import Actor

# A page that is loaded so long after an end still tells of it; whoever saw it is not told twice.
NEWS = timedelta(seconds=60)
_MOST = 20

_State = Work.State
# How a notice looks by how work ended; what one has cancelled oneself is no news.
_LEVELS = {_State.DONE: "success", _State.FAILED: "error"}


# Any: what templates can show.
def works_now(actor: Actor) -> dict[str, Any]:
    """Return how many works are under way, and a notice of each that ended a moment ago."""
    recent = Q(finished_at__gt=clock.now() - NEWS, state__in=_LEVELS)
    rows = Work.objects.visible_to(actor).only("title", "state", "started_at", "fault_count")
    found = list(rows.filter(Q(state__in=[_State.WAITING, _State.RUNNING]) | recent)[:_MOST])
    under_way = [work for work in found if not work.is_over]
    return {
        "running": len(under_way),
        "url": _address(under_way),
        "here": address_of("works-now"),
        "topic": " ".join(actor.topics),
        "notices": [_notice(work) for work in found if work.is_over],
    }


def _address(works: list[Work]) -> str:
    if len(works) == 1:
        return address_of("work", works[0].pk)
    return address_of("works")


def _notice(work: Work) -> dict[str, object]:
    begun = work.started_at.isoformat() if work.started_at else ""
    return {
        # Tried again, the same work is news once more.
        "key": f"{work.pk} {begun}",
        "level": _LEVELS[_State(work.state)],
        "words": _words(work) % {"title": work.title},
        "url": address_of("work", work.pk),
    }


def _words(work: Work) -> str:
    if work.state == _State.FAILED:
        return _("%(title)s failed.")
    return _("%(title)s is done, with faults.") if work.fault_count else _("%(title)s is done.")
