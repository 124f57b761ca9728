"""Between a large deed and the jobs that follow it: nothing counts as told, no place is reused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from doorward.access import told
from doorward.access.actions import groups, members, shelf
from doorward.access.facts import windows_of
from doorward.access.models import AccessGroup, ScheduleSlot
from doorward.access.windows import WeeklyWindow
from doorward.devices.actions import shelf as shelves
from doorward.devices.models import Device, Door, ShelfEntry, ShelfHead
from doorward.devices.working import working_at
from doorward.kit import clock
from doorward.people.models import Person
from doorward.protocols.neutral import EVERY_DAY
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

EARLY, LATE = WeeklyWindow(EVERY_DAY, 60, 120), WeeklyWindow(EVERY_DAY, 1200, 1260)
NOON = WeeklyWindow(EVERY_DAY, 720, 780)


@pytest.fixture(autouse=True)
def everything_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave whatever concerns two devices to jobs."""
    monkeypatch.setattr(shelf, "AT_ONCE", 1)


def confirm(*devices: Device) -> None:
    for device in devices:
        head = ShelfHead.objects.get(device=device)
        shelves.confirm(device.pk, epoch=head.epoch, revision=head.revision, failures=())


def regroup(group: AccessGroup, **changes: object) -> None:
    now: dict[str, object] = {
        "name": group.name,
        "doors": list(group.doors.all()),
        "people": list(group.people.all()),
        "windows": windows_of(group),
    }
    groups.change_group(BUILDER, group, groups.GroupForm(**{**now, **changes}))


def everywhere(cast: Cast) -> list[Door]:
    return [cast.door("Front door"), cast.door("Store")]


def group_of(cast: Cast, name: str, window: WeeklyWindow, person: str) -> AccessGroup:
    form = groups.GroupForm(
        name=name, doors=everywhere(cast), windows=[window], people=[cast.person(person)]
    )
    return groups.create_group(BUILDER, cast.maple, form)


def place_of(device: Device, window: WeeklyWindow) -> int:
    slots = ScheduleSlot.objects.filter(device=device, start=window.start)
    return slots.values_list("number", flat=True).get()


def in_sync(device: Device) -> bool:
    return ShelfHead.objects.get(device=device).in_sync


def has_entry(device: Device, person: Person) -> bool:
    held = ShelfEntry.objects.filter(device=device, kind="person", key=person.pk, gone=False)
    return held.exists()


def test_a_device_is_not_in_sync_before_its_job_has_run(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    regroup(cast.group("Office hours"), doors=everywhere(cast), windows=[EARLY])
    confirm(lobby, garage)
    assert not in_sync(lobby)
    assert not in_sync(garage)
    run_jobs()
    confirm(lobby, garage)
    assert in_sync(lobby)
    assert in_sync(garage)


def test_what_changes_nothing_on_a_device_ends_as_it_began(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    confirm(lobby, garage)
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    assert not in_sync(lobby)
    run_jobs()
    assert in_sync(lobby)
    assert in_sync(garage)


@pytest.mark.parametrize(
    ("had", "has"), [([EARLY, LATE], [EARLY]), ([EARLY], [EARLY, LATE])], ids=["loses", "gets"]
)
def test_hours_that_another_group_has_too_are_told_of_whoever_loses_or_gets_them(
    had: list[WeeklyWindow],
    has: list[WeeklyWindow],
    cast: Cast,
    lobby: Device,
    garage: Device,
    run_jobs: RunJobs,
) -> None:
    """Their place is there before and after: only the records of people change."""
    rita, group = cast.person("Rita"), cast.group("Office hours")
    group_of(cast, "Others", LATE, "Bob")
    regroup(group, doors=everywhere(cast), people=[rita], windows=had)
    run_jobs()
    entries = ShelfEntry.objects.filter(device__in=[lobby, garage], kind="person", key=rita.pk)
    before = dict(entries.values_list("device", "revision"))
    regroup(group, doors=everywhere(cast), people=[rita], windows=has)
    run_jobs()
    after = dict(entries.values_list("device", "revision"))
    assert before.keys() == after.keys() == {lobby.pk, garage.pk}
    assert all(after[device] > before[device] for device in after)


@pytest.mark.parametrize("hours", [[EARLY], [EARLY, NOON]], ids=["fewer", "others"])
def test_a_place_of_hours_that_a_group_loses_is_no_one_else_s_before_its_job_has_run(
    hours: list[WeeklyWindow], cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    """The records of its people still name the place: another's hours there would let them in."""
    group = cast.group("Office hours")
    regroup(group, doors=everywhere(cast), people=[cast.person("Rita")], windows=[EARLY, LATE])
    run_jobs()
    confirm(lobby, garage)
    lost = {device.pk: place_of(device, LATE) for device in (lobby, garage)}
    regroup(group, doors=everywhere(cast), windows=hours)
    confirm(lobby, garage)
    group_of(cast, "Others", WeeklyWindow(EVERY_DAY, 300, 360), "Bob")
    for device in (lobby, garage):
        if in_sync(device):
            # Rewritten where it stood: those who are in the group keep their record.
            assert place_of(device, NOON) == lost[device.pk]
            continue
        taken = ScheduleSlot.objects.get(device=device, number=lost[device.pk])
        assert taken.start in {LATE.start, NOON.start}


def test_what_waits_its_turn_is_not_asked_for_again(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    assert shelf.revive_stale(clock.now() + 2 * shelf.PATIENCE) == 0
    assert run_jobs() == [shelf.FOLLOW, shelf.FOLLOW]


def test_a_second_deed_does_not_begin_the_waiting_anew(
    cast: Cast, lobby: Device, garage: Device
) -> None:
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    since = ShelfHead.objects.get(device=lobby).stale_since
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    assert ShelfHead.objects.get(device=lobby).stale_since == since


def test_what_is_small_leaves_no_device_stale(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    shelf.refresh_devices(BUILDER, [lobby.pk])
    stale = ShelfHead.objects.filter(stale_since__isnull=False)
    assert list(stale.values_list("device", flat=True)) == [garage.pk]


def test_many_people_who_join_are_left_to_jobs_too(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    rita, bob = cast.person("Rita"), cast.person("Bob")
    group = cast.group("Office hours")
    regroup(group, doors=everywhere(cast), people=[])
    run_jobs()
    members.add_people(BUILDER, group, [rita, bob])
    assert not has_entry(garage, rita)
    assert not in_sync(garage)
    run_jobs()
    assert has_entry(garage, rita)
    assert has_entry(garage, bob)


def test_what_jobs_have_given_up_is_left_to_them_once_more(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    now = clock.now()
    ShelfHead.objects.filter(device=lobby).update(stale_since=now - shelf.PATIENCE)
    assert shelf.revive_stale(now) == 0
    assert shelf.revive_stale(now + timedelta(minutes=1)) == 1
    assert run_jobs() == [shelf.FOLLOW]
    assert ShelfHead.objects.get(device=lobby).stale_since is None


def test_a_door_proves_nothing_of_anybody_while_it_is_worked_out(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    rita = cast.person("Rita")
    front = Door.objects.select_related("site", "device__connector").get(name="Front door")
    confirm(lobby, garage)
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    stand = told.told_of([rita.pk], [front])[rita.pk, lobby.pk]
    assert (stand.stand, stand.why) == (
        told.Stand.PENDING,
        "It is being worked out who may open.",
    )
    assert rita in told.untold(Person.objects.all(), front)
    run_jobs()
    assert told.told_of([rita.pk], [front])[rita.pk, lobby.pk].stand is told.Stand.SYNCED
    assert rita not in told.untold(Person.objects.all(), front)


def test_how_far_it_has_come_is_counted_in_doors(
    mona: Actor, maple: Site, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    assert working_at(mona, maple) is None
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    doors = Door.objects.filter(site=maple).count()
    begun = working_at(mona, maple)
    assert begun
    assert (begun.done, begun.total) == (0, doors)
    shelf.follow([lobby.pk])
    later = working_at(mona, maple)
    assert later
    assert (later.done, later.since) == (
        Door.objects.filter(device=lobby).count(),
        begun.since,
    )
    run_jobs()
    assert working_at(mona, maple) is None


@pytest.mark.parametrize("page", ["site", "groups", "group"])
def test_pages_say_how_far_it_has_come(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs, page: str
) -> None:
    args = [cast.maple.pk] + ([cast.group("Office hours").pk] if page == "group" else [])
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    doors = Door.objects.filter(site=cast.maple).count()
    words = f"Working out who may open: 0 of {doors} doors"
    client = cast.client("mona")
    assert words in client.get(reverse(page, args=args)).content.decode()
    run_jobs()
    after = client.get(reverse(page, args=args)).content.decode()
    assert "Working out who may open" not in after
    # It is heard of again at once.
    assert f'data-live-topic="site:{cast.maple.pk}:rights"' in after


@pytest.mark.parametrize("page", ["device", "door", "devices"])
def test_pages_of_a_device_say_that_it_is_worked_out(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs, page: str
) -> None:
    keys = {"device": [lobby.pk], "door": [cast.door("Front door").pk], "devices": []}[page]
    words = "Being worked out" if page == "devices" else "Working out who may open"
    shelf.refresh_devices(BUILDER, [lobby.pk, garage.pk])
    address = reverse(page, args=[cast.maple.pk, *keys])
    assert words in cast.client("ivan").get(address).content.decode()
    run_jobs()
    assert words not in cast.client("ivan").get(address).content.decode()


# --- Places of hours ------------------------------------------------------------------------------


def test_hours_of_others_are_not_rewritten_where_a_record_may_still_name_them(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    """Rita has lost her hours by facts, and her record still names their place."""
    hers, his = group_of(cast, "Hers", EARLY, "Rita"), group_of(cast, "His", EARLY, "Bob")
    run_jobs()
    place = place_of(lobby, EARLY)
    regroup(hers, doors=[])
    regroup(his, windows=[LATE])
    assert place_of(lobby, EARLY) == place
    assert place_of(lobby, LATE) != place
    run_jobs()
    assert not ScheduleSlot.objects.filter(start=EARLY.start).exists()


def test_a_place_is_not_given_to_others_before_the_records_that_name_it_are_gone(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    hers = group_of(cast, "Hers", EARLY, "Rita")
    run_jobs()
    place = place_of(lobby, EARLY)
    groups.delete_group(BUILDER, hers)
    confirm(lobby, garage)
    group_of(cast, "Others", LATE, "Bob")
    assert place_of(lobby, LATE) != place
    run_jobs()
    assert not ScheduleSlot.objects.filter(device=lobby, number=place).exists()


def test_hours_that_nobody_waits_for_are_rewritten_in_their_place(
    cast: Cast, lobby: Device, garage: Device, run_jobs: RunJobs
) -> None:
    his = group_of(cast, "His", EARLY, "Bob")
    run_jobs()
    place = place_of(lobby, EARLY)
    regroup(his, windows=[LATE])
    assert place_of(lobby, LATE) == place
    assert ShelfHead.objects.get(device=lobby).stale_since is None
