"""A device is given no more people and hours than it has room for; what is in the way is named."""

from collections.abc import Callable

import pytest
from django.db import transaction

from doorward.access.actions import capacity, credentials, members
from doorward.access.windows import WeeklyWindow
from doorward.devices.actions.presence import note_states
from doorward.devices.models import Device
from doorward.kit import clock
from doorward.kit.errors import Refused
from doorward.people.actions import (
    PersonForm,
    change_person,
    create_group,
    create_person,
    delete_people,
    move_group,
    restore_people,
    resume_people,
    suspend_people,
)
from doorward.people.models import Group, Person
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.neutral import EVERY_DAY, CapabilityProfile, Limits
from doorward.tenancy.actor import Actor
from tests.access.test_shelf import regroup, shelf_of
from tests.cast import BUILDER, Cast
from tests.jobs import run_all

pytestmark = pytest.mark.django_db


def room(device: Device, **limits: int) -> None:
    """Let the connector say how much a device holds."""
    profile = CapabilityProfile(clock.now(), device.mac, "1.2.3.4", (), Limits(**limits))
    state = DeviceState(str(device.pk), True, None, 0, 0, 0, (), profile)
    note_states(device.connector_id, clock.now(), 0, [state])


@pytest.fixture
def ned(cast: Cast) -> Person:
    """Somebody of Acme with a card, whom no door knows yet."""
    form = PersonForm(first_name="Ned", last_name="New")
    person = create_person(BUILDER, cast.acme, form)
    credentials.add_card(BUILDER, person, number="0BADCAFE")
    return person


def test_one_person_too_many_is_refused_with_the_groups_in_the_way(
    mona: Actor, cast: Cast, lobby: Device, ned: Person
) -> None:
    room(lobby, people=2)
    with pytest.raises(Refused) as refusal:
        members.add_people(mona, cast.group("Office hours"), [ned])
    assert refusal.value.code == "people.capacity"
    assert "Lobby holds 2 people, and this would make 3" in str(refusal.value.message)
    assert "Office hours (3)" in str(refusal.value.message)


def test_a_refused_person_is_in_no_group_and_on_no_shelf(
    mona: Actor, cast: Cast, lobby: Device, ned: Person
) -> None:
    room(lobby, people=2)
    before = shelf_of(lobby)
    with pytest.raises(Refused):
        members.add_people(mona, cast.group("Office hours"), [ned])
    assert shelf_of(lobby) == before
    assert not cast.group("Office hours").people.filter(pk=ned.pk).exists()


def test_who_has_no_card_yet_is_counted_with_the_first_one(
    mona: Actor, cast: Cast, lobby: Device
) -> None:
    room(lobby, people=2)
    person = create_person(BUILDER, cast.acme, PersonForm(first_name="Nora", last_name="New"))
    members.add_people(mona, cast.group("Office hours"), [person])
    with pytest.raises(Refused) as refusal:
        credentials.add_card(mona, person, number="0BADCAFF")
    assert refusal.value.code == "people.capacity"


def test_a_changed_group_is_checked_as_well(
    mona: Actor, cast: Cast, lobby: Device, ned: Person
) -> None:
    room(lobby, people=2)
    group = cast.group("Office hours")
    with pytest.raises(Refused):
        regroup(mona, group, people=[*group.people.all(), ned])


def test_a_device_that_is_too_full_already_can_be_emptied_and_rewritten(
    mona: Actor, cast: Cast, lobby: Device, rita: Person, bob: Person
) -> None:
    room(lobby, people=1)
    credentials.add_card(mona, rita, number="0BADCAFD")
    members.remove_people(mona, cast.group("Office hours"), [bob])
    assert ("person", bob.pk) not in shelf_of(lobby)


def test_a_device_of_which_nothing_is_known_takes_everybody(
    mona: Actor, cast: Cast, lobby: Device, ned: Person
) -> None:
    members.add_people(mona, cast.group("Office hours"), [ned])
    assert ("person", ned.pk) in shelf_of(lobby)


# --- By what becomes of people ----------------------------------------------------------------


@pytest.fixture
def workshop(cast: Cast, lobby: Device) -> Group:
    """A group of people whom an access group lets in; the lobby has room for who is there now."""
    group = cast.crew("Workshop")
    regroup(BUILDER, cast.group("Office hours"), people_groups=[group])
    run_all()
    room(lobby, people=2)
    return group


def refused(deed: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        deed()
    assert refusal.value.code == "people.capacity"
    return str(refusal.value.message)


def placed(group: Group | None) -> PersonForm:
    return PersonForm(first_name="Ned", last_name="New", group=group)


def test_a_person_put_in_a_group_of_people_needs_room(
    mona: Actor, cast: Cast, workshop: Group, ned: Person
) -> None:
    told = refused(lambda: change_person(mona, ned, cast.acme, placed(workshop)))
    assert "Lobby holds 2 people, and this would make 3" in told
    ned.refresh_from_db()
    assert ned.group is None


def test_a_group_of_people_hung_below_another_needs_room(
    mona: Actor, cast: Cast, workshop: Group, ned: Person
) -> None:
    apart = create_group(BUILDER, cast.acme, name="Apart")
    change_person(BUILDER, ned, cast.acme, placed(apart))
    refused(lambda: move_group(mona, apart, workshop))


def test_somebody_who_counts_again_needs_room(
    mona: Actor, cast: Cast, lobby: Device, ned: Person
) -> None:
    members.add_people(mona, cast.group("Office hours"), [ned])
    suspend_people(mona, [ned])
    run_all()
    room(lobby, people=2)
    refused(lambda: resume_people(mona, [ned]))


def test_somebody_who_is_brought_back_needs_room(
    mona: Actor, cast: Cast, lobby: Device, ned: Person
) -> None:
    members.add_people(mona, cast.group("Office hours"), [ned])
    removed = delete_people(mona, [ned])
    assert removed is not None
    run_all()
    room(lobby, people=2)
    refused(lambda: restore_people(mona, removed.pk))


def test_who_has_no_card_or_is_there_already_needs_none(
    mona: Actor, cast: Cast, workshop: Group, rita: Person
) -> None:
    create_person(mona, cast.acme, placed(workshop))
    form = PersonForm(first_name="Rita", last_name="Renamed", group=workshop)
    change_person(mona, rita, cast.acme, form)


def test_one_may_take_the_place_that_another_leaves(
    mona: Actor, cast: Cast, workshop: Group, ned: Person, bob: Person
) -> None:
    suspend_people(mona, [bob])
    run_all()
    change_person(mona, ned, cast.acme, placed(workshop))


def test_another_company_s_people_are_a_number(ada: Actor, mona: Actor, cast: Cast) -> None:
    acme, birch = cast.group("Acme nights"), cast.group("Birch parking")
    counts = {acme.pk: 3, birch.pk: 2}
    assert capacity.named(ada, counts) == "Acme nights (3), others (2)"
    assert capacity.named(mona, counts) == "Acme nights (3), Birch parking (2)"


def test_a_device_with_room_for_fewer_hours_is_given_no_more(
    mona: Actor, cast: Cast, garage: Device
) -> None:
    room(garage, schedules=3)
    many = [WeeklyWindow(EVERY_DAY, 2 * place, 2 * place + 1) for place in range(4)]
    with pytest.raises(Refused) as refusal:
        regroup(mona, cast.group("Birch parking"), windows=many)
    assert refusal.value.code == "schedule.capacity"
    assert "Garage holds 3 different hours, and this would take 4." in str(refusal.value.message)
    assert "Birch parking (4)" in str(refusal.value.message)


def test_room_is_asked_in_as_many_queries_for_many_devices(
    cast: Cast, django_assert_num_queries
) -> None:
    devices = [cast.device(name) for name in ("Lobby", "Garage", "Oak")]
    for device in devices:
        room(device, people=10)
    with django_assert_num_queries(1):
        told = capacity.people_held([device.pk for device in devices])
    assert len(told) == 3
