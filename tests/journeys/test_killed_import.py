"""SIGKILL of the worker in the middle of an import of people: all of it later, and once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from doorward.access.models import AccessGroup, Credential
from doorward.files.models import Work
from doorward.people.models import Person
from doorward.portal.importing.asking import ask_at_once
from doorward.portal.importing.plan import Choices
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast
from tests.workers import (
    StartWorker,
    after,
    kill,
    let_the_dead_be_noticed,
    url_of_the_database,
    wait_until,
)

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

ROWS = 300
State = Work.State
# Who waits in the middle of an import for what `held_up` holds.
_WAITERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
AND query LIKE '%access_accessgroup%'
"""


def people_to_come() -> bytes:
    """Return a sheet: everybody in an access group, with a card; some with a group of people."""
    head = "Personnel ID,First name,Last name,Company,Group,Access groups,Card 1"
    lines = [
        f"K-{number},First{number},Last,Acme,{'Day shift' if number % 3 else ''},"
        f"Office hours,{0xC0DE0000 + number:08X}"
        for number in range(ROWS)
    ]
    return "\n".join([head, *lines]).encode()


def ask(actor: Actor, site: Site) -> Work:
    sent = SimpleUploadedFile("people.csv", people_to_come(), "text/csv")
    return ask_at_once(actor, site, sent, Choices(update=True, create_groups=True))


@contextmanager
def held_up(group: AccessGroup) -> Iterator[psycopg.Connection]:
    """Hold an access group: an import stops at it, when its people are written, cards not yet."""
    with psycopg.connect(url_of_the_database()) as other:
        other.execute("SELECT 1 FROM access_accessgroup WHERE id = %s FOR UPDATE", [group.pk])
        yield other


def kill_while_applying(work: Work, group: AccessGroup, start_worker: StartWorker) -> None:
    with held_up(group), psycopg.connect(url_of_the_database()) as watch:
        watch.autocommit = True
        worker = start_worker()

        def applies() -> bool:
            row = watch.execute(_WAITERS).fetchone()
            return bool(row and row[0])

        wait_until(applies, "the import is in the middle of applying")
        assert after(work).state == State.RUNNING
        kill(worker)
    let_the_dead_be_noticed()


def facts() -> dict[str, object]:
    """Return all that the import writes: who there is, in what, with which cards, and its trail."""
    named = Person.objects.filter(personnel_id__startswith="K-")
    return {
        "people": sorted(named.values_list("personnel_id", "first_name", "group__name")),
        "named": AccessGroup.people.through.objects.filter(person__in=named).count(),
        "cards": Credential.objects.filter(person__in=named).count(),
        "trail": AuditEntry.objects.filter(subject="person", verb="create").count(),
    }


def test_an_import_that_was_killed_is_done_later_and_once(
    cast: Cast, mona: Actor, start_worker: StartWorker
) -> None:
    group, before = cast.group("Office hours"), facts()
    work = ask(mona, cast.maple)
    kill_while_applying(work, group, start_worker)
    assert facts() == before
    start_worker()
    wait_until(lambda: after(work).is_over, "the import is done")
    assert (after(work).state, after(work).attempts) == (State.DONE, 2)
    done = facts()
    assert (len(done["people"]), done["named"], done["cards"]) == (ROWS, ROWS, ROWS)  # type: ignore[arg-type]
    again = ask(mona, cast.maple)
    wait_until(lambda: after(again).is_over, "the same file is done once more")
    assert (after(again).state, after(again).counts["unchanged"]) == (State.DONE, ROWS)
    assert facts() == done
