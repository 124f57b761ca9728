"""The life of a device: every change once, set by set, and no more than is worth keeping."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorward.devices import moments
from doorward.devices.actions import connectors, presence, timeline
from doorward.devices.actions.shelf import confirm
from doorward.devices.models import Connector, Device, Moment, ShelfHead
from doorward.kit import clock
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.neutral import EntryFailure, Finding, FindingCode, Kind, Problem
from tests.cast import Cast, reach

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unwritten(cast: Cast) -> None:
    """Let nothing have happened yet."""
    Moment.objects.all().delete()


def life(device: Device) -> list[str]:
    rows = Moment.objects.filter(device=device).order_by("at", "pk")
    return [moments.sentence(row) for row in rows]


def told(device: Device, **changed: object) -> None:
    """Let the connector say how a device is."""
    usual: dict[str, object] = {"online": True, "problem": None, "clock_skew": 0}
    state = DeviceState(str(device.pk), epoch=0, revision=0, **{**usual, **changed})  # type: ignore[arg-type]
    presence.note_states(device.connector_id, clock.now(), 0, [state])


def test_it_goes_with_the_reason_and_comes_back(lobby: Device) -> None:
    reach(lobby)
    Moment.objects.all().delete()
    reach(lobby, online=False, problem=Problem.UNREACHABLE)
    reach(lobby)
    gone, back = life(lobby)
    assert gone.startswith("Offline: The connector gets no answer")
    assert back == "Online"


def test_the_same_state_again_is_no_moment(lobby: Device) -> None:
    reach(lobby)
    Moment.objects.all().delete()
    reach(lobby)
    assert life(lobby) == []


def test_a_connector_that_has_only_come_says_nothing_of_its_devices_yet(lobby: Device) -> None:
    reach(lobby)
    Moment.objects.all().delete()
    told(lobby, online=False, problem=None)
    told(lobby)
    assert life(lobby) == []


def test_devices_go_and_come_with_their_connector(
    lobby: Device, basement: Connector, cast: Cast
) -> None:
    garage = cast.device("Garage")
    reach(lobby)
    reach(garage, online=False, problem=Problem.TIMED_OUT)
    since = connectors.greet(basement.pk, spool="s1", version="1").since
    Moment.objects.all().delete()
    connectors.depart(basement.pk, since=since)
    connectors.greet(basement.pk, spool="s1", version="1")
    assert life(lobby) == [
        "Out of sight: its connector is offline",
        "Back in sight with its connector",
    ]
    # Nobody has seen it before either.
    assert life(garage) == []


def test_a_jump_of_its_clock_is_told_and_a_slow_drift_is_not(lobby: Device) -> None:
    told(lobby)
    Moment.objects.all().delete()
    for skew in (20, 40, 60, 400, 0):
        told(lobby, clock_skew=skew)
    assert life(lobby) == ["Its clock jumped 340 s ahead", "Its clock jumped 400 s back"]


def test_what_is_found_and_what_is_mended(lobby: Device) -> None:
    told(lobby)
    Moment.objects.all().delete()
    told(lobby, findings=(Finding(FindingCode.OPEN_API),))
    told(lobby)
    assert life(lobby) == [
        "Anybody on its network can open the device's doors",
        "No longer: Anybody on its network can open the device's doors",
    ]


def test_changes_that_could_not_be_taken(lobby: Device) -> None:
    head = ShelfHead.objects.get(device=lobby)
    entry = lobby.entries.filter(gone=False, kind=Kind.PERSON.value).first()
    assert entry is not None
    failure = EntryFailure(Kind.PERSON, str(entry.key), "a card belongs to somebody else")
    for failures in ([failure], [failure], []):
        confirm(lobby.pk, epoch=head.epoch, revision=head.revision, failures=failures)
    assert life(lobby) == ["1 change could not be taken", "Everything was taken"]


def test_only_so_much_is_kept(lobby: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "KEPT_OF_EACH", 3)
    now = clock.now()
    old = timeline.moment(lobby, Moment.Kind.RESTARTED, now - timeline.KEPT - timedelta(days=1))
    new = [
        timeline.moment(lobby, Moment.Kind.RESTARTED, now - timedelta(seconds=age))
        for age in range(5)
    ]
    timeline.record([old, *new])
    timeline.sweep()
    kept = Moment.objects.filter(device=lobby).order_by("-at")
    assert [moment.at for moment in kept] == [moment.at for moment in new[:3]]


def test_many_devices_are_one_statement(basement: Connector) -> None:
    Device.objects.filter(connector=basement).update(reachable=True)
    with CaptureQueriesContext(connection) as asked:
        timeline.note_presence([basement.pk], here=False)
    assert len(asked) == 1
    assert Moment.objects.count() == Device.objects.filter(connector=basement).count()
