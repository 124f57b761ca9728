"""Doing long work: once, in one transaction, whatever happens to the process that does it."""

import logging

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from doorward.files.events import WorkEnded
from doorward.files.folder import unreadable
from doorward.files.kinds import kinds
from doorward.files.models import KEPT, StoredFile, Work
from doorward.files.report import Cancelled, Report, topics_of
from doorward.files.sealing import Damaged
from doorward.files.teller import Teller
from doorward.kit import clock, live
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.events import announce
from doorward.tenancy import support
from doorward.tenancy.actor import Actor

logger = logging.getLogger(__name__)

# A work whose process was killed is begun once more by itself.
ATTEMPTS = 2

_State = Work.State


class Overtaken(Exception):
    """Somebody else has ended this work meanwhile."""


def run(key: int) -> None:
    """Do a work that waits, or one whose process was killed; do nothing for any other."""
    with Teller(key) as teller:
        if not teller.holds:
            logger.info("work %s is being done elsewhere", key)
            return
        work = _claim(key)
        if work is not None:
            with translation.override(work.account.language):
                _do_as_asked(work, teller)


def _do_as_asked(work: Work, teller: Teller) -> None:
    """Do a work as whoever asked for it, also where they acted for somebody."""
    try:
        actor = support.of_work(work.visit, work.account) if work.visit else Actor.of(work.account)
    except Forbidden as refusal:
        report = Report(work, Actor.of(work.account), teller)
        _end(work, report, _State.FAILED, str(refusal.message))
        return
    try:
        _do(work, Report(work, actor, teller))
    finally:
        actor.finish()


@transaction.atomic
def _claim(key: int) -> Work | None:
    """Begin a work; return None for one that is over, or was killed too often."""
    rows = Work.objects.select_related(
        "account", "node", "source", "visit__acting_for", "visit__access__node"
    )
    work = rows.select_for_update(no_key=True, of=("self",)).filter(pk=key).first()
    if work is None or work.is_over:
        return None
    work.heard_at = clock.now()
    if work.attempts >= ATTEMPTS:
        work.state, work.finished_at = _State.FAILED, work.heard_at
        with translation.override(work.account.language):
            work.error = _(
                "It was stopped when the service restarted. Nothing was changed; try again."
            )
    else:
        work.state, work.started_at = _State.RUNNING, work.heard_at
        work.attempts += 1
    work.save(update_fields=["state", "attempts", "started_at", "heard_at", "finished_at", "error"])
    live.publish(topics_of(work))
    if work.is_over:
        announce(WorkEnded(work=work.pk))
        return None
    return work


def _do(work: Work, report: Report) -> None:
    try:
        with transaction.atomic():
            kinds()[work.kind].do(work, report)
            _end(work, report, _State.DONE)
    except Overtaken:
        report.discard()
        logger.warning("work %s was ended elsewhere; nothing of it is kept", work.pk)
    except Cancelled:
        report.discard()
        _end(work, report, _State.CANCELLED)
    except Refused as refusal:
        _end(work, report, _State.FAILED, str(refusal.message))
    except Invalid as fault:
        _end(work, report, _State.FAILED, " ".join(map(str, fault.faults.values())))
    except Damaged:
        _end(work, report, _State.FAILED, str(unreadable().message))
    except Exception:
        report.discard()
        message = _("Something broke. Nothing was changed; try again, or ask your operator.")
        _end(work, report, _State.FAILED, message)
        raise


@transaction.atomic
def _end(work: Work, report: Report, state: str, error: str = "") -> None:
    """Write how a work ended; raise `Overtaken` unless it is still ours."""
    told = report.progress
    ended = Work.objects.filter(pk=work.pk, state=_State.RUNNING, attempts=work.attempts).update(
        state=state,
        error=error,
        total=told.total,
        done=told.done,
        counts=told.counts,
        faults=[fault.plain() for fault in report.faults],
        fault_count=told.fault_count,
        result=_result(work, report),
        finished_at=clock.now(),
    )
    if not ended:
        raise Overtaken
    live.publish(topics_of(work))
    if state != _State.CANCELLED:
        announce(WorkEnded(work=work.pk))


def _result(work: Work, report: Report) -> StoredFile | None:
    made = report.made
    if made is None:
        return None
    kind = kinds()[work.kind].makes
    return StoredFile.objects.create(
        node=work.node,
        kind=kind,
        name=made.name,
        content_type=made.content_type,
        size=made.content.size,
        digest=made.content.digest,
        key=made.content.key,
        created_by=work.account,
        visit=work.visit,
        expires_at=clock.now() + KEPT[kind],
    )
