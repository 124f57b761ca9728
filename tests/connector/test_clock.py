"""The cloud's time as a connector estimates it."""

from doorward.connector.clock import CloudClock


class Times:
    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.steady = 50.0

    def clock(self) -> CloudClock:
        return CloudClock(wall=lambda: self.wall, steady=lambda: self.steady)


def test_before_the_first_exchange_it_is_our_own_time() -> None:
    assert Times().clock().now_ms() == 1_000_000_000


def test_half_the_round_trip_is_added() -> None:
    times = Times()
    clock = times.clock()
    times.steady = 50.2
    clock.learn(sent_ms=50_000, now_ms=2_000_000)
    assert clock.now_ms() == 2_000_100


def test_the_quickest_exchange_counts() -> None:
    times = Times()
    clock = times.clock()
    times.steady = 50.01
    clock.learn(sent_ms=50_000, now_ms=2_000_000)
    times.steady = 60.0
    clock.learn(sent_ms=55_000, now_ms=9_999_999)
    assert clock.now_ms() == 2_000_005 + 9_990


def test_a_step_of_our_own_clock_moves_nothing() -> None:
    times = Times()
    clock = times.clock()
    clock.learn(sent_ms=50_000, now_ms=2_000_000)
    times.wall += 86_400
    assert clock.now_ms() == 2_000_000


def test_at_the_latest_all_of_the_round_trip_lies_behind_us() -> None:
    times = Times()
    clock = times.clock()
    times.steady = 52.0
    clock.learn(sent_ms=50_000, now_ms=2_000_000)
    assert clock.latest_ms() == 2_002_000
    times.steady = 60.0
    clock.learn(sent_ms=59_990, now_ms=2_008_000)
    assert (clock.now_ms(), clock.latest_ms()) == (2_008_005, 2_008_010)
