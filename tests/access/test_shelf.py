"""What stands on a device's shelf, and what does not move when nothing has changed."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from doorward.access.actions import credentials, groups, shelf, slots
from doorward.access.facts import drawn_of, windows_of
from doorward.access.models import AccessGroup, ScheduleSlot
from doorward.access.windows import WEEKDAYS, OneOff, WeeklyWindow
from doorward.devices.actions import shelf as shelves
from doorward.devices.actions.doors import DoorForm, change_door, delete_door
from doorward.devices.models import Device, Door, ShelfEntry, ShelfHead
from doorward.kit import clock
from doorward.kit.errors import Refused
from doorward.people.actions import (
    PersonForm,
    change_person,
    delete_person,
    resume_people,
    suspend_people,
)
from doorward.people.models import Person
from doorward.protocols.neutral import EVERY_DAY, EntryFailure, Kind
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

Shelf = dict[tuple[str, int], int]


def shelf_of(device: Device) -> Shelf:
    """Return the revision of everything a device should hold."""
    entries = ShelfEntry.objects.filter(device=device, gone=False)
    return {(e.kind, e.key): e.revision for e in entries}


def gone_from(device: Device) -> set[tuple[str, int]]:
    return {(e.kind, e.key) for e in ShelfEntry.objects.filter(device=device, gone=True)}


def moved(before: Shelf, after: Shelf) -> set[tuple[str, int]]:
    return {entry for entry, revision in after.items() if before.get(entry) != revision}


def confirm(device: Device) -> None:
    head = ShelfHead.objects.get(device=device)
    shelves.confirm(device.pk, epoch=head.epoch, revision=head.revision, failures=())


def regroup(actor: Actor, group: AccessGroup, **changes: object) -> None:
    now: dict[str, object] = {
        "name": group.name,
        "doors": list(group.doors.all()),
        "people": list(group.people.all()),
        "windows": windows_of(group),
    }
    groups.change_group(actor, group, groups.GroupForm(**{**now, **changes}))


def test_a_device_is_told_its_people_schedules_relays_and_clock(
    lobby: Device, rita: Person, bob: Person
) -> None:
    kinds = sorted(kind for kind, _key in shelf_of(lobby))
    assert kinds == ["clock", "person", "person", "relay", *["schedule"] * 3]
    assert {("person", rita.pk), ("person", bob.pk)} <= shelf_of(lobby).keys()


def test_unchanged_facts_give_no_new_revision(lobby: Device, garage: Device) -> None:
    before = ShelfHead.objects.get(device=lobby).revision
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    shelves.refresh_settings([lobby.pk, garage.pk], ntp_servers=("pool.ntp.org",))
    assert ShelfHead.objects.get(device=lobby).revision == before


def test_one_more_card_is_one_entry_on_each_device_that_knows_the_person(
    mona: Actor, lobby: Device, garage: Device, bob: Person
) -> None:
    was_lobby, was_garage = shelf_of(lobby), shelf_of(garage)
    credentials.add_card(mona, bob, number="AABBCCDD")
    assert moved(was_lobby, shelf_of(lobby)) == {("person", bob.pk)}
    assert moved(was_garage, shelf_of(garage)) == {("person", bob.pk)}


def test_a_card_of_someone_else_moves_nothing_on_other_doors(
    mona: Actor, garage: Device, rita: Person
) -> None:
    before = shelf_of(garage)
    credentials.add_card(mona, rita, number="AABBCCDD")
    assert shelf_of(garage) == before


def test_a_person_without_a_card_stands_on_no_shelf(
    mona: Actor, lobby: Device, rita: Person
) -> None:
    credentials.remove_credential(mona, rita.credentials.get())
    assert ("person", rita.pk) not in shelf_of(lobby)
    assert ("person", rita.pk) in gone_from(lobby)


def test_a_removed_person_leaves_a_tombstone(
    mona: Actor, lobby: Device, rita: Person, run_jobs: RunJobs
) -> None:
    key = rita.pk
    delete_person(mona, rita)
    run_jobs()
    assert ("person", key) in gone_from(lobby)


def test_doors_forget_who_is_suspended_and_are_told_again_once_resumed(
    mona: Actor, lobby: Device, rita: Person, bob: Person, run_jobs: RunJobs
) -> None:
    before = shelf_of(lobby)
    suspend_people(mona, [rita])
    run_jobs()
    assert before.keys() - shelf_of(lobby).keys() == {("person", rita.pk)}
    assert ("person", rita.pk) in gone_from(lobby)
    resume_people(mona, [rita])
    run_jobs()
    assert shelf_of(lobby).keys() == before.keys()
    assert moved(before, shelf_of(lobby)) == {("person", rita.pk)}


@pytest.mark.parametrize(
    "change",
    [
        {"first_name": "Rhea"},
        {"valid_from": clock.now() - timedelta(days=1)},
        {"valid_until": clock.now() + timedelta(days=1)},
    ],
)
def test_a_changed_name_or_validity_is_told(
    mona: Actor, cast: Cast, lobby: Device, rita: Person, run_jobs: RunJobs, change: dict
) -> None:
    before = shelf_of(lobby)
    form = PersonForm(**{"first_name": "Rita", "last_name": "Rowe", **change})
    change_person(mona, rita, cast.acme, form)
    run_jobs()
    assert moved(before, shelf_of(lobby)) == {("person", rita.pk)}


def test_an_end_that_becomes_a_beginning_is_told(
    mona: Actor, cast: Cast, lobby: Device, rita: Person, run_jobs: RunJobs
) -> None:
    at = clock.now() + timedelta(days=1)
    name = {"first_name": "Rita", "last_name": "Rowe"}
    change_person(mona, rita, cast.acme, PersonForm(**name, valid_until=at))
    run_jobs()
    before = shelf_of(lobby)
    change_person(mona, rita, cast.acme, PersonForm(**name, valid_from=at))
    run_jobs()
    assert moved(before, shelf_of(lobby)) == {("person", rita.pk)}


def test_names_that_are_cut_elsewhere_are_told_apart(
    mona: Actor, cast: Cast, lobby: Device, rita: Person, run_jobs: RunJobs
) -> None:
    change_person(mona, rita, cast.acme, PersonForm(first_name="a|b", last_name="c"))
    run_jobs()
    before = shelf_of(lobby)
    change_person(mona, rita, cast.acme, PersonForm(first_name="a", last_name="b|c"))
    run_jobs()
    assert moved(before, shelf_of(lobby)) == {("person", rita.pk)}


def test_a_door_that_moves_to_another_device_takes_its_people_along(
    ivan: Actor, cast: Cast, lobby: Device, garage: Device, rita: Person, run_jobs: RunJobs
) -> None:
    form = DoorForm(name="Front door", device=garage, relay=3)
    change_door(ivan, cast.door("Front door"), form)
    run_jobs()
    assert ("person", rita.pk) in gone_from(lobby)
    assert {("person", rita.pk), ("relay", 3)} <= shelf_of(garage).keys()


def test_a_deleted_door_lets_nobody_in(
    ivan: Actor, front_door: Door, lobby: Device, run_jobs: RunJobs
) -> None:
    delete_door(ivan, front_door)
    run_jobs()
    assert {kind for kind, _key in shelf_of(lobby)} == {"clock"}


def test_a_deleted_group_takes_its_rights_along(mona: Actor, cast: Cast, garage: Device) -> None:
    groups.delete_group(mona, cast.group("Birch parking"))
    assert {kind for kind, _key in shelf_of(garage)} == {"clock", "relay"}


# --- Schedules --------------------------------------------------------------------------------


def test_groups_with_equal_hours_share_a_slot(
    mona: Actor, maple: Site, cast: Cast, lobby: Device
) -> None:
    before = ScheduleSlot.objects.filter(device=lobby).count()
    form = groups.GroupForm(
        name="Twin",
        doors=[cast.door("Front door")],
        people=[cast.person("Bob")],
        windows=[WeeklyWindow(WEEKDAYS, 480, 720), WeeklyWindow(WEEKDAYS, 720, 1080)],
    )
    groups.create_group(mona, maple, form)
    assert ScheduleSlot.objects.filter(device=lobby).count() == before


def test_a_slot_keeps_its_number_when_others_come_and_go(
    mona: Actor, cast: Cast, lobby: Device
) -> None:
    office = ScheduleSlot.objects.get(device=lobby, start=480, end=1080)
    regroup(mona, cast.group("Acme nights"), windows=[WeeklyWindow(EVERY_DAY, 1, 2)])
    assert ScheduleSlot.objects.get(device=lobby, start=480, end=1080).number == office.number


def test_a_number_is_given_again_only_after_the_device_let_it_go(
    mona: Actor, maple: Site, cast: Cast, garage: Device
) -> None:
    group = cast.group("Birch parking")
    first = ScheduleSlot.objects.get(device=garage).number
    form = groups.GroupForm(
        name="Other hours",
        doors=[cast.door("Store")],
        people=[cast.person("Bob")],
        windows=[WeeklyWindow(EVERY_DAY, 1, 2)],
    )
    regroup(mona, group, doors=[])
    other = groups.create_group(mona, maple, form)
    assert ScheduleSlot.objects.get(device=garage).number != first
    groups.delete_group(mona, other)
    confirm(garage)
    groups.create_group(mona, maple, form)
    assert ScheduleSlot.objects.get(device=garage).number == first


def test_hours_that_only_one_group_has_are_rewritten_in_their_place(
    mona: Actor, cast: Cast, garage: Device
) -> None:
    before, number = shelf_of(garage), ScheduleSlot.objects.get(device=garage).number
    regroup(mona, cast.group("Birch parking"), windows=[WeeklyWindow(EVERY_DAY, 1, 2)])
    assert moved(before, shelf_of(garage)) == {("schedule", number)}
    assert ScheduleSlot.objects.get(device=garage).start == 1


def test_hours_that_another_group_has_too_are_left_to_it(
    mona: Actor, maple: Site, cast: Cast, garage: Device, bob: Person
) -> None:
    group = cast.group("Birch parking")
    form = groups.GroupForm(
        name="Twin", doors=[cast.door("Store")], people=[], windows=windows_of(group)
    )
    groups.create_group(mona, maple, form)
    before, number = shelf_of(garage), ScheduleSlot.objects.get(device=garage).number
    regroup(mona, group, windows=[WeeklyWindow(EVERY_DAY, 1, 2)])
    assert shelf_of(garage)["schedule", number] == before["schedule", number]
    assert ("person", bob.pk) in moved(before, shelf_of(garage))


def test_another_door_moves_nothing_at_the_doors_there_were(
    mona: Actor, cast: Cast, lobby: Device, garage: Device, rita: Person
) -> None:
    before = shelf_of(lobby), shelf_of(garage)
    doors = [cast.door("Front door"), cast.door("Store")]
    regroup(mona, cast.group("Office hours"), doors=doors)
    assert shelf_of(lobby) == before[0]
    assert ("person", rita.pk) in moved(before[1], shelf_of(garage))


def test_much_at_once_is_left_to_jobs_device_by_device(
    mona: Actor,
    cast: Cast,
    lobby: Device,
    garage: Device,
    rita: Person,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "AT_ONCE", 1)
    before = shelf_of(lobby), shelf_of(garage)
    regroup(
        mona,
        cast.group("Office hours"),
        doors=[cast.door("Front door"), cast.door("Store")],
        windows=[WeeklyWindow(EVERY_DAY, 1, 2), WeeklyWindow(EVERY_DAY, 3, 4)],
    )
    told = moved(before[0], shelf_of(lobby)) | moved(before[1], shelf_of(garage))
    assert {kind for kind, _key in told} == {"schedule"}
    assert run_jobs() == [shelf.FOLLOW] * 2
    assert ("person", rita.pk) in moved(before[0], shelf_of(lobby))
    assert ("person", rita.pk) in moved(before[1], shelf_of(garage))


def test_another_order_of_names_at_a_large_site_is_told_in_parts(
    maple: Site,
    lobby: Device,
    garage: Device,
    bob: Person,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "AT_ONCE", 1)
    before = shelf_of(lobby), shelf_of(garage)
    Site.objects.filter(pk=maple.pk).update(contact_order=Site.ContactOrder.LAST_FIRST)
    shelf.follow_site(maple.pk)
    assert (shelf_of(lobby), shelf_of(garage)) == before
    assert set(run_jobs()) == {shelf.FOLLOW}
    assert ("person", bob.pk) in moved(before[0], shelf_of(lobby))
    assert ("person", bob.pk) in moved(before[1], shelf_of(garage))


def test_one_schedule_too_many_is_refused_and_changes_nothing(
    mona: Actor, maple: Site, cast: Cast, garage: Device
) -> None:
    many = [WeeklyWindow(EVERY_DAY, 2 * place, 2 * place + 1) for place in range(slots.SLOTS)]
    group = cast.group("Birch parking")
    regroup(mona, group, windows=many[: slots.SLOTS - 1])
    confirm(garage)
    regroup(mona, group, windows=many)
    before = shelf_of(garage)
    form = groups.GroupForm(
        name="One more",
        doors=[cast.door("Store")],
        people=[],
        windows=[WeeklyWindow(EVERY_DAY, 1400, 1401)],
    )
    with pytest.raises(Refused) as refusal:
        groups.create_group(mona, maple, form)
    assert refusal.value.code == "schedule.capacity"
    assert shelf_of(garage) == before
    assert not AccessGroup.objects.filter(name="One more").exists()


def test_the_number_that_is_too_many_is_told_with_the_mend(
    mona: Actor, cast: Cast, garage: Device
) -> None:
    many = [WeeklyWindow(EVERY_DAY, 2 * place, 2 * place + 1) for place in range(slots.SLOTS + 3)]
    with pytest.raises(Refused) as refusal:
        regroup(mona, cast.group("Birch parking"), windows=many)
    assert refusal.value.code == "schedule.capacity"
    assert "Garage holds 100 different hours, and this would take 103." in str(
        refusal.value.message
    )


def test_room_that_a_device_has_yet_to_make_is_waited_for(
    mona: Actor, maple: Site, cast: Cast, garage: Device
) -> None:
    shelves.confirm(garage.pk, epoch=0, revision=0, failures=())
    Device.objects.filter(pk=garage.pk).update(seen_at=clock.now())
    many = [WeeklyWindow(EVERY_DAY, 2 * place, 2 * place + 1) for place in range(slots.SLOTS)]
    regroup(mona, cast.group("Birch parking"), windows=many)
    groups.delete_group(mona, cast.group("Birch parking"))
    form = groups.GroupForm(
        name="Others",
        doors=[cast.door("Store")],
        people=[],
        windows=[WeeklyWindow(EVERY_DAY, 0, 1440)],
    )
    with pytest.raises(Refused) as refusal:
        groups.create_group(mona, maple, form)
    assert refusal.value.code == "schedule.pending"


# --- Dates ------------------------------------------------------------------------------------


TODAY = clock.now().astimezone(ZoneInfo("Europe/Berlin")).date()
A_DAY = timedelta(days=1)


def once(begin: date, days: int = 1) -> OneOff:
    start = datetime.combine(begin, time(10))
    return OneOff(start, start + days * A_DAY)


def test_hours_that_open_once_have_a_slot_of_their_dates(
    mona: Actor, cast: Cast, garage: Device
) -> None:
    tomorrow = TODAY + A_DAY
    regroup(mona, cast.group("Birch parking"), windows=[once(tomorrow)])
    slots = ScheduleSlot.objects.filter(device=garage).order_by("first_day")
    assert [(s.start, s.end, s.first_day, s.last_day) for s in slots] == [
        (600, 1440, tomorrow, tomorrow),
        (0, 600, tomorrow + A_DAY, tomorrow + A_DAY),
    ]


def test_dates_tell_slots_of_equal_hours_apart_and_share_those_that_are_alike(
    mona: Actor, maple: Site, cast: Cast, garage: Device
) -> None:
    group, hours = cast.group("Birch parking"), [WeeklyWindow(WEEKDAYS, 480, 1080)]
    before = set(ScheduleSlot.objects.filter(device=garage).values_list("number", flat=True))
    for name in ("One", "Other"):
        form = groups.GroupForm(
            name=name, doors=list(group.doors.all()), windows=hours, last_day=TODAY
        )
        groups.create_group(mona, maple, form)
    after = set(ScheduleSlot.objects.filter(device=garage).values_list("number", flat=True))
    assert len(after - before) == 1
    assert before < after


def test_hours_that_are_over_free_their_place_and_the_door_forgets_whom_they_let_in(
    mona: Actor, cast: Cast, garage: Device, bob: Person, run_jobs: RunJobs
) -> None:
    regroup(mona, cast.group("Birch parking"), windows=[once(TODAY + A_DAY)])
    assert ("person", bob.pk) in shelf_of(garage)
    assert groups.retire_hours(clock.now()) == 0
    evening = groups.retire_hours(clock.now() + 2 * A_DAY)
    morning = groups.retire_hours(clock.now() + 3 * A_DAY)
    assert (evening, morning) == (1, 1)
    run_jobs()
    assert not ScheduleSlot.objects.filter(device=garage).exists()
    assert ("person", bob.pk) in gone_from(garage)


def test_hours_that_are_over_take_no_place_when_a_group_is_changed(
    mona: Actor, cast: Cast, garage: Device
) -> None:
    group = cast.group("Birch parking")
    regroup(mona, group, windows=[once(TODAY - 5 * A_DAY), WeeklyWindow(1, 0, 0)])
    assert ScheduleSlot.objects.filter(device=garage).count() == 1
    assert len(drawn_of(group)) == 2


def test_always_is_a_schedule_of_our_own(mona: Actor, cast: Cast, garage: Device) -> None:
    regroup(mona, cast.group("Birch parking"), windows=[WeeklyWindow(EVERY_DAY, 0, 1440)])
    slot = ScheduleSlot.objects.get(device=garage)
    assert (slot.days, slot.start, slot.end) == (EVERY_DAY, 0, 1440)


# --- Telling and confirming -------------------------------------------------------------------


def test_what_was_read_back_is_synced_since_then(lobby: Device, rita: Person) -> None:
    confirm(lobby)
    entry = ShelfEntry.objects.get(device=lobby, kind="person", key=rita.pk)
    assert entry.synced_at is not None
    assert ShelfHead.objects.get(device=lobby).in_sync


def test_a_second_reading_does_not_move_the_time(lobby: Device, rita: Person) -> None:
    confirm(lobby)
    entry = ShelfEntry.objects.get(device=lobby, kind="person", key=rita.pk)
    confirm(lobby)
    again = ShelfEntry.objects.get(pk=entry.pk)
    assert again.synced_at == entry.synced_at


def test_a_changed_entry_is_pending_until_read_back(
    mona: Actor, lobby: Device, rita: Person, bob: Person
) -> None:
    confirm(lobby)
    credentials.add_card(mona, rita, number="AABBCCDD")
    people = ShelfEntry.objects.filter(device=lobby, kind="person")
    assert people.get(key=rita.pk).synced_at is None
    assert people.get(key=bob.pk).synced_at is not None
    assert ShelfHead.objects.get(device=lobby).pending == 1


def test_a_confirmation_does_not_cover_what_came_after_it(
    mona: Actor, lobby: Device, rita: Person
) -> None:
    head = ShelfHead.objects.get(device=lobby)
    credentials.add_card(mona, rita, number="AABBCCDD")
    shelves.confirm(lobby.pk, epoch=head.epoch, revision=head.revision, failures=())
    assert ShelfEntry.objects.get(device=lobby, kind="person", key=rita.pk).synced_at is None


def test_what_a_device_could_not_take_says_why_until_it_could(
    lobby: Device, rita: Person, bob: Person
) -> None:
    head = ShelfHead.objects.get(device=lobby)
    failure = EntryFailure(Kind.PERSON, str(rita.pk), "The device is full.")
    word = {"epoch": head.epoch, "revision": head.revision}
    shelves.confirm(lobby.pk, **word, failures=[failure])
    people = ShelfEntry.objects.filter(device=lobby, kind="person")
    failed = people.get(key=rita.pk)
    assert (failed.failure, failed.synced_at) == ("The device is full.", None)
    assert people.get(key=bob.pk).synced_at is not None
    shelves.confirm(lobby.pk, **word, failures=[])
    healed = people.get(key=rita.pk)
    assert (healed.failure, healed.synced_at is None) == ("", False)


def test_a_word_about_an_earlier_epoch_is_old_news(lobby: Device) -> None:
    head = ShelfHead.objects.get(device=lobby)
    shelves.begin_epoch(lobby.pk)
    shelves.confirm(lobby.pk, epoch=head.epoch, revision=head.revision, failures=())
    assert not ShelfHead.objects.get(device=lobby).in_sync
    assert not ShelfEntry.objects.filter(device=lobby, synced_at__isnull=False).exists()
