"""Whether doors were told of people: one answer for every page and the API."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from doorward.access import openable, told
from doorward.access.models import Credential
from doorward.devices.models import Door, ShelfEntry
from doorward.kit import clock
from doorward.people.models import Person
from tests.cast import Cast

pytestmark = pytest.mark.django_db

# On a Monday: the nights are those of weekdays.
LATE = datetime(2026, 1, 5, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def front(cast: Cast) -> Door:
    return Door.objects.select_related("site", "device__connector").get(name="Front door")


def stand(person: Person, door: Door) -> told.Stand:
    return told.told_of([person.pk], [door]).get((person.pk, door.device_id), told.NOTHING).stand


def forget_the_shelf(person: Person) -> None:
    ShelfEntry.objects.filter(kind=ShelfEntry.Kind.PERSON, key=person.pk).delete()


def test_who_ought_to_be_on_a_device_and_is_on_no_shelf_yet_is_pending(cast, front) -> None:
    rita = cast.person("Rita")
    forget_the_shelf(rita)
    assert stand(rita, front) is told.Stand.PENDING
    assert rita in told.untold(Person.objects.all(), front)


def test_without_a_card_there_is_nothing_to_tell(cast, front) -> None:
    rita = cast.person("Rita")
    forget_the_shelf(rita)
    Credential.objects.filter(person=rita).delete()
    assert stand(rita, front) is told.Stand.NOTHING
    assert rita not in told.untold(Person.objects.all(), front)


def test_of_a_suspended_person_there_is_nothing_to_tell(cast, front) -> None:
    rita = cast.person("Rita")
    forget_the_shelf(rita)
    Person.objects.filter(pk=rita.pk).update(status=Person.Status.SUSPENDED)
    assert stand(rita, front) is told.Stand.NOTHING
    assert rita not in told.untold(Person.objects.all(), front)
    noon = clock.now().astimezone(front.site.zone_info).replace(hour=23, minute=30)
    assert rita not in openable.openers_at(Person.objects.all(), front, noon)


def test_without_hours_there_is_nothing_to_tell(cast, front) -> None:
    bob = cast.person("Bob")
    forget_the_shelf(bob)
    cast.group("Office hours").segments.all().delete()
    assert stand(bob, front) is told.Stand.NOTHING
    assert bob not in told.untold(Person.objects.all(), front)


@pytest.mark.parametrize("failure", ["", "The device is full."])
def test_the_list_of_the_untold_agrees_with_each_person(cast, front, failure: str) -> None:
    entries = ShelfEntry.objects.filter(kind=ShelfEntry.Kind.PERSON, device=front.device_id)
    entries.update(synced_at=clock.now(), failure=failure)
    everyone = openable.openers(Person.objects.all(), front)
    each = {person for person in everyone if stand(person, front) is not told.Stand.SYNCED}
    assert set(told.untold(everyone, front)) == each
    assert bool(each) == bool(failure)


def test_a_group_that_one_cannot_see_opens_all_the_same(cast, front) -> None:
    """The nights are Acme's own: Birch's administrator would not see that group."""
    let_in = openable.openers_at(Person.objects.all(), front, LATE)
    assert [person.first_name for person in let_in] == ["Rita"]


def test_the_list_of_those_let_in_ends_with_the_validity(cast, front) -> None:
    rita = cast.person("Rita")
    Person.objects.filter(pk=rita.pk).update(valid_until=LATE)
    assert not openable.openers_at(Person.objects.all(), front, LATE)
    assert openable.openers_at(Person.objects.all(), front, LATE - timedelta(minutes=1))
