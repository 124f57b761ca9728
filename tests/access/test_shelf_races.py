"""Facts that change at the same time at the same doors: nothing is missed, nobody hangs."""

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString

import pytest
from django.db import connections, transaction

from doorward.access.actions import credentials, groups, shelf
from doorward.access.facts import windows_of
from doorward.access.windows import WeeklyWindow
from doorward.devices.actions import devices, macs
from doorward.devices.actions import shelf as shelves
from doorward.devices.actions.doors import delete_door
from doorward.devices.models import Device, ShelfEntry, ShelfHead
from doorward.people.actions import PersonForm, create_person
from doorward.people.models import Person
from doorward.protocols.neutral import EVERY_DAY, Kind
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db(transaction=True)

Deed = Callable[[], object]


def in_thread(deed: Deed) -> None:
    try:
        deed()
    finally:
        connections.close_all()


def nothing() -> None:
    """Do no more."""


def overlap(first: Deed, second: Deed, *, then: Deed = nothing) -> None:
    """Let `second` happen while what `first` did is not committed yet.

    Where `second` rightly waits for `first`, that does what comes `then` and commits after half a
    second.
    """
    begun, ended = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            first()
            begun.set()
            ended.wait(0.5)
            then()

    def meanwhile() -> None:
        begun.wait(5)
        second()
        ended.set()

    at_once([slowly, meanwhile])


def at_once(deeds: Collection[Deed]) -> None:
    with ThreadPoolExecutor(len(deeds)) as threads:
        for done in [threads.submit(in_thread, deed) for deed in deeds]:
            done.result(timeout=30)


def newcomer(cast: Cast) -> Person:
    return create_person(BUILDER, cast.acme, PersonForm(first_name="Nils", last_name="New"))


def join(cast: Cast, person: Person) -> None:
    group = cast.group("Office hours")
    form = groups.GroupForm(
        name=group.name,
        doors=list(group.doors.all()),
        people=[*group.people.all(), person],
        windows=windows_of(group),
    )
    groups.change_group(BUILDER, group, form)


def held(device: Device) -> dict[tuple[str, int], bool]:
    return {(e.kind, e.key): not e.gone for e in ShelfEntry.objects.filter(device=device)}


def test_a_card_and_a_membership_given_at_the_same_time_meet(cast: Cast) -> None:
    nils = newcomer(cast)
    overlap(
        lambda: credentials.add_card(BUILDER, nils, number="AABBCCDD"),
        lambda: join(cast, nils),
    )
    assert held(cast.device("Lobby")).get(("person", nils.pk))


def test_a_membership_and_a_card_given_at_the_same_time_meet(cast: Cast) -> None:
    nils = newcomer(cast)
    overlap(
        lambda: join(cast, nils),
        lambda: credentials.add_card(BUILDER, nils, number="AABBCCDD"),
    )
    assert held(cast.device("Lobby")).get(("person", nils.pk))


def test_a_card_taken_while_its_holder_joins_opens_nothing(cast: Cast) -> None:
    nils = newcomer(cast)
    card = credentials.add_card(BUILDER, nils, number="AABBCCDD")
    overlap(
        lambda: credentials.remove_credential(BUILDER, card),
        lambda: join(cast, nils),
    )
    assert not held(cast.device("Lobby")).get(("person", nils.pk))


def test_a_door_deleted_while_a_group_takes_it_ends_in_order(cast: Cast) -> None:
    store = cast.door("Store")
    form = groups.GroupForm(
        name="Store days",
        doors=[store],
        people=[cast.person("Bob")],
        windows=[WeeklyWindow(EVERY_DAY, 1, 2)],
    )
    overlap(
        lambda: groups.create_group(BUILDER, cast.maple, form),
        lambda: delete_door(BUILDER, store),
    )
    shelf.refresh_devices(BUILDER, [cast.device("Garage").pk])
    assert ("relay", 2) not in {k for k, there in held(cast.device("Garage")).items() if there}


ONE_MORE: LiteralString = """
SELECT id AS device_id, 77::bigint AS key, 'x'::bytea AS digest
FROM devices_device WHERE id = ANY(%(devices)s)
"""


def write_one_more(device: int) -> None:
    with transaction.atomic():
        shelves.lock_heads([device])
        shelves.shelve(Kind.PERSON, ONE_MORE, [device])


def spare_device(cast: Cast) -> Device:
    macs.register_mac(BUILDER, cast.maple.installer, mac="0C11050000AA")
    form = devices.DeviceForm(
        name="Spare", mac="0C11050000AA", connector=cast.connector("Attic"), address="10.0.0.9"
    )
    return devices.create_device(BUILDER, cast.maple, form)


def test_a_device_deleted_while_its_shelf_is_written_leaves_no_entry(cast: Cast) -> None:
    spare = spare_device(cast)
    key = spare.pk
    overlap(lambda: write_one_more(key), lambda: devices.delete_device(BUILDER, spare))
    assert not Device.objects.filter(pk=key).exists()
    assert not ShelfEntry.objects.filter(device=key).exists()


def test_nothing_is_written_for_a_device_that_is_being_deleted(cast: Cast) -> None:
    spare = spare_device(cast)
    key = spare.pk
    overlap(lambda: devices.delete_device(BUILDER, spare), lambda: write_one_more(key))
    assert not Device.objects.filter(pk=key).exists()
    assert not ShelfEntry.objects.filter(device=key).exists()


def test_many_changes_on_the_same_devices_take_turns(cast: Cast) -> None:
    lobby, garage = cast.device("Lobby").pk, cast.device("Garage").pk
    people = [cast.person("Rita"), cast.person("Bob")]

    def work(worker: int) -> None:
        for turn in range(4):
            order = [lobby, garage] if (worker + turn) % 2 else [garage, lobby]
            shelf.refresh_devices(BUILDER, order)
            number = f"{0xA000 + 16 * worker + turn:08X}"
            card = credentials.add_card(BUILDER, people[turn % 2], number=number)
            credentials.remove_credential(BUILDER, card)

    at_once([lambda worker=worker: work(worker) for worker in range(4)])
    assert held(cast.device("Lobby"))[("person", people[0].pk)]


def test_whoever_reads_a_revision_has_read_all_up_to_it(cast: Cast) -> None:
    """A reader that follows the revisions ends with exactly what the shelf holds."""
    lobby = cast.device("Lobby")
    people = [newcomer(cast) for _ in range(6)]
    for person in people:
        join(cast, person)
    known: dict[tuple[str, int], bool] = {}
    ended = threading.Event()

    def read(since: int) -> int:
        head = ShelfHead.objects.get(device=lobby)
        for entry in ShelfEntry.objects.filter(device=lobby, revision__gt=since):
            known[(entry.kind, entry.key)] = not entry.gone
        return head.revision

    def follow() -> None:
        since = 0
        while not ended.is_set():
            since = read(since)
        read(since)

    def give(worker: int) -> None:
        for place, person in enumerate(people[worker::2]):
            credentials.add_card(BUILDER, person, number=f"{0xB000 + 16 * worker + place:08X}")
            shelves.refresh_settings([lobby.pk], ntp_servers=(f"ntp{worker}{place}.example",))

    def write() -> None:
        try:
            at_once([lambda: give(0), lambda: give(1)])
        finally:
            ended.set()

    at_once([follow, write])
    assert known == held(lobby)
