"""Asking for long work, calling it off, trying it again."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from doorward.files.actions.stored import delete_file
from doorward.files.models import StoredFile, Work
from doorward.files.report import topics_of
from doorward.kit import clock, live
from doorward.kit.errors import Forbidden, Refused
from doorward.kit.jobs import app as jobs
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node

RUN = "files.run_work"
# Long work has a queue of its own, so that a door is never told late because of an import.
QUEUE = "works"
# Work of one account that waits; more would only keep others waiting.
MOST_WAITING = 20
# Running work of which nothing was heard for so long may have lost its process.
SILENT = timedelta(minutes=2)
KEPT = timedelta(days=30)
_AT_ONCE = 500

_State = Work.State


@transaction.atomic
def start_work(
    actor: Actor,
    node: Node,
    *,
    kind: str,
    title: str,
    parameters: Mapping[str, object] | None = None,
    secret: str | None = None,
    source: StoredFile | None = None,
) -> Work:
    """Let the worker do something long as this actor, once this transaction has committed.

    `parameters` are JSON and hold no secret; what may hold one goes sealed, in `secret`. What the
    work does is allowed or not when it is done.
    Raise `Refused` for somebody who has enough work waiting.
    """
    if actor.account is None:
        raise ValueError("a part of the system does its work itself")
    under_way = Work.objects.filter(account=actor.account).under_way()
    if under_way.count() >= MOST_WAITING:
        raise Refused(
            "work.too_much",
            _("You have much work waiting already. Wait until some is done, or cancel it."),
        )
    work = Work.objects.create(
        node=node,
        account=actor.account,
        visit_id=actor.acting.visit if actor.acting else None,
        kind=kind,
        title=title[:200],
        parameters=dict(parameters or {}),
        secret=secret,
        source=source,
    )
    audit.record(actor, "start", work, node, after={"kind": kind, **work.parameters})
    _enqueue(work)
    return work


@transaction.atomic
def cancel_work(actor: Actor, work: Work) -> Work:
    """Call work off: what waits is over at once, what runs stops at its next step."""
    locked = _locked(actor, work)
    if locked.is_over:
        raise Refused("work.over", _("This is over already; there is nothing to cancel."))
    locked.cancel_asked = True
    if locked.state == _State.WAITING:
        locked.state, locked.finished_at = _State.CANCELLED, clock.now()
    locked.save(update_fields=["cancel_asked", "state", "finished_at"])
    audit.record(actor, "cancel", locked, locked.node)
    live.publish(topics_of(locked))
    return locked


@transaction.atomic
def retry_work(actor: Actor, work: Work) -> Work:
    """Do work once more that failed or was cancelled: all of it, since nothing of it was kept."""
    locked = _locked(actor, work)
    if not locked.may_be_retried:
        raise Refused("work.not_failed", _("Only what failed or was cancelled can be tried again."))
    if locked.source is not None and not locked.source.is_kept(clock.now()):
        raise Refused("work.source_gone", _("The file is not kept any more. Send it once more."))
    if locked.result is not None:
        delete_file(locked.result)
    fresh = Work()
    names = ["state", "result", "total", "done", "counts", "faults", "fault_count", "error"]
    names += ["attempts", "cancel_asked", "started_at", "heard_at", "finished_at"]
    for name in names:
        setattr(locked, name, getattr(fresh, name))
    locked.save(update_fields=names)
    audit.record(actor, "try again", locked, locked.node)
    _enqueue(locked)
    return locked


def revive_works() -> int:
    """Look after running work of which nothing is heard; return how many there are."""
    silent = Work.objects.silent_since(clock.now() - SILENT).select_related("account")
    found = list(silent[:_AT_ONCE])
    for work in found:
        _enqueue(work)
    return len(found)


@transaction.atomic
def forget_old_works() -> int:
    """Delete what ended a month ago, with its files; return how many."""
    old = Work.objects.filter(finished_at__lt=clock.now() - KEPT)
    keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_AT_ONCE])
    works = Work.objects.filter(pk__in=keys)
    files = Q(pk__in=works.values("source")) | Q(pk__in=works.values("result"))
    for file in StoredFile.objects.filter(files):
        delete_file(file)
    works.delete()
    return len(keys)


def _locked(actor: Actor, work: Work) -> Work:
    rows = Work.objects.select_related("account", "node", "source", "result")
    locked = rows.select_for_update(no_key=True, of=("self",)).get(pk=work.pk)
    if not (actor.is_system or Work.objects.visible_to(actor).filter(pk=locked.pk).exists()):
        raise Forbidden("permission.missing", _("This is somebody else's work."))
    return locked


def _enqueue(work: Work) -> None:
    # One work of an account at a time: nobody's ten exports keep another's waiting.
    lock = f"files.works of {work.account_id}"
    jobs.configure_task(RUN, queue=QUEUE, lock=lock).defer(work=work.pk)
    live.publish(topics_of(work))
