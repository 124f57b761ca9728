"""Guessing at the door: slowed for whoever guesses, and for nobody else."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connections
from django.urls import reverse

from doorward.kit import clock
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account, AuditEntry, Guesses
from tests.cast import PASSWORD, Cast
from tests.signin.conftest import ELSEWHERE, HOME, OFFICE, Visitor

pytestmark = pytest.mark.django_db

WRONG = "not-her-password"


def guess(visitor: Visitor, times: int, login: str = "mona") -> list[int]:
    return [visitor.sign_in(login, WRONG) for _ in range(times)]


def test_after_five_wrong_tries_one_waits_and_is_told_how_long(
    cast: Cast, clock_hand: time_machine.Traveller
) -> None:
    stranger = Visitor()
    assert guess(stranger, 5) == [422] * 5
    response = stranger.post(reverse("account_login"), {"login": "mona", "password": PASSWORD})
    assert response.status_code == 429
    assert "Try again in 30 seconds." in response.content.decode()
    clock_hand.shift(timedelta(seconds=31))
    assert stranger.sign_in() == 302


def test_each_further_wrong_try_doubles_the_wait(
    cast: Cast, clock_hand: time_machine.Traveller
) -> None:
    stranger, waits = Visitor(), []
    guess(stranger, 4)
    for _ in range(8):
        assert guess(stranger, 1) == [422]
        with pytest.raises(TooMany) as later:
            guesses.begin(Purpose.PASSWORD, account=str(mona().pk), source=HOME)
        waits.append(later.value.wait // timedelta(seconds=1))
        clock_hand.shift(later.value.wait)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_waiting_costs_nothing(cast: Cast, clock_hand: time_machine.Traveller) -> None:
    stranger = Visitor()
    guess(stranger, 5)
    assert guess(stranger, 20) == [429] * 20
    clock_hand.shift(timedelta(seconds=31))
    assert stranger.sign_in() == 302


def test_a_stranger_locks_nobody_out(cast: Cast) -> None:
    assert 429 in guess(Visitor(ELSEWHERE), 50)
    assert Visitor(HOME).sign_in() == 302


def test_a_right_password_forgives_only_what_is_one_s_own(cast: Cast) -> None:
    stranger = Visitor(ELSEWHERE)
    guess(stranger, 4)
    Visitor(HOME).sign_in()
    assert guess(stranger, 2) == [422, 429]


def test_one_s_own_account_is_no_way_to_guess_at_others(cast: Cast) -> None:
    """Signing in oneself in between does not make the tries at Mona's free again."""
    oscar = Visitor(ELSEWHERE)
    codes = []
    for _ in range(4):
        codes += guess(oscar, 2)
        Visitor(ELSEWHERE).sign_in("oscar")
    assert codes[5:] == [429] * 3


def test_one_source_cannot_try_one_password_on_everybody(cast: Cast) -> None:
    stranger = Visitor(ELSEWHERE)
    codes = [stranger.sign_in(f"somebody{number}", WRONG) for number in range(60)]
    assert codes[:50] == [422] * 50
    assert set(codes[50:]) == {429}


def test_a_crowd_is_slowed_and_a_known_browser_is_not(
    cast: Cast, clock_hand: time_machine.Traveller
) -> None:
    home = Visitor(HOME)
    home.sign_in()
    home.post(reverse("account_logout"))
    codes = [code for n in range(60) for code in guess(Visitor(f"198.51.100.{n}"), 2)]
    assert codes[:100] == [422] * 100
    assert set(codes[100:]) == {429}
    # From anywhere else it is a matter of seconds, at home of none.
    assert home.sign_in() == 302
    clock_hand.shift(timedelta(seconds=10))
    assert Visitor(OFFICE).sign_in() == 302


def test_a_stolen_known_browser_guesses_no_longer_than_ten_times(cast: Cast) -> None:
    home = Visitor(HOME)
    home.sign_in()
    home.post(reverse("account_logout"))
    assert guess(home, 11) == [422] * 10 + [429]
    # And its guessing is nobody else's either.
    assert Visitor(HOME).sign_in() == 302


def test_a_browser_known_to_one_is_a_stranger_to_others(cast: Cast) -> None:
    oscar = Visitor(ELSEWHERE)
    oscar.sign_in("oscar")
    oscar.post(reverse("account_logout"))
    assert guess(oscar, 6) == [422] * 5 + [429]


def test_waits_outlive_a_restart(cast: Cast) -> None:
    guess(Visitor(), 5)
    cache.clear()
    row = Guesses.objects.order_by("-blocked_until").first()
    assert row is not None
    assert row.blocked_until > clock.now()
    assert guess(Visitor(), 1) == [429]


def test_a_name_that_nobody_has_is_answered_like_any(cast: Cast) -> None:
    def told(login: str) -> list[tuple[int, str]]:
        stranger, answers = Visitor(ELSEWHERE), []
        for _ in range(6):
            page = reverse("account_login")
            response = stranger.post(page, {"login": login, "password": WRONG})
            text = response.content.decode().replace(login, "NAME")
            start = text.index('id="sign-in-fault"')
            answers.append((response.status_code, text[start : start + 300]))
        return answers

    assert told("mona") == told("nobody-of-this-name")


def test_a_name_and_an_address_of_one_account_count_together(cast: Cast) -> None:
    stranger = Visitor(ELSEWHERE)
    guess(stranger, 3, "mona")
    guess(stranger, 2, "Mona@Example.com")
    assert guess(stranger, 1, "MONA") == [429]


def test_hosts_of_one_ipv6_network_are_one_source(cast: Cast) -> None:
    guess(Visitor("2001:db8:1:2::1"), 3)
    assert guess(Visitor("2001:db8:1:2:ffff::9"), 3) == [422, 422, 429]
    assert guess(Visitor("2001:db8:1:3::1"), 1) == [422]


def test_failures_leave_few_lines_in_the_trail(cast: Cast) -> None:
    guess(Visitor(ELSEWHERE), 40)
    rows = AuditEntry.objects.filter(verb="sign in failed", subject_id=mona().pk)
    assert 1 <= rows.count() <= 3
    assert {str(row.address) for row in rows} == {ELSEWHERE}
    assert WRONG not in str(list(rows.values()))


def test_old_counts_are_forgotten(cast: Cast, clock_hand: time_machine.Traveller) -> None:
    guess(Visitor(), 3)
    clock_hand.shift(timedelta(days=3))
    assert guesses.forget_old() > 0
    assert not Guesses.objects.exists()


@pytest.fixture
def rebuilt(transactional_db: None, cast: Cast) -> Cast:
    return cast


def test_tries_at_the_same_time_do_not_slip_through(rebuilt: Cast) -> None:
    account = str(mona().pk)
    passed: list[int] = []

    def try_it() -> None:
        try:
            guesses.begin(Purpose.PASSWORD, account=account, source=ELSEWHERE)
            passed.append(1)
        except TooMany:
            pass
        finally:
            connections["default"].close()

    crowd = [threading.Thread(target=try_it) for _ in range(12)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(passed) == 5


def mona() -> Account:
    account: Account = Account.objects.get(username="mona")
    return account
