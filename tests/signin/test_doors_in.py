"""Ways in: names, codes by mail, forgotten passwords, trusted browsers, sessions that end."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.kit.models import Mail
from doorward.portal.signin.codes import code_of
from doorward.tenancy.models import Account, AuditEntry
from tests.cast import PASSWORD, Cast
from tests.jobs import RunJobs
from tests.signin.conftest import ELSEWHERE, HOME, OFFICE, Visitor, letters

pytestmark = pytest.mark.django_db

NEW = "a-fresh-wind-from-the-north"
CODE = reverse("account_confirm_login_code")


@pytest.fixture
def mona_needs_a_code(mona_s: Account) -> Account:
    mona_s.second_factor_required = True
    mona_s.save()
    return mona_s


def code_in(mail: Mail) -> str:
    found = re.search(r"^ +(\d{6})$", mail.text or "", re.MULTILINE)
    assert found
    return found[1]


def link_in(mail: Mail) -> str:
    found = re.search(r"https?://\S+?(/(?:password|email)/\S+)", mail.text or "")
    assert found
    return found[1]


# --- Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mona", "Mona", "mona@example.com", "MONA@Example.com", " mona "])
def test_one_signs_in_by_name_or_address_in_any_case(name: str, cast: Cast) -> None:
    visitor = Visitor()
    visitor.sign_in(name)
    assert visitor.is_in


def test_the_name_is_asked_first_and_tells_nothing(cast: Cast) -> None:
    def told(login: str) -> str:
        response = Visitor().post(reverse("account_login"), {"login": login})
        assert response.status_code == 200
        text = re.sub(
            r'csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+', "", response.content.decode()
        )
        return text.replace(login, "NAME")

    assert told("mona") == told("nobody-at-all")
    assert 'autocomplete="current-password"' in told("mona")


@pytest.mark.parametrize("name", ["", "   ", "mo\x00na"])
def test_no_name_is_asked_for_again(name: str, cast: Cast) -> None:
    response = Visitor().post(reverse("account_login"), {"login": name})
    assert (response.status_code, "Type your user name" in response.content.decode()) == (422, True)


def test_sign_in_leads_to_where_one_wanted_to_go_but_to_no_other_house(cast: Cast) -> None:
    def led(onward: str) -> str:
        body = {"login": "mona", "password": PASSWORD, "next": onward}
        return Visitor().post(reverse("account_login"), body)["Location"]

    assert led("/audit/") == "/audit/"
    assert led("https://evil.example/") == "/"


def test_a_sign_in_and_a_sign_out_leave_their_lines(cast: Cast) -> None:
    visitor = Visitor()
    visitor.sign_in()
    visitor.post(reverse("account_logout"))
    rows = AuditEntry.objects.filter(subject="account", actor="mona").order_by("pk")
    assert [(row.verb, row.address) for row in rows] == [("sign in", HOME), ("sign out", HOME)]
    assert rows[0].after == {"by": ["password"]}


def test_an_account_that_is_shut_gets_no_further(mona_s: Account) -> None:
    visitor = Visitor()
    visitor.sign_in()
    mona_s.is_active = False
    mona_s.save()
    assert not visitor.is_in
    assert Visitor().sign_in() == 302
    other = Visitor()
    other.sign_in()
    assert not other.is_in


# --- Codes by mail ----------------------------------------------------------------------------


def test_where_it_is_required_a_code_comes_by_mail(mona_needs_a_code: Account) -> None:
    visitor = Visitor()
    visitor.sign_in()
    assert not visitor.is_in
    (mail,) = letters("mona@example.com")
    code = code_in(mail)
    assert code not in mail.subject
    assert code not in str(visitor.session["account_login"])
    page = visitor.get(CODE).content.decode()
    assert "mo…@example.com" in page
    visitor.post(CODE, {"code": f"{code[:3]} {code[3:]}"})
    assert visitor.is_in
    row = AuditEntry.objects.filter(verb="sign in").latest("pk")
    assert row.after == {"by": ["e-mail code", "password"]}


def test_a_code_works_once_and_in_its_own_browser(mona_needs_a_code: Account) -> None:
    visitor, thief = Visitor(), Visitor(ELSEWHERE)
    visitor.sign_in()
    thief.sign_in()
    code = code_in(letters("mona@example.com")[0])
    thief.post(CODE, {"code": code})
    assert not thief.is_in
    visitor.post(CODE, {"code": code})
    visitor.post(reverse("account_logout"))
    visitor.sign_in()
    visitor.post(CODE, {"code": code})
    assert not visitor.is_in


def test_a_code_is_too_old_after_five_minutes(
    mona_needs_a_code: Account, clock_hand: time_machine.Traveller
) -> None:
    visitor = Visitor()
    visitor.sign_in()
    code = code_in(letters("mona@example.com")[0])
    clock_hand.shift(timedelta(minutes=5, seconds=1))
    visitor.post(CODE, {"code": code})
    assert not visitor.is_in


def test_five_wrong_codes_end_the_sign_in_and_more_have_to_wait(
    mona_needs_a_code: Account,
) -> None:
    visitor = Visitor()
    visitor.sign_in()
    code = code_in(letters("mona@example.com")[0])
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    places = [visitor.post(CODE, {"code": wrong}) for _ in range(5)]
    assert [answer.status_code for answer in places] == [200, 200, 200, 200, 302]
    visitor.post(CODE, {"code": code})
    assert not visitor.is_in
    visitor.sign_in()
    right = code_in(letters("mona@example.com")[-1])
    assert "Try again in" in visitor.post(CODE, {"code": right}).content.decode()


def test_another_code_comes_after_a_minute_and_voids_the_first(
    mona_needs_a_code: Account, clock_hand: time_machine.Traveller
) -> None:
    visitor = Visitor()
    visitor.sign_in()
    visitor.post(CODE, {"action": "resend"})
    assert len(letters("mona@example.com")) == 1
    clock_hand.shift(timedelta(minutes=4))
    visitor.post(CODE, {"action": "resend"})
    first, second = map(code_in, letters("mona@example.com"))
    visitor.post(CODE, {"code": first})
    assert not visitor.is_in
    clock_hand.shift(timedelta(minutes=4))
    visitor.post(CODE, {"code": second})
    assert visitor.is_in


def codes_asked_for(times: int) -> int:
    """Ask for codes in ever new browsers without using them; return how many were sent."""
    before = len(codes_sent())
    for _time in range(times):
        Visitor(ELSEWHERE).sign_in()
    return len(codes_sent()) - before


def codes_sent() -> list[Mail]:
    return [mail for mail in letters("mona@example.com") if mail.subject == "Your sign-in code"]


def test_no_more_codes_are_sent_than_a_day_has_and_a_mail_tells(
    mona_needs_a_code: Account, clock_hand: time_machine.Traveller
) -> None:
    assert codes_asked_for(25) == 20
    told = [mail.subject for mail in letters("mona@example.com") if mail not in codes_sent()]
    assert told == ["No more sign-in codes for now"]
    page = Visitor(ELSEWHERE).post(
        reverse("account_login"), {"login": "mona", "password": PASSWORD}, follow=True
    )
    assert "no more are sent for 24 hours" in page.content.decode()
    assert AuditEntry.objects.filter(verb="code limit").count() == 1
    clock_hand.shift(timedelta(days=1, minutes=1))
    assert codes_asked_for(1) == 1


def test_who_uses_up_another_s_codes_keeps_them_from_nobody_whose_browser_is_known(
    mona_needs_a_code: Account, clock_hand: time_machine.Traveller
) -> None:
    owner = Visitor()
    owner.sign_in()
    owner.post(CODE, {"code": code_in(codes_sent()[-1])})
    owner.post(reverse("account_logout"))
    assert codes_asked_for(25) == 20
    owner.sign_in()
    owner.post(CODE, {"code": code_in(codes_sent()[-1])})
    assert owner.is_in


def test_codes_that_are_used_are_not_counted(mona_needs_a_code: Account) -> None:
    for _time in range(25):
        owner = Visitor()
        owner.sign_in()
        owner.post(CODE, {"code": code_in(codes_sent()[-1])})
        assert owner.is_in


def test_a_new_password_by_mail_lets_codes_go_out_again(
    mona_needs_a_code: Account, run_jobs: RunJobs, mailoutbox: list[object]
) -> None:
    assert codes_asked_for(21) == 20
    link = asked_link(mailoutbox, run_jobs)
    Visitor().post(link, {"password": NEW, "again": NEW})
    before = len(codes_sent())
    Visitor().sign_in("mona", NEW)
    assert len(codes_sent()) == before + 1


def test_a_trusted_browser_is_not_asked_for_thirty_days(
    mona_needs_a_code: Account, clock_hand: time_machine.Traveller
) -> None:
    visitor = Visitor()
    visitor.sign_in()
    code = code_in(letters("mona@example.com")[0])
    visitor.post(CODE, {"code": code, "trust": "yes"})
    clock_hand.shift(timedelta(days=29))
    visitor.sign_in()
    assert visitor.is_in
    clock_hand.shift(timedelta(days=2))
    visitor.sign_in()
    assert not visitor.is_in


def test_trust_is_this_browser_s_and_can_be_taken_back(mona_needs_a_code: Account) -> None:
    visitor = Visitor()
    visitor.sign_in()
    visitor.post(CODE, {"code": code_in(letters("mona@example.com")[0]), "trust": "yes"})
    other = Visitor(OFFICE)
    other.sign_in()
    assert not other.is_in
    trusted = mona_needs_a_code.browsers.exclude(trusted_until=None).get()
    assert "Firefox on Linux" in visitor.get(reverse("mfa_index")).content.decode()
    visitor.post(reverse("account-browser-forget", args=[trusted.pk]))
    visitor.post(reverse("account_logout"))
    visitor.sign_in()
    assert not visitor.is_in


def test_without_an_address_the_refusal_says_whom_to_ask(mona_needs_a_code: Account) -> None:
    mona_needs_a_code.email = ""
    mona_needs_a_code.save()
    visitor = Visitor()
    page = reverse("account_login")
    response = visitor.post(page, {"login": "mona", "password": PASSWORD}, follow=True)
    assert "Ask whoever looks after your account" in response.content.decode()


def test_codes_are_six_digits_that_a_seed_alone_does_not_tell() -> None:
    codes = {code_of(f"seed {number}") for number in range(200)}
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(codes) > 190


# --- Forgotten --------------------------------------------------------------------------------


def ask(address: str, visitor: Client | None = None) -> str:
    page = reverse("account-forgotten")
    return (visitor or Visitor()).post(page, {"email": address}, follow=True).content.decode()


def test_a_forgotten_password_is_reset_by_a_link(mona_s: Account, run_jobs: RunJobs) -> None:
    elsewhere = Visitor(ELSEWHERE)
    elsewhere.sign_in()
    ask("Mona@example.com")
    run_jobs()
    (mail,) = letters("mona@example.com")
    assert mail.state == Mail.State.SENT


def test_the_link_sets_a_password_once_and_ends_every_session(
    mona_s: Account, run_jobs: RunJobs, mailoutbox: list[object]
) -> None:
    elsewhere = Visitor(ELSEWHERE)
    elsewhere.sign_in()
    link = asked_link(mailoutbox, run_jobs)
    visitor = Visitor()
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, {"password": NEW, "again": NEW}).status_code == 302
    assert not elsewhere.is_in
    assert not mona_s.sessions.exists()
    visitor.sign_in("mona", PASSWORD)
    assert not visitor.is_in
    visitor.sign_in("mona", NEW)
    assert visitor.is_in
    late = Visitor().post(link, {"password": PASSWORD, "again": PASSWORD})
    assert "used or too old" in late.content.decode()
    run_jobs()
    assert mailoutbox[-1].subject == "Your password was set anew"  # type: ignore[attr-defined]


def test_the_link_ends_every_api_token_and_the_mail_says_so(
    mona_s: Account, run_jobs: RunJobs, mailoutbox: list[object], cast: Cast
) -> None:
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {cast.token('mona')}"}
    assert Client().get("/api/v1/sites", **bearer).status_code == 200  # type: ignore[arg-type]
    count = mona_s.tokens.filter(revoked_at=None).count()
    link = asked_link(mailoutbox, run_jobs)
    assert "its API tokens end" in Visitor().get(link).content.decode()
    Visitor().post(link, {"password": NEW, "again": NEW})
    assert Client().get("/api/v1/sites", **bearer).status_code == 401  # type: ignore[arg-type]
    row = AuditEntry.objects.get(verb="end tokens")
    assert (row.account, row.after) == (mona_s, {"tokens": count})
    run_jobs()
    assert f"Its {count} API tokens ended" in mailoutbox[-1].body  # type: ignore[attr-defined]


def asked_link(mailoutbox: list[object], run_jobs: RunJobs) -> str:
    ask("mona@example.com")
    run_jobs()
    found = re.search(r"https?://[^/]+(/password/\S+)", mailoutbox[-1].body)  # type: ignore[attr-defined]
    assert found
    return found[1]


def test_the_link_is_too_old_after_half_an_hour(
    mona_s: Account,
    run_jobs: RunJobs,
    mailoutbox: list[object],
    clock_hand: time_machine.Traveller,
) -> None:
    link = asked_link(mailoutbox, run_jobs)
    clock_hand.shift(timedelta(minutes=30, seconds=1))
    assert "used or too old" in Visitor().get(link).content.decode()
    answer = Visitor().post(link, {"password": NEW, "again": NEW})
    assert "used or too old" in answer.content.decode()
    assert Visitor().sign_in("mona", NEW) == 422


def test_everybody_gets_the_same_answer_and_only_an_owner_a_mail(
    mona_s: Account, run_jobs: RunJobs
) -> None:
    def told(address: str) -> str:
        return re.sub(r'X-CSRFToken": "\w+', "", ask(address))

    # An address nobody has, one that is not confirmed, one whose account is shut.
    Account.objects.filter(username="ada").update(
        is_active=False, email_confirmed_at=mona_s.email_confirmed_at
    )
    addresses = ["mona@example.com", "nobody@example.org", "ivan@example.com", "ada@example.com"]
    assert len({told(address) for address in addresses}) == 1
    run_jobs()
    sent = Mail.objects.exclude(recipient="nobody@example.com").values_list("recipient", flat=True)
    assert list(sent) == ["mona@example.com"]


def test_a_stranger_fills_nobody_s_mailbox(mona_s: Account, run_jobs: RunJobs) -> None:
    for number in range(20):
        ask("mona@example.com", Visitor(f"198.51.100.{number}"))
    run_jobs()
    assert len(letters("mona@example.com")) == 3


def test_one_source_asks_for_ten_links_and_then_waits(mona_s: Account) -> None:
    stranger, page = Visitor(ELSEWHERE), reverse("account-forgotten")
    codes = [stranger.post(page, {"email": f"x{n}@example.com"}).status_code for n in range(12)]
    assert codes == [302] * 10 + [429] * 2


def test_a_reset_does_not_pass_by_the_second_factor(
    mona_needs_a_code: Account, run_jobs: RunJobs, mailoutbox: list[object]
) -> None:
    link = asked_link(mailoutbox, run_jobs)
    visitor = Visitor()
    visitor.post(link, {"password": NEW, "again": NEW})
    assert not visitor.is_in
    visitor.sign_in("mona", NEW)
    assert not visitor.is_in


# --- Passwords --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "at least 10"),
        ("1029384756", "numeric"),
        ("password2024!", "leaks"),
        ("P4ssw0rd!!!!", "leaks"),
        ("7777dragon777", "leaks"),
        ("mona-in-spring", "account"),
    ],
)
def test_weak_and_leaked_passwords_are_refused(
    password: str, told: str, mona_s: Account, run_jobs: RunJobs, mailoutbox: list[object]
) -> None:
    link = asked_link(mailoutbox, run_jobs)
    answer = Visitor().post(link, {"password": password, "again": password})
    assert (answer.status_code, told in answer.content.decode()) == (422, True)


def test_who_only_opens_doors_gets_by_with_eight(cast: Cast) -> None:
    visitor = Visitor()
    visitor.sign_in("rita")
    visitor.post(reverse("account-password"), {"old": PASSWORD})
    page = reverse("account-password-new")
    assert visitor.post(page, {"password": "w7-lantern", "again": "w7-lantern"}).status_code == 302


# Any: Django's client answers with more than its type says.
def step_at(answer: Any) -> str:
    """Return the title of the step at which a page stands."""
    return next(str(mark.title) for mark in answer.context["marks"] if mark.state == "current")


def test_a_password_is_changed_in_two_steps_and_ends_the_other_sessions(cast: Cast) -> None:
    visitor, other = Visitor(), Visitor(OFFICE)
    visitor.sign_in()
    other.sign_in()
    first, second = reverse("account-password"), reverse("account-password-new")
    assert visitor.get(second)["Location"] == first
    assert step_at(visitor.get(first)) == "Current password"
    assert visitor.post(first, {"old": "wrong"}).status_code == 422
    assert visitor.post(first, {"old": PASSWORD})["Location"] == second
    assert step_at(visitor.get(second)) == "New password"
    assert visitor.post(second, {"password": NEW, "again": "not it"}).status_code == 422
    done = visitor.post(second, {"password": NEW, "again": NEW}, follow=True)
    assert step_at(done) == "Done"
    assert "Your password is changed" in done.content.decode()
    assert (visitor.is_in, other.is_in) == (True, False)
    assert AuditEntry.objects.filter(verb="change password", actor="mona").count() == 1


def test_the_old_password_cannot_be_guessed_from_within(cast: Cast) -> None:
    visitor = Visitor()
    visitor.sign_in()
    page = reverse("account-password")
    answers = [visitor.post(page, {"old": f"guess {n}"}) for n in range(12)]
    assert "Try again in" in answers[-1].content.decode()


def test_who_is_to_be_reminded_is_asked_once_a_month(
    mona_s: Account, clock_hand: time_machine.Traveller
) -> None:
    mona_s.remind_monthly = True
    mona_s.save()
    reminder, visitor = reverse("account-reminder"), Visitor()
    assert not led_to(visitor).startswith(reminder)
    clock_hand.shift(timedelta(days=31))
    assert led_to(visitor).startswith(reminder)
    assert visitor.post(reminder, {"next": "/audit/"})["Location"] == "/audit/"
    assert visitor.post(reminder, {"next": "//evil.example"})["Location"] == "/"
    assert not led_to(visitor).startswith(reminder)


def led_to(visitor: Visitor) -> str:
    visitor.post(reverse("account_logout"))
    body = {"login": "mona", "password": PASSWORD}
    return visitor.post(reverse("account_login"), body)["Location"]


# --- Sessions, addresses, tokens --------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(cast: Cast) -> None:
    visitor, other = Visitor(), Visitor(OFFICE)
    visitor.sign_in()
    other.sign_in()
    page = visitor.get(reverse("account-sessions")).content.decode()
    assert (HOME in page, OFFICE in page, "This browser" in page) == (True, True, True)
    assert other.session.session_key not in page
    (handle,) = re.findall(r"/account/sessions/(\w{32})/end/", page)
    visitor.post(reverse("account-session-end", args=[handle]))
    assert (visitor.is_in, other.is_in) == (True, False)


def test_all_other_sessions_end_at_once(cast: Cast) -> None:
    visitor, others = Visitor(), [Visitor(OFFICE), Visitor(ELSEWHERE)]
    for one in (visitor, *others):
        one.sign_in()
    visitor.post(reverse("account-sessions-end"))
    assert [one.is_in for one in (visitor, *others)] == [True, False, False]


def test_an_address_is_confirmed_by_a_link_before_it_counts(
    mona_s: Account, run_jobs: RunJobs, mailoutbox: list[object]
) -> None:
    visitor = Visitor()
    visitor.sign_in()
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    visitor.post(reverse("account-email"), {"email": "Mona@New.example"})
    run_jobs()
    mona_s.refresh_from_db()
    assert mona_s.email == "mona@example.com"
    link = re.search(r"https?://[^/]+(/email/\S+)", mailoutbox[-1].body)[1]  # type: ignore
    assert visitor.get(link).status_code == 200
    mona_s.refresh_from_db()
    assert mona_s.email == "mona@example.com"
    visitor.post(link)
    mona_s.refresh_from_db()
    assert mona_s.email == "mona@new.example"
    run_jobs()
    assert mailoutbox[-1].to == ["mona@example.com"]  # type: ignore[attr-defined]
    assert "mona@new.example" not in mailoutbox[-1].body  # type: ignore[attr-defined]
    assert visitor.post(link).status_code == 409


def test_whoever_finds_a_browser_open_takes_no_account_with_it(
    mona_s: Account, run_jobs: RunJobs, clock_hand: time_machine.Traveller
) -> None:
    visitor = Visitor()
    visitor.sign_in()
    clock_hand.shift(timedelta(minutes=6))
    tries = (("account-email", {"email": "evil@example.org"}), ("account-tokens", {"name": "x"}))
    for name, body in tries:
        page = reverse(name)
        answer = visitor.post(page, body)
        assert answer["Location"].startswith(reverse("account_reauthenticate")), name
    run_jobs()
    assert letters("evil@example.org") == []
    assert not mona_s.tokens.filter(name="x").exists()
    # Who knows the password goes on.
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert "dw_" in visitor.post(reverse("account-tokens"), {"name": "x"}).content.decode()


def test_another_s_address_is_not_told_to_be_taken(mona_s: Account, run_jobs: RunJobs) -> None:
    visitor = Visitor()
    visitor.sign_in()
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = visitor.post(reverse("account-email"), {"email": "oscar@example.com"}, follow=True)
    assert "A link is on its way" in answer.content.decode()
    run_jobs()
    assert letters("oscar@example.com") == []


def test_a_token_is_shown_once_works_and_is_revoked(cast: Cast) -> None:
    visitor = Visitor()
    visitor.sign_in()
    visitor.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = reverse("account-tokens")
    shown = visitor.post(page, {"name": "Import"}).content.decode()
    (text,) = re.findall(r"dw_[\w-]{43}", shown)
    assert text not in visitor.get(page).content.decode()
    program = Client(headers={"Authorization": f"Bearer {text}"})
    assert program.get("/api/v1/sites").status_code == 200
    token = Account.objects.get(username="mona").tokens.get(name="Import")
    assert token.used_at is not None
    visitor.post(reverse("account-token-revoke", args=[token.pk]))
    assert program.get("/api/v1/sites").status_code == 401


def test_a_form_that_does_not_match_the_browser_is_told_what_to_do(cast: Cast) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "mona"})
    assert answer.status_code == 403
    assert "Go back, load the page again" in answer.content.decode()
