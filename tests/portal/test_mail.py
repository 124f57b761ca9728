"""What the operator sees of mail, and what nobody does."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from doorward.kit import clock
from doorward.kit.models import Mail
from doorward.portal import post
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(cast: Cast) -> Mail:
    return Mail.objects.get(state=Mail.State.FAILED)


@pytest.fixture
def operator(cast: Cast) -> Client:
    return cast.client("otto")


def test_the_list_tells_what_was_said_and_never_what_was_written(
    operator: Client, failed: Mail
) -> None:
    text = operator.get(reverse("mail")).content.decode()
    assert "550 No such user here" in text
    assert "Hello." not in text


def test_a_mail_goes_out_again_and_that_is_recorded(
    operator: Client, failed: Mail, run_jobs: RunJobs, mailoutbox: list[object]
) -> None:
    operator.post(reverse("mail-again", args=[failed.pk]))
    run_jobs()
    assert len(mailoutbox) == 1
    failed.refresh_from_db()
    assert failed.state == Mail.State.SENT
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.label, entry.actor) == ("send again", "Welcome", "otto")


def test_the_operator_is_told_of_mail_that_waits_or_failed(otto: Actor, failed: Mail) -> None:
    at = clock.now()
    assert [t.title for t in post.troubles(otto, at)] == ["1 mail failed"]
    Mail.objects.update(state=Mail.State.WAITING, error="Connection refused")
    later = at + timedelta(minutes=6)
    (waiting,) = post.troubles(otto, later)
    assert (waiting.title, waiting.more, waiting.level) == (
        "1 mail waits",
        "Connection refused",
        "bad",
    )


def test_mail_to_many_waits_for_its_turn_only_while_anything_goes_out(
    otto: Actor, failed: Mail
) -> None:
    at = clock.now()
    Mail.objects.update(
        state=Mail.State.WAITING, error="", is_bulk=True, created_at=at - timedelta(hours=1)
    )
    Mail.objects.create(
        recipient="mona@example.com", state=Mail.State.SENT, sent_at=at, give_up_at=at
    )
    assert [*post.troubles(otto, at)] == []
    # Since then nothing was sent: the worker stands still.
    (waiting,) = post.troubles(otto, at + timedelta(minutes=6))
    assert (waiting.title, waiting.more) == ("1 mail waits", "The worker has not come to it yet.")
    Mail.objects.update(sent_at=None)
    assert [one.title for one in post.troubles(otto, at)] == ["1 mail waits"]


def test_nobody_else_is_told_of_mail(ivan: Actor, dora: Actor, failed: Mail) -> None:
    assert [*post.troubles(ivan, clock.now()), *post.troubles(dora, clock.now())] == []


def test_the_list_goes_by_time_alone_and_is_narrowed_by_state_and_words(
    operator: Client, failed: Mail
) -> None:
    Mail.objects.create(
        recipient="mona@example.com",
        subject="Your code",
        message_id="<a@b>",
        give_up_at=clock.now(),
    )

    def shown(query: str) -> str:
        return operator.get(f"{reverse('mail')}?{query}").content.decode()

    everything = shown("")
    assert "sort=created_at" in everything or "sort=-created_at" in everything
    assert not [name for name in ("recipient", "state", "error") if f"sort={name}" in everything]
    assert "cannot be sorted" in shown("sort=state")
    assert "Your code" in shown("state=waiting")
    assert "Your code" not in shown("state=failed")
    assert "Your code" in shown("q=ONA@ex")
    assert "Your code" in shown("q=r+cod")
    assert "Your code" not in shown("q=nobody")


def test_mail_that_went_wrong_longer_ago_is_told_in_the_list_alone(
    otto: Actor, failed: Mail
) -> None:
    at = clock.now()
    Mail.objects.update(state=Mail.State.UNCERTAIN, created_at=at - timedelta(days=2))
    assert [t.title for t in post.troubles(otto, at)] == ["1 mail may have arrived or not"]
    assert [*post.troubles(otto, at + timedelta(days=2))] == []
