"""The worst stands first, however much there is beside it."""

import pytest

from doorward.activity.models import Alarm
from doorward.devices.models import Device, ShelfEntry, ShelfHead
from doorward.kit import clock
from doorward.portal import troubles
from doorward.portal.amiss import Look
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
