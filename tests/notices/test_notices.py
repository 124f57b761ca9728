"""Notices: who is told of what and which way, what is read, and what is out of sight."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as post
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.activity.actions.alarms import record_signals
from doorward.activity.models import Alarm
from doorward.devices.actions import macs
from doorward.files.models import Work
from doorward.helpdesk.actions import TicketForm, answer_ticket, open_ticket
from doorward.kit import clock
from doorward.kit.errors import Hidden
from doorward.kit.models import Mail
from doorward.notices import objects
from doorward.notices.actions import forget_old, keeping, read_all, watch_devices, watching
from doorward.notices.actions.news import tell_work
from doorward.notices.models import Absence, Notice
from doorward.protocols import neutral
from doorward.sites.actions import SiteForm, create_site, delete_site, purge_deleted
from doorward.tenancy.actions.managing import assign_managers
from doorward.tenancy.actions.noticing import choose_channels
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, NoticeChoice, NoticeKind, Standing
from doorward.tenancy.noticing import Channels
from tests.cast import BUILDER, Cast, reach
from tests.jobs import run_all
from tests.support.conftest import Enter, enter

pytestmark = pytest.mark.django_db

__all__ = ["Enter", "enter"]

INBOX = reverse("notices")
What = Notice.What


@pytest.fixture(autouse=True)
def _looking_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_LOOKING_SINCE", datetime.min.replace(tzinfo=UTC))


@pytest.fixture(autouse=True)
def told_nothing_yet(cast: Cast) -> None:
    Notice.objects.all().delete()
    Account.objects.update(unread_notices=0)


def account(name: str) -> Account:
    found: Account = Account.objects.get(username=name)
    return found


def told(name: str) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(account__username=name, shown=True).order_by("pk")
    return list(rows.values_list("what", "about"))


def mailed(name: str) -> list[str]:
    rows = Mail.objects.filter(recipient=f"{name}@example.com").order_by("pk")
    return list(rows.values_list("subject", flat=True))


def tamper(cast: Cast, name: str = "Lobby", kind: str = "TAMPER") -> None:
    device = cast.device(name)
    raised = neutral.AlarmRaised(str(device.pk), clock.now(), neutral.AlarmKind[kind], ())
    record_signals(device, [raised])
    run_all()


# --- Who is told of what --------------------------------------------------------------------


def test_an_alarm_is_told_to_those_who_look_after_the_site(cast: Cast) -> None:
    tamper(cast)
    for name in ("ivan", "iris", "mona"):
        assert told(name) == [("tamper", "Lobby")]
        assert account(name).unread_notices == 1
    for name in ("otto", "dora", "sven", "ada", "rita", "oscar"):
        assert told(name) == []


def test_an_alarm_that_counts_up_is_told_once(cast: Cast) -> None:
    tamper(cast)
    tamper(cast)
    assert Alarm.objects.get(kind=Alarm.Kind.TAMPER).count == 2
    assert told("mona") == [("tamper", "Lobby")]


def test_a_suspended_or_shut_account_is_told_nothing(cast: Cast) -> None:
    Account.objects.filter(username="mona").update(is_active=False)
    tamper(cast)
    assert told("mona") == []


def test_a_device_is_missed_after_five_minutes_and_told_once_then_back(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as time:
        cast.power_on("Lobby", "Garage")
        reach(cast.device("Lobby"), online=False)
        reach(cast.device("Garage"), online=False)
        watch_devices()
        assert told("mona") == []
        time.shift(timedelta(minutes=5))
        watch_devices()
        watch_devices()
        (gone,) = Notice.objects.filter(account=account("mona"))
        assert (gone.what, gone.count, gone.about) == ("gone", 2, "Lobby, Garage")
        cast.power_on("Lobby")
        watch_devices()
        assert told("mona")[1:] == [("back", "Lobby")]
        assert [one.device.name for one in Absence.objects.all()] == ["Garage"]


def test_a_connector_that_is_silent_takes_its_devices_along(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as time:
        cast.power_on("Lobby")
        time.shift(timedelta(minutes=6))
        watch_devices()
    assert ("gone", "Lobby") in [(what, about.split(",")[0]) for what, about in told("ivan")]


def test_macs_are_told_to_their_installer_but_not_to_who_registered_them(cast: Cast) -> None:
    installer = cast.maple.installer
    macs.register_macs(cast.actor("dora"), installer, ["0C1105000001", "0C1105000002"])
    run_all()
    (notice,) = Notice.objects.filter(account=account("ivan"))
    assert (notice.what, notice.count, notice.by) == ("registered", 2, "Dora")
    macs.register_mac(cast.actor("ivan"), installer, mac="0C1105000003")
    run_all()
    assert Notice.objects.filter(account=account("ivan")).count() == 1
    assert Notice.objects.filter(account=account("iris")).count() == 2


def test_a_manager_is_told_of_one_more_site_and_by_mail(cast: Cast, ivan: Actor) -> None:
    elm = create_site(ivan, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    assign_managers(ivan, elm.node, [account("mona").pk])
    run_all()
    assert told("mona") == [("assigned", "Elm")]
    assert mailed("mona") == ["A site to manage"]


@pytest.mark.parametrize(
    ("state", "faults", "what"),
    [
        (Work.State.DONE, 0, What.DONE),
        (Work.State.DONE, 1, What.FAULTS),
        (Work.State.FAILED, 0, What.FAILED),
    ],
)
def test_whoever_asked_for_work_is_told_how_it_ended(
    cast: Cast, state: Work.State, faults: int, what: What
) -> None:
    work = cast.work()
    Work.objects.filter(pk=work.pk).update(state=state, fault_count=faults)
    tell_work(work.pk)
    assert told("mona") == [(what, work.title)]
    assert told("ivan") == []


def test_both_sides_of_a_ticket_are_told_of_the_other(cast: Cast, mona: Actor) -> None:
    ivan = cast.actor("ivan")
    ticket = open_ticket(mona, mona.places[0], TicketForm(subject="Dark", text="No light."))
    run_all()
    assert (told("ivan"), told("mona")) == ([("asked", "Dark")], [])
    answer_ticket(ivan, ticket, "Which lamp?")
    run_all()
    assert told("mona") == [("answered", "Dark")]


def test_an_owner_is_told_when_somebody_begins_and_ends_to_act(cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    run_all()
    browser.post(reverse("support-end"))
    run_all()
    assert [what for what, _about in told("ivan")] == ["begun", "ended"]
    assert told("dora") == []


# --- Which way ------------------------------------------------------------------------------


def test_a_second_mail_of_a_kind_waits_for_a_quarter_of_an_hour(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as time:
        tamper(cast)
        tamper(cast, "Garage")
        assert mailed("mona") == ["An alarm has begun"]
        time.shift(timedelta(minutes=16))
        tamper(cast, kind="FORCED")
    assert mailed("mona") == ["An alarm has begun"] * 2
    assert len(told("mona")) == 3


def test_a_mail_s_subject_names_nothing_and_its_text_what_happened(cast: Cast) -> None:
    tamper(cast)
    (letter,) = [one for one in post.outbox if one.to == ["mona@example.com"]]
    assert letter.subject == "An alarm has begun"
    assert "Lobby was tampered with (Maple Court)" in letter.body
    html, _kind = letter.alternatives[0]  # type: ignore[attr-defined]
    assert "Lobby was tampered with (Maple Court)" in html


@pytest.mark.parametrize(
    ("portal", "mail", "rows", "mails"),
    [(True, False, 1, 0), (False, True, 0, 1), (False, False, 0, 0), (True, True, 1, 1)],
)
def test_each_kind_comes_which_way_one_has_chosen(
    cast: Cast, mona: Actor, portal: bool, mail: bool, rows: int, mails: int
) -> None:
    chosen = {NoticeKind.ALARM: Channels(portal, mail)}
    choose_channels(mona, chosen, notices_by_mail=True)
    tamper(cast)
    assert (len(told("mona")), len(mailed("mona"))) == (rows, mails)
    assert account("mona").unread_notices == rows
    # Others are told as before.
    assert (len(told("ivan")), len(mailed("ivan"))) == (1, 1)


def test_without_any_mail_the_portal_tells_all_the_same(cast: Cast, mona: Actor) -> None:
    choose_channels(mona, {}, notices_by_mail=False)
    tamper(cast)
    assert (len(told("mona")), mailed("mona")) == (1, [])


def test_whoever_wants_no_mail_of_tickets_alone_gets_none(cast: Cast, mona: Actor) -> None:
    chosen = {NoticeKind.TICKET: Channels(portal=True, mail=False)}
    choose_channels(mona, chosen, notices_by_mail=True)
    rita = cast.actor("rita")
    open_ticket(rita, rita.places[0], TicketForm(subject="Gate", text="Open."))
    run_all()
    assert (told("mona"), mailed("mona")) == ([("asked", "Gate")], [])


def test_what_was_chosen_is_kept_shown_and_told_in_the_trail(cast: Cast) -> None:
    browser, page = cast.client("mona"), reverse("setting-notification")
    browser.post(page, {"notices_by_mail": "on", "offline_mail": "on", "alarm_portal": "on"})
    choice = NoticeChoice.objects.get(account=account("mona"), kind="offline")
    assert (choice.portal, choice.mail) == (False, True)
    form = browser.get(page).context["form"]
    assert form["offline_mail"].value() is True
    assert form["alarm_mail"].value() is False
    chosen, news = AuditEntry.objects.order_by("pk")[AuditEntry.objects.count() - 2 :]
    assert "offline: mail" in str(chosen.after)
    assert news.after == {"wants_news": False}


def test_nobody_chooses_what_does_not_concern_them(cast: Cast) -> None:
    page = cast.client("rita").get(reverse("setting-notification"))
    assert [*page.context["form"].fields] == [
        *("notices_by_mail", "wants_news", "work_portal", "work_mail"),
        *("ticket_portal", "ticket_mail", "message_mail"),
    ]
    cast.client("rita").post(reverse("setting-notification"), {"alarm_mail": "on"})
    assert not NoticeChoice.objects.filter(kind="alarm").exists()


# --- Reading --------------------------------------------------------------------------------


def bell(cast: Cast, name: str = "mona") -> str:
    text = cast.client(name).get(reverse("privacy-policy")).content.decode()
    return text.split('class="icon-button bell"')[1].split("</a>")[0]


def test_the_bell_counts_what_is_unread(cast: Cast) -> None:
    assert "bell-number" not in bell(cast)
    tamper(cast)
    assert "1 notice is unread" in bell(cast)
    tamper(cast, "Garage")
    assert "2 notices are unread" in bell(cast)


def test_opening_a_notice_reads_it_and_leads_to_what_it_is_about(cast: Cast) -> None:
    tamper(cast)
    notice, browser = Notice.objects.get(account=account("mona")), cast.client("mona")
    assert reverse("notice", args=[notice.pk]) in browser.get(INBOX).content.decode()
    answer = browser.get(reverse("notice", args=[notice.pk]))
    assert answer["Location"] == reverse("alarm", args=[cast.maple.pk, notice.subject])
    assert account("mona").unread_notices == 0
    # Ivan's is still unread.
    assert account("ivan").unread_notices == 1


def test_one_or_all_are_read_without_going_anywhere(cast: Cast) -> None:
    tamper(cast)
    tamper(cast, "Garage")
    browser, first = cast.client("mona"), Notice.objects.filter(account=account("mona")).first()
    assert first is not None
    browser.post(reverse("notice-read", args=[first.pk]))
    assert account("mona").unread_notices == 1
    browser.post(reverse("notices-read"))
    assert account("mona").unread_notices == 0
    assert "Mark all as read" not in browser.get(INBOX).content.decode()


def test_another_s_notice_does_not_exist(cast: Cast, ivan: Actor) -> None:
    tamper(cast)
    notice = Notice.objects.get(account=account("mona"))
    with pytest.raises(Hidden):
        Notice.objects.find(ivan, notice.pk)
    assert cast.client("ivan").post(reverse("notice-read", args=[notice.pk])).status_code == 404


def test_an_empty_center_promises_only_what_may_come(cast: Cast) -> None:
    page = reverse("notices")
    assert "Alarms, devices that go offline" in cast.client("ivan").get(page).content.decode()
    text = cast.client("rita").get(page).content.decode()
    assert "Answers to your tickets and messages" in text
    assert "Alarms, devices" not in text


def test_whoever_acts_for_another_sees_no_notices_of_either(cast: Cast, enter: Enter) -> None:
    tamper(cast)
    browser = enter("dora", "ivan")
    run_all()
    page = browser.get(INBOX)
    assert "Lobby" not in page.content.decode()
    assert "icon-button bell" not in page.content.decode()
    browser.post(reverse("notices-read"))
    assert account("ivan").unread_notices == 2


def test_the_list_is_narrowed_by_kind_read_and_names(cast: Cast, mona: Actor) -> None:
    tamper(cast)
    read_all(mona)
    tamper(cast, "Garage")
    browser = cast.client("mona")

    def found(**query: str) -> list[str]:
        table = browser.get(INBOX, query).context["table"]
        return [row.record.about for row in table.page.object_list]

    assert found(read="unread") == ["Garage"]
    assert found(read="read") == ["Lobby"]
    assert found(q="lob") == ["Lobby"]
    assert found(kind="ticket") == []
    assert found(kind="alarm", sort="at") == ["Lobby", "Garage"]


def test_names_are_looked_for_in_the_newest_that_the_filters_leave(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "SEARCHED", 1)
    for name in ("Lobby", "Garage"):
        tamper(cast, name)
    browser = cast.client("mona")
    oldest = Notice.objects.filter(account=account("mona")).order_by("pk")[0]
    Notice.objects.filter(pk=oldest.pk).update(about="Cellar")
    before = {"until": (oldest.at + timedelta(microseconds=1)).isoformat()}

    def found(**query: str) -> list[str]:
        items = browser.get("/api/v1/notices", query).json()["items"]
        return [item["id"] for item in items]

    shown = browser.get(INBOX, {"q": "cellar"})
    assert not shown.context["table"].page.object_list
    assert "in the newest 1 notices that the filters leave" in shown.content.decode()
    assert found(q="cellar") == []
    assert found(q="cellar", **before) == [str(oldest.pk)]
    assert len(found(q="maple")) == 1
    shown = browser.get(INBOX, {"q": "maple"})
    assert shown.context["table"].page.object_list
    assert "in the newest 1 notices that the filters leave" in shown.content.decode()
    # Who has no older ones is not sent to look for them.
    oldest.delete()
    for words in ("maple", "zzz"):
        shown = browser.get(INBOX, {"q": words})
        assert "that the filters leave" not in shown.content.decode()


def test_what_a_site_is_called_finds_its_notices_while_it_is_in_view(
    cast: Cast, mona: Actor
) -> None:
    tamper(cast)
    notices = Notice.objects.visible_to(mona)
    assert notices.filter(objects.search(mona, notices, "aple").found).count() == 1
    Notice.objects.update(site=cast.oak)
    assert not notices.filter(objects.search(mona, notices, "Oak").found).exists()
    assert not notices.filter(objects.search(mona, notices, "Lobby").found).exists()


def test_a_search_asks_as_often_for_many_notices_as_for_one(cast: Cast, mona: Actor) -> None:
    tamper(cast)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            objects.search(mona, Notice.objects.visible_to(mona), "o")
        return len(asked)

    # Where one stands is asked once.
    questions()
    few = questions()
    for name in ("Garage", "Lobby"):
        tamper(cast, name)
    assert questions() == few


# --- Out of sight ---------------------------------------------------------------------------


def test_what_one_lost_sight_of_is_named_nowhere_and_leads_nowhere(cast: Cast) -> None:
    tamper(cast)
    notice, browser = Notice.objects.get(account=account("mona")), cast.client("mona")
    Standing.objects.filter(account=account("mona")).update(node=cast.oak.node)
    text = browser.get(INBOX).content.decode()
    assert "An alarm" in text
    assert "no longer yours to see" in text
    told = ("Lobby", "Maple", "tampered")
    assert [word for word in told if word in text] == []
    assert reverse("notice", args=[notice.pk]) + '"' not in text
    assert browser.get(reverse("notice", args=[notice.pk]))["Location"] == INBOX
    # Nor can it be guessed by searching.
    assert not browser.get(INBOX, {"q": "Lobby"}).context["table"].page.object_list


def test_a_ticket_out_of_sight_is_not_found_by_its_words(cast: Cast, mona: Actor) -> None:
    ticket = open_ticket(mona, mona.places[0], TicketForm(subject="Murky", text="No light."))
    answer_ticket(cast.actor("ivan"), ticket, "Which lamp?")
    run_all()
    browser = cast.client("mona")
    assert len(browser.get(INBOX, {"q": "Murky"}).context["table"].page.object_list) == 1
    ticket.opened_by = None
    ticket.asked_as = "company_administrator"
    ticket.save()
    assert "Murky" not in browser.get(INBOX).content.decode()
    assert not browser.get(INBOX, {"q": "Murky"}).context["table"].page.object_list


# --- How long -------------------------------------------------------------------------------


def test_what_is_old_goes_and_no_inbox_grows_without_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST", 3)
    mona, now = account("mona"), clock.now()
    ages = (0, 1, 2, 3, 4, 91)
    Notice.objects.bulk_create(
        Notice(account=mona, kind="macs", what=What.REGISTERED, at=now - timedelta(days=age))
        for age in ages
    )
    assert forget_old() == 3
    assert [(now - one.at).days for one in mona.notices.order_by("-at")] == [0, 1, 2]
    mona.refresh_from_db()
    assert mona.unread_notices == 3


def test_a_site_that_is_gone_for_good_takes_its_notices_along(cast: Cast, ivan: Actor) -> None:
    elm = create_site(ivan, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    assign_managers(ivan, elm.node, [account("mona").pk])
    run_all()
    delete_site(BUILDER, elm)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        purge_deleted()
    assert told("mona") == []
    assert account("mona").unread_notices == 0


def test_after_an_outage_of_the_cloud_nothing_is_missed_at_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as time:
        cast.power_on("Lobby")
        time.shift(timedelta(minutes=6))
        monkeypatch.setattr(watching, "_LOOKING_SINCE", clock.now())
        watch_devices()
        assert told("mona") == []
        time.shift(timedelta(minutes=5))
        watch_devices()
        assert [what for what, _about in told("mona")] == ["gone"]


def test_names_of_several_devices_are_not_told_to_who_sees_none(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as time:
        cast.power_on("Lobby", "Garage")
        time.shift(timedelta(minutes=6))
        watch_devices()
    browser = cast.client("mona")
    assert "Lobby" in browser.get(INBOX).content.decode()
    found = browser.get(INBOX, {"q": "Lobby"}).context["table"].page.object_list
    assert len(found) == 1
    administers = Standing.objects.get(account=account("ada"))
    Standing.objects.filter(account=account("mona")).update(
        role=administers.role, node=administers.node
    )
    assert "Lobby" not in browser.get(INBOX).content.decode()
    assert not browser.get(INBOX, {"q": "Lobby"}).context["table"].page.object_list
