"""A reboot is carried once, in time, or not at all; it is over when the device is back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections

from doorward.activity.actions.alarms import record_signals
from doorward.devices.actions import orders, reboots
from doorward.devices.models import Command, Connector, Device
from doorward.devices.models.commands import RETURN_WITHIN
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Refused
from doorward.protocols import neutral
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast, reach
from tests.devices.test_commands import settled, status

pytestmark = pytest.mark.django_db
LATER = RETURN_WITHIN + timedelta(seconds=1)


@pytest.fixture
def ordered(cast: Cast, mona: Actor, lobby: Device) -> Command:
    cast.power_on("Lobby")
    return reboots.reboot_device(mona, lobby)


def claim(command: Command) -> list[orders.Claim]:
    return orders.claim_commands({command.connector_id: clock.now()}, [command.connector_id])


def restart(device: Device, uptime: int = 0) -> None:
    record_signals(device, [neutral.DeviceRestarted(str(device.pk), clock.now(), uptime)])


def test_an_order_names_who_wanted_it(ordered: Command, mona: Actor) -> None:
    assert ordered.account == mona.account
    entry = AuditEntry.objects.filter(verb="reboot", account=mona.account).latest("pk")
    assert (entry.actor, entry.label, entry.subject) == ("mona", "Lobby", "device")


def test_an_order_is_claimed_once_and_says_what_it_is(ordered: Command) -> None:
    (found,) = claim(ordered)
    assert found.body == neutral.RebootDevice(str(ordered.device_id))
    assert claim(ordered) == []


def test_a_connector_without_the_word_is_not_given_it(ordered: Command) -> None:
    assert orders.claim_commands({ordered.connector_id: clock.now()}) == []
    assert status(ordered) == "queued"


def test_an_order_that_nobody_took_in_time_is_never_carried(ordered: Command) -> None:
    with time_machine.travel(clock.now() + reboots.LIFE + timedelta(seconds=1)):
        assert claim(ordered) == []
        assert orders.expire_commands() == 1
    assert status(ordered) == "expired"


def test_a_device_that_took_it_and_went_is_back_once_it_is_reached(
    ordered: Command, lobby: Device
) -> None:
    claim(ordered)
    settled(ordered)
    assert status(ordered) == "taken"
    reach(lobby, online=False, problem=neutral.Problem.UNREACHABLE)
    assert status(ordered) == "taken"
    reach(lobby)
    assert status(ordered) == "back"


def test_a_device_that_came_back_unseen_tells_by_its_uptime(
    ordered: Command, lobby: Device
) -> None:
    claim(ordered)
    settled(ordered)
    restart(lobby)
    assert status(ordered) == "back"


def test_a_connector_that_has_only_just_come_says_nothing_of_a_return(
    ordered: Command, lobby: Device
) -> None:
    claim(ordered)
    settled(ordered)
    reach(lobby, online=False)
    reach(lobby)
    assert status(ordered) == "taken"


@pytest.mark.parametrize("uptime", [3600, 2**62])
def test_a_restart_before_the_order_is_not_its_end(
    ordered: Command, lobby: Device, uptime: int
) -> None:
    claim(ordered)
    settled(ordered)
    restart(lobby, uptime)
    assert status(ordered) == "taken"


def test_a_device_that_stays_away_is_told_and_may_come_later(
    ordered: Command, lobby: Device
) -> None:
    claim(ordered)
    settled(ordered)
    reach(lobby, online=False, problem=neutral.Problem.UNREACHABLE)
    assert orders.expire_commands() == 0
    with time_machine.travel(clock.now() + LATER):
        orders.expire_commands()
        assert status(ordered) == "away"
        reach(lobby)
    assert status(ordered) == "back"


@pytest.mark.parametrize(
    ("problem", "ends"), [("timed_out", "back"), ("unreachable", "back"), ("rejected", "failed")]
)
def test_a_restart_answers_for_an_order_that_was_not(
    ordered: Command, lobby: Device, problem: str, ends: str
) -> None:
    claim(ordered)
    settled(ordered, neutral.Outcome.FAILED, neutral.Problem(problem))
    assert status(ordered) == "failed"
    restart(lobby)
    assert status(ordered) == ends


def test_a_restart_long_after_is_another_one(ordered: Command, lobby: Device) -> None:
    claim(ordered)
    settled(ordered, neutral.Outcome.FAILED, neutral.Problem.TIMED_OUT)
    with time_machine.travel(clock.now() + LATER):
        restart(lobby)
    assert status(ordered) == "failed"


def test_an_order_that_was_never_sent_is_not_ended_by_a_restart(
    ordered: Command, lobby: Device
) -> None:
    restart(lobby)
    assert status(ordered) == "queued"


def test_a_word_that_came_late_still_counts(ordered: Command) -> None:
    claim(ordered)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        orders.expire_commands()
        settled(ordered)
    assert status(ordered) == "taken"


def test_a_word_that_came_late_leaves_a_younger_reboot_alone(
    ordered: Command, cast: Cast, ivan: Actor, lobby: Device
) -> None:
    claim(ordered)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        orders.expire_commands()
        cast.power_on("Lobby")
        younger = reboots.reboot_device(ivan, lobby)
        assert settled(ordered) is None
    assert (status(ordered), status(younger)) == ("expired", "queued")


def test_of_two_people_the_second_is_told_of_the_first(
    ordered: Command, ivan: Actor, lobby: Device
) -> None:
    with pytest.raises(Refused) as refusal:
        reboots.reboot_device(ivan, lobby)
    assert refusal.value.code == "device.rebooting"
    assert str(ordered.account.get_full_name()) in str(refusal.value.message)


def test_a_device_that_is_back_may_be_rebooted_again(
    ordered: Command, ivan: Actor, lobby: Device
) -> None:
    claim(ordered)
    settled(ordered)
    restart(lobby)
    assert status(reboots.reboot_device(ivan, lobby)) == "queued"


def test_a_device_that_is_away_is_refused_with_since_when(mona: Actor, lobby: Device) -> None:
    before = Command.objects.count()
    with pytest.raises(Refused) as refusal:
        reboots.reboot_device(mona, lobby)
    assert refusal.value.code == "device.offline"
    assert "offline since" in str(refusal.value.message)
    assert Command.objects.count() == before


def test_a_device_that_is_not_bound_is_refused(cast: Cast, mona: Actor, lobby: Device) -> None:
    cast.power_on("Lobby")
    Device.objects.filter(pk=lobby.pk).update(binding=Device.Binding.WAITING)
    with pytest.raises(Refused) as refusal:
        reboots.reboot_device(mona, lobby)
    assert refusal.value.code == "device.unbound"


def test_who_only_administers_a_company_reboots_nothing(
    cast: Cast, ada: Actor, lobby: Device
) -> None:
    cast.power_on("Lobby")
    with pytest.raises(Forbidden):
        reboots.reboot_device(ada, lobby)


def test_several_go_down_one_after_the_other(cast: Cast, mona: Actor, basement: Connector) -> None:
    cast.power_on()
    made = reboots.reboot_devices(mona, Device.objects.filter(site=cast.maple))
    assert {one.device.name for one in made} == {"Lobby", "Garage"}
    assert len(claim(made[0])) == 1
    with time_machine.travel(clock.now() + reboots.STAGGER):
        assert len(claim(made[0])) == 1


def test_of_several_those_that_are_away_are_left(cast: Cast, mona: Actor) -> None:
    cast.power_on("Lobby")
    made = reboots.reboot_devices(mona, Device.objects.filter(site=cast.maple))
    assert [one.device.name for one in made] == ["Lobby"]


def test_where_all_are_away_nothing_is_ordered(cast: Cast, mona: Actor) -> None:
    with pytest.raises(Refused, match=r"device\.offline"):
        reboots.reboot_devices(mona, Device.objects.filter(site=cast.maple))


def test_more_than_are_bearable_at_once_are_refused(
    cast: Cast, mona: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.power_on()
    monkeypatch.setattr(reboots, "MOST", 1)
    with pytest.raises(Refused) as refusal:
        reboots.reboot_devices(mona, Device.objects.filter(site=cast.maple))
    assert refusal.value.code == "selection.large"


def test_several_orders_shut_no_more_doors_of_a_site_than_one(
    cast: Cast, mona: Actor, lobby: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.power_on()
    monkeypatch.setattr(reboots, "MOST", 1)
    reboots.reboot_device(mona, lobby)
    with pytest.raises(Refused) as refusal:
        reboots.reboot_device(mona, Device.objects.get(name="Garage"))
    assert refusal.value.code == "selection.large"
    assert Command.objects.reboots_under_way().count() == 1


def test_several_are_rebooted_only_by_who_may_do_it_to_all(cast: Cast, mona: Actor) -> None:
    cast.power_on()
    with pytest.raises(Forbidden):
        reboots.reboot_devices(mona, Device.objects.all())


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_refused(cast: Cast, mona: Actor, lobby: Device) -> None:
    cast.power_on("Lobby")

    def order() -> str:
        try:
            return reboots.reboot_device(mona, lobby).status
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    jobs: list[Callable[[], str]] = [order] * 4
    with ThreadPoolExecutor(4) as threads:
        ends = sorted(done.result() for done in [threads.submit(job) for job in jobs])
    assert ends == ["device.rebooting"] * 3 + ["queued"]
