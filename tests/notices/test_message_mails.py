"""Messages by mail: to each who takes them that way, once, and not after a recall."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.kit import delivery, outbox
from doorward.kit.models import Mail
from doorward.notices.actions import announcements as deeds
from doorward.notices.actions import mailing
from doorward.notices.models import Announcement, Delivery
from doorward.notices.reach import Reach, reach_of
from doorward.tenancy.actions.noticing import choose_channels
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, Node, NoticeKind, Standing
from doorward.tenancy.noticing import Channels
from doorward.tenancy.permissions import Role
from tests.cast import Cast
from tests.jobs import run_all
from tests.notices.test_messages import sent, written

pytestmark = pytest.mark.django_db

MANAGERS = (Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL)
NEWS = Announcement.Kind.NEWS


@pytest.fixture(autouse=True)
def nothing_written_yet(cast: Cast) -> None:
    Announcement.objects.all().delete()
    Mail.objects.all().delete()
    run_all()


def mailed() -> set[str]:
    """Return the names of those to whom a mail was written, each once."""
    found = list(Mail.objects.values_list("recipient", flat=True))
    assert len(found) == len(set(found))
    return {address.removesuffix("@example.com") for address in found}


def wants(name: str, /, **told: object) -> None:
    Account.objects.filter(username=name).update(**told)


def crowd(count: int) -> None:
    """Let so many more work at Acme."""
    accounts = Account.objects.bulk_create(
        Account(username=f"guest-{n}", email=f"guest-{n}@example.com", password="!")
        for n in range(count)
    )
    acme = Node.objects.get(name="Acme")
    Standing.objects.bulk_create(
        Standing(account=one, node=acme, role=Role.PERSONNEL) for one in accounts
    )


def test_a_message_goes_by_mail_only_where_its_writer_says_so(cast: Cast, ivan: Actor) -> None:
    sent(ivan, *MANAGERS)
    assert mailing.WRITE not in run_all()
    assert mailed() == set()
    sent(ivan, *MANAGERS, by_mail=True)
    assert mailing.WRITE in run_all()
    assert mailed() == {"mona", "ada", "rita"}


def test_each_reader_chooses_whether_messages_come_by_mail(cast: Cast, ivan: Actor) -> None:
    told = {NoticeKind.MESSAGE: Channels(portal=False, mail=False)}
    choose_channels(cast.actor("mona"), told, notices_by_mail=True)
    choose_channels(cast.actor("ada"), {}, notices_by_mail=False)
    message = written(ivan, *MANAGERS, by_mail=True)
    assert reach_of(message) == Reach(3, 1)
    deeds.send_message(ivan, message)
    run_all()
    assert mailed() == {"rita"}
    # In the portal messages stand in any case.
    assert "New prices" in cast.client("mona").get(reverse("messages")).content.decode()


def test_the_setting_has_a_box_for_messages_by_mail(cast: Cast, ivan: Actor) -> None:
    page, browser = reverse("setting-notification"), cast.client("mona")
    text = browser.get(page).content.decode()
    assert 'name="message_mail"' in text
    assert 'name="message_portal"' not in text
    assert browser.post(page, {"notices_by_mail": "on"}).status_code == 302
    sent(ivan, Role.PROPERTY_MANAGER, by_mail=True)
    run_all()
    assert mailed() == set()


def test_news_go_by_mail_to_those_alone_who_ticked_them(cast: Cast, ivan: Actor) -> None:
    wants("mona", wants_news=True, notices_by_mail=False)
    wants("ada", wants_news=False)
    message = written(ivan, *MANAGERS, kind=NEWS, by_mail=True)
    assert reach_of(message) == Reach(3, 1)
    deeds.send_message(ivan, message)
    run_all()
    assert mailed() == {"mona"}


def test_whoever_has_no_address_or_is_shut_out_gets_no_mail(cast: Cast, ivan: Actor) -> None:
    message = written(ivan, *MANAGERS, by_mail=True)
    wants("mona", email="")
    assert reach_of(message) == Reach(3, 2)
    deeds.send_message(ivan, message)
    wants("rita", is_active=False)
    run_all()
    assert mailed() == {"ada"}


@pytest.mark.parametrize("told", [{}, {"kind": NEWS}])
def test_a_mail_says_what_the_message_says_and_where_to_end_it(
    cast: Cast, ivan: Actor, told: dict[str, object]
) -> None:
    wants("mona", wants_news=True)
    message = sent(
        ivan, Role.PROPERTY_MANAGER, by_mail=True, title="R & D", text="One\n<b>two</b>", **told
    )
    mailing.mail_message(message.pk)
    mail = Mail.objects.get()
    assert "R & D" in str(mail.text)
    assert "<b>two</b>" in str(mail.text)
    assert "&lt;b&gt;two&lt;/b&gt;" in str(mail.html)
    for body in (str(mail.text), str(mail.html)):
        assert reverse("message", args=[message.pk]) in body
        assert reverse("setting-notification") in body
    assert mail.ends_at.endswith(reverse("setting-notification"))
    # The subject is read by whoever looks after the mail.
    assert "R & D" not in mail.subject
    assert "Ivan" in mail.subject


def test_a_mail_greets_its_reader_by_name(cast: Cast, ivan: Actor) -> None:
    told = {"first_name": "", "last_name": ""}
    wants("mona", language="de", name="Mona <Meier>", **told)
    # Who has told no name is called as they sign in.
    wants("ada", name="", **told)
    message = sent(ivan, Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR, by_mail=True)
    mailing.mail_message(message.pk)
    mona, ada = (Mail.objects.get(recipient=f"{name}@example.com") for name in ("mona", "ada"))
    assert str(mona.text).startswith("Guten Tag Mona <Meier>,\n")
    assert "<p>Guten Tag Mona &lt;Meier&gt;,</p>" in str(mona.html)
    assert str(ada.text).startswith("Hello ada,\n")
    assert "<p>Hello ada,</p>" in str(ada.html)


def test_a_mail_is_in_its_reader_s_language(cast: Cast, ivan: Actor) -> None:
    wants("mona", language="de")
    sent(ivan, *MANAGERS, by_mail=True)
    run_all()
    subjects = dict(Mail.objects.values_list("recipient", "subject"))
    assert subjects["mona@example.com"].startswith("Eine Nachricht")
    assert subjects["ada@example.com"].startswith("A message")
    assert Mail.objects.get(recipient="mona@example.com").language == "de"


def test_a_message_that_is_recalled_at_once_is_mailed_to_nobody(cast: Cast, ivan: Actor) -> None:
    message = sent(ivan, *MANAGERS, by_mail=True)
    deeds.recall_message(ivan, message)
    run_all()
    assert mailed() == set()


def test_a_recall_takes_back_the_mails_that_wait_and_no_others(cast: Cast, ivan: Actor) -> None:
    kept = sent(ivan, Role.PERSONNEL, by_mail=True)
    message = sent(ivan, *MANAGERS, by_mail=True)
    for one in (kept, message):
        mailing.mail_message(one.pk)
    Mail.objects.filter(recipient="ada@example.com").update(state=Mail.State.SENT)
    deeds.recall_message(ivan, message)
    left = set(Mail.objects.values_list("recipient", "state"))
    assert left == {("rita@example.com", "waiting"), ("ada@example.com", "sent")}


def test_nobody_gets_a_mail_twice_however_often_its_job_runs(
    cast: Cast, ivan: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "_AT_ONCE", 1)
    message = sent(ivan, *MANAGERS, by_mail=True)
    assert mailing._write_portion(message.pk)
    # The worker was killed here; the job runs once more, and then again.
    for _ in range(2):
        mailing.mail_message(message.pk)
        assert mailed() == {"mona", "ada", "rita"}


def test_nobody_gets_a_mail_twice_where_it_was_not_noted_how_far_it_came(
    cast: Cast, ivan: Actor
) -> None:
    message = sent(ivan, *MANAGERS, by_mail=True)
    mailing.mail_message(message.pk)
    Announcement.objects.update(mailed_up_to=0)
    mailing.mail_message(message.pk)
    assert mailed() == {"mona", "ada", "rita"}


def test_each_reader_is_asked_when_it_is_their_turn(
    cast: Cast, ivan: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "_AT_ONCE", 1)
    first, second, third = Account.objects.filter(username__in=["mona", "ada", "rita"]).order_by(
        "pk"
    )
    wants(first.username, notices_by_mail=False)
    wants(second.username, notices_by_mail=False)
    message = sent(ivan, *MANAGERS, by_mail=True)
    assert mailing._write_portion(message.pk)
    # Too late for the first, in time for the others; and nobody joins whom it was not sent to.
    wants(first.username, notices_by_mail=True)
    wants(second.username, notices_by_mail=True, language="de")
    wants(third.username, email="elsewhere@example.com")
    crowd(1)
    mailing.mail_message(message.pk)
    assert mailed() == {second.username, "elsewhere"}
    assert Mail.objects.get(recipient=second.email).language == "de"


def test_no_more_mails_are_written_than_the_outbox_has_room_for(
    cast: Cast, ivan: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "_AT_ONCE", 10)
    monkeypatch.setattr(outbox, "_MOST_WAITING", 25)
    crowd(100)
    message = sent(ivan, Role.PERSONNEL, by_mail=True)
    stored = []
    deliver = delivery.deliver_due
    monkeypatch.setattr(
        delivery,
        "deliver_due",
        lambda: (stored.append(Mail.objects.waiting().count()), deliver()),
    )
    mailing.mail_message(message.pk)
    assert Mail.objects.count() == 30
    # Nothing is delivered meanwhile: what comes back finds no room.
    mailing.mail_message(message.pk)
    assert Mail.objects.count() == 30
    run_all()
    assert max(stored) == 30
    assert len(mailed()) == 101
    assert not Mail.objects.exclude(state=Mail.State.SENT).exists()


def test_thousands_of_mails_are_a_few_statements_a_portion(cast: Cast, ivan: Actor) -> None:
    crowd(1_400)
    message = sent(ivan, Role.PERSONNEL, by_mail=True)
    with CaptureQueriesContext(connection) as asked:
        mailing.mail_message(message.pk)
    portions = 1_401 // mailing._AT_ONCE + 1
    assert len(asked) <= 15 * portions
    assert Mail.objects.count() == Delivery.objects.exclude(mailed_at=None).count() == 1_401


def test_the_consequences_are_said_before_and_counted_after(cast: Cast, ivan: Actor) -> None:
    wants("ada", notices_by_mail=False)
    message = written(ivan, *MANAGERS, by_mail=True)
    page, browser = reverse("message", args=[message.pk]), cast.client("ivan")
    text = browser.get(page).content.decode()
    assert "It goes to 3 accounts." in text
    assert "2 of them get it by mail, too. The others want no messages by mail" in text
    browser.post(reverse("message-send", args=[message.pk]))
    run_all()
    assert browser.get(page).context["mails"] == 2
    assert "would" not in cast.client("mona").get(page).context
    wants("ada", notices_by_mail=True)
    page = reverse("message", args=[written(ivan, *MANAGERS, by_mail=True).pk])
    assert "The others" not in browser.get(page).content.decode()


def test_a_mail_leads_back_to_the_form_as_it_was_typed(cast: Cast, ivan: Actor) -> None:
    body = {
        "kind": "news",
        "targets": ["property_manager"],
        "title": "New",
        "text": "Much.",
        "by_mail": "on",
    }
    browser = cast.client("ivan")
    browser.post(reverse("message-new"), body)
    message = Announcement.objects.get(title="New")
    assert (message.kind, message.by_mail) == (NEWS, True)
    form = browser.get(reverse("message-edit", args=[message.pk])).context["form"]
    assert (form["kind"].value(), form["by_mail"].value()) == (NEWS, True)


def test_over_the_api_a_message_goes_by_mail_too(cast: Cast) -> None:
    wants("mona", wants_news=True)
    browser, path = Client(), "/api/v1/messages"
    head = {"Authorization": f"Bearer {cast.token('ivan')}"}
    body = {
        "title": "New",
        "text": "Much.",
        "targets": ["property_manager", "company_administrator"],
        "kind": "news",
        "by_mail": True,
    }
    made = browser.post(path, json.dumps(body), content_type="application/json", headers=head)
    draft = made.json()
    assert made.status_code == 201
    assert (draft["kind"], draft["by_mail"], draft["sites"]) == ("news", True, [])
    assert (draft["would_reach"], draft["would_mail"], draft["mails"]) == (2, 1, None)
    sending = {**head, "Idempotency-Key": "once"}
    there = f"{path}/{draft['id']}"
    assert browser.post(f"{there}/send", headers=sending).status_code == 200
    run_all()
    told = browser.get(there, headers=head).json()
    assert (told["recipients"], told["mails"], told["would_reach"]) == (2, 1, None)
    reader = {"Authorization": f"Bearer {cast.token('mona')}"}
    got = browser.get(there, headers=reader).json()
    assert (got["kind"], got["by_mail"], got["mails"]) == ("news", None, None)


def test_the_trail_says_that_it_went_by_mail(cast: Cast, ivan: Actor) -> None:
    sent(ivan, Role.PROPERTY_MANAGER, by_mail=True, kind=NEWS)
    after = AuditEntry.objects.latest("pk").after
    assert (after["kind"], after["by_mail"]) == ("news", True)
