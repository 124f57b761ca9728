"""A worker that is stopped, or killed, in the middle of mail to many: nobody gets it twice."""

import asyncio
import signal
from collections import Counter

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection, transaction

from doorward.kit import mail_trial, outbox
from doorward.kit.models import Mail
from doorward.tenancy.actions import mail_server as deeds
from doorward.tenancy.actor import Actor
from tests.postmaster import Open, Postmaster, Somebody, server_at
from tests.workers import SECONDS, StartWorker, kill, let_the_dead_be_noticed, wait_until

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]

READERS = 40
State = Mail.State


class SlowPostmaster(Postmaster):
    """Takes its time for each letter, so that a run is caught in the middle."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(0.2)
        return await super().handle_DATA(server, session, envelope)

    @property
    def readers(self) -> Counter[str]:
        return Counter(letter.rcpt_tos[0] for letter in self.letters)


@pytest.fixture
def postmaster(otto: Actor, open_office: Open) -> SlowPostmaster:
    """A slow mail server that the installation uses, with mail to many before it."""
    keeper = SlowPostmaster()
    _keeper, port = open_office(keeper)
    deeds.choose_server(otto, server_at(port))
    Mail.objects.all().delete()
    with transaction.atomic():
        outbox.send_many(
            {f"news:{n}": Somebody(f"reader-{n}@example.com") for n in range(READERS)},
            template=mail_trial.TEMPLATE,
            context={},
            language="en",
            ends_at="/setting/",
        )
    return keeper


def states() -> Counter[str]:
    return Counter(Mail.objects.values_list("state", flat=True))


def under_way() -> int:
    """Count deliveries that the queue takes to be in somebody's hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = %s",
            [outbox.DELIVER],
        )
        return int(cursor.fetchone()[0])


def in_the_middle(postmaster: SlowPostmaster) -> None:
    wait_until(lambda: len(postmaster.letters) >= 3, "some of the mail is out")


def test_a_stop_waits_for_the_mail_under_way_alone_and_leaves_nothing_locked(
    postmaster: SlowPostmaster, start_worker: StartWorker
) -> None:
    worker = start_worker()
    in_the_middle(postmaster)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(SECONDS) == 0
    sent = len(postmaster.letters)
    assert sent < READERS
    assert states() == {State.SENT: sent, State.WAITING: READERS - sent}
    assert under_way() == 0
    # Nothing was in the dead one's hand, so nobody has to notice that it is gone.
    start_worker()
    wait_until(lambda: states() == {State.SENT: READERS}, "the rest is out")
    assert set(postmaster.readers.values()) == {1}
    assert len(postmaster.readers) == READERS


def test_a_kill_leaves_one_mail_uncertain_and_none_sent_twice(
    postmaster: SlowPostmaster, start_worker: StartWorker
) -> None:
    worker = start_worker()
    in_the_middle(postmaster)
    kill(worker)
    lost = states()[State.SENDING]
    assert lost <= 1
    let_the_dead_be_noticed()
    start_worker()
    wait_until(lambda: states()[State.SENT] == READERS - lost, "the rest is out")
    assert states()[State.SENDING] == lost
    assert max(postmaster.readers.values()) == 1
