"""Alarms: raised by signals of devices, once; seen and closed by people."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from doorward.activity.actions.alarms import acknowledge_alarms, close_alarms, record_signals
from doorward.activity.models import Alarm, DoorEvent
from doorward.devices.models import Device, Door, Moment
from doorward.kit.errors import Forbidden
from doorward.protocols import neutral
from doorward.protocols.neutral import AlarmKind
from doorward.tenancy.actor import Actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calm(cast: Cast) -> None:
    """Let nothing be wrong yet."""
    Alarm.objects.all().delete()


AT = datetime.fromisoformat("2026-11-28T12:00:00+00:00")


@pytest.fixture
def front(lobby: Device, cast: Cast) -> Door:
    """Return the front door, its button on input A and its contact on input B."""
    door = cast.door("Front door")
    assert door.device_id == lobby.pk
    door.exit_input, door.contact_input = 1, 2
    door.save()
    return door


def turned(lobby: Device, number: int, *, on: bool, after: int = 0) -> neutral.InputChanged:
    return neutral.InputChanged(str(lobby.pk), AT + timedelta(seconds=after), number, on)


def raised(lobby: Device, kind: AlarmKind, *inputs: int, after: int = 0) -> neutral.AlarmRaised:
    return neutral.AlarmRaised(str(lobby.pk), AT + timedelta(seconds=after), kind, inputs)


def the_alarm() -> Alarm:
    return Alarm.objects.get()


def test_a_forced_door_is_named_by_its_contact(front: Door, lobby: Device) -> None:
    record_signals(lobby, [turned(lobby, 2, on=True), raised(lobby, AlarmKind.FORCED, 2)])
    alarm = the_alarm()
    assert (alarm.kind, alarm.door, alarm.state) == ("forced", front, "new")
    front.refresh_from_db()
    assert front.open_since == AT


def test_calls_in_another_order_mean_the_same(front: Door, lobby: Device) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.FORCED, 2), turned(lobby, 2, on=True)])
    assert the_alarm().door == front


def test_the_same_again_counts_up_and_makes_no_second(front: Door, lobby: Device) -> None:
    for after in (0, 5, 9):
        record_signals(lobby, [raised(lobby, AlarmKind.HELD, 2, after=after)])
    alarm = the_alarm()
    assert (alarm.count, alarm.last_at) == (3, AT + timedelta(seconds=9))


def test_a_door_that_shuts_ends_its_alarms_but_they_stay_open(front: Door, lobby: Device) -> None:
    record_signals(lobby, [turned(lobby, 2, on=True), raised(lobby, AlarmKind.FORCED, 2)])
    record_signals(lobby, [turned(lobby, 2, on=False, after=7)])
    alarm = the_alarm()
    assert (alarm.over_at, alarm.closed_at) == (AT + timedelta(seconds=7), None)
    assert alarm.state == "new"


def test_whoever_sees_one_that_is_over_closes_it(front: Door, lobby: Device, mona: Actor) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.FORCED, 2), turned(lobby, 2, on=True)])
    record_signals(lobby, [turned(lobby, 2, on=False, after=7)])
    acknowledge_alarms(mona, Alarm.objects.all(), note="the wind")
    alarm = the_alarm()
    assert (alarm.state, alarm.acknowledged_by, alarm.note) == ("closed", "Mona", "the wind")
    record_signals(lobby, [raised(lobby, AlarmKind.FORCED, 2, after=60)])
    assert Alarm.objects.count() == 2


def test_one_that_is_seen_and_lasts_ends_with_its_door(
    front: Door, lobby: Device, mona: Actor
) -> None:
    record_signals(lobby, [turned(lobby, 2, on=True), raised(lobby, AlarmKind.HELD, 2)])
    acknowledge_alarms(mona, Alarm.objects.all())
    assert the_alarm().state == "acknowledged"
    record_signals(lobby, [turned(lobby, 2, on=False, after=3)])
    assert the_alarm().state == "closed"


def test_a_tampered_device_is_closed_by_hand(lobby: Device, mona: Actor) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.TAMPER)])
    close_alarms(mona, Alarm.objects.all(), note="mended")
    assert (the_alarm().state, the_alarm().note) == ("closed", "mended")


def test_a_device_that_says_that_nothing_lasts_ends_its_own(lobby: Device) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.TAMPER)])
    record_signals(lobby, [neutral.AlarmsOver(str(lobby.pk), AT + timedelta(seconds=9))])
    assert the_alarm().over_at == AT + timedelta(seconds=9)


def test_an_exit_button_is_a_line_of_the_log_and_no_alarm(front: Door, lobby: Device) -> None:
    record_signals(lobby, [turned(lobby, 1, on=True), turned(lobby, 1, on=False, after=1)])
    line = DoorEvent.objects.get(method="exit")
    assert (line.door, line.accepted, line.reason) == (front, True, "exit")
    assert not Alarm.objects.exists()


def test_a_contact_is_no_alarm_either(front: Door, lobby: Device) -> None:
    record_signals(lobby, [turned(lobby, 2, on=True)])
    assert not Alarm.objects.exists()


def test_an_input_that_no_door_names_raises_one(front: Door, lobby: Device) -> None:
    record_signals(lobby, [turned(lobby, 4, on=True)])
    assert (the_alarm().kind, the_alarm().input, the_alarm().door) == ("input", 4, None)
    record_signals(lobby, [turned(lobby, 4, on=False, after=2)])
    assert the_alarm().over_at == AT + timedelta(seconds=2)


def test_an_input_that_no_device_has_is_refused(lobby: Device) -> None:
    with pytest.raises(ValueError, match="no input 0"):
        record_signals(lobby, [turned(lobby, 0, on=True)])


def test_every_alarm_stands_in_the_devices_life(front: Door, lobby: Device) -> None:
    restarted = neutral.DeviceRestarted(str(lobby.pk), AT, 3)
    record_signals(lobby, [turned(lobby, 2, on=True), raised(lobby, AlarmKind.FORCED, 2)])
    record_signals(lobby, [turned(lobby, 2, on=False, after=7), restarted])
    kinds = set(Moment.objects.filter(device=lobby).values_list("kind", flat=True))
    assert {"alarm", "alarm_over", "restarted"} <= kinds


def test_a_companys_administrator_sees_and_does_not_handle(
    front: Door, lobby: Device, ada: Actor
) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.FORCED, 2), raised(lobby, AlarmKind.TAMPER)])
    seen = Alarm.objects.visible_to(ada)
    assert {alarm.kind for alarm in seen} == ({"forced"} if front.granted_nodes else set())
    with pytest.raises(Forbidden):
        acknowledge_alarms(ada, seen)


def test_names_stay_when_the_thing_goes(front: Door, lobby: Device) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.FORCED, 2)])
    Door.objects.filter(pk=front.pk).update(name="Another name")
    assert the_alarm().door_name == "Front door"


def test_a_file_says_in_words_what_the_list_shows(front: Door, lobby: Device, cast: Cast) -> None:
    record_signals(lobby, [raised(lobby, AlarmKind.FORCED, 2), turned(lobby, 4, on=True)])
    address = reverse("alarms", args=[cast.maple.pk])
    answer = cast.client("mona").post(address, {"export": "csv", "columns": "whole"})
    told = b"".join(answer).decode()
    assert "Forced open" in told
    assert "Input D of Lobby" in told
    assert "New" in told
