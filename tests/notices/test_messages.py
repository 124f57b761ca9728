"""Messages down the tree: who may write to whom, who gets one, who has read it."""

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.kit import clock
from doorward.kit.errors import Forbidden, Hidden, Invalid, Refused
from doorward.notices.actions import announcements as deeds
from doorward.notices.actions.announcements import MessageForm
from doorward.notices.models import Announcement, Delivery, Notice
from doorward.notices.reach import recipients
from doorward.sites.actions import delete_site
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, Node, Standing
from doorward.tenancy.permissions import REACHES, Role
from tests.cast import BUILDER, NAMES, ROLES, Cast
from tests.support.conftest import Enter, acting, enter

pytestmark = pytest.mark.django_db

__all__ = ["Enter", "enter"]

EVERYBODY = tuple(Role)


@pytest.fixture(autouse=True)
def nothing_said_yet(cast: Cast) -> None:
    Announcement.objects.all().delete()
    Notice.objects.all().delete()
    Account.objects.update(unread_notices=0)


def form(*targets: Role, **told: object) -> MessageForm:
    words = {"title": "New prices", "text": "From May.", "targets": [*targets], **told}
    return MessageForm(**words)  # type: ignore[arg-type]


def written(actor: Actor, *targets: Role, **told: object) -> Announcement:
    return deeds.write_message(actor, actor.places[0], form(*targets, **told))


def sent(actor: Actor, *targets: Role, **told: object) -> Announcement:
    return deeds.send_message(actor, written(actor, *targets, **told))


def got(message: Announcement) -> set[str]:
    return set(message.deliveries.values_list("account__username", flat=True))


def unread(name: str) -> int:
    count: int = Account.objects.get(username=name).unread_notices
    return count


# --- Who may write to whom -----------------------------------------------------------------


def test_no_role_reaches_upwards_or_sideways() -> None:
    order = list(Role)
    for role, reached in REACHES.items():
        assert all(order.index(role) < order.index(below) for below in reached)


@pytest.mark.parametrize(
    ("who", "reached"),
    [
        ("otto", set(NAMES) - {"otto"}),
        ("dora", {"sven", "ivan", "iris"}),
        ("sven", {"ivan", "iris"}),
        ("ivan", {"iris", "mona", "ada", "rita"}),
        ("oscar", set()),
    ],
)
def test_a_message_reaches_those_below_and_nobody_else(
    cast: Cast, who: str, reached: set[str]
) -> None:
    actor = cast.actor(who)
    message = written(actor, *REACHES[ROLES[who]])
    if not reached:
        with pytest.raises(Refused):
            deeds.send_message(actor, message)
        return
    deeds.send_message(actor, message)
    assert got(message) == reached


@pytest.mark.parametrize("who", ["iris", "mona", "ada", "rita"])
def test_whoever_has_nobody_to_write_to_writes_nothing(cast: Cast, who: str) -> None:
    actor = cast.actor(who)
    with pytest.raises(Forbidden):
        written(actor, Role.PERSONNEL)
    assert cast.client(who).get(reverse("message-new")).status_code == 403
    assert cast.client(who).get(reverse("messages-written")).status_code == 403


@pytest.mark.parametrize(
    ("who", "target"),
    [
        ("ivan", Role.DISTRIBUTOR),
        ("ivan", Role.INSTALLER),
        ("dora", Role.OPERATOR),
        ("dora", Role.PROPERTY_MANAGER),
        ("sven", Role.SUB_DISTRIBUTOR),
    ],
)
def test_a_level_above_or_beside_cannot_be_chosen(cast: Cast, who: str, target: Role) -> None:
    with pytest.raises(Invalid) as refusal:
        written(cast.actor(who), target)
    assert [*refusal.value.faults] == ["targets"]


def test_roles_slipped_into_a_draft_reach_nobody_they_should_not(cast: Cast, ivan: Actor) -> None:
    message = written(ivan, Role.PROPERTY_MANAGER)
    Announcement.objects.filter(pk=message.pk).update(targets=[*EVERYBODY])
    message.refresh_from_db()
    found = recipients(message).values_list("account__username", flat=True)
    assert set(found) == {"iris", "mona", "ada", "rita"}


def test_nobody_writes_while_acting_for_another(cast: Cast, enter: Enter) -> None:
    helper = acting(enter("dora", "ivan"), "dora")
    with pytest.raises(Forbidden):
        deeds.write_message(helper, helper.places[0], form(Role.PROPERTY_MANAGER))


def test_whoever_acts_for_another_reads_no_messages_of_either(cast: Cast, enter: Enter) -> None:
    message = sent(cast.actor("otto"), Role.DISTRIBUTOR, Role.INSTALLER)
    browser = enter("dora", "ivan")
    assert "New prices" not in browser.get(reverse("messages")).content.decode()
    assert browser.get(reverse("message", args=[message.pk])).status_code == 404


def test_suspended_shut_and_deleted_places_get_nothing(cast: Cast, ivan: Actor) -> None:
    message = written(ivan, Role.SUB_INSTALLER, Role.PROPERTY_MANAGER, Role.PERSONNEL)
    Account.objects.filter(username="iris").update(is_active=False)
    delete_site(BUILDER, cast.maple, unbind=True)
    assert not recipients(message).exists()


# --- A draft, planned, sent, recalled -------------------------------------------------------


def test_nobody_sees_a_draft_but_those_who_write(cast: Cast, ivan: Actor, mona: Actor) -> None:
    message = written(ivan, Role.PROPERTY_MANAGER)
    with pytest.raises(Hidden):
        Announcement.objects.find(mona, message.pk)
    assert Announcement.objects.find(ivan, message.pk) == message
    assert unread("mona") == 0


@pytest.mark.parametrize(
    ("hours", "asked"), [(None, "Send “R &amp; D”?"), (1, "Plan “R &amp; D”?")]
)
def test_a_draft_says_who_gets_it_and_what_its_button_does(
    cast: Cast, ivan: Actor, hours: int | None, asked: str
) -> None:
    at = clock.now() + timedelta(hours=hours) if hours else None
    message = written(ivan, Role.PROPERTY_MANAGER, title="R & D", send_at=at)
    text = cast.client("ivan").get(reverse("message", args=[message.pk])).content.decode()
    assert asked in text
    assert "Who gets it" in text
    assert "Who has it" not in text


def test_what_is_sent_is_told_read_and_counted(cast: Cast, ivan: Actor) -> None:
    message = sent(ivan, Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR)
    assert (message.recipients, unread("mona"), unread("ada"), unread("rita")) == (2, 1, 1, 0)
    page, browser = reverse("message", args=[message.pk]), cast.client("mona")
    notice = Notice.objects.get(account__username="mona")
    assert browser.get(reverse("notice", args=[notice.pk]))["Location"] == page
    text = browser.get(page).content.decode()
    assert "From May." in text
    # How many have read it is the author's to know.
    assert "Who has it" not in text
    assert cast.client("ivan").get(page).context["reads"] == 1
    assert cast.client("ivan").get(page).context["share"] == 50
    assert "1 of 2" in cast.client("ivan").get(reverse("messages-written")).content.decode()
    assert unread("mona") == 0


def test_read_from_the_list_of_messages_it_rings_no_more(cast: Cast, ivan: Actor) -> None:
    message = sent(ivan, Role.PROPERTY_MANAGER)
    browser = cast.client("mona")
    assert "unread-mark" in browser.get(reverse("messages")).content.decode()
    browser.get(reverse("message", args=[message.pk]))
    assert "unread-mark" not in browser.get(reverse("messages")).content.decode()
    assert not Notice.objects.filter(account__username="mona", read_at=None).exists()
    assert unread("mona") == 0


def test_what_was_sent_is_neither_changed_nor_sent_again(cast: Cast, ivan: Actor) -> None:
    message = sent(ivan, Role.PROPERTY_MANAGER)
    with pytest.raises(Refused):
        deeds.change_message(ivan, message, form(Role.PERSONNEL))
    with pytest.raises(Refused):
        deeds.send_message(ivan, message)
    with pytest.raises(Refused):
        deeds.delete_message(ivan, message)
    assert Delivery.objects.count() == 1


def test_what_is_recalled_is_seen_by_nobody_any_more(cast: Cast, ivan: Actor) -> None:
    message = sent(ivan, Role.PROPERTY_MANAGER, Role.PERSONNEL)
    page = reverse("message", args=[message.pk])
    cast.client("mona").get(page)
    deeds.recall_message(ivan, message)
    assert cast.client("mona").get(page).status_code == 404
    assert cast.client("rita").get(page).status_code == 404
    assert "New prices" not in cast.client("rita").get(reverse("messages")).content.decode()
    assert "New prices" not in cast.client("rita").get(reverse("notices")).content.decode()
    assert unread("rita") == 0
    # Its author still sees who has read it.
    assert cast.client("ivan").get(page).context["reads"] == 1


def test_a_recipient_takes_nothing_back(cast: Cast, ivan: Actor, mona: Actor) -> None:
    message = sent(ivan, Role.PROPERTY_MANAGER)
    for deed in (deeds.recall_message, deeds.delete_message, deeds.send_message):
        with pytest.raises(Forbidden):
            deed(mona, message)


def test_a_planned_message_goes_at_its_time_and_not_before(cast: Cast, ivan: Actor) -> None:
    noon = datetime(2030, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as time:
        message = written(ivan, Role.PROPERTY_MANAGER, send_at=noon + timedelta(hours=1))
        deeds.send_message(ivan, message)
        deeds.send_due()
        assert unread("mona") == 0
        time.shift(timedelta(hours=1))
        assert deeds.send_due() == 1
        assert deeds.send_due() == 0
    message.refresh_from_db()
    assert (message.state, got(message), unread("mona")) == ("sent", {"mona"}, 1)


@pytest.mark.parametrize("lost", ["role", "account"])
def test_a_planned_message_waits_where_its_author_is_gone(
    cast: Cast, ivan: Actor, lost: str
) -> None:
    noon = datetime(2030, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as time:
        message = written(ivan, Role.PROPERTY_MANAGER, send_at=noon + timedelta(hours=1))
        deeds.send_message(ivan, message)
        if lost == "role":
            Standing.objects.filter(account__username="ivan").delete()
        else:
            Account.objects.filter(username="ivan").update(is_active=False)
        time.shift(timedelta(hours=1))
        deeds.send_due()
    message.refresh_from_db()
    assert (message.state, got(message)) == ("draft", set())


def test_a_planned_message_can_be_held_back(cast: Cast, ivan: Actor) -> None:
    noon = datetime(2030, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        message = written(ivan, Role.PROPERTY_MANAGER, send_at=noon + timedelta(hours=1))
        deeds.send_message(ivan, message)
        deeds.recall_message(ivan, message)
    message.refresh_from_db()
    assert message.state == "draft"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"send_at": datetime(2020, 1, 1, tzinfo=UTC)}, "send_at"),
    ],
)
def test_what_says_nothing_is_refused_at_its_field(
    ivan: Actor, told: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        written(ivan, Role.PERSONNEL, **told)
    assert [*refusal.value.faults] == [field]


def test_words_are_text_and_nothing_in_them_is_a_link(cast: Cast, ivan: Actor) -> None:
    words = "<a href=//evil.example>here</a>\nhttps://evil.example/"
    message = deeds.send_message(ivan, written(ivan, Role.PROPERTY_MANAGER, text=words))
    text = cast.client("mona").get(reverse("message", args=[message.pk])).content.decode()
    assert "&lt;a href=//evil.example&gt;here&lt;/a&gt;<br>https://evil.example/" in text
    assert 'href="https://evil.example' not in text


def test_the_trail_says_to_whom_but_not_what(ivan: Actor) -> None:
    sent(ivan, Role.PROPERTY_MANAGER)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.after["targets"]) == ("send", ["property_manager"])
    assert "New prices" not in str(entry.after) + entry.label


# --- Many -----------------------------------------------------------------------------------


def test_thousands_get_it_by_as_many_statements_as_one(cast: Cast, ivan: Actor) -> None:
    few = statements(ivan)
    crowd = Account.objects.bulk_create(
        [Account(username=f"guest-{n}", password="!") for n in range(3_000)]
    )
    node = Node.objects.get(name="Acme")
    Standing.objects.bulk_create(
        Standing(account=one, node=node, role=Role.PERSONNEL) for one in crowd
    )
    assert statements(ivan) == few
    message = Announcement.objects.latest("pk")
    assert (message.recipients, unread("guest-2999")) == (3_001, 1)


def statements(actor: Actor) -> int:
    message = written(actor, Role.PERSONNEL)
    with CaptureQueriesContext(connection) as asked:
        deeds.send_message(actor, message)
    return len(asked)


def test_whoever_writes_for_the_level_reads_what_comes_to_them_too(cast: Cast, ivan: Actor) -> None:
    message = sent(ivan, Role.PROPERTY_MANAGER)
    mine = Delivery.objects.create(announcement=message, account=ivan.account)
    cast.client("ivan").get(reverse("message", args=[message.pk]))
    mine.refresh_from_db()
    assert mine.read_at is not None


def test_whoever_sends_without_end_has_to_wait(ivan: Actor) -> None:
    with pytest.raises(TooMany):
        deque(sent(ivan, Role.PROPERTY_MANAGER) for _number in range(20))
    assert Announcement.objects.filter(state=Announcement.State.SENT).count() >= 9
