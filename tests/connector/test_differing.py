"""What is told to differ is what differs, mending it leads to equality, and strangers are safe."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.connector.differing import as_wanted, differences, strangers
from doorward.connector.driver import HeldPerson, HeldSchedule
from doorward.connector.reconcile import Wanted, plan
from doorward.protocols.akuvox.spelling import decoded, same
from doorward.protocols.akuvox.users import FOREIGN_SLOT
from doorward.protocols.neutral import Grant, Kind, Oddity, PersonRecord, ScheduleRecord
from tests.connector.test_reconcile import KEYS, Box, people, schedules, with_rights

names = st.sets(
    st.one_of(
        st.tuples(st.just(Kind.PERSON), st.sampled_from(KEYS)),
        st.tuples(st.just(Kind.SCHEDULE), st.sampled_from(["1", "2", "3"])),
    )
)
STRANGER = HeldPerson("9", None, True, PersonRecord("Janitor", ("5A",), (Grant(1, FOREIGN_SLOT),)))

# On a busy machine the first draws take their time.
patiently = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def everything(wanted: Wanted) -> set[tuple[Kind, str]]:
    return {(Kind.PERSON, key) for key in wanted.people} | {
        (Kind.SCHEDULE, str(slot)) for slot in wanted.schedules
    }


@patiently
@given(people(True), schedules, people(False), schedules)
def test_each_difference_is_told_and_nothing_else(
    held: dict[str, PersonRecord],
    held_schedules: dict[int, ScheduleRecord],
    wanted: dict[str, PersonRecord],
    wanted_schedules: dict[int, ScheduleRecord],
) -> None:
    box = Box(held, held_schedules)
    goal = Wanted(schedules=wanted_schedules, people=wanted, sweep=True)
    found = differences(
        goal, box.schedules.values(), box.people.values(), steady=everything(goal), was_whole=True
    )
    told = {(one.kind, one.key): one for one in found}
    assert len(told) == len(found)
    ours, theirs = with_rights(wanted), box.ours()
    for key in {*ours, *theirs}:
        one = told.pop((Kind.PERSON, key), None)
        if ours.get(key) == theirs.get(key):
            assert one is None
        else:
            assert one is not None
            assert (one.oddity is Oddity.MISSING) == (key not in theirs)
            assert (one.oddity is Oddity.ADDED) == (key not in ours)
    for slot in {*wanted_schedules, *held_schedules}:
        one = told.pop((Kind.SCHEDULE, str(slot)), None)
        assert (one is None) == (wanted_schedules.get(slot) == held_schedules.get(slot))
    assert told == {}


@patiently
@given(people(True), schedules, people(False), schedules)
def test_after_the_mend_nothing_differs_and_strangers_stand_as_they_were(
    held: dict[str, PersonRecord],
    held_schedules: dict[int, ScheduleRecord],
    wanted: dict[str, PersonRecord],
    wanted_schedules: dict[int, ScheduleRecord],
) -> None:
    box = Box(held, held_schedules)
    goal = Wanted(schedules=wanted_schedules, people=wanted, sweep=True)
    before = strangers(box.people.values(), str.encode)
    box.follow(plan(goal, box.schedules.values(), box.people.values()))
    assert strangers(box.people.values(), str.encode) == before
    assert box.people["0"] == box.stranger
    left = differences(
        goal, box.schedules.values(), box.people.values(), steady=everything(goal), was_whole=True
    )
    assert left == ()


@patiently
@given(people(True), people(False), names, st.booleans())
def test_work_that_is_under_way_is_no_difference(
    held: dict[str, PersonRecord],
    wanted: dict[str, PersonRecord],
    steady: set[tuple[Kind, str]],
    was_whole: bool,
) -> None:
    box = Box(held, {})
    goal = Wanted(schedules={}, people=wanted, sweep=True)
    found = differences(goal, [], box.people.values(), steady=steady, was_whole=was_whole)
    for one in found:
        if one.key in wanted:
            assert (one.kind, one.key) in steady
        else:
            assert was_whole


@given(st.text("Jörgß王小明Ж ab", min_size=1), st.sampled_from(["utf-8", "gb18030", "latin-1"]))
def test_a_name_is_known_again_in_the_encoding_that_a_device_prints(
    name: str, encoding: str
) -> None:
    try:
        printed = name.encode(encoding)
    except UnicodeEncodeError:
        return
    assert same(decoded(printed), name)


def test_another_name_is_another_name() -> None:
    assert not same("Jürg", "Jörg")
    assert not same(decoded("Jürgen".encode("latin-1")), "Jörg")
    assert not same("Rita", "Ritá")
    assert not same("R\ufffdta", "Rita")


def test_a_stranger_is_never_renamed_nor_told_as_ours() -> None:
    record = replace(STRANGER.record, name="Jörg")
    seen = as_wanted([STRANGER], lambda _: record, lambda held, wanted: True)
    assert seen == [STRANGER]
    goal = Wanted(schedules={}, people={}, sweep=True)
    assert differences(goal, [], seen, steady=set(), was_whole=True) == ()


def test_a_schedule_in_words_that_nobody_understands_differs() -> None:
    goal = Wanted(schedules={1: ScheduleRecord(1, 127, 0, 1440)}, people={}, sweep=True)
    odd = [HeldSchedule("3", 1, None)]
    (found,) = differences(goal, odd, [], steady=everything(goal), was_whole=True)
    assert (found.oddity, found.key) == (Oddity.CHANGED, "1")


def test_half_a_letter_in_a_name_stops_nobody() -> None:
    half = replace(STRANGER, record=replace(STRANGER.record, name="Jan\ud800itor"))
    assert strangers([half], str.encode)[0].key
    assert not same("Jan\ud800itor", "Jänitor")


def test_a_stranger_s_key_tells_no_card_and_changes_with_it() -> None:
    def mark(text: str) -> bytes:
        return text.encode()[::-1]

    other = replace(STRANGER, record=replace(STRANGER.record, cards=("5B",)))
    (first,), (second,) = strangers([STRANGER], mark), strangers([other], mark)
    assert first.key != second.key
    assert (first.name, first.cards, first.relays) == ("Janitor", 1, (1,))
