"""The worst stands first, however much there is beside it."""

import pytest

from doorward.activity.models import Alarm
from doorward.devices.models import Device, Drift, ShelfEntry, ShelfHead, Stranger
from doorward.kit import clock
from doorward.portal import amiss, troubles
from doorward.portal.amiss import Look
from doorward.portal.fleet import fleet_of
from doorward.tenancy.actor import Actor
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(cast: Cast) -> troubles.Troubles:
    """Garage and Lobby are behind, Oak was refused; all others are well, and no alarm is open."""
    cast.power_on()
    Alarm.objects.all().delete()
    ShelfHead.objects.update(confirmed_epoch=0)
    ShelfEntry.objects.update(failure="")
    Device.objects.filter(name="Oak").update(binding=Device.Binding.REFUSED)
    return troubles.worst_of(troubles.sources(Look(BUILDER, clock.now())))


@pytest.fixture
def changed(cast: Cast) -> Cast:
    """At Lobby and at Oak somebody has just changed something, and nobody has looked at it."""
    Drift.objects.update(seen_at=None, found_at=clock.now())
    Stranger.objects.update(elsewhere=False)
    return cast


def titles(actor: Actor) -> list[str]:
    found = troubles.worst_of(troubles.sources(Look(actor, clock.now())))
    return [one.title for one in found.shown]


def test_what_is_worst_stands_first_though_its_name_comes_last(found) -> None:
    assert "Oak" in found.shown[0].title
    assert [one.severity for one in found.shown] == sorted(one.severity for one in found.shown)


def test_a_short_list_keeps_the_worst_and_counts_the_rest(
    cast: Cast, found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(troubles, "SHOWN", 1)
    short = troubles.worst_of(troubles.sources(Look(BUILDER, clock.now())))
    assert short.shown == found.shown[:1]
    assert (short.count, short.more) == (found.count, found.count - 1)
    assert found.count == len(found.shown) > 3


@pytest.mark.parametrize("most", [0, 1, 10_000])
@pytest.mark.parametrize("is_everywhere", [True, False])
@pytest.mark.parametrize(
    ("who", "device", "connector"), [("ivan", "Lobby", "Basement"), ("oscar", "Oak", "Shed")]
)
def test_what_others_did_is_told_of_what_is_in_view(
    changed: Cast,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    is_everywhere: bool,
    who: str,
    device: str,
    connector: str,
) -> None:
    if is_everywhere:
        monkeypatch.setattr(amiss, "few_nodes", lambda *_args: [])
    monkeypatch.setattr(amiss, "MOST", most)
    told = titles(changed.actor(who))
    assert f"{device} was changed on site" in told
    assert f"{device} holds 1 person who is not from here" in told
    assert f"1 row of {connector} could not be read" in told
    others = {"Lobby", "Basement", "Oak", "Shed"} - {device, connector}
    assert not [title for title in told if any(name in title for name in others)]


def test_nothing_is_told_to_whoever_sees_neither_devices_nor_connectors(cast: Cast) -> None:
    Alarm.objects.all().delete()
    assert titles(cast.actor("ada")) == []


def test_a_reseller_is_told_of_devices_and_of_no_connector(changed: Cast) -> None:
    told = titles(changed.actor("dora"))
    assert "Lobby was changed on site" in told
    assert not [title for title in told if "Basement" in title]


def test_what_a_device_could_not_take_is_told_and_counted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.power_on()
    ShelfEntry.objects.filter(device__name="Lobby").update(failure="full")
    count = ShelfEntry.objects.filter(device__name="Lobby").count()
    monkeypatch.setattr(amiss, "MOST", 1)
    for actor in (BUILDER, cast.actor("ivan")):
        assert f"Lobby could not take {count} changes" in titles(actor)
        assert fleet_of(Look(actor, clock.now())).failed == 1
