"""Acting for another: entered by a click, for an hour at most, and over by whatever ends it."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.kit.errors import Forbidden, Refused
from doorward.kit.models import Mail
from doorward.portal.acting import VISIT
from doorward.sites.actions import SiteForm, create_site, delete_site
from doorward.sites.models import Company
from doorward.tenancy import support
from doorward.tenancy.actions import accounts, visits
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.models import Account, AuditEntry, Node, Standing, SupportVisit
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, Cast
from tests.support.conftest import Enter, access_of, account, acting, enable, standing, visit_of

pytestmark = pytest.mark.django_db

End = SupportVisit.End


def companies(cast: Cast) -> str:
    return reverse("companies", args=[cast.maple.pk])


def add_company(browser: Client, cast: Cast, name: str = "Cedar") -> int:
    address = reverse("company-new", args=[cast.maple.pk])
    return browser.post(address, {"name": name}).status_code


def is_in(browser: Client, cast: Cast) -> bool:
    """Say whether a browser sees who works at Maple Court, which no distributor does."""
    page = reverse("person", args=[cast.maple.pk, cast.person("Rita").pk])
    return browser.get(page).status_code == 200


# --- In and out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "whom", "role"),
    [
        ("dora", "ivan", "Installer"),
        ("sven", "ivan", "Installer"),
        ("ivan", "mona", "Property Manager"),
        ("iris", "mona", "Property Manager"),
        ("mona", "ada", "Administrator"),
    ],
)
def test_one_enters_by_a_click_and_comes_back_to_where_one_was(
    who: str, whom: str, role: str, cast: Cast, enter: Enter
) -> None:
    browser = enter(who, whom, back="/support/?q=someone")
    shown = browser.get("/").content.decode()
    assert f"Acting for <strong>{whom.title()}</strong> as {role}" in shown
    assert "60 minutes left" in shown
    assert is_in(browser, cast)
    assert browser.post(reverse("support-end"))["Location"] == "/support/?q=someone"
    assert "Acting for" not in browser.get("/").content.decode()
    assert is_in(browser, cast) == (who not in {"dora", "sven"})
    assert visit_of(who).why == End.LEFT


def test_whoever_acts_does_what_the_other_may_in_both_names(cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    assert add_company(browser, cast) == 302
    line = AuditEntry.objects.filter(subject="company").latest("pk")
    assert (line.actor, line.account) == ("dora", account("dora"))
    assert (line.acting_for, line.acting_for_account) == ("ivan", account("ivan"))
    shown = cast.client("ivan").get(reverse("audit"), {"support": "yes"}).content.decode()
    assert "for Ivan" in shown
    assert "Cedar" in shown
    alone = cast.client("ivan").get(reverse("audit"), {"support": "no"}).content.decode()
    assert "Cedar" not in alone


def test_the_trail_as_a_file_has_a_column_for_whom(cast: Cast, enter: Enter) -> None:
    add_company(enter("dora", "ivan"), cast)
    file = cast.client("ivan").post(reverse("audit"), {"export": "csv"}).content.decode()
    head, *lines = file.splitlines()
    assert "Acting for" in head
    assert any("Dora (dora)" in line and "Ivan (ivan)" in line for line in lines)


@pytest.mark.parametrize(("who", "whom"), [("dora", "ivan"), ("ivan", "mona"), ("mona", "ada")])
def test_beginning_and_end_stand_in_the_trail_of_whom_it_is_for(
    who: str, whom: str, cast: Cast, enter: Enter
) -> None:
    enter(who, whom).post(reverse("support-end"))
    lines = AuditEntry.objects.visible_to(cast.actor(whom)).filter(subject="supportvisit")
    told = [(line.actor, line.verb, line.acting_for) for line in lines.order_by("pk")]
    assert told == [(who, "begin support", whom), (who, "end support", whom)]
    shown = cast.client(whom).get(reverse("account-setting")).content.decode()
    assert who.title() in shown


def test_who_is_helped_gets_a_mail(cast: Cast, enter: Enter) -> None:
    enter("dora", "ivan")
    from_list = [mail for mail in _letters("ivan@example.com") if "acting" in mail.subject]
    assert len(from_list) == 1
    (mail,) = from_list
    for text in (mail.text, mail.html):
        assert "Dora" in text
        assert reverse("account-setting") in text


def _letters(address: str) -> list[Mail]:
    return list(Mail.objects.filter(recipient=address))


def test_nothing_of_the_other_is_signed_in(cast: Cast, enter: Enter) -> None:
    before = account("ivan").sessions.count()
    browser = enter("dora", "ivan")
    assert browser.session["_auth_user_id"] == str(account("dora").pk)
    assert account("ivan").sessions.count() == before
    shown = cast.client("dora").get(reverse("account-sessions")).content.decode()
    assert "acting for Ivan" in shown
    # Another session of the same account acts for nobody.
    assert not is_in(cast.client("dora"), cast)


# --- Whom one may not enter ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        *(("dora", "oscar"), ("sven", "oscar"), ("oscar", "mona"), ("otto", "ivan")),
        *(("dora", "mona"), ("dora", "sven"), ("ivan", "iris"), ("ivan", "ada")),
        *(("ada", "mona"), ("rita", "ada"), ("mona", "ivan"), ("ivan", "rita")),
    ],
)
def test_nobody_enters_who_is_not_on_their_list(who: str, whom: str, cast: Cast) -> None:
    browser = cast.client(who)
    address = reverse("support-enter", args=[standing(whom).pk])
    assert browser.post(address).status_code == 404
    assert VISIT not in browser.session
    with pytest.raises(Forbidden):
        deeds.enter(cast.actor(who), standing(whom), "a-session")


def test_a_sub_distributor_enters_no_installer_beside_its_own(cast: Cast) -> None:
    beside = f"{standing('dora').node.path}999/"
    Node.objects.filter(pk=standing("ivan").node_id).update(path=beside)
    enable("ivan")
    assert deeds.enter(cast.actor("dora"), standing("ivan"), "a-session")
    with pytest.raises(Forbidden):
        deeds.enter(cast.actor("sven"), standing("ivan"), "a-session")


def test_entering_wants_it_enabled_and_granted(cast: Cast) -> None:
    access, dora = enable("ivan"), cast.actor("dora")
    deeds.grant(cast.actor("ivan"), access, granted=False)
    with pytest.raises(Refused) as refusal:
        deeds.enter(dora, standing("ivan"), "a-session")
    assert refusal.value.code == "support.withdrawn"
    deeds.enable(BUILDER, standing("ivan"), enabled=False)
    with pytest.raises(Refused) as refusal:
        deeds.enter(dora, standing("ivan"), "a-session")
    assert refusal.value.code == "support.off"
    browser = cast.client("dora")
    browser.post(reverse("support-enter", args=[standing("ivan").pk]))
    assert VISIT not in browser.session


def test_a_shut_account_is_not_entered(cast: Cast) -> None:
    enable("ivan")
    Account.objects.filter(username="ivan").update(is_active=False)
    with pytest.raises(Refused) as refusal:
        deeds.enter(cast.actor("dora"), standing("ivan"), "a-session")
    assert refusal.value.code == "account.shut"


def test_whoever_acts_enters_nobody_else(cast: Cast, enter: Enter) -> None:
    enable("mona")
    browser = enter("dora", "ivan")
    answer = browser.post(reverse("support-enter", args=[standing("mona").pk]))
    assert answer.status_code == 403
    assert "You are acting for Ivan already" in answer.content.decode()
    with pytest.raises(Forbidden) as refusal:
        deeds.enter(acting(browser, "dora"), standing("mona"), "a-session")
    assert refusal.value.code == "support.nested"
    assert "Mona" not in browser.get(reverse("support")).content.decode()


# --- What ends it -------------------------------------------------------------------------------

Ending = Callable[[Cast], None]


def _withdraw(cast: Cast) -> None:
    deeds.grant(cast.actor("ivan"), access_of("ivan"), granted=False)


def _disable(cast: Cast) -> None:
    deeds.enable(BUILDER, standing("ivan"), enabled=False)


def _shut(cast: Cast) -> None:
    Account.objects.filter(username="ivan").update(is_active=False)


def _end_role_of_ivan(cast: Cast) -> None:
    Standing.objects.filter(account__username="ivan").delete()


def _move_dora(cast: Cast) -> None:
    Standing.objects.filter(account__username="dora").update(role=Role.PERSONNEL)


def _end_behind_the_back(cast: Cast) -> None:
    visits.end([visit_of("dora").pk], End.SIGNED_OUT)


ENDINGS = (_withdraw, _disable, _shut, _end_role_of_ivan, _move_dora, _end_behind_the_back)


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_is_over_at_the_next_request(ending: Ending, cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    ending(cast)
    answer = browser.get(companies(cast))
    assert (answer.status_code, answer["Location"]) == (302, "/support/")
    assert VISIT not in browser.session
    assert visit_of("dora").ended_at is not None
    assert AuditEntry.objects.filter(verb="end support").count() == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_sent_after_its_end_is_not_done(ending: Ending, cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    ending(cast)
    assert add_company(browser, cast) == 403
    assert not Company.objects.filter(name="Cedar").exists()


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_api_says_that_it_is_over(ending: Ending, cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    ending(cast)
    body = {"name": "Cedar", "site": str(cast.maple.pk)}
    answer = browser.post("/api/v1/companies", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.FORBIDDEN, "support.over")
    assert not Company.objects.filter(name="Cedar").exists()


def test_an_hour_is_all_there_is(
    cast: Cast, clock_hand: time_machine.Traveller, enter: Enter
) -> None:
    browser = enter("dora", "ivan")
    clock_hand.shift(timedelta(minutes=59))
    assert "1 minute left" in browser.get("/").content.decode()
    assert is_in(browser, cast)
    clock_hand.shift(timedelta(minutes=1))
    answer = browser.get("/", follow=True)
    assert "The hour in which you acted for Ivan is over" in answer.content.decode()
    assert not is_in(browser, cast)
    assert (visit_of("dora").why, visit_of("dora").ended_at) == (End.TIME, visit_of("dora").ends_at)


def test_the_way_out_is_open_after_the_hour(
    cast: Cast, clock_hand: time_machine.Traveller, enter: Enter
) -> None:
    browser = enter("dora", "ivan", back="/support/?q=i")
    clock_hand.shift(timedelta(hours=2))
    assert browser.post(reverse("support-end"))["Location"] == "/support/?q=i"


def test_the_clock_ends_what_nobody_comes_back_to(
    cast: Cast, clock_hand: time_machine.Traveller, enter: Enter
) -> None:
    enter("dora", "ivan")
    enter("mona", "ada")
    assert visits.end_overdue() == 0
    Account.objects.filter(username="ada").update(is_active=False)
    assert visits.end_overdue() == 1
    assert visit_of("mona").why == End.GONE
    clock_hand.shift(timedelta(hours=1))
    assert visits.end_overdue() == 1
    assert visit_of("dora").why == End.TIME
    assert AuditEntry.objects.filter(verb="end support").count() == 2


def test_signing_out_and_ending_the_session_end_it(cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    browser.post(reverse("account_logout"))
    assert visit_of("dora").why == End.SIGNED_OUT
    browser = enter("ivan", "mona")
    accounts.end_all_sessions(BUILDER, account("ivan"))
    assert visit_of("ivan").why == End.SIGNED_OUT
    assert browser.get("/").status_code == 302


# --- Forged -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dora", "sven", "oscar", "ada"])
def test_a_visit_counts_in_its_own_session_alone(who: str, cast: Cast, enter: Enter) -> None:
    enter("dora", "ivan")
    browser = cast.client(who)
    session = browser.session
    session[VISIT] = {"key": visit_of("dora").pk, "back": "https://elsewhere.example/"}
    session.save()
    answer = browser.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(browser, cast) == (who == "ada")
    # And the true one goes on.
    assert visit_of("dora").ended_at is None


def test_a_visit_that_is_over_is_not_taken_up_again(cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    told = browser.session[VISIT]
    browser.post(reverse("support-end"))
    session = browser.session
    session[VISIT] = told
    session.save()
    assert browser.get("/").status_code == 302
    assert not is_in(browser, cast)


def test_a_token_acts_for_nobody(cast: Cast, enter: Enter) -> None:
    enter("dora", "ivan")
    asked = Client(headers={"Authorization": f"Bearer {cast.token('dora')}"})
    assert asked.get("/api/v1/people").json()["items"] == []


def test_a_form_of_before_is_refused_afterwards(cast: Cast) -> None:
    """What another window shows still belongs to whom one was when it was drawn."""
    enable("ivan")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = cast.client("dora").cookies
    browser.get(reverse("support"))
    before = browser.cookies["csrftoken"].value
    enter = reverse("support-enter", args=[standing("ivan").pk])
    assert browser.post(enter).status_code == 403
    assert browser.post(enter, {"csrfmiddlewaretoken": before}).status_code == 302
    during = browser.cookies["csrftoken"].value
    assert during != before
    stale = {"name": "Cedar", "csrfmiddlewaretoken": before}
    address = reverse("company-new", args=[cast.maple.pk])
    assert browser.post(address, stale).status_code == 403
    assert browser.post(address, {**stale, "csrfmiddlewaretoken": during}).status_code == 302
    end = reverse("support-end")
    assert browser.post(end).status_code == 403
    assert browser.post(end, {"csrfmiddlewaretoken": during}).status_code == 302
    again = {"wanted": "no", "csrfmiddlewaretoken": during}
    switch = reverse("support-access", args=[standing("ivan").pk])
    assert browser.post(switch, again).status_code == 403


# --- No more than the other has here --------------------------------------------------------------


def test_of_a_manager_of_two_installers_each_helps_at_their_own_sites(
    cast: Cast, enter: Enter
) -> None:
    mona = account("mona")
    Standing.objects.create(account=mona, node=cast.oak.node, role=Role.PROPERTY_MANAGER)
    Standing.objects.create(account=mona, node=cast.maple.node, role=Role.PERSONNEL)
    enable_here = Standing.objects.get(account=mona, node=cast.maple.node, role="property_manager")
    deeds.enable(BUILDER, enable_here, enabled=True)
    browser = cast.client("ivan")
    browser.post(reverse("support-enter", args=[enable_here.pk]))
    sites = browser.get(reverse("sites")).content.decode()
    assert "Maple Court" in sites
    assert "Oak Lane" not in sites
    shown = browser.get(reverse("user", args=[mona.pk])).content.decode()
    assert "Oak Lane" not in shown
    actor = acting(browser, "ivan")
    assert actor.roles == {Role.PROPERTY_MANAGER}
    seen = AuditEntry.objects.visible_to(actor)
    assert not seen.filter(node__path__startswith=cast.oak.node.path).exists()


def test_a_deleted_site_hides_no_other(cast: Cast) -> None:
    elm = create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    mona, ivan = account("mona"), cast.actor("ivan")
    here = Standing.objects.create(account=mona, node=elm.node, role=Role.PROPERTY_MANAGER)
    assert not support.enterable(ivan).filter(pk=here.pk).exists()
    delete_site(BUILDER, cast.maple, unbind=True)
    ivan = cast.actor("ivan")
    assert support.enterable(ivan).filter(account=mona).get() == here
    deeds.enable(BUILDER, here, enabled=True)
    browser = cast.client("ivan")
    browser.post(reverse("support-enter", args=[here.pk]))
    shown = browser.get(reverse("sites")).content.decode()
    assert "Elm" in shown
    assert "Maple Court" not in shown


def test_it_is_over_where_nobody_stands_any_more(cast: Cast, enter: Enter) -> None:
    browser = enter("ivan", "mona")
    delete_site(BUILDER, cast.maple, unbind=True)
    assert browser.get(reverse("sites"))["Location"] == "/support/"
    assert visit_of("ivan").why == End.GONE


def test_one_sees_what_the_other_sees_and_not_ones_own(cast: Cast, enter: Enter) -> None:
    browser = enter("dora", "ivan")
    actor = acting(browser, "dora")
    names = set(Account.objects.visible_to(actor).values_list("username", flat=True))
    assert names == {"ivan", "iris", "mona", "ada", "rita"}
    assert not AuditEntry.objects.visible_to(actor).filter(node=standing("dora").node).exists()
    assert SupportVisit.objects.visible_to(actor).filter(account=account("dora")).exists()
