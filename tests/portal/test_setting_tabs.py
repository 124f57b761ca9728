"""The tabs of Setting: what each keeps, and what follows from it."""

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.files.lists import FORM
from doorward.helpdesk.actions import TicketForm, open_ticket
from doorward.kit.errors import Forbidden, Hidden, Refused
from doorward.kit.models import Mail
from doorward.tenancy.actions import providers
from doorward.tenancy.actions.feedback import send_feedback
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.actions.profile import change_notices, change_zone
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import (
    Account,
    AuditEntry,
    BillingInformation,
    CustomerService,
    InstallerSetting,
    Node,
)
from tests.cast import Cast
from tests.house.addresses import typed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def mona_in_shanghai(mona: Actor) -> Actor:
    with time_machine.travel(NOON, tick=False):
        change_zone(mona, "Asia/Shanghai")
    return mona


def letters(recipient: str) -> list[Mail]:
    return list(Mail.objects.filter(recipient=recipient).order_by("pk"))


# --- Time zone --------------------------------------------------------------------------------


def test_pages_outside_a_site_tell_times_in_the_account_s_zone(
    cast: Cast, mona_in_shanghai: Actor
) -> None:
    browser = cast.client("mona")
    assert "2026-03-01 20:00:05" in browser.get(reverse("audit")).content.decode()
    # Within a site its own zone holds, before and after.
    at_site = browser.get(reverse("site-audit", args=[cast.maple.pk])).content.decode()
    assert "2026-03-01 13:00:05" in at_site
    assert "2026-03-01 20:00:05" not in at_site
    assert "2026-03-01 20:00:05" in browser.get(reverse("audit")).content.decode()


def test_nobody_else_s_pages_go_by_it(cast: Cast, mona_in_shanghai: Actor) -> None:
    cast.client("mona").get(reverse("audit"))
    assert "2026-03-01 12:00:05" in cast.client("ivan").get(reverse("audit")).content.decode()


def test_a_file_and_a_filter_go_by_it_too(cast: Cast, mona_in_shanghai: Actor) -> None:
    browser = cast.client("mona")
    query = {"since": "2026-03-01T20:00", "until": "2026-03-01T20:01"}
    shown = browser.get(reverse("audit"), query).context["table"].page.object_list
    assert [row.record.verb for row in shown] == ["change"]
    answer = browser.post(f"{reverse('audit')}?until=2026-03-01T20:01", {FORM: "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Time (Asia/Shanghai)"] for row in rows] == ["2026-03-01 20:00"]


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../../etc/passwd"])
def test_what_is_no_zone_is_refused(cast: Cast, zone: str) -> None:
    answer = cast.client("mona").post(reverse("setting-zone"), {"zone": zone})
    assert answer.status_code == 422
    assert Account.objects.get(username="mona").zone == ""


# --- Notification -----------------------------------------------------------------------------


def test_whoever_wants_no_notices_gets_no_mail_of_tickets(cast: Cast, mona: Actor) -> None:
    rita = cast.actor("rita")
    change_notices(mona, notices_by_mail=False)
    open_ticket(rita, rita.places[0], TicketForm(subject="Gate", text="Open."))
    assert letters("mona@example.com") == []
    change_notices(mona, notices_by_mail=True)
    open_ticket(rita, rita.places[0], TicketForm(subject="Gate", text="Open."))
    assert len(letters("mona@example.com")) == 1


# --- Billing, log, houses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "field", ["company", "attn", "country", "city", "street", "phone", "email"]
)
def test_a_bill_needs_each_of_its_mandatory_fields(cast: Cast, field: str) -> None:
    told = {**typed("setting-billing", cast), field: ""}
    answer = cast.client("ivan").post(reverse("setting-billing"), told)
    assert answer.status_code == 422
    assert [*answer.context["form"].errors] == [field]


def test_billing_information_is_kept_and_shown(cast: Cast) -> None:
    BillingInformation.objects.all().delete()
    browser = cast.client("ivan")
    told = {**typed("setting-billing", cast), "fax": "+49 89 636 48019", "tax_id": "DE 1"}
    browser.post(reverse("setting-billing"), told)
    kept = BillingInformation.objects.get(node__name="Ivan's installations")
    assert (kept.fax.as_e164, kept.tax_id) == ("+498963648019", "DE 1")
    for field in ("company", "attn", "city", "street", "email"):
        assert getattr(kept, field) == told[field] != ""
    assert (kept.country, kept.phone) == (told["country"], told["phone"])
    assert "DE 1" in browser.get(reverse("setting-billing")).content.decode()
    assert AuditEntry.objects.latest("pk").subject == "billinginformation"


def test_a_sub_installer_changes_no_billing(iris: Actor) -> None:
    node = Node.objects.get(name="Ivan's installations")
    form = providers.BillingForm(
        company="x", attn="x", country="x", city="x", street="x", phone="x", email="x@example.com"
    )
    with pytest.raises(Forbidden):
        providers.change_billing(iris, node, form)


def test_one_installer_sets_nothing_for_another(oscar: Actor) -> None:
    node = Node.objects.get(name="Ivan's installations")
    with pytest.raises(Forbidden):
        providers.change_setting(oscar, node, visitor_call_snapshots=False)
    with pytest.raises(Forbidden):
        providers.change_service(
            oscar, node, providers.ServiceForm(phone="+498963648018", email="a@example.com")
        )


@pytest.mark.parametrize(
    ("page", "field"),
    [("setting-log", "visitor_call_snapshots"), ("setting-houses", "house_mails")],
)
def test_a_switch_is_on_at_first_and_stays_off_alone(cast: Cast, page: str, field: str) -> None:
    InstallerSetting.objects.all().delete()
    browser = cast.client("ivan")
    form = browser.get(reverse(page)).context["form"]
    assert form[field].value() is True
    browser.post(reverse(page), {})
    kept = InstallerSetting.objects.get()
    assert not getattr(kept, field)
    assert kept.visitor_call_snapshots or kept.house_mails
    assert "Takes effect with" in browser.get(reverse(page)).content.decode()


# --- Customer service and feedback ------------------------------------------------------------


@pytest.fixture
def service(cast: Cast) -> CustomerService:
    return CustomerService.objects.get(node__name="Ivan's installations")


@pytest.mark.parametrize("page", ["person-own", "feedback"])
def test_end_users_read_where_to_turn_to(cast: Cast, page: str) -> None:
    text = cast.client("rita").get(reverse(page)).content.decode()
    assert "+49 89 63648018" in text
    assert "ivans.desk@example.com" in text
    assert "oscars.desk" not in text


def test_feedback_is_mailed_to_the_address_that_was_named(cast: Cast) -> None:
    words = "Well done.\n<script>alert(1)</script>"
    cast.client("rita").post(reverse("feedback"), {"text": words})
    (letter,) = letters("ivans.desk@example.com")
    assert letter.subject == "New feedback from one of your users"
    assert "Rita (rita, Acme) wrote:" in letter.text
    assert words in letter.text
    assert "Well done.<br>&lt;script&gt;" in letter.html
    assert "rita@example.com" in letter.html
    assert AuditEntry.objects.latest("pk").verb == "give feedback"


def test_where_no_feedback_is_taken_there_is_no_form(cast: Cast, service: CustomerService) -> None:
    CustomerService.objects.update(receives_feedback=False)
    browser = cast.client("rita")
    assert "Send feedback" not in browser.get(reverse("feedback")).content.decode()
    assert browser.post(reverse("feedback"), {"text": "All the same."}).status_code == 422
    with pytest.raises(Refused):
        send_feedback(cast.actor("rita"), service, "All the same.")
    assert letters("ivans.desk@example.com") == []


def test_nobody_writes_to_another_installer(cast: Cast) -> None:
    theirs = CustomerService.objects.get(node__name="Oscar's installations")
    with pytest.raises(Hidden):
        send_feedback(cast.actor("rita"), theirs, "Hello.")


def test_a_flood_of_feedback_has_to_wait(cast: Cast, service: CustomerService) -> None:
    rita = cast.actor("rita")
    for number in range(5):
        send_feedback(rita, service, f"Word {number}")
    with pytest.raises(TooMany):
        send_feedback(rita, service, "One more")
    assert len(letters(service.email)) == 5


def test_whoever_is_no_end_user_has_no_such_page(cast: Cast) -> None:
    browsers: list[Client] = [cast.client(who) for who in ("otto", "dora", "ivan")]
    assert {one.get(reverse("feedback")).status_code for one in browsers} == {404}
