"""Ending visits of support: what each leaves is an entry of the trail, and nothing else."""

from collections.abc import Collection, Iterable

from django.db import transaction

from doorward.kit import clock, live
from doorward.kit.events import announce
from doorward.tenancy import audit, support
from doorward.tenancy.actor import Actor
from doorward.tenancy.events import SupportEnded
from doorward.tenancy.models import Account, Draft, SupportVisit

End = SupportVisit.End
# Ended at once by the clock; the next minute takes more.
_AT_ONCE = 200


@transaction.atomic
def end(keys: Collection[int], why: str = "") -> int:
    """End visits that are under way; without a word of why, each says so itself."""
    rows = SupportVisit.objects.select_related("access__node", "account", "acting_for", "node")
    locked = rows.select_for_update(no_key=True, of=("self",)).under_way()
    visits = list(locked.filter(pk__in=keys).order_by("pk"))
    now = clock.now()
    for visit in visits:
        visit.why = why or support.why_over(visit, now)
        visit.ended_at = min(now, visit.ends_at)
        visit.save(update_fields=["why", "ended_at"])
        doer = support.as_other(_doer(visit.account), visit)
        audit.record(doer, "end support", visit, visit.node, after={"why": visit.why})
        # What was half typed there is the other's business.
        Draft.objects.filter(account=visit.account, acting_for=visit.acting_for).delete()
    live.publish(visit.topic for visit in visits)
    if visits:
        announce(SupportEnded(visits=[visit.pk for visit in visits]))
    return len(visits)


def end_in(account: Account, handles: Iterable[str], why: str = End.SIGNED_OUT) -> None:
    """End the visits of sessions that end."""
    begun = SupportVisit.objects.under_way().filter(account=account, session__in=list(handles))
    if keys := list(begun.values_list("pk", flat=True)):
        end(keys, why)


def end_overdue() -> int:
    """End what nobody came back to end: the hour is over, or what it stood on is gone."""
    begun, now = SupportVisit.objects.under_way(), clock.now()
    standing = SupportVisit.objects.holding().filter(ends_at__gt=now)
    overdue = begun.exclude(pk__in=standing.values("pk")).order_by("pk")
    return end(list(overdue.values_list("pk", flat=True)[:_AT_ONCE]))


def _doer(account: Account) -> Actor:
    return Actor(name=account.username, account=account)
