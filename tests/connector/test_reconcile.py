"""From whatever a device holds, the plan leads to what it should hold and touches nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from doorward.connector.driver import HeldPerson, HeldSchedule
from doorward.connector.reconcile import Plan, Wanted, plan, within_slots
from doorward.protocols.akuvox.users import FOREIGN_SLOT, fit_person
from doorward.protocols.neutral import Grant, PersonRecord, ScheduleRecord

KEYS = ["p1", "p2", "p3"]
CARDS = ["AA", "BB", "CC", "DD"]
PINS = ["", "5839", "4071"]
SLOTS = [1, 2, 3]

grants = st.builds(Grant, relay=st.integers(1, 2), slot=st.sampled_from(SLOTS))
strange_grants = st.builds(Grant, relay=st.integers(1, 2), slot=st.just(FOREIGN_SLOT))
schedules = st.dictionaries(
    st.sampled_from(SLOTS), st.tuples(st.integers(1, 127), st.integers(0, 700)), max_size=3
).map(
    lambda drawn: {
        slot: ScheduleRecord(slot=slot, days=days, start=start, end=1440)
        for slot, (days, start) in drawn.items()
    }
)


def records(held: bool) -> st.SearchStrategy[PersonRecord]:
    allowed = st.one_of(grants, strange_grants) if held else grants
    return st.builds(
        PersonRecord,
        name=st.sampled_from(["Rita", "Oscar"]),
        cards=st.lists(st.sampled_from(CARDS), max_size=3).map(tuple),
        grants=st.lists(allowed, max_size=3).map(tuple),
        pin=st.sampled_from(PINS),
    ).map(fit_person)


def without_doubles(people: dict[str, PersonRecord]) -> dict[str, PersonRecord]:
    """A card and a PIN open for one person at a time."""
    seen: set[str] = set()
    clean: dict[str, PersonRecord] = {}
    for key, record in people.items():
        cards = tuple(card for card in record.cards if card not in seen)
        pin = "" if record.pin in seen else record.pin
        seen.update(cards, [pin] if pin else [])
        clean[key] = replace(record, cards=cards, pin=pin)
    return clean


def people(held: bool) -> st.SearchStrategy[dict[str, PersonRecord]]:
    return st.dictionaries(st.sampled_from(KEYS), records(held)).map(without_doubles)


class Box:
    """A device that holds rows, and refuses a card or PIN that is somebody else's."""

    def __init__(
        self, held: dict[str, PersonRecord], held_schedules: dict[int, ScheduleRecord]
    ) -> None:
        stranger = PersonRecord("Stranger", ("5A",), (Grant(1, FOREIGN_SLOT),))
        self.stranger = HeldPerson("0", None, True, stranger)
        self.people = {"0": self.stranger}
        for key, record in held.items():
            self.add(key, record)
        self.schedules = {
            f"s{slot}": HeldSchedule(f"s{slot}", slot, record)
            for slot, record in held_schedules.items()
        }
        self.schedules["always"] = HeldSchedule("always", None, None)

    def add(self, key: str, record: PersonRecord) -> None:
        self._check(key, record)
        handle = str(max(int(one) for one in self.people) + 1)
        self.people[handle] = HeldPerson(handle, key, False, record)

    def put(self, held: HeldPerson, record: PersonRecord) -> None:
        assert held.handle in self.people
        self._check(held.key, record)
        self.people[held.handle] = replace(held, record=record)

    def _check(self, key: str | None, record: PersonRecord) -> None:
        for one in self.people.values():
            if one.key != key:
                assert not set(one.record.cards) & set(record.cards), "a card given twice"
                assert not record.pin or one.record.pin != record.pin, "a PIN given twice"

    def follow(self, steps: Plan) -> None:
        for held in steps.removals:
            assert not held.foreign
            del self.people[held.handle]
        for write in steps.shrinks:
            assert write.held is not None
            steady = {one.slot for one in self.schedules.values()} - {
                one.record.slot for one in steps.schedules
            }
            before = self.people[write.held.handle].record
            gained = set(write.record.grants) - set(before.grants)
            assert {grant.slot for grant in gained} <= steady, "a grant before its schedule"
            self.put(write.held, write.record)
        for one in steps.schedules:
            handle = one.held.handle if one.held else f"s{one.record.slot}"
            self.schedules[handle] = HeldSchedule(handle, one.record.slot, one.record)
        for write in steps.people:
            if write.held is None:
                self.add(write.key, write.record)
            else:
                self.put(write.held, write.record)
        for gone in steps.schedule_removals:
            assert gone.slot is not None
            del self.schedules[gone.handle]

    def ours(self) -> dict[str, PersonRecord]:
        return {one.key: one.record for one in self.people.values() if one.key is not None}


def with_rights(wanted: dict[str, PersonRecord]) -> dict[str, PersonRecord]:
    return {key: record for key, record in wanted.items() if record.grants}


@given(people(True), schedules, people(False), schedules)
def test_a_sweep_reaches_what_is_wanted_from_anywhere(
    held: dict[str, PersonRecord],
    held_schedules: dict[int, ScheduleRecord],
    wanted: dict[str, PersonRecord],
    wanted_schedules: dict[int, ScheduleRecord],
) -> None:
    box = Box(held, held_schedules)
    goal = Wanted(schedules=wanted_schedules, people=wanted, sweep=True)
    box.follow(plan(goal, box.schedules.values(), box.people.values()))
    assert box.ours() == with_rights(wanted)
    ours = {one.slot: one.record for one in box.schedules.values() if one.slot is not None}
    assert ours == wanted_schedules
    assert box.people["0"] == box.stranger
    assert "always" in box.schedules


@given(people(False), people(False))
def test_a_second_plan_has_nothing_to_do(
    held: dict[str, PersonRecord], wanted: dict[str, PersonRecord]
) -> None:
    box = Box(held, {})
    goal = Wanted(schedules={}, people=wanted, sweep=True)
    box.follow(plan(goal, [], box.people.values()))
    assert plan(goal, [], box.people.values()) == Plan()


@given(people(True), people(False), st.sets(st.sampled_from(KEYS)))
def test_changes_touch_only_the_people_they_name(
    held: dict[str, PersonRecord], wanted: dict[str, PersonRecord], named: set[str]
) -> None:
    box = Box(held, {})
    targets = {key: wanted.get(key) for key in named}
    goal = Wanted(schedules={}, people=targets, sweep=False)
    steps = plan(goal, [], box.people.values())
    touched = {one.key for one in (*steps.removals, *steps.shrinks, *steps.people)}
    assert touched <= named


def test_a_row_of_another_system_is_never_taken_over() -> None:
    record = PersonRecord("Rita", ("AA",), (Grant(1, 1),))
    theirs = HeldPerson("9", "p1", True, replace(record, name="Cloud"))
    steps = plan(Wanted(schedules={}, people={"p1": record}, sweep=True), [], [theirs])
    assert steps.people == steps.shrinks == steps.removals == ()
    assert steps.failures[0].why == "another system's row has this person's id"


def test_doubles_of_our_own_rows_go() -> None:
    record = PersonRecord("Rita", ("AA",), (Grant(1, 1),))
    twins = [HeldPerson("1", "p1", False, record), HeldPerson("2", "p1", False, record)]
    steps = plan(Wanted(schedules={}, people={"p1": record}, sweep=True), [], twins)
    assert [one.handle for one in steps.removals] == ["2"]


def test_rights_without_their_schedule_are_not_written() -> None:
    record = PersonRecord("Rita", ("AA",), (Grant(1, 1), Grant(2, 2)))
    assert within_slots(record, {2}).grants == (Grant(2, 2),)
