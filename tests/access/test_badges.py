"""From a row of a device's log to a judged line: who, which door, why, and who disagrees."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from doorward.access.actions import badges, credentials, groups
from doorward.access.actions.pins import add_pin
from doorward.activity.models import DoorEvent
from doorward.activity.reasons import Reason
from doorward.devices.actions import shelf as shelves
from doorward.devices.actions.doors import DoorForm, create_door
from doorward.devices.models import Command, Device, Door, ShelfHead
from doorward.kit import clock
from doorward.people.actions import PersonForm, change_person, suspend_people
from doorward.people.models import Person
from doorward.protocols import neutral
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.cast import BOBS_CARD, BUILDER, RITAS_CARD, Cast, badge

pytestmark = pytest.mark.django_db

# A Wednesday, 11:00 in Berlin; the office is open. Nobody is in on Sunday.
NOON = datetime(2026, 1, 14, 10, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 1, 18, 10, 0, tzinfo=UTC)


def confirm(device: Device) -> None:
    head = ShelfHead.objects.get(device=device)
    shelves.confirm(device.pk, epoch=head.epoch, revision=head.revision, failures=())


def event_of(device: Device, code: str = RITAS_CARD, **told: object) -> DoorEvent:
    """Record one row and return its line."""
    row = badge(device, "row", code, **{"at": NOON, **told})
    badges.record_badges(device, [row])
    return DoorEvent.objects.get(device=device, local_id="row")


def test_a_right_in_time_is_the_reason(lobby: Device, rita: Person) -> None:
    event = event_of(lobby)
    assert (event.reason, event.disputed) == (Reason.OK, False)
    assert event.person_id == rita.pk


def test_a_line_reads_well_without_the_things_it_names(
    lobby: Device, rita: Person, cast: Cast
) -> None:
    event = event_of(lobby)
    names = (event.door_name, event.person_name, event.card_tail)
    assert names == ("Front door", "Rita Rowe", "2C3D")
    assert event.company_id == cast.acme.pk


def test_outside_the_hours_is_another_reason(lobby: Device) -> None:
    event = event_of(lobby, at=SUNDAY, accepted=False)
    assert (event.reason, event.disputed) == (Reason.OUT_OF_SCHEDULE, False)


def test_a_door_without_a_group_is_no_right(garage: Device) -> None:
    event = event_of(garage, accepted=False)
    assert (event.reason, event.disputed) == (Reason.NO_RIGHT, False)


def test_the_end_of_a_validity_is_expired(
    mona: Actor, cast: Cast, lobby: Device, rita: Person
) -> None:
    form = PersonForm(first_name="Rita", last_name="Rowe", valid_until=NOON)
    change_person(mona, rita, cast.acme, form)
    event = event_of(lobby, accepted=False)
    assert event.reason == Reason.EXPIRED


def test_a_suspended_person_is_refused_as_such(mona: Actor, lobby: Device, rita: Person) -> None:
    suspend_people(mona, [rita])
    event = event_of(lobby, accepted=False)
    assert (event.reason, event.disputed) == (Reason.SUSPENDED, False)


def test_a_card_nobody_holds_is_unknown(lobby: Device) -> None:
    event = event_of(lobby, "DEADBEEF", accepted=False)
    assert (event.reason, event.person_id, event.disputed) == (
        Reason.UNKNOWN_CREDENTIAL,
        None,
        False,
    )


def test_a_device_that_lets_a_stranger_in_is_shown(lobby: Device) -> None:
    event = event_of(lobby, "DEADBEEF", accepted=True)
    assert (event.reason, event.disputed) == (Reason.UNKNOWN_CREDENTIAL, True)


def test_a_right_taken_away_that_still_opens_is_shown(
    mona: Actor, cast: Cast, garage: Device, bob: Person
) -> None:
    groups.delete_group(mona, cast.group("Birch parking"))
    event = event_of(garage, BOBS_CARD, accepted=True)
    assert (event.reason, event.disputed) == (Reason.NO_RIGHT, True)


def test_a_refusal_before_the_door_was_told_says_so(lobby: Device) -> None:
    event = event_of(lobby, accepted=False)
    assert (event.reason, event.disputed) == (Reason.NOT_SYNCED, False)


def test_a_refusal_after_the_door_was_told_is_disputed(lobby: Device) -> None:
    confirm(lobby)
    event = event_of(lobby, accepted=False)
    assert (event.reason, event.disputed) == (Reason.OK, True)


def test_the_card_decides_not_the_name_or_number_in_the_row(
    lobby: Device, rita: Person, bob: Person
) -> None:
    event = event_of(lobby, RITAS_CARD, person=str(bob.pk))
    assert event.person_id == rita.pk


def test_a_reader_that_drops_leading_zeros_names_the_same_person(
    lobby: Device, rita: Person
) -> None:
    assert event_of(lobby, RITAS_CARD.lstrip("0").lower()).person_id == rita.pk


def test_a_row_without_a_card_is_found_by_our_own_number(lobby: Device, bob: Person) -> None:
    assert event_of(lobby, "", person=str(bob.pk)).person_id == bob.pk


@pytest.mark.parametrize("number", ["Rita Rowe", "", "-1", "999999", "1.0", "²"])
def test_nobody_is_found_by_anything_else(lobby: Device, number: str) -> None:
    assert event_of(lobby, "", person=number).person_id is None


def test_a_person_of_another_site_is_nobody_here(lobby: Device, cast: Cast) -> None:
    olga = cast.person("Olga")
    assert event_of(lobby, "55667788", person=str(olga.pk)).person_id is None


def test_the_device_s_own_clock_says_whether_the_hours_fit(lobby: Device) -> None:
    """It decided by its clock; that it runs a day off shows in the two times."""
    event = event_of(lobby, at=NOON, device_time="2026-01-18T11:00:00", accepted=False)
    assert event.reason == Reason.OUT_OF_SCHEDULE
    assert (event.at, event.device_at) == (NOON, SUNDAY)


@pytest.mark.parametrize(
    "told", ["", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-02-30T00:00:00"]
)
def test_an_absurd_clock_does_not_cost_the_line(lobby: Device, rita: Person, told: str) -> None:
    assert event_of(lobby, device_time=told).person_id == rita.pk


def test_the_same_row_twice_counts_once(lobby: Device) -> None:
    row = badge(lobby, "again", RITAS_CARD, at=NOON)
    badges.record_badges(lobby, [row, row])
    badges.record_badges(lobby, [row])
    assert DoorEvent.objects.filter(device=lobby, local_id="again").count() == 1


def test_a_row_number_after_a_reset_is_another_row(lobby: Device) -> None:
    for generation in (1, 2):
        row = badge(lobby, "reset", RITAS_CARD, at=NOON, generation=generation)
        badges.record_badges(lobby, [row])
    assert DoorEvent.objects.filter(device=lobby, local_id="reset").count() == 2


def test_a_refusal_of_no_relay_means_the_only_door(lobby: Device, front_door: object) -> None:
    event = event_of(lobby, "DEADBEEF", relays=(), accepted=False)
    assert event.door_name == "Front door"


def test_a_refusal_of_no_relay_names_the_device_where_it_moves_two_doors(garage: Device) -> None:
    event = event_of(garage, "DEADBEEF", relays=(), accepted=False)
    assert (event.door_id, event.door_name) == (None, "Garage")


def test_two_times_of_an_hour_that_repeats_are_both_kept(lobby: Device, cast: Cast) -> None:
    event = event_of(lobby, device_time="2026-10-25T02:30:00", accepted=False)
    assert event.device_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_no_month_was_prepared_for_is_kept(lobby: Device) -> None:
    event = event_of(lobby, at=datetime(2025, 5, 5, 12, tzinfo=UTC))
    assert event.at.year == 2025


def test_a_connector_ahead_of_time_puts_no_line_above_those_to_come(lobby: Device) -> None:
    assert event_of(lobby, at=datetime(2031, 5, 5, 12, tzinfo=UTC)).at <= clock.now()


def test_cards_of_one_burst_are_judged_with_few_questions(
    lobby: Device, django_assert_max_num_queries: object
) -> None:
    rows = [badge(lobby, place, RITAS_CARD, at=NOON) for place in range(300)]
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        badges.record_badges(lobby, rows)


def test_a_door_opened_from_the_portal_is_one_line(front_door: Door) -> None:
    command = Command.objects.get(door=front_door)
    badges.record_unlock(command)
    event = DoorEvent.objects.get(local_id=f"command-{command.pk}")
    assert (event.method, event.reason, event.door_name) == ("remote", "ok", "Front door")


@pytest.mark.parametrize(("who", "seen"), [("ada", True), ("mona", False)])
def test_what_an_administrator_opens_from_the_portal_is_their_company_s(
    front_door: Door, cast: Cast, who: str, seen: bool
) -> None:
    command = Command.objects.get(door=front_door)
    command.account, command.settled_at = cast.actor(who).account, NOON
    badges.record_unlock(command)
    lines = DoorEvent.objects.filter(local_id=f"command-{command.pk}", at=NOON)
    assert lines.visible_to(cast.actor("ada")).exists() == seen
    assert lines.visible_to(cast.actor("mona")).exists()


def test_an_order_under_way_is_no_line_yet(front_door: Door) -> None:
    command = Command.objects.get(door=front_door)
    command.settled_at = None
    with pytest.raises(ValueError, match="settled"):
        badges.record_unlock(command)


def test_each_relay_that_moved_is_a_line(garage: Device) -> None:
    row = badge(garage, "both", BOBS_CARD, at=NOON, relays=(1, 2))
    badges.record_badges(garage, [row])
    lines = DoorEvent.objects.filter(device=garage, local_id__startswith="both")
    assert sorted(lines.values_list("door_name", "reason")) == [
        ("Ramp", "ok"),
        ("Store", "no_right"),
    ]


@time_machine.travel(NOON)
def test_a_door_added_later_is_judged_by_its_own_groups(
    ivan: Actor, maple: Site, lobby: Device, rita: Person
) -> None:
    create_door(ivan, maple, DoorForm(name="Back door", device=lobby, relay=2))
    event = event_of(lobby, relays=(2,), accepted=False)
    assert (event.door_name, event.reason) == ("Back door", Reason.NO_RIGHT)


def test_two_groups_are_one_right(mona: Actor, lobby: Device, rita: Person) -> None:
    night = NOON + timedelta(hours=12)
    assert event_of(lobby, at=night).reason == Reason.OK


def test_a_second_card_names_the_same_person(mona: Actor, lobby: Device, rita: Person) -> None:
    credentials.add_card(BUILDER, rita, number="CAFEBABE")
    event = event_of(lobby, "CAFEBABE")
    assert (event.person_id, event.card_tail) == (rita.pk, "BABE")


def test_a_pin_names_its_holder_and_nothing_of_it_is_kept(lobby: Device, rita: Person) -> None:
    add_pin(BUILDER, rita, "583914")
    event = event_of(lobby, "583914", method=neutral.Method.PIN)
    assert (event.person_id, event.method, event.card_tail) == (rita.pk, "pin", "")


def test_a_card_number_typed_on_the_keypad_is_no_card(lobby: Device) -> None:
    event = event_of(lobby, BOBS_CARD, method=neutral.Method.PIN, accepted=False)
    assert (event.person_id, event.reason) == (None, Reason.UNKNOWN_CREDENTIAL)


def test_a_pin_without_its_digits_is_found_by_our_key(lobby: Device, rita: Person) -> None:
    event = event_of(lobby, "", method=neutral.Method.PIN, person=str(rita.pk))
    assert (event.person_id, event.reason) == (rita.pk, Reason.OK)


def test_a_short_number_is_not_shown_whole(lobby: Device) -> None:
    assert event_of(lobby, "1234", accepted=False).card_tail == "34"


def test_a_way_to_open_of_the_future_is_kept_as_unknown(lobby: Device) -> None:
    event = event_of(lobby, "", method=neutral.Method.UNKNOWN, accepted=True)
    assert event.method == "unknown"
