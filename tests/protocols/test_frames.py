"""Frames of the connector link survive the way, and anything else is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from doorward.protocols import neutral
from doorward.protocols.link import frames
from doorward.protocols.wire import WireError

times = st.datetimes(timezones=st.just(UTC))
numbers = st.integers(-(2**53), 2**53)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
words = {str: texts, int: numbers, datetime: times}
people = st.builds(
    neutral.PersonRecord,
    name=words[str],
    cards=st.lists(words[str], max_size=3).map(tuple),
    grants=st.lists(st.builds(neutral.Grant, numbers, numbers), max_size=3).map(tuple),
    valid_from=st.none() | times,
    valid_until=st.none() | times,
)
schedules = st.builds(
    neutral.ScheduleRecord,
    slot=numbers,
    days=st.integers(1, 127),
    start=st.integers(0, 700),
    end=st.integers(701, 1440),
)
clocks = st.builds(
    neutral.ClockRecord,
    zone=words[str],
    ntp_servers=st.lists(words[str], max_size=2).map(tuple),
    hours=numbers,
    date_format=st.sampled_from(neutral.DateFormat),
)
relays = st.builds(neutral.RelayRecord, numbers, words[str], numbers)


# What the link takes: numbers that a database can hold, texts without NUL or half a character.
st.register_type_strategy(int, numbers)
st.register_type_strategy(str, texts)
st.register_type_strategy(datetime, times)


def entries(kind: neutral.Kind, bodies: st.SearchStrategy[neutral.Record]) -> st.SearchStrategy:
    return st.builds(neutral.Entry, st.just(kind), words[str], numbers, st.none() | bodies)


any_entry = st.one_of(
    entries(neutral.Kind.PERSON, people),
    entries(neutral.Kind.SCHEDULE, schedules),
    entries(neutral.Kind.CLOCK, clocks),
    entries(neutral.Kind.RELAY, relays),
)
changes = st.builds(
    neutral.ApplyChanges,
    device=words[str],
    epoch=numbers,
    base=numbers,
    revision=numbers,
    full=st.booleans(),
    last=st.booleans(),
    entries=st.lists(any_entry, max_size=4).map(tuple),
)
orders = st.one_of(
    changes,
    st.builds(neutral.UnlockDoor, words[str], numbers, numbers),
    st.from_type(neutral.AssignDevices),
)
reports = st.one_of(
    st.builds(neutral.DeviceIdentified, words[str], times, *[words[str]] * 4),
    st.builds(
        neutral.OrderSettled,
        words[str],
        times,
        st.sampled_from(neutral.Outcome),
        st.none() | st.sampled_from(neutral.Problem),
    ),
    st.builds(neutral.LogUnreadable, words[str], times, words[str], words[str]),
)
any_frame = st.one_of(
    st.builds(frames.order, words[str], orders, expires_ms=numbers),
    st.builds(frames.report, numbers, reports),
    st.from_type(frames.StateFrame),
    st.from_type(frames.Hello),
    st.from_type(frames.Welcome),
    st.from_type(frames.Beat),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(any_frame)
def test_a_frame_comes_back_as_it_went(frame: frames.Frame) -> None:
    assert frames.decode(frames.encode(frame)) == frame


@given(st.text() | st.binary())
def test_noise_is_a_wire_error_and_nothing_else(message: str | bytes) -> None:
    with pytest.raises(WireError):
        frames.decode(message)


@given(any_frame, st.data())
def test_a_frame_with_one_part_replaced_is_read_or_refused(
    frame: frames.Frame, data: st.DataObject
) -> None:
    value = json.loads(frames.encode(frame))
    place = value
    while True:
        name = data.draw(
            st.sampled_from(sorted(place)) if isinstance(place, dict) and place else st.none()
        )
        if name is None:
            break
        if isinstance(place[name], dict) and place[name] and data.draw(st.booleans()):
            place = place[name]
            continue
        place[name] = data.draw(json_values)
        break
    try:
        frames.decode(json.dumps(value))
    except WireError:
        event("refused")
    else:
        event("read")


@given(st.sampled_from(["order", "report", "state", "welcome", "enrol"]), json_values)
def test_a_tag_with_any_content_is_read_or_refused(tag: str, content: object) -> None:
    inner = content if isinstance(content, dict) else {"body": content}
    try:
        frames.decode(json.dumps({**inner, "t": tag}))
    except WireError:
        event("refused")
    else:
        event("read")


@given(st.from_type(frames.StateFrame) | st.from_type(frames.Hello) | st.from_type(frames.Welcome))
def test_an_older_peer_is_told_nothing_that_came_later(frame: frames.Frame) -> None:
    told = json.loads(frames.encode(frame, 1))
    later = {"words", "findings", "profile", "tie"}
    assert not later & {*told, *(name for one in told.get("devices", ()) for name in one)}
    frames.decode(json.dumps(told))


@given(st.from_type(neutral.Assignment))
def test_an_older_connector_is_assigned_a_device_in_its_words(one: neutral.Assignment) -> None:
    frame = frames.order("o", neutral.AssignDevices(devices=(one,)))
    (told,) = json.loads(frames.encode(frame, 1))["body"]["devices"]
    assert set(told) == {"device", "driver", "address", "mac", "auth_mode", "user", "password"}


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(WireError):
        frames.decode("[" * 100_000)


def test_a_frame_may_not_be_larger_than_a_megabyte() -> None:
    with pytest.raises(WireError, match="larger"):
        frames.decode("x" * (frames.MAX_FRAME_BYTES + 1))


def test_a_part_of_the_largest_changes_fits_into_a_frame() -> None:
    at = datetime(2026, 3, 29, tzinfo=UTC)
    person = neutral.PersonRecord(
        name="N" * 64,
        cards=("F" * 16,) * 5,
        grants=tuple(neutral.Grant(relay, slot) for relay in (1, 2) for slot in range(10)),
        valid_from=at,
        valid_until=at + timedelta(days=1),
    )
    entry = neutral.Entry(neutral.Kind.PERSON, "k" * 36, 2**40, person)
    body = neutral.ApplyChanges("d" * 36, 1, 1, 2, True, True, (entry,) * frames.ENTRIES_A_PART)
    assert len(frames.encode(frames.order("o", body))) < frames.MAX_FRAME_BYTES


def test_a_report_is_spooled_and_read_again() -> None:
    body = neutral.OrderSettled("o1", datetime(2026, 3, 29, tzinfo=UTC), neutral.Outcome.DONE, None)
    assert frames.decode_report(*frames.encode_report(body)) == body


def test_states_that_are_told_again_are_the_same_and_new_ones_are_read() -> None:
    reader = frames.States()
    one, other = (
        frames.DeviceState("1", online, None, 1, 5, clock_skew=0) for online in (True, False)
    )
    first = reader.decode(frames.encode(frames.StateFrame(1, 0, (one,))))
    again = reader.decode(frames.encode(frames.StateFrame(2, 7, (one,))))
    assert isinstance(first, frames.StateFrame)
    assert again == frames.StateFrame(2, 7, (one,))
    assert again.devices is first.devices
    assert reader.decode(frames.encode(frames.StateFrame(3, 0, (other,)))).devices == (other,)


@pytest.mark.parametrize(
    "text",
    [
        '{"t":"state","sent_ms":1,"spool_depth":0,"devices":[{}]}',
        '{"t":"state","sent_ms":1,"spool_depth":0,"devices":[]',
        '{"t":"state","sent_ms":1,"spool_depth":0,"devices":[],"more":1}',
    ],
)
def test_states_that_do_not_parse_are_refused_each_time(text: str) -> None:
    reader = frames.States()
    for _ in range(2):
        with pytest.raises(WireError):
            reader.decode(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"t":"reports","seq":1,"reports":[]}',
        '{"t":"reports","seq":true,"reports":[["AlarmsOver",{}]]}',
        '{"t":"reports","seq":1,"reports":[["AlarmsOver"]]}',
        '{"t":"reports","seq":1,"reports":[["Nothing",{}]]}',
        '{"t":"reports","seq":1,"reports":[["AlarmsOver",{"device":"1","at":"never"}]]}',
    ],
)
def test_reports_together_that_do_not_parse_are_refused(text: str) -> None:
    with pytest.raises(WireError):
        frames.decode(text)
