"""Sites where something needs attention stand first, and can be asked for alone."""

from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.activity.models import Alarm
from doorward.devices.models import Connector, Device, ShelfEntry, ShelfHead
from doorward.kit import clock
from doorward.portal import amiss
from doorward.portal.amiss import Look
from doorward.portal.troubled import most_troubled, troubles_at
from doorward.sites.actions import SiteForm, create_site
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def elm(cast: Cast) -> Site:
    """All is well at Maple Court but for Garage; at Elm Yard nothing is amiss, nor anything there.

    "Birch" comes first by name.
    """
    cast.power_on()
    Alarm.objects.all().delete()
    Connector.objects.update(online_since=clock.now(), last_seen_at=clock.now())
    ShelfHead.objects.update(confirmed_epoch=1, epoch=1, confirmed=9_999, stale_since=None)
    Device.objects.filter(name="Garage").update(reachable=False)
    create_site(BUILDER, cast.maple.installer, SiteForm(name="Birch", zone="Europe/Berlin"))
    form = SiteForm(name="Elm Yard", zone="Europe/Berlin")
    return create_site(BUILDER, cast.maple.installer, form)


def names_on(page) -> list[str]:
    return [row.record.name for row in page.context["table"].paginated_rows]


def test_sites_are_listed_by_name_whatever_is_amiss(cast: Cast, elm: Site) -> None:
    shown = cast.client("ivan").get(reverse("sites"))
    assert names_on(shown) == ["Birch", "Elm Yard", "Maple Court"]
    assert "1 needs a look" in shown.content.decode()


@pytest.mark.parametrize(
    ("asked", "names"), [("needed", ["Maple Court"]), ("none", ["Birch", "Elm Yard"])]
)
def test_sites_can_be_narrowed_to_those_that_need_somebody(
    cast: Cast, elm: Site, asked: str, names: list[str]
) -> None:
    assert names_on(cast.client("ivan").get(reverse("sites"), {"attention": asked})) == names


def test_whoever_sees_no_devices_is_not_asked_how_they_are(cast: Cast, elm: Site) -> None:
    listed = cast.client("ada").get(reverse("sites"))
    assert listed.context["first_fields"] == []


def test_the_dashboard_shows_troubled_sites_first_and_the_others_by_name(
    cast: Cast, elm: Site
) -> None:
    shown = cast.client("ivan").get(reverse("dashboard")).context["sites"]
    told = [(site.name, site.trouble_count) for site in shown]
    assert told == [("Maple Court", 1), ("Birch", 0), ("Elm Yard", 0)]


def test_troubles_of_several_kinds_add_up_at_a_site(cast: Cast, elm: Site) -> None:
    at = clock.now()
    Connector.objects.create(node=elm.node, site=elm, name="Away", last_seen_at=None)
    Device.objects.filter(name="Lobby").update(problem="timed_out")
    found = most_troubled(Look(BUILDER, at), 10)
    assert list(found.items()) == [(cast.maple.pk, 2), (elm.pk, 1)]
    assert most_troubled(Look(BUILDER, at), 1) == {cast.maple.pk: 2}
    assert troubles_at(BUILDER, at, [elm.pk]) == {elm.pk: 1}


def test_where_nothing_is_in_view_nothing_is_amiss(cast: Cast, elm: Site) -> None:
    nowhere = Actor.of(Account.objects.create(username="nowhere"))
    assert troubles_at(nowhere, clock.now(), [cast.maple.pk]) == {}


def test_the_same_ail_however_many_they_are(
    cast: Cast, elm: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> set[str]:
        return set(Look(BUILDER, clock.now()).ailing.values_list("name", flat=True))

    ShelfHead.objects.filter(device__name="Lobby").update(confirmed_epoch=0)
    few = names()
    monkeypatch.setattr(amiss, "MOST", 0)
    assert few == names() == {"Garage", "Lobby"}


def test_of_a_whole_fleet_those_are_told_of_that_do_not_answer(
    cast: Cast, elm: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Garage does not answer, and every device is behind."""
    ShelfHead.objects.update(confirmed_epoch=0)
    assert most_troubled(Look(BUILDER, clock.now()), 10) == {cast.maple.pk: 2, cast.oak.pk: 1}
    monkeypatch.setattr(amiss, "MOST", 0)
    look = Look(BUILDER, clock.now())
    assert [device.name for device in look.worst_ailing] == ["Garage"]
    assert most_troubled(look, 10) == {cast.maple.pk: 1}
    assert look.ailing.count() == 3
    assert troubles_at(BUILDER, look.at, [cast.maple.pk]) == {cast.maple.pk: 2}


@pytest.mark.parametrize(("most", "count"), [(1, 2), (2, 3), (3, 3), (10_000, 3)])
def test_a_device_with_several_ills_is_counted_once(
    cast: Cast, elm: Site, monkeypatch: pytest.MonkeyPatch, most: int, count: int
) -> None:
    """Garage does not answer, could not take what it should hold, and is behind as all others."""
    ShelfHead.objects.update(confirmed_epoch=0)
    ShelfEntry.objects.filter(device__name="Garage").update(failure="full")
    monkeypatch.setattr(amiss, "MOST", most)
    told = [device.name for device in Look(BUILDER, clock.now()).worst_ailing]
    assert (len(told), "Garage" in told) == (count, True)


@pytest.mark.parametrize("most", [0, 1])
@pytest.mark.parametrize("names", [*permutations(["Garage", "Lobby", "Oak"])])
def test_of_many_that_do_not_answer_the_worst_are_told_of(
    cast: Cast,
    elm: Site,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, str, str],
    most: int,
) -> None:
    """One was refused, one is offline, and one was never reached."""
    refused, _offline, waiting = names
    Device.objects.update(reachable=False)
    Device.objects.filter(name=refused).update(binding=Device.Binding.REFUSED)
    Device.objects.filter(name=waiting).update(binding=Device.Binding.WAITING)
    monkeypatch.setattr(amiss, "MOST", most)
    told = {device.name for device in Look(BUILDER, clock.now()).worst_ailing}
    assert told == set(names[: most + 1])


@pytest.mark.parametrize(("most", "names"), [(0, ["Garage"]), (10_000, ["Garage", "Lobby"])])
def test_whoever_sees_no_connectors_is_told_of_devices_behind_an_absent_one(
    cast: Cast, elm: Site, monkeypatch: pytest.MonkeyPatch, most: int, names: list[str]
) -> None:
    Connector.objects.update(last_seen_at=None)
    Device.objects.filter(name="Garage").update(binding=Device.Binding.REFUSED)
    monkeypatch.setattr(amiss, "MOST", most)
    look = Look(cast.actor("dora"), clock.now())
    assert sorted(look.worst_ailing.values_list("name", flat=True)) == names
    assert set(look.ailing.values_list("name", flat=True)) == {"Garage", "Lobby"}
    assert not Look(cast.actor("mona"), clock.now()).ailing.exists()


def test_no_more_is_asked_for_once_there_is_no_room(
    cast: Cast, elm: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(Look(BUILDER, clock.now()).worst_ailing) == 1
        return len(asked)

    few = questions()
    monkeypatch.setattr(amiss, "MOST", 0)
    bad = questions()
    Device.objects.filter(name="Garage").update(binding=Device.Binding.REFUSED)
    assert few < questions() < bad


@pytest.mark.parametrize(
    ("changed", "behind"),
    [
        ({}, False),
        ({"revision": 3}, True),
        ({"confirmed_epoch": 0}, True),
        ({"stale_since": clock.now()}, True),
    ],
)
def test_a_shelf_is_behind_until_all_of_it_is_known_to_be_held(
    cast: Cast, changed: dict[str, object], behind: bool
) -> None:
    head = ShelfHead.objects.filter(device__name="Lobby")
    settled = {"epoch": 1, "confirmed_epoch": 1, "revision": 2, "confirmed": 2}
    head.update(**{**settled, "stale_since": None, **changed})
    assert head.get().behind is behind
