"""Words become JSON values and the same words again; nonsense is refused by name."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from doorward.protocols import neutral
from doorward.protocols.wire import WireError, pack, unpack

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    at: datetime


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    colours: tuple[Colour, ...]
    inner: Inner | None = None


WORD = Outer("a", 1, (Colour.RED,), Inner(datetime(2026, 3, 29, 1, tzinfo=UTC)))


def test_a_word_comes_back_as_it_went() -> None:
    assert unpack(Outer, pack(WORD)) == WORD


def test_times_travel_in_utc() -> None:
    at = datetime(2026, 3, 29, 3, tzinfo=timezone(timedelta(hours=2)))
    assert pack(Inner(at)) == {"at": "2026-03-29T01:00:00+00:00"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": 7}, "name"),
        ({"count": True}, "count"),
        ({"count": "1"}, "count"),
        ({"count": 1.0}, "count"),
        ({"colours": "red"}, "colours"),
        ({"colours": ["blue"]}, "colours[0]"),
        ({"inner": {}}, "inner.at"),
        ({"inner": {"at": "yesterday"}}, "inner.at"),
        ({"inner": {"at": "2026-03-29T01:00:00"}}, "inner.at"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], field: str) -> None:
    with pytest.raises(WireError) as refusal:
        unpack(Outer, {**pack(WORD), **change})
    assert refusal.value.field == field


def test_a_schedule_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(WireError):
        unpack(neutral.ScheduleRecord, {"slot": 1, "days": 1, "start": 60, "end": 60})


@given(
    st.sampled_from([Outer, neutral.Assignment, neutral.PersonRecord, neutral.BadgeScanned]),
    json_values,
)
def test_nonsense_raises_nothing_but_wire_errors(kind: type, value: object) -> None:
    try:
        unpack(kind, value)
    except WireError:
        event("refused")
    else:
        event("read")


def test_what_no_database_takes_is_replaced_and_blocks_nothing() -> None:
    assert unpack(str, "door\x00 \ud800") == "door\ufffd ?"


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_a_number_beyond_any_of_ours_is_refused(number: int) -> None:
    with pytest.raises(WireError):
        unpack(int, number)


def test_a_time_outside_the_calendar_is_refused() -> None:
    with pytest.raises(WireError):
        unpack(datetime, "0001-01-01T00:00:00+14:00")
