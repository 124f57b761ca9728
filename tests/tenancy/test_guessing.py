"""How long whoever guesses waits: pure arithmetic, for every purpose."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.tenancy.guessing import PATIENCE, Circle, Patience, Purpose, circles

EVERY = pytest.mark.parametrize("patience", PATIENCE.values(), ids=[str(key) for key in PATIENCE])


@EVERY
def test_the_first_tries_are_free_and_then_one_waits(patience: Patience) -> None:
    assert patience.wait_after(patience.free - 1) == timedelta(0)
    assert patience.wait_after(patience.free) == patience.first


@EVERY
@given(count=st.integers(0, 10_000))
def test_no_wait_is_shorter_than_the_one_before(patience: Patience, count: int) -> None:
    assert patience.wait_after(count) <= patience.wait_after(count + 1) <= patience.longest


@EVERY
@given(count=st.integers(0, 1000))
def test_waits_double(patience: Patience, count: int) -> None:
    one, next_one = patience.wait_after(count), patience.wait_after(count + 1)
    if timedelta(0) < one and next_one < patience.longest:
        assert next_one == 2 * one


def test_a_known_browser_is_counted_with_nobody_else() -> None:
    for purpose in (Purpose.PASSWORD, Purpose.CODE):
        assert circles(purpose, known_browser=True) == (Circle.BROWSER,)
        assert Circle.BROWSER not in circles(purpose, known_browser=False)


def test_a_crowd_of_guessers_locks_nobody_out() -> None:
    """What everybody's tries together cause is a short wait, never a lock."""
    assert PATIENCE[Purpose.PASSWORD, Circle.ACCOUNT].longest <= timedelta(seconds=10)


def test_there_is_always_a_link_that_works_in_the_mailbox() -> None:
    assert PATIENCE[Purpose.RESET_MAIL, Circle.ACCOUNT].longest < timedelta(minutes=30)
