"""Rights of Rita, who works at Maple Court: yes or no, why, and until when."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorward.access.rights import (
    DoorFacts,
    GroupFacts,
    PersonFacts,
    may_open,
)
from doorward.access.windows import ALWAYS, WEEKDAYS, OneOff, WeeklyWindow, Window, contains, within
from doorward.activity.reasons import LABELS, SENTENCES, Reason, sentence

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SUNDAY = 1 << 6

RITA = PersonFacts(id=7)
ENTRANCE = DoorFacts(id=1, zone=BERLIN)
OFFICE_HOURS = WeeklyWindow(WEEKDAYS, 480, 1080)

# Both clock changes of 2026 in each zone, and as quiet a moment where there are none.
CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("America/New_York", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-11-01T06:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("Asia/Kolkata", "2028-02-29T00:00Z"),
]

minutes = st.one_of(st.sampled_from([0, 60, 90, 120, 150, 180, 480, 1080]), st.integers(0, 1439))
windows = st.builds(
    WeeklyWindow, days=st.integers(1, 127), start=minutes, end=st.one_of(minutes, st.just(1440))
)
weeks = st.lists(windows, min_size=1, max_size=3).map(tuple)
moments = st.integers(0, 3 * 365 * 1440).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


def group(*week: WeeklyWindow, id: int = 1, people: set[int] | None = None, doors=(1,)):
    return GroupFacts(
        id=id, people=frozenset(people or {7}), doors=frozenset(doors), windows=tuple(week)
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def allowed(week: tuple[WeeklyWindow, ...], zone: ZoneInfo, at: datetime) -> bool:
    return may_open(RITA, DoorFacts(id=1, zone=zone), at, groups=[group(*week)]).allowed


def week_minutes(week: tuple[WeeklyWindow, ...]) -> set[int]:
    """Spell windows out: the minutes of the week that they hold, Monday 00:00 being 0."""
    return {
        (day * 1440 + window.start + step) % 10080
        for window in week
        for day in range(7)
        if window.days >> day & 1
        for step in range((window.end - window.start - 1) % 1440 + 1)
    }


def wall_minute(at: datetime, zone: ZoneInfo) -> int:
    wall = at.astimezone(zone)
    return wall.weekday() * 1440 + wall.hour * 60 + wall.minute


# --- Reasons ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "reason"),
    [
        ("2026-01-05T07:59:59", Reason.OUT_OF_SCHEDULE),
        ("2026-01-05T08:00:00", Reason.OK),
        ("2026-01-05T17:59:59", Reason.OK),
        ("2026-01-05T18:00:00", Reason.OUT_OF_SCHEDULE),
        ("2026-01-05T18:00:01", Reason.OUT_OF_SCHEDULE),
        ("2026-01-10T12:00:00", Reason.OUT_OF_SCHEDULE),
    ],
)
def test_rita_may_open_the_entrance_in_office_hours_only(wall: str, reason: Reason) -> None:
    decision = may_open(RITA, ENTRANCE, berlin(wall), groups=[group(OFFICE_HOURS)])
    assert decision.reason is reason
    assert decision.allowed == (reason is Reason.OK)


def test_a_card_nobody_holds_is_unknown() -> None:
    decision = may_open(None, ENTRANCE, utc("2026-01-05T10:00Z"), groups=[group(ALWAYS)])
    assert (decision.reason, decision.until) == (Reason.UNKNOWN_CREDENTIAL, None)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [group(ALWAYS, people={8})],
        [group(ALWAYS, doors=(2,))],
        [group(ALWAYS, people={8}), group(ALWAYS, id=2, doors=(2,))],
    ],
)
def test_without_a_group_that_joins_person_and_door_there_is_no_right(groups) -> None:
    decision = may_open(RITA, ENTRANCE, utc("2026-01-05T10:00Z"), groups=groups)
    assert (decision.allowed, decision.reason) == (False, Reason.NO_RIGHT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"valid_from": utc("2026-01-05T10:00:01Z")}, Reason.NOT_STARTED),
        ({"valid_from": utc("2026-01-05T10:00Z")}, Reason.OK),
        ({"valid_until": utc("2026-01-05T10:00Z")}, Reason.EXPIRED),
        ({"valid_until": utc("2026-01-05T10:00:01Z")}, Reason.OK),
    ],
)
def test_a_person_counts_from_the_start_until_the_end_of_the_validity(
    change, reason: Reason
) -> None:
    person = replace(RITA, **change)
    at = utc("2026-01-05T10:00Z")
    assert may_open(person, ENTRANCE, at, groups=[group(ALWAYS)]).reason is reason


def test_an_expired_person_is_told_so_even_without_a_right() -> None:
    person = replace(RITA, valid_until=utc("2026-01-01T00:00Z"))
    decision = may_open(person, ENTRANCE, utc("2026-01-05T10:00Z"), groups=[])
    assert decision.reason is Reason.EXPIRED


@pytest.mark.parametrize(
    "change",
    [{}, {"valid_until": utc("2026-01-01T00:00Z")}, {"valid_from": utc("2027-01-01T00:00Z")}],
)
def test_a_suspended_person_may_nothing_and_no_time_heals_it(change) -> None:
    person = replace(RITA, suspended=True, **change)
    decision = may_open(person, ENTRANCE, utc("2026-01-05T10:00Z"), groups=[group(OFFICE_HOURS)])
    assert (decision.reason, decision.until) == (Reason.SUSPENDED, None)


def test_the_group_and_window_that_let_in_are_named() -> None:
    late = WeeklyWindow(127, 1020, 1320)
    groups = [group(late, id=9), group(OFFICE_HOURS, late, id=4), group(ALWAYS, id=2, doors=(2,))]
    at_five = may_open(RITA, ENTRANCE, berlin("2026-01-05T17:30"), groups=groups)
    at_seven = may_open(RITA, ENTRANCE, berlin("2026-01-05T19:00"), groups=groups)
    assert (at_five.group, at_five.window) == (4, OFFICE_HOURS)
    assert (at_seven.group, at_seven.window) == (4, late)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 5, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        may_open(RITA, ENTRANCE, naive, groups=[])
    with pytest.raises(ValueError, match="zone"):
        PersonFacts(id=7, valid_until=naive)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_label_and_a_sentence_with_names(reason: Reason) -> None:
    told = sentence(reason, person="Rita", door="Main entrance")
    assert "Main entrance" in told
    assert "%(" not in told
    assert LABELS[reason]
    asked = sentence(reason, person="Rita", door="Lobby", translate=lambda text: f"«{text}»")
    assert asked == f"«{SENTENCES[reason]}»" % {"person": "Rita", "door": "Lobby"}


# --- Clocks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@given(week=weeks)
@settings(max_examples=5, deadline=None)
def test_around_a_clock_change_the_wall_decides_every_minute(zone, change, week) -> None:
    held = week_minutes(week)
    place = ZoneInfo(zone)
    for step in range(-90, 90):
        at = utc(change) + timedelta(minutes=step)
        assert allowed(week, place, at) == (wall_minute(at, place) in held)


@st.composite
def dated_weeks(draw: st.DrawFn, about: date) -> tuple[Window, ...]:
    """Draw windows that open once, or between dates, about a day."""
    days = st.integers(-1, 2).map(lambda ahead: about + timedelta(days=ahead))
    walls = st.builds(datetime.combine, days, minutes.map(lambda at: time(at // 60, at % 60)))
    pairs = st.tuples(walls, walls).filter(lambda pair: pair[0] != pair[1])
    once = pairs.map(lambda pair: OneOff(min(pair), max(pair)))
    bounds = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))
    drawn = draw(st.lists(st.one_of(once, windows), min_size=1, max_size=2))
    return within(drawn, *draw(st.one_of(st.just((None, None)), bounds)))


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@given(data=st.data(), before=st.integers(0, 1500))
@settings(max_examples=6, deadline=None)
def test_dates_turn_the_answer_at_the_very_minute_told(zone, change, data, before) -> None:
    place = ZoneInfo(zone)
    begin = utc(change) - timedelta(minutes=before)
    week = data.draw(dated_weeks(utc(change).astimezone(place).date()))
    decision = may_open(RITA, DoorFacts(id=1, zone=place), begin, groups=[group(*week)])
    walls = (begin + timedelta(minutes=step) for step in range(3 * 1440))
    turns = (at for at in walls if contains(week, at.astimezone(place)) != decision.allowed)
    turn = next(turns, None)
    if turn is not None:
        assert decision.until == turn
    elif decision.until is not None:
        assert decision.until >= begin + timedelta(days=3)


def test_a_window_of_next_year_is_known_to_come() -> None:
    new_year = OneOff(datetime(2027, 1, 1), datetime(2027, 1, 1, 2))  # noqa: DTZ001 - wall time
    spring = within([OFFICE_HOURS], date(2027, 4, 1), date(2027, 4, 2))
    at = berlin("2026-02-01T12:00:00")
    decision = may_open(RITA, ENTRANCE, at, groups=[group(new_year)])
    assert (decision.reason, decision.until) == (
        Reason.OUT_OF_SCHEDULE,
        berlin("2027-01-01T00:00:00"),
    )
    decision = may_open(RITA, ENTRANCE, at, groups=[group(*spring)])
    assert decision.until == berlin("2027-04-01T08:00:00")
    after = may_open(RITA, ENTRANCE, berlin("2027-04-02T17:00:00"), groups=[group(*spring)])
    assert (after.allowed, after.until) == (True, berlin("2027-04-02T18:00:00"))
    over = may_open(RITA, ENTRANCE, berlin("2027-04-02T18:00:00"), groups=[group(*spring)])
    assert (over.allowed, over.until) == (False, None)


def test_an_hour_that_occurs_twice_is_inside_both_times() -> None:
    night = (WeeklyWindow(SUNDAY, 135, 165),)
    inside = [
        f"{at:%H:%M}"
        for step in range(180)
        if allowed(night, BERLIN, at := utc("2026-10-24T23:30Z") + timedelta(minutes=step))
    ]
    first, second = ["00:15", "00:44"], ["01:15", "01:44"]
    assert [inside[0], inside[29], inside[30], inside[-1], len(inside)] == [*first, *second, 60]


def test_an_hour_that_is_skipped_never_occurs() -> None:
    night = (WeeklyWindow(SUNDAY, 120, 180),)
    day = utc("2026-03-28T12:00Z")
    assert not any(allowed(night, BERLIN, day + timedelta(minutes=step)) for step in range(1440))


def test_lord_howe_repeats_only_half_an_hour() -> None:
    night = (WeeklyWindow(SUNDAY, 60, 120),)
    begin = utc("2026-04-04T12:00Z")
    inside = sum(allowed(night, LORD_HOWE, begin + timedelta(minutes=m)) for m in range(360))
    assert inside == 90


# --- Until ------------------------------------------------------------------------------------


def test_the_answer_holds_until_the_window_closes_and_opens_again() -> None:
    groups = [group(OFFICE_HOURS)]
    friday = may_open(RITA, ENTRANCE, berlin("2026-01-09T12:00"), groups=groups)
    assert friday.until == berlin("2026-01-09T18:00")
    weekend = may_open(RITA, ENTRANCE, friday.until, groups=groups)
    assert not weekend.allowed
    assert weekend.until == berlin("2026-01-12T08:00")


def test_a_weekly_window_just_missed_comes_again_in_a_week() -> None:
    monday = [group(WeeklyWindow(1, 480, 540))]
    decision = may_open(RITA, ENTRANCE, berlin("2026-01-05T09:00"), groups=monday)
    assert decision.until == berlin("2026-01-12T08:00")


def test_a_window_that_occurs_twice_closes_and_opens_twice() -> None:
    night = [group(WeeklyWindow(SUNDAY, 135, 165))]
    at, turns = utc("2026-10-25T00:00Z"), []
    for _ in range(4):
        at = may_open(RITA, ENTRANCE, at, groups=night).until
        turns.append(f"{at:%d %H:%M}")
    assert turns == ["25 00:15", "25 00:45", "25 01:15", "25 01:45"]


def test_groups_that_join_hands_are_one_answer() -> None:
    groups = [group(OFFICE_HOURS), group(WeeklyWindow(127, 1080, 1320), id=2)]
    decision = may_open(RITA, ENTRANCE, berlin("2026-01-05T12:00"), groups=groups)
    assert decision.until == berlin("2026-01-05T22:00")


def test_an_always_group_ends_with_the_validity_however_far() -> None:
    leaving = replace(RITA, valid_until=utc("2031-06-30T22:00Z"))
    at = utc("2026-01-05T10:00Z")
    assert may_open(leaving, ENTRANCE, at, groups=[group(ALWAYS)]).until == leaving.valid_until
    assert may_open(RITA, ENTRANCE, at, groups=[group(ALWAYS)]).until is None


def test_a_newcomer_begins_with_the_first_window_of_the_validity() -> None:
    newcomer = replace(RITA, valid_from=berlin("2026-02-28T00:00"))
    decision = may_open(newcomer, ENTRANCE, utc("2026-01-05T10:00Z"), groups=[group(OFFICE_HOURS)])
    assert decision.reason is Reason.NOT_STARTED
    assert decision.until == berlin("2026-03-02T08:00")


def test_time_alone_does_not_heal_expiry() -> None:
    expired = replace(RITA, valid_until=utc("2026-01-01T00:00Z"))
    at = utc("2026-01-05T10:00Z")
    assert may_open(expired, ENTRANCE, at, groups=[group(OFFICE_HOURS)]).until is None


def test_a_validity_without_end_in_sight_breaks_nothing() -> None:
    forever = replace(RITA, valid_until=datetime.max.replace(tzinfo=UTC))
    decision = may_open(forever, ENTRANCE, utc("2026-01-05T10:00Z"), groups=[group(ALWAYS)])
    assert decision.until == forever.valid_until


def test_a_moment_in_the_repeated_hour_is_taken_by_its_offset() -> None:
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)
    leaving = replace(RITA, valid_until=datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN))
    assert may_open(leaving, ENTRANCE, second, groups=[group(ALWAYS)]).reason is Reason.EXPIRED


@pytest.mark.parametrize(("zone", "change"), CHANGES)
@given(week=weeks, before=st.integers(0, 2000))
@example(week=(WeeklyWindow(SUNDAY, 120, 150),), before=100)
@example(week=(WeeklyWindow(SUNDAY, 150, 200),), before=10)
@settings(max_examples=10, deadline=None)
def test_the_answer_turns_at_the_very_minute_told(zone, change, week, before) -> None:
    place, held = ZoneInfo(zone), week_minutes(week)
    at = utc(change) - timedelta(minutes=before)
    now = wall_minute(at, place) in held
    walked = (at + timedelta(minutes=step) for step in range(1, 4000))
    turned = next((m for m in walked if (wall_minute(m, place) in held) != now), None)
    told = may_open(RITA, DoorFacts(id=1, zone=place), at, groups=[group(*week)]).until
    if turned is not None:
        assert told == turned
    else:
        assert told is None or told >= at + timedelta(minutes=4000)


# --- Union ------------------------------------------------------------------------------------


@given(
    at=moments,
    held=st.lists(st.tuples(weeks, st.booleans(), st.booleans()), max_size=3),
    added=st.tuples(weeks, st.booleans(), st.booleans()),
)
@settings(max_examples=60, deadline=None)
def test_one_more_group_never_takes_a_right_away(at, held, added) -> None:
    groups = [
        group(*week, id=number, people={7 if hers else 8}, doors=(1 if here else 2,))
        for number, (week, hers, here) in enumerate([*held, added])
    ]
    before = may_open(RITA, ENTRANCE, at, groups=groups[:-1])
    after = may_open(RITA, ENTRANCE, at, groups=groups)
    assert after.allowed >= before.allowed
    alone = [may_open(RITA, ENTRANCE, at, groups=[one]).allowed for one in groups]
    assert after.allowed == any(alone)


@given(
    at=moments,
    week=weeks,
    begin=st.one_of(st.none(), moments),
    end=st.one_of(st.none(), moments),
)
@settings(max_examples=50, deadline=None)
def test_suspending_takes_every_right_and_resuming_gives_back_the_same(
    at, week, begin, end
) -> None:
    person = replace(RITA, valid_from=begin, valid_until=end)
    before = may_open(person, ENTRANCE, at, groups=[group(*week)])
    suspended = may_open(replace(person, suspended=True), ENTRANCE, at, groups=[group(*week)])
    resumed = replace(person, suspended=True)
    resumed = replace(resumed, suspended=False)
    assert not suspended.allowed
    assert may_open(resumed, ENTRANCE, at, groups=[group(*week)]) == before


@given(at=moments, week=weeks)
@settings(max_examples=50, deadline=None)
def test_asking_about_one_group_twice_or_in_another_order_changes_nothing(at, week) -> None:
    groups = [group(*week, id=3), group(OFFICE_HOURS, id=2)]
    asked = may_open(RITA, ENTRANCE, at, groups=groups)
    assert may_open(RITA, ENTRANCE, at, groups=[*reversed(groups), groups[0]]) == asked
